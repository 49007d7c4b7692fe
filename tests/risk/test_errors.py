"""What cannot be graded, or not be recorded, is refused or flagged, each with its reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from mingchu.base.errors import Refusal
from mingchu.registry.models import Business
from mingchu.risk import rules, services
from mingchu.risk.models import Grade, Profile
from mingchu.risk.values import NewGround, NewProfile
from mingchu.rulebook import reading, store, writing
from mingchu.rulebook.lint import faults_of
from mingchu.rulebook.store import rule

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]
TODAY = date(2026, 11, 20)


def present(one: Any) -> Grade:
    return Grade.objects.get(business=one, until__isnull=True)


def refused(call: Callable[[], Any]) -> Refusal:
    with pytest.raises(Refusal) as no:
        call()
    assert no.value.why
    assert no.value.fix
    return no.value


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"suppliers": 3}, "unanswered"),
        ({"area": -1}, "outside_bands"),
        ({"area": "大"}, "bad_answer"),
        ({"area": 90, "floors": 2}, "unknown_item"),
    ],
)
def test_a_missing_input_or_one_outside_every_band_is_refused(
    business: Make, answers: dict[str, Any], code: str
) -> None:
    new = NewProfile(business=business().pk, sheet="seller", answers=answers, since=TODAY)

    assert refused(lambda: services.record_profile(new=new)).code == code
    assert Profile.objects.count() == 0


def test_an_input_that_a_later_sheet_does_not_know_is_flagged(
    business: Make, profile: Make, visit: Make, desk: Make
) -> None:
    shop = business()
    profile(shop, area=150)
    visit(shop)
    Profile.objects.update(answers={"area": -5})

    services.grade_city()

    assert (present(shop).letter, present(shop).missing) == ("", "answers")
    page = desk().get(f"/w/risk/businesses/{shop.public_id}").content.decode()
    assert "静态因素没有填全，或者填的数不合量化表" in page


def test_two_sheets_cannot_speak_from_one_day(business: Make, profile: Make) -> None:
    maker = business("producer")
    profile(maker, sheet="producer", since=date(2026, 1, 1), category=["27"])
    answers = {"material": ["extracts"], "formula": ["single"], "function": ["other"],
               "unsuitable": ["none"], "storage": ["cold"]}  # fmt: skip
    second = NewProfile(
        business=maker.pk, sheet="health_food", answers=answers, since=date(2026, 1, 1)
    )

    assert refused(lambda: services.record_profile(new=second)).code == "two_sheets"
    services.record_profile(new=replace(second, since=date(2026, 2, 1)))
    assert Profile.objects.filter(business=maker).count() == 2


def test_two_sheets_of_one_list_cannot_either(business: Make) -> None:
    maker = business("producer").pk
    first = NewProfile(business=maker, sheet="producer", answers={"category": ["05"]}, since=TODAY)
    other = replace(first, sheet="seller", answers={"area": 90})

    done = services.record_profiles_many([first, other], source="sheet")

    assert [(place, no.code) for place, no in done.refused] == [(1, "two_sheets")]


def test_two_versions_of_a_sheet_from_one_day_do_not_load() -> None:
    raw = writing.record(rule(rules.SHEET_RULES["seller"]).nearest)
    twice = {**raw, "versions": [*raw["versions"], *raw["versions"]]}

    assert [fault.code for fault in faults_of(twice, "cn")]
    assert not faults_of(raw, "cn")


def test_a_sheet_with_a_hole_between_its_bands_does_not_load_and_says_where() -> None:
    raw = writing.record(rule(rules.SHEET_RULES["seller"]).nearest)
    raw["versions"][0]["value"]["items"][0]["bands"][1]["from"] = 250

    no = refused(lambda: reading.rule(raw, "cn"))

    assert no.code == "unsound_sheet"
    assert "area" in no.said(str)[0]


def test_a_business_that_changed_its_trade_is_flagged(
    business: Make, profile: Make, visit: Make, desk: Make
) -> None:
    shop = business()
    profile(shop, area=150)
    visit(shop)
    services.grade_city()
    Business.objects.filter(pk=shop.pk).update(kind="caterer")

    services.grade_city()

    assert (present(shop).letter, present(shop).missing) == ("", "kind")
    assert (present(shop).before, present(shop).first) == ("A", False)
    assert (
        "静态因素不是现在这个业态的" in desk().get("/w/risk/grades/?letter=none").content.decode()
    )


def test_a_sheet_that_is_not_in_force_is_flagged(
    business: Make, profile: Make, visit: Make
) -> None:
    diner = business("caterer")
    profile(diner, sheet="restaurant", area=90)
    visit(diner)
    held = rule(rules.SHEET_RULES["restaurant"]).nearest
    repealed = replace(held.versions[0], since=TODAY, value=None)

    with store.supposing([replace(held, jurisdiction="cn-1501", versions=(repealed,))]):
        pass  # the nation speaks again where a city says nothing
    gone = replace(held, versions=(*held.versions, repealed))
    with store.supposing([gone]):
        services.grade_city()

    assert present(diner).missing == "sheet"


@pytest.mark.parametrize("path", ["/w/risk/again?on=2015-06-01", "/w/risk/again?on=2027-01-01"])
def test_a_grade_of_a_day_without_rules_or_to_come_is_refused(desk: Make, path: str) -> None:
    page = desk().get(path).content.decode()

    assert 'class="error"' in page
    assert "与那天的等级一致" not in page


def test_raise_and_lower_at_once_are_flagged_and_nothing_is_lowered(
    business: Make, profile: Make, visit: Make, desk: Make
) -> None:
    shop = business()
    profile(shop, area=5000, bulk_chilled=200, prepackaged_chilled=2000, suppliers=400)
    visit(shop, failed_key=4, failed_general=6)
    services.grade_city()
    assert present(shop).letter == "B"
    for direction, ground in (("lower", "award"), ("raise", "accident")):
        new = NewGround(business=shop.pk, direction=direction, ground=ground, day=TODAY)
        services.record_ground(new=new)
    lowered = next(one for one in shop_grounds(shop) if one.direction == "lower")

    services.decide_ground(ground=lowered, levels=1, reason="获奖属实")

    page = desk().get(f"/w/risk/businesses/{shop.public_id}").content.decode()
    assert (present(shop).letter, present(shop).lowered) == ("B", 0)
    assert "同时有调高情形，不予调低" in page


def shop_grounds(one: Any) -> list[Any]:
    from mingchu.risk.queries.grades import grounds_of

    return grounds_of(one.pk)
