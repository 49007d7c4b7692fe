"""What does not fit its column is a sentence that says so, by whichever door it comes."""

from __future__ import annotations

from typing import Any

import pytest
from build import SAIHAN, a_restaurant
from program import Program

from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.registry import services
from mingchu.registry.models import Business

pytestmark = pytest.mark.django_db
LONG = "长" * 300


@pytest.fixture
def saihan() -> Program:
    return Program("district", Scope(ScopeKind.DISTRICT, SAIHAN))


@pytest.mark.parametrize(
    "said",
    [
        {"phone": LONG},
        {"sign": LONG},
        {"address": LONG},
        {"legal_form": "club"},
        {"scale": "giant"},
        {"serves": "everybody"},
        {"diners": -1},
        {"diners": 10**12},
        {"premises": [{"address": LONG}]},
        {"premises": [{"use": "castle"}]},
        {"licences": [{"number": "JY21501050000016", "issued": "2024-01-01", "items": [LONG]}]},
        {"people": [{"name": LONG}]},
        {"people": [{"name": "测试甲", "phone": LONG}]},
    ],
    ids=str,
)
def test_a_new_file_of_what_does_not_fit_is_refused(saihan: Program, said: dict[str, Any]) -> None:
    answer = saihan.post("businesses", {"name": "新店", "district": SAIHAN, **said})

    assert answer.status_code == 422, answer.content
    assert Business.objects.count() == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"phone": LONG},
        {"legal_form": "club"},
        {"scale": "giant"},
        {"diners": "many"},
        {"diners": -1},
        {"grid": "1" * 30},
    ],
    ids=str,
)
def test_a_correction_to_what_does_not_fit_is_refused(
    saihan: Program, restaurant: Business, changes: dict[str, Any]
) -> None:
    path = f"businesses/{restaurant.public_id}/corrections"

    answer = saihan.post(path, {"changes": changes, "why": "更正"})

    assert answer.status_code == 422, answer.content
    assert Business.objects.get().revision == 1


@pytest.mark.parametrize(
    ("act", "said"),
    [
        ("premises/{premises}", {"changes": {"since": "yesterday"}, "why": "x"}),
        ("premises/{premises}", {"changes": {"hours": LONG}, "why": "x"}),
        ("premises/{premises}", {"changes": {"hours": 7}, "why": "x"}),
        ("people/{person}/trainings", {"day": "2026-01-10", "hours": "25", "topic": "甲"}),
        ("people/{person}/trainings", {"day": "2026-01-10", "hours": "-1", "topic": "甲"}),
        ("people/{person}/trainings", {"day": "2026-01-10", "hours": "2", "topic": LONG}),
        ("people/{person}/exams", {"day": "2026-01-10", "passed": True, "score": -1}),
        ("people/{person}/exams", {"day": "2026-01-10", "passed": True, "score": 99_999}),
        (
            "people/{person}/certificates",
            {"issued": "2026-01-10", "until": "2027-01-09", "number": LONG},
        ),
    ],
    ids=str,
)
def test_an_act_on_a_part_of_what_does_not_fit_is_refused(
    saihan: Program, restaurant: Business, act: str, said: dict[str, Any]
) -> None:
    parts = {"premises": restaurant.premises.get().pk, "person": restaurant.people.get().pk}

    answer = saihan.post(f"businesses/{restaurant.public_id}/{act.format(**parts)}", said)

    assert answer.status_code == 422, answer.content


def test_a_list_holds_the_same_bounds() -> None:
    done = services.enrol_many([a_restaurant(phone=LONG), a_restaurant(name="好的")])

    assert [refusal.code for _place, refusal in done.refused] == ["too_long"]
    assert [one.name for one in Business.objects.all()] == ["好的"]
