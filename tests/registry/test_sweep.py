"""The sweep: chosen in the list, told why, looked at once more, marked."""

from __future__ import annotations

import re
from datetime import date

import pytest
from build import SAIHAN, XINCHENG, a_restaurant

from mingchu.ledger.models import Entry
from mingchu.registry import services
from mingchu.registry.models import Business
from mingchu.registry.pages import sweep as module

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
