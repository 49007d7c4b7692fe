"""Measures, key supervision, burden and who is left undisturbed: lists equal the pure core."""

from __future__ import annotations

import random
from datetime import date

import pytest
from credited import EVERYWHERE, TODAY, a_firm, ago, held_against, listed, visited
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mingchu.registry.models import Business
from mingchu.registry.services import NewLicence
from mingchu.risk import credit_rules
from mingchu.risk.domain.burden import Account
from mingchu.risk.models import Fact, Grade, Run
from mingchu.risk.queries import supervising
from mingchu.risk.queries.supervising import Asked, Supervised
from mingchu.risk.services.classing import reckon

pytestmark = pytest.mark.django_db
SPECIAL = NewLicence(
    kind="SC", number="SC12715010500010", items=("保健食品",), issued=date(2023, 1, 9),
    expires=date(2028, 1, 8),
)  # fmt: skip


def graded(firm: Business, letter: str) -> Business:
    """As a run of grades would leave it."""
    run = Run.objects.create(
        as_of=TODAY, occasion="asked", subjects=1, graded=1, moved=0, written=1, rules={}, counts=[]
    )
    Grade.objects.filter(business=firm, until__isnull=True).delete()
    Grade.objects.create(
        business=firm, since=ago(100), letter=letter, by_points=letter, points=30, static=30,
        dynamic=0, run=run,
    )  # fmt: skip
    return firm


def seen(firm: Business, *, with_credit: bool = True) -> Supervised:
    found = supervising.supervised(firm.pk, TODAY, with_credit=with_credit)
    assert found is not None
    return found


# ── Measures ──


def test_grade_and_class_meet_in_the_table_and_nowhere_else():
    firm = a_firm()
    listed(firm, "serious")
    graded(firm, "B")

    found = seen(firm)

    assert (found.grade, found.credit) == ("B", "D")
    assert (found.measures.ratio, found.measures.visits) == (30, 2)
    assert (found.measures.kind, found.measures.reminder) == ("unannounced", "talk")


def test_who_may_not_see_a_class_is_told_the_measures_of_the_grade_alone():
    firm, plain = graded(a_firm(), "B"), graded(a_firm(), "B")
    held_against(firm, "case_reported")
    held_against(plain, "case_reported")
    listed(firm, "abnormal")
    reckon()

    one, other = seen(firm, with_credit=False), seen(plain, with_credit=False)

    assert seen(firm).measures != seen(plain).measures
    assert one.credit == ""
    assert (one.measures, one.due.by) == (other.measures, other.due.by)


def test_two_years_without_a_visit_of_all_items_is_the_longest_anybody_waits():
    firm = graded(a_firm(), "A")
    visited(firm, date(2026, 10, 1), full_list=False)
    visited(firm, date(2024, 12, 1))

    due = seen(firm).due

    assert (due.day, due.by) == (date(2026, 12, 1), "cover")


def test_a_panel_asks_the_database_once():
    firm = graded(a_firm(), "A")
    visited(firm)

    with CaptureQueriesContext(
        connection,
    ) as asked:
        seen(firm)

    assert len(asked) == 1


# ── Key supervision ──


def test_key_supervision_is_listed_with_every_ground():
    special = a_firm(kind="producer", licences=(SPECIAL,))
    kitchen = a_firm(
        licences=(
            NewLicence(kind="JY", number="JY21501050000016", items=("中央厨房",),
                       issued=date(2023, 1, 9)),
        )
    )  # fmt: skip
    delivery = a_firm(serves="supplier", diners=500)
    serious, plain = a_firm(), graded(a_firm(), "C")
    listed(serious, "serious")
    graded(serious, "D")

    page = supervising.key_supervised(EVERYWHERE, TODAY)

    assert {row["id"]: tuple(row["grounds"]) for row in page.rows} == {
        special.pk: ("special_food_producer",),
        kitchen.pk: ("central_kitchen",),
        delivery.pk: ("meal_delivery",),
        serious.pk: ("operator_D", "serious_list"),
    }
    assert plain.pk not in {row["id"] for row in page.rows}
    assert supervising.key_supervised(EVERYWHERE, TODAY, Asked(ground="meal_delivery")).count == 1
    assert supervising.key_supervised((), TODAY).count == 0


# ── Burden ──


def test_visits_of_every_department_count_and_those_made_together_once():
    firm = graded(a_firm(), "A")
    other = {"applicable_key": 0, "applicable_general": 0}
    visited(firm, date(2026, 3, 2), joint="春季")
    visited(firm, date(2026, 3, 2), joint="春季", department="fire", **other)
    visited(firm, date(2026, 5, 6), purpose="complaint")
    visited(firm, date(2025, 5, 6))

    account = seen(firm).account

    assert (account.visits, account.calls, account.merged) == (3, 2, 1)
    assert (account.counted, account.cap, account.is_over) == (1, 1, False)
    assert supervising.over_ceiling(EVERYWHERE, TODAY).count == 0

    visited(firm, date(2026, 9, 1), department="health", **other)
    page = supervising.over_ceiling(EVERYWHERE, TODAY)
    assert [(row["id"], row["counted"], row["cap"]) for row in page.rows] == [(firm.pk, 2, 1)]


# ── The lists and the pure core ──


def a_city(seed: int) -> list[Business]:
    dice = random.Random(seed)  # noqa: S311 a city for a test
    firms = []
    for _ in range(30):
        kind = dice.choice(["producer", "seller", "caterer", "canteen", "vendor"])
        form = dice.choice(["company", "household"])
        firm = a_firm(kind=kind, legal_form=form, district=dice.choice(["150105", "150102"]))
        if letter := dice.choice(["", "A", "A", "B", "C", "D"]):
            graded(firm, letter)
        for _ in range(dice.choice([0, 0, 1, 3])):
            visited(firm, ago(dice.randint(0, 500)), joint=dice.choice(["", "", "一起"]),
                    purpose=dice.choice(["routine", "complaint", "random"]))  # fmt: skip
        if dice.random() < 0.2:
            held_against(firm, dice.choice(["penalty", "talk"]), ago(dice.randint(0, 700)))
        firms.append(firm)
    for firm in dice.sample(firms, 4):
        listed(firm, dice.choice(["abnormal", "serious"]))
        if letter := dice.choice(["", "A", "D"]):
            graded(firm, letter)
    reckon()
    return firms


@pytest.mark.parametrize("seed", [11, 12])
def test_each_list_names_whom_the_pure_core_would_name(seed):
    views = {firm.pk: seen(firm) for firm in a_city(seed)}

    key = supervising.key_supervised(EVERYWHERE, TODAY)
    over = supervising.over_ceiling(EVERYWHERE, TODAY)
    quiet = supervising.undisturbed(EVERYWHERE, TODAY)

    assert {row["id"]: tuple(row["grounds"]) for row in key.rows} == {
        number: view.key for number, view in views.items() if view.key
    }
    assert {row["id"]: _counts(row) for row in over.rows} == {
        number: _counts(view.account) for number, view in views.items() if view.account.is_over
    }
    held = {one.business_id for one in Fact.objects.all() if one.day > ago(365)}
    rule = credit_rules.quiet(TODAY)
    assert {row["id"] for row in quiet.rows} == {
        number
        for number, view in views.items()
        if view.grade in rule.choice("grades")
        and (view.credit or "none") in rule.choice("classes")
        and not view.key
        and number not in held
    }


def _counts(one: Account | dict[str, int]) -> tuple[int, int, int]:
    if isinstance(one, Account):
        return one.visits, one.calls, one.counted
    return one["visits"], one["calls"], one["counted"]


def test_a_list_goes_on_page_by_page_and_names_everybody_once(monkeypatch):
    for _ in range(7):
        graded(a_firm(), "D")
    monkeypatch.setattr(supervising, "PAGE", 3)

    rows = list(supervising.every(supervising.key_supervised, EVERYWHERE, TODAY, Asked()))

    assert len(rows) == len({row["id"] for row in rows}) == 7
