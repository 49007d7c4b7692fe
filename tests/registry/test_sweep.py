"""The sweep: chosen in the list, told why, looked at once more, marked."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from build import SAIHAN, XINCHENG, a_pdf, a_restaurant
from django.core.files.uploadedfile import SimpleUploadedFile
from photos import SECRET, a_photo

from mingchu.kit.files import keeping, store
from mingchu.kit.models import Attachment, Blob
from mingchu.ledger.models import Entry
from mingchu.registry import domain, services
from mingchu.registry.models import Business
from mingchu.registry.pages import sweep as module
from mingchu.registry.values import FILES_TOP

pytestmark = pytest.mark.django_db
SWEEP = "/w/businesses/sweep"
SAID = {"since": "2026-01-12", "why": "元旦后清查", "evidence": "1月12日一所到场，门面已拆"}


def a_shop(name: str, **facts) -> Business:
    known = {"code": "", "licences": (), "people": (), **facts}
    return services.enrol(a_restaurant(name=name, **known))


def ids(html: str) -> list[str]:
    return re.findall(r'name="chosen" value="(\w+)"', html)


@pytest.fixture
def shops(db) -> list[Business]:
    return [a_shop(f"面馆{at}") for at in range(3)]


def test_chosen_told_confirmed_and_done(desk, shops):
    here = desk(SAIHAN)
    asked = "&".join(f"chosen={one.public_id}" for one in shops[:2])

    form = here.get(f"{SWEEP}?q=面馆&take=chosen&{asked}").content.decode()
    confirm = here.post(SWEEP, {"chosen": ids(form), **SAID}).content.decode()
    untouched = Business.objects.filter(state="not_found").count()
    done = here.post(SWEEP, {"chosen": ids(confirm), **SAID, "confirmed": "1"}).content.decode()

    assert sorted(ids(form)) == sorted(one.public_id for one in shops[:2])
    assert "将把下列 2 户自 2026-01-12 起标记" in confirm
    assert untouched == 0
    assert "已标记 2 户" in done
    marked = Business.objects.filter(state="not_found")
    assert {one.pk for one in marked} == {one.pk for one in shops[:2]}
    assert {f"{one.state_since}" for one in marked} == {"2026-01-12"}
    said = Entry.objects.filter(kind="registry.business_state_changed").values_list(
        "data", flat=True
    )
    assert all("门面已拆" in str(data) for data in said)


def test_who_is_left_is_told_with_the_reason(desk, shops):
    gone, moved, fresh = shops
    services.close(number=gone.pk, closed=date(2026, 1, 5), why="停业")
    services.sweep_not_found(numbers=[moved.pk], since=date(2026, 1, 6), why="清查", evidence="空")
    late = a_shop("新开的", opened=date(2026, 1, 20))
    chosen = [one.public_id for one in (gone, moved, fresh, late)]

    done = desk(SAIHAN).post(SWEEP, {"chosen": chosen, **SAID, "confirmed": "1"}).content.decode()

    assert "已标记 1 户" in done
    assert "有 3 户未改动" in done
    for why in ("已于2026-01-05关闭", "此前已标记为查无下落", "早于开业日期2026-01-20"):
        assert why in done


def test_the_page_and_the_whole_question_are_chosen_without_a_tick(desk, shops):
    a_shop("别家")
    here = desk(SAIHAN)
    rows = "&".join(f"row={one.public_id}" for one in shops[1:])

    page = here.get(f"{SWEEP}?take=page&{rows}").content.decode()
    whole = here.get(f"{SWEEP}?take=all&q=面馆").content.decode()

    assert len(ids(page)) == 2
    assert len(ids(whole)) == 3


def test_too_many_and_none_lead_back_to_the_list(desk, shops, monkeypatch):
    monkeypatch.setattr(module, "SWEEP_TOP", 2)
    here = desk(SAIHAN)

    too_many = here.get(f"{SWEEP}?take=all&q=面馆", follow=True)
    none = here.get(f"{SWEEP}?take=chosen&q=面馆", follow=True)

    assert "一次最多处理2户" in too_many.content.decode()
    assert "没有选中" in none.content.decode()
    assert none.redirect_chain[0][0].startswith("/w/businesses/?q=")


def test_without_what_was_seen_it_goes_no_further_and_another_districts_are_not_touched(
    desk, shops
):
    away = a_shop("远处", district=XINCHENG, station="")
    chosen = [shops[0].public_id, away.public_id]
    here = desk(SAIHAN)

    refused = here.post(SWEEP, {"chosen": chosen, **SAID, "evidence": " ", "confirmed": "1"})
    here.post(SWEEP, {"chosen": chosen, **SAID, "confirmed": "1"})

    assert "查找经过" in refused.content.decode()
    assert refused.content.decode().count("field--bad") == 1
    assert [one.name for one in Business.objects.filter(state="not_found")] == ["面馆0"]


def test_a_day_ahead_is_told_beside_the_form_before_anything_is_confirmed(desk, shops):
    said = {**SAID, "since": "2099-01-01"}

    told = desk(SAIHAN).post(SWEEP, {"chosen": [shops[0].public_id], **said, "confirmed": "1"})

    assert "还没有到" in told.content.decode()
    assert not Business.objects.filter(state="not_found").exists()


@pytest.fixture
def house(settings, tmp_path):
    """A house of its own, for the files."""
    settings.HOME = tmp_path
    settings.FILE_BYTES = {"photo": 2000, "document": 4000}


def sent(name: str, content: bytes, claimed: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, claimed)


def photo(seed: int = 0) -> SimpleUploadedFile:
    return sent(f"门面{seed}.jpg", a_photo(seed=seed, size=(8, 8), icc_profile=None), "image/jpeg")


def pdf(text: str = "1") -> SimpleUploadedFile:
    return sent(f"{text}.pdf", a_pdf(text), "application/pdf")


def kept(html: str) -> list[str]:
    return re.findall(r'name="kept" value="([^"]+)"', html)


def test_photos_of_the_visit_stand_in_the_file_of_every_swept_business(desk, house, shops):
    services.close(number=shops[2].pk, closed=date(2026, 1, 5), why="停业")
    here, chosen = desk(SAIHAN), [one.public_id for one in shops]

    asked = here.post(SWEEP, {"chosen": chosen, **SAID}).content.decode()
    said = {"chosen": chosen, **SAID, "confirmed": "1", "papers": [photo(), pdf()]}
    done = here.post(SWEEP, said).content.decode()

    assert 'type="file"' in asked
    assert "已标记 2 户" in done
    assert "每户的档案里附上了 2 个文件" in done
    assert Blob.objects.count() == 2
    held = Attachment.objects.select_related("blob")
    swept = [domain.subject(one.pk) for one in shops[:2]]
    assert sorted(one.subject for one in held) == sorted(swept * 2)
    entries = Entry.objects.filter(kind="registry.business_state_changed", subject__in=swept)
    for entry in entries:
        told, own = json.loads(entry.data), held.filter(subject=entry.subject)
        assert set(told["attachments"]) == {str(one.pk) for one in own}
        assert set(told["commitments"]) == {keeping.commitment_of(one) for one in own}
        assert {one.entry for one in own} <= set(Entry.objects.values_list("id", flat=True))
    for one in shops[:2]:
        for path in (f"/w/businesses/{one.public_id}", f"/w/businesses/{one.public_id}/story"):
            page = here.get(path).content.decode()
            links = re.findall(r'href="(/files/[^"]+)">查无下落2026-01-12-\d\.(?:jpg|pdf)<', page)
            assert len(links) == 2
            assert "收存一份附件" not in page
            assert all(here.get(link).status_code == 200 for link in links)
    on_disk = [path for path in store.root().rglob("*") if path.is_file()]
    assert on_disk
    assert not any(SECRET in path.read_bytes() for path in on_disk)


def test_who_does_not_see_the_business_does_not_see_its_evidence(desk, house, shops):
    said = {"chosen": [shops[0].public_id], **SAID, "confirmed": "1", "papers": [photo()]}
    desk(SAIHAN).post(SWEEP, said)
    path = f"/files/{Attachment.objects.get().pk}"

    assert desk(XINCHENG).get(path).status_code == 404
    assert desk(f"{SAIHAN}002", "station").get(path).status_code == 404
    assert desk(f"{SAIHAN}001", "station").get(path).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (sent("a.gif", b"GIF89a" + bytes(80), "image/gif"), "a.gif：这种文件不能作附件"),
        (sent("b.pdf", a_pdf("x" * 4000), "application/pdf"), "b.pdf：文件超过"),
        (sent("c.jpg", a_pdf(), "image/jpeg"), "c.jpg：文件内容是application/pdf"),
        (sent("d.pdf", b"", "application/pdf"), "空"),
    ],
)
def test_a_file_that_is_no_evidence_is_refused_and_nothing_is_half_done(
    desk, house, shops, wrong, why
):
    here, chosen = desk(SAIHAN), [one.public_id for one in shops]
    wrong.seek(0)

    said = {"chosen": chosen, **SAID, "confirmed": "1", "papers": [photo(), wrong]}
    back = here.post(SWEEP, said).content.decode()

    assert why in back
    assert 'name="confirmed"' in back
    assert ids(back) == chosen
    assert SAID["evidence"] in back
    assert not Business.objects.filter(state="not_found").exists()
    assert not Attachment.objects.exists()


def test_the_good_files_need_not_be_sent_again_and_may_be_left_out(desk, house, shops):
    here, chosen = desk(SAIHAN), [shops[0].public_id]
    wrong = sent("a.gif", b"GIF89a" + bytes(80), "image/gif")
    said = {"chosen": chosen, **SAID, "papers": [photo(1), photo(2), wrong], "confirmed": "1"}

    back = kept(here.post(SWEEP, said).content.decode())
    form = here.post(SWEEP, {"chosen": chosen, **SAID, "kept": back, "change": "1"})
    confirm = here.post(SWEEP, {"chosen": chosen, **SAID, "kept": kept(form.content.decode())})
    here.post(SWEEP, {"chosen": chosen, **SAID, "kept": back[1:], "confirmed": "1"})

    assert [one.partition("/")[2] for one in back] == ["门面1.jpg", "门面2.jpg"]
    assert kept(confirm.content.decode()) == back
    assert Attachment.objects.get().sent_sha256 == back[1].partition("/")[0]


def test_somebody_elses_file_is_no_evidence_of_ones_own(desk, house, shops):
    chosen = [shops[0].public_id]
    there = {"chosen": chosen, **SAID, "papers": [photo(), sent("a.gif", b"GIF", "image/gif")]}
    theirs = kept(desk(SAIHAN).post(SWEEP, there).content.decode())

    said = {"chosen": chosen, **SAID, "kept": theirs, "confirmed": "1"}
    back = desk(SAIHAN).post(SWEEP, said).content.decode()

    assert len(theirs) == 1
    assert "文件还没有传完，或已过期清除" in back
    assert kept(back) == []
    assert not Business.objects.filter(state="not_found").exists()


def test_more_files_than_one_sweep_takes_are_told_and_none_is_lost(desk, house, shops):
    here, said = desk(SAIHAN), {"chosen": [shops[0].public_id], **SAID}
    many = [pdf(str(at)) for at in range(FILES_TOP)]

    confirm = kept(here.post(SWEEP, {**said, "papers": many}).content.decode())
    said = {**said, "kept": confirm, "papers": [pdf("more")], "confirmed": "1"}
    back = here.post(SWEEP, said).content.decode()

    assert f"一次最多{FILES_TOP}个文件" in back
    assert len(kept(back)) == FILES_TOP + 1
    assert not Attachment.objects.exists()
