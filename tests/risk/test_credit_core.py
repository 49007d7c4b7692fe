"""The pure core of credit class, measures, key supervision and burden."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mingchu.risk.domain import burden, credit, keysup, measures
from mingchu.risk.domain.burden import Cause, Seen
from mingchu.risk.domain.credit import Letter, Roll
from mingchu.rulebook import store

TODAY = date(2026, 11, 20)
BANDS = store.rule("credit.bands").on(TODAY).value
FLOORS = store.rule("credit.list_floor").on(TODAY).value
SHEET = store.rule("credit.indicators").on(TODAY).value
TABLE = store.rule("credit.measures").on(TODAY).value
POINTS = some.decimals(0, 100, places=2)
ROLLS = some.sets(some.sampled_from(Roll))


def classed(points: int | Decimal, *standing: Roll) -> credit.Classed:
    return credit.classed(points, BANDS, standing, FLOORS)


# ── Class ──


@given(POINTS, POINTS, ROLLS)
def test_more_points_never_improve_a_class(few, more, standing):
    few, more = sorted((few, more))

    assert classed(few, *standing).letter <= classed(more, *standing).letter


@given(POINTS, ROLLS, some.sampled_from(Roll))
def test_one_more_list_never_improves_a_class(points, standing, roll):
    assert classed(points, *standing).letter <= classed(points, *standing, roll).letter


@given(POINTS, ROLLS)
def test_a_list_lifts_a_class_and_says_so_or_changes_nothing(points, standing):
    found = classed(points, *standing)

    assert found.by_points == classed(points).letter
    assert (found.letter > found.by_points) == bool(found.lifted_by)


def test_on_the_serious_list_a_clean_firm_is_of_class_d_and_off_it_of_class_a_again():
    assert classed(0, Roll.SERIOUS).letter is Letter.D
    assert classed(0).letter is Letter.A


def test_the_points_of_the_indicators_are_the_weights_of_their_groups():
    weights = store.rule("credit.weights").on(TODAY).value

    assert credit.group_misfits(SHEET["items"], weights) == []
    assert sum(weights.values()) == 100


def test_a_group_whose_points_are_not_its_weight_is_named():
    items = [{"id": "age", "group": "basic", "points": 9}]

    assert credit.group_misfits(items, {"basic": 10}) == ["basic: 9 ≠ 10"]


# ── Measures ──


def test_the_citys_table_says_something_of_every_pair_and_nothing_that_its_rules_forbid():
    floors = store.rule("grade.visits_min").on(TODAY).value
    caps = store.rule("draw.visits_cap").on(TODAY).value

    assert list(measures.table_misfits(TABLE, floors, caps)) == []


def test_the_table_draws_no_class_less_than_the_ratio_of_its_class():
    ratios = store.rule("credit.draw_ratio").on(TODAY).value

    assert [
        pair
        for pair, row in TABLE.items()
        if (letter := pair.partition(".")[2]) in ratios and row["ratio"] < ratios[letter]
    ] == []


@pytest.mark.parametrize(
    ("pair", "row", "said"),
    [
        ("B.B", {"ratio": 101, "visits": 1, "kind": "random", "reminder": "none"}, "B.B.ratio"),
        ("D.A", {"ratio": 30, "visits": 2, "kind": "system", "reminder": "talk"}, "D.A.visits"),
        ("A.A", {"ratio": 2, "visits": 9, "kind": "random", "reminder": "none"}, "A.A.visits"),
        ("A.A", {"ratio": 2, "visits": 1, "kind": "weekly", "reminder": "none"}, "A.A: kind"),
        ("C.C", {"ratio": 1, "visits": 2, "kind": "routine", "reminder": "none"}, "C.C: lighter"),
        ("A.A", {"ratio": 2}, "A.A: kind, ratio"),
    ],
)
def test_a_row_that_does_not_fit_is_named(pair, row, said):
    floors, caps = {"A": 1, "B": 1, "C": 2, "D": 3}, {"A": 1, "B": 2, "C": 3, "D": 4}

    wrong = list(measures.table_misfits({**TABLE, pair: row}, floors, caps))

    assert any(one.startswith(said) for one in wrong), wrong


def test_a_pair_that_is_missing_is_named():
    short = {pair: row for pair, row in TABLE.items() if pair != "none.none"}

    assert list(measures.table_misfits(short, {}, {})) == ["none.none: missing"]


DAYS = some.dates(date(2020, 1, 1), TODAY)


@given(some.integers(1, 12), some.none() | DAYS, some.none() | DAYS, DAYS)
def test_nobody_waits_longer_than_the_cover_of_all_items(visits, last, last_full, since):
    due = measures.next_visit(visits, 24, last=last, last_full=last_full, since=since)

    assert due.day <= measures.months_later(last_full or since, 24)
    assert due.day <= measures.months_later(last or since, 12)


@given(DAYS, some.integers(-30, 30))
def test_months_later_and_back_is_never_later_than_the_day(day, count):
    there = measures.months_later(day, count)

    assert measures.months_later(there, -count) <= day
    assert abs((there.year - day.year) * 12 + there.month - day.month) == abs(count)


# ── Key supervision ──

SAID = store.rule("inspection.key_supervision").on(TODAY).value


def key(serious_counts: bool = True, **facts: object) -> tuple[str, ...]:
    known = keysup.Facts(**{"kind": "caterer", **facts})  # type: ignore[arg-type]
    return keysup.grounds(known, SAID, serious_counts=serious_counts)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"grade": "D"}, ("operator_D",)),
        ({"grade": "C"}, ()),
        ({"kind": "producer", "grade": "C"}, ("producer_C",)),
        ({"kind": "producer", "special_food": True}, ("special_food_producer",)),
        ({"special_food": True}, ()),
        ({"central_kitchen": True, "grade": "D"}, ("operator_D", "central_kitchen")),
        ({"meal_delivery": True}, ("meal_delivery",)),
        ({"kind": "vendor", "grade": "D"}, ()),
        ({"serious": True}, ("serious_list",)),
    ],
)
def test_key_supervision_is_what_order_49_names_and_the_serious_list(facts, expected):
    assert key(**facts) == expected


# ── Burden ──

EXEMPT = store.rule("draw.cap_exempt").on(TODAY).value
SEEN = some.lists(
    some.builds(
        Seen,
        day=some.dates(date(2025, 6, 1), date(2026, 12, 31)),
        department=some.sampled_from(["market", "fire", "health"]),
        cause=some.sampled_from(Cause),
        joint=some.sampled_from(["", "", "spring", "autumn"]),
    ),
    max_size=12,
)


def account(seen: list[Seen], cap: int | None = 2) -> burden.Account:
    return burden.account(seen, year=2026, cap=cap, exempt=EXEMPT)


@given(SEEN)
def test_nothing_is_counted_that_was_not_a_visit_and_the_order_does_not_matter(seen):
    found = account(seen)

    assert 0 <= found.counted <= found.calls <= found.visits <= len(seen)
    assert found.merged >= 0
    assert found.exempt >= 0
    assert account(seen[::-1]) == found


@given(SEEN)
def test_coming_together_never_burdens_a_business_more(seen):
    together = [
        Seen(one.day, one.department, one.cause, "all") if one.day.year == 2026 else one
        for one in seen
    ]

    assert account(together).counted <= account(seen).counted


def test_a_report_is_followed_up_whatever_the_ceiling_says():
    day = TODAY - timedelta(days=3)
    routine = [Seen(day, "market", Cause.ROUTINE), Seen(day, "fire", Cause.ROUTINE)]

    full = account(routine)
    more = account([*routine, Seen(day, "market", Cause.COMPLAINT)])

    assert (full.counted, full.left, full.is_over) == (2, 0, False)
    assert (more.counted, more.exempt, more.is_over) == (2, 1, False)
    assert account([*routine, Seen(day, "health", Cause.ROUTINE)]).is_over


def test_without_a_ceiling_nobody_is_over_it():
    found = account([Seen(TODAY, "market", Cause.ROUTINE)] * 9, cap=None)

    assert (found.counted, found.left, found.is_over) == (9, None, False)
