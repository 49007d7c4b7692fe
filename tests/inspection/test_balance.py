"""Floor and ceiling, as values: where a business stands, and which two rules collide."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingchu.inspection.domain.balance import (
    SAID_OUTSIDE,
    Clash,
    Facts,
    Why,
    rate,
    tiers,
    weigh,
)
from mingchu.inspection.rules import BEHIND

UNTIL = date(2026, 11, 30)
SOON, LATER = date(2026, 11, 10), date(2027, 6, 1)
dates = st.dates(date(2026, 1, 1), date(2028, 1, 1))
known = st.builds(
    Facts,
    is_open=st.booleans(),
    cover_due=dates,
    floor_due=dates,
    counted=st.integers(0, 5),
    pending=st.integers(0, 2),
    cap=st.none() | st.integers(0, 4),
    key=st.booleans(),
    regional=st.booleans(),
    joint=st.booleans(),
    drawn_before=st.booleans(),
    barred=st.booleans(),
)


def facts(**said: object) -> Facts:
    return Facts(**{"is_open": True, "cover_due": LATER, "floor_due": LATER, **said})


def stands(cover_first: bool = True, **said: object) -> tuple[Why, Clash | None]:
    found = weigh(facts(**said), until=UNTIL, cover_first=cover_first)
    return found.why, found.clash


def test_who_is_due_by_no_rule_and_barred_by_none_may_be_drawn():
    assert stands() == (Why.DRAWN_FOR, None)


def test_who_has_his_two_years_run_out_is_certain():
    assert stands(cover_due=SOON) == (Why.COVER, None)
    assert stands(cover_due=UNTIL) == (Why.COVER, None)
    assert stands(cover_due=UNTIL + timedelta(days=1)) == (Why.DRAWN_FOR, None)


@pytest.mark.parametrize(("cover_first", "why"), [(True, Why.COVER), (False, Why.CEILING)])
def test_cover_against_ceiling_is_a_persons_decision(cover_first, why):
    found = stands(cover_first, cover_due=SOON, counted=2, cap=2)
    assert found == (why, Clash.COVER_OR_CEILING)


def test_what_was_drawn_and_not_yet_visited_counts_against_the_ceiling():
    assert stands(counted=1, pending=1, cap=2) == (Why.CEILING, None)
    assert stands(counted=1, cap=2) == (Why.DRAWN_FOR, None)
    assert stands(counted=9, cap=None) == (Why.DRAWN_FOR, None)


def test_a_grade_that_asks_for_a_visit_is_no_certainty_but_is_told():
    assert stands(floor_due=SOON) == (Why.DRAWN_FOR, Clash.FLOOR_BEYOND)
    assert stands(floor_due=SOON, counted=1, cap=1) == (Why.CEILING, Clash.FLOOR_OR_CEILING)


def test_three_months_after_a_higher_office_nobody_comes_again():
    assert stands(barred=True) == (Why.THREE_MONTHS, None)
    assert stands(barred=True, cover_due=SOON) == (Why.THREE_MONTHS, Clash.COVER_OR_THREE_MONTHS)


def test_whom_somebody_visits_anyway_this_draw_leaves_out():
    assert stands(regional=True, cover_due=SOON)[0] is Why.REGIONAL
    assert stands(joint=True)[0] is Why.JOINT
    assert stands(key=True, cover_due=SOON)[0] is Why.KEY
    assert stands(drawn_before=True, joint=True)[0] is Why.DRAWN_BEFORE
    assert stands(is_open=False, regional=True)[0] is Why.NOT_OPEN


@given(known, st.booleans())
def test_nobody_is_drawn_who_is_barred_full_or_elsewhere(found, cover_first):
    why = weigh(found, until=UNTIL, cover_first=cover_first).why
    if why in (Why.DRAWN_FOR, Why.COVER):
        assert found.is_open
        assert not any((found.key, found.regional, found.joint, found.drawn_before))
        assert not found.barred
    if why is Why.DRAWN_FOR:
        assert not found.is_full
        assert found.cover_due > UNTIL


@given(known, st.booleans())
def test_a_clash_names_rules_that_do_collide(found, cover_first):
    clash = weigh(found, until=UNTIL, cover_first=cover_first).clash
    if clash in (Clash.COVER_OR_CEILING, Clash.COVER_OR_THREE_MONTHS):
        assert found.cover_due <= UNTIL
    if clash in (Clash.COVER_OR_CEILING, Clash.FLOOR_OR_CEILING):
        assert found.is_full
    if clash in (Clash.FLOOR_BEYOND, Clash.FLOOR_OR_CEILING):
        assert found.floor_due <= UNTIL


@given(known)
def test_the_ceiling_never_takes_the_cover_away_where_a_person_put_it_first(found):
    with_cap = weigh(found, until=UNTIL, cover_first=True).why
    free = Facts(
        found.is_open, found.cover_due, found.floor_due, 0, 0, None, found.key, found.regional,
        found.joint, found.drawn_before, found.barred,
    )  # fmt: skip
    if weigh(free, until=UNTIL, cover_first=True).why is Why.COVER:
        assert with_cap is Why.COVER


def test_outside_the_reasons_that_rest_on_a_grade_or_tell_of_a_task_are_one_word():
    said = {SAID_OUTSIDE[why] for why in (Why.KEY, Why.REGIONAL, Why.JOINT)}
    assert said == {"other_plan"}
    assert set(SAID_OUTSIDE) == set(Why)


def test_every_clash_has_two_rules_behind_it():
    assert set(BEHIND) == set(Clash)
    assert all(len(set(pair)) == 2 for pair in BEHIND.values())


@given(st.integers(0, 1_000_000), st.integers(0, 24), st.none() | st.integers(0, 1_000_000))
def test_the_batches_of_a_year_never_draw_more_than_its_share(yearly, parts, top):
    one = rate(yearly, parts, top)
    assert one * max(parts, 1) <= min(yearly, yearly if top is None else top)


@given(st.sets(st.integers(0, 1_000_000), max_size=9))
def test_a_tier_is_a_rate_and_tells_nothing_else(rates):
    named = tiers(rates)
    assert set(named) == rates
    assert len(set(named.values())) == len(rates)
