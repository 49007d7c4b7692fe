"""The public form: few musts, clear refusals, nothing lost; its answer says nothing of anybody."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from letters import SECRET_NAME, SECRET_PHONE, a_letter, on, taken
from photos import SECRET, a_photo

from mingchu.complaints import limiting, services
from mingchu.complaints.domain.numbers import grouped
from mingchu.complaints.models import Complaint, Reporter
from mingchu.kit.files import store
from mingchu.kit.models import Attachment, Upload
from mingchu.registry.models import Business

pytestmark = pytest.mark.django_db
FORM = "/complain/"


def said(**facts: object) -> dict[str, object]:
    known = {
        "kind": "complaint",
        "place": "大学东街包子铺",
        "district": "150105",
        "category": "spoiled",
        "what": "昨天买的包子馊了。",
        "name": SECRET_NAME,
        "phone": SECRET_PHONE,
        "send": "1",
    }
    return {**known, **facts}


def photo(seed: int = 0, name: str = "a.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, a_photo(seed=seed), "image/jpeg")


def draft_of(page: str) -> str:
    return re.search(r'name="draft" value="(\w{26})"', page)[1]  # type: ignore[index]


def test_the_form_opens_to_anybody_and_weighs_little():
    answer = Client().get(FORM)

    assert answer.status_code == 200
    files = ("site/mingchu.css", "site/mark.svg", "complaints/photos.js")
    served = [Client().get(f"/static/{name}").streaming_content for name in files]
    assert len(answer.content) + sum(len(b"".join(one)) for one in served) < 60_000


def test_a_letter_gets_a_number_and_a_page():
    answer = Client().post(FORM, said())

    made = Complaint.objects.get()
    assert answer["Location"] == f"/complain/{made.number}"
    page = Client().get(answer["Location"])
    assert grouped(made.number) in page.content.decode()
    assert page["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert "no-store" in page["Cache-Control"]


def test_the_page_of_a_number_says_how_it_stands_and_nothing_of_anybody(restaurant, handler):
    Client().post(FORM, said(business=restaurant.public_id))
    letter = Complaint.objects.get()
    where = f"/complain/{letter.number}"
    assert "最晚 2026-12-01" in Client().get(where).content.decode()
    by = handler.actor
    services.accept(complaint=taken(letter, handler), note="内部说明", by=by)
    services.agree(complaint=letter, note="店家退款20元", by=by)
    with on("2026-11-25"):
        services.reply(complaint=letter, text="商家已退款。", by=by)

    page = Client().get(where).content.decode()

    assert "商家已退款。" in page
    assert "已答复办结" in page
    inside = ("内部说明", "退款20元", "馊了")
    hidden = (SECRET_NAME, SECRET_PHONE, restaurant.name, handler.user.name, *inside)
    assert [word for word in hidden if word in page] == []


def test_a_letter_that_is_both_has_one_page(restaurant):
    answer = Client().post(FORM, said(kind="both"))

    page = Client().get(answer["Location"]).content.decode()
    assert Complaint.objects.count() == 2
    assert page.count('<section class="card"') == 2


def test_a_merged_letter_is_answered_with_the_other(restaurant, handler):
    for _ in range(2):
        Client().post(FORM, said(business=restaurant.public_id))
    one, other = (taken(each, handler) for each in Complaint.objects.order_by("pk"))
    services.merge(complaint=other, into=one, why="同一件事", by=handler.actor)
    services.refuse(complaint=one, ground="other", reply="不属于我们。", by=handler.actor)

    page = Client().get(f"/complain/{other.number}").content.decode()

    assert "不属于我们。" in page
    assert one.number not in page.replace("-", "")


@pytest.mark.parametrize("number", ["x", "0" * 28, "1150105002026112000001"])
def test_a_number_that_nobody_has_is_nothing(number):
    assert Client().get(f"/complain/{number}").status_code == 404


def test_a_number_of_the_platform_opens_nothing():
    services.register_many([a_letter(kinds=("report",), channel="sheet", number="1150105")])

    assert Client().get("/complain/1150105").status_code == 404


def test_the_number_stands_in_no_log_line(caplog):
    answer = Client().post(FORM, said())
    caplog.set_level("INFO")
    Client().get(answer["Location"])
    Client().get("/api/v1" + answer["Location"].replace("complain", "complaints"))

    number = Complaint.objects.get().number
    assert "path=/complain/%2A" in caplog.text
    assert number not in caplog.text
    assert SECRET_NAME not in caplog.text


def test_a_typed_number_leads_to_its_page():
    Client().post(FORM, said())
    number = Complaint.objects.get().number

    answer = Client().get("/complain/find", {"number": grouped(number).lower()})

    assert answer["Location"] == f"/complain/{number}"
    assert Client().get("/complain/find", {"number": "1"}).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"what": ""}, "事情经过"),
        ({"place": "", "district": ""}, "店名和地址"),
        ({"phone": ""}, "投诉需要调解"),
        ({"happened_on": "2026-11-21"}, "还没有到"),
        ({"ill": "2"}, "什么时候吃的"),
        ({"kind": ""}, "您要"),
        ({"business": "ZZZZZZZZ"}, "没有这家经营者"),
        ({"website": "http://example.org"}, "请留空"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(wrong, told):
    words = {"what": "馊包子，三个人吃了", **wrong}

    answer = Client().post(FORM, said(**words, wants="退钱", photos=photo()))

    page = answer.content.decode()
    assert answer.status_code == 200
    assert told in page
    assert "退钱" in page
    assert "已收到第 1 张" in page
    assert not Complaint.objects.exists()


def test_photos_of_a_faulty_form_come_with_the_mended_one():
    browser = Client()
    first = browser.post(FORM, said(what="", photos=[photo(1), photo(2)])).content.decode()
    draft = draft_of(first)

    answer = browser.post(FORM, said(draft=draft))

    assert answer.status_code == 302
    letter = Complaint.objects.get()
    kept = Attachment.objects.filter(subject=f"complaint:{letter.pk}")
    assert kept.count() == 2
    for one in kept:
        assert SECRET not in store.place(one.blob.digest).read_bytes()


def test_one_bad_photo_keeps_no_other_out():
    bad = SimpleUploadedFile("b.jpg", b"<svg onload=x>", "image/jpeg")

    page = Client().post(FORM, said(photos=[photo(), bad])).content.decode()

    assert "b.jpg：这种文件不能作附件" in page
    assert "已收到第 1 张" in page
    assert not Complaint.objects.exists()


def test_a_photo_is_taken_away_again():
    browser = Client()
    first = browser.post(FORM, said(what="", photos=[photo(1), photo(2)])).content.decode()
    gone = Upload.objects.order_by("pk")[0].sha256

    page = browser.post(FORM, {**said(draft=draft_of(first)), "send": "", "drop": gone})

    assert page.content.decode().count("已收到第") == 1
    assert not Complaint.objects.exists()


def test_another_drafts_photos_are_nobody_elses():
    first = Client().post(FORM, said(what="", photos=photo())).content.decode()
    draft = draft_of(first)

    other = Client().post(FORM, said(what="")).content.decode()

    assert "已收到第" not in other
    assert draft_of(other) != draft


def test_the_same_form_sent_twice_is_one_letter():
    draft = draft_of(Client().get(FORM).content.decode())

    first, second = (Client().post(FORM, said(draft=draft)) for _ in range(2))

    assert first["Location"] == second["Location"]
    assert Complaint.objects.count() == 1


def test_a_shop_is_found_by_its_name_and_chosen(restaurant):
    page = Client().post(FORM, {**said(place="绿野"), "send": "", "find": "1"}).content.decode()

    assert restaurant.name in page
    assert f'value="{restaurant.public_id}"' in page
    assert "馊了" in page
    Client().post(FORM, said(business=restaurant.public_id, place="绿野"))
    assert Complaint.objects.get().business_id == restaurant.pk


def test_a_link_on_a_business_names_it(restaurant):
    page = Client().get(FORM, {"business": restaurant.public_id}).content.decode()

    assert f'value="{restaurant.public_id}" checked' in page


def test_a_report_needs_no_name():
    Client().post(FORM, said(kind="report", name="", phone=""))

    assert Complaint.objects.get().named is False
    assert not Reporter.objects.exists()


def test_too_many_letters_of_one_address_wait_and_keep_their_words(monkeypatch):
    monkeypatch.setattr(limiting, "LETTERS", 2)

    answers = [Client().post(FORM, said(what=f"第{n}封")) for n in range(3)]

    assert [one.status_code for one in answers] == [302, 302, 200]
    assert "尝试次数太多" in answers[2].content.decode()
    assert "第2封" in answers[2].content.decode()
    assert Complaint.objects.count() == 2


def test_too_many_tries_are_told_to_wait_and_keep_no_photo(monkeypatch):
    monkeypatch.setattr(limiting, "TRIES", 1)
    Client().post(FORM, said(what=""))

    answer = Client().post(FORM, said(photos=photo()))

    assert answer.status_code == 429
    assert not Upload.objects.exists()


def test_guessing_numbers_is_stopped(monkeypatch):
    monkeypatch.setattr(limiting, "MISSES", 2)

    codes = [Client().get(f"/complain/{'0' * 27}{n}").status_code for n in range(3)]

    assert codes == [404, 404, 429]


def test_businesses_stay_what_they_are(restaurant):
    Client().post(FORM, said(business=restaurant.public_id))

    assert Business.objects.get().revision == restaurant.revision
