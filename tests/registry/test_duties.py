"""What a business lacks is derived from what is known of it, by the rules of the day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingchu.registry import domain, rules
from mingchu.registry.duties import Facts, LackCode, Staff, lacking, needs_director

DAY = date(2026, 11, 20)
NORMS = rules.norms(DAY)
FULL = Staff(1, ["principal", "director", "officer"], hours=Decimal(40), passed=True)


def codes(facts: Facts, *people: Staff, day: date = DAY) -> list[LackCode]:
    return [lack.code for lack in lacking(facts, people, rules.norms(day), day)]


def test_a_firm_with_nobody_lacks_principal_and_officer():
    assert codes(Facts("seller")) == [LackCode.PRINCIPAL, LackCode.OFFICER]


def test_a_household_is_not_reminded_of_the_duties_of_firms():
    assert codes(Facts("seller", legal_form="household", scale="large")) == []


@pytest.mark.parametrize(
    ("facts", "needed"),
    [
        (Facts("canteen", serves="school", diners=500), True),
        (Facts("canteen", serves="school", diners=499), False),
        (Facts("canteen", serves="kindergarten", diners=300), True),
        (Facts("canteen", serves="other", diners=999), False),
        (Facts("producer", scale="medium"), True),
        (Facts("producer", scale="small"), False),
        (Facts("caterer", branches=3), True),
        (Facts("producer", branches=3), False),
    ],
)
def test_who_needs_a_director_is_told_with_the_rule(facts, needed):
    basis = needs_director(facts, NORMS)

    assert (basis is not None) is needed
    assert (LackCode.DIRECTOR in codes(facts)) is needed
    assert basis is None or basis.rule.startswith("duty.director_")


def test_the_same_canteen_was_under_another_rule_in_2024():
    facts = Facts("canteen", serves="school", diners=500)

    then, now = (needs_director(facts, rules.norms(day)) for day in (date(2024, 9, 1), DAY))

    assert (then.since, now.since) == (date(2022, 11, 1), date(2025, 4, 15))


def test_before_there_was_a_rule_nothing_is_missing():
    day = date(2020, 1, 1)

    assert rules.training_hours(day) == 0
    assert codes(Facts("canteen", scale="large", serves="school", diners=900), day=day) == []


@pytest.mark.parametrize(
    ("until", "code"),
    [
        (None, LackCode.HEALTH_MISSING),
        (date(2026, 11, 19), LackCode.HEALTH_EXPIRED),
        (date(2026, 12, 20), LackCode.HEALTH_ENDING),
        (date(2026, 12, 21), None),
    ],
)
def test_a_handler_is_told_by_his_certificate(until, code):
    handler = Staff(2, ["handler"], health_until=until)

    found = codes(Facts("caterer"), FULL, handler)

    assert found == ([code] if code else [])


def test_hours_short_and_an_exam_not_passed_are_told_of_the_person():
    short = Staff(3, ["officer"], hours=Decimal("12.5"), passed=False)

    found = lacking(Facts("seller"), [FULL, short], NORMS, DAY)

    assert [(lack.code, lack.who, lack.have) for lack in found] == [
        (LackCode.TRAINING, 3, Decimal("12.5")),
        (LackCode.EXAM, 3, None),
    ]


def test_hours_are_demanded_of_firms_not_of_households():
    short = Staff(3, ["principal"], hours=Decimal(0), passed=False)

    assert lacking(Facts("caterer", legal_form="household"), [short], NORMS, DAY) == []


@given(
    st.sampled_from(list(domain.Kind)),
    st.sampled_from(list(domain.Scale)),
    st.integers(0, 5_000),
    st.lists(st.sets(st.sampled_from(list(domain.Duty)), min_size=1), max_size=4),
)
def test_another_pair_of_hands_never_makes_a_business_lack_more_duties(kind, scale, diners, held):
    facts = Facts(kind, scale=scale, serves="school", diners=diners)
    people = [
        Staff(at, duties, health_until=date(2027, 6, 1), hours=Decimal(40))
        for at, duties in enumerate(held)
    ]

    before = {lack.code for lack in lacking(facts, people, NORMS, DAY) if lack.who is None}
    after = {lack.code for lack in lacking(facts, [*people, FULL], NORMS, DAY) if lack.who is None}

    assert after <= before
    assert after == set()
