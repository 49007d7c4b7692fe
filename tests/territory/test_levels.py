"""Levels by facts: every business has one, and nothing that grows makes it lower."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from mingchu.registry.domain import Kind, Scale, Serves
from mingchu.territory import rules
from mingchu.territory.domain.choosing import chosen, reach
from mingchu.territory.domain.levels import Facts, ground_for
from mingchu.territory.domain.quarters import Quarter, due_in, quarter_of, read_quarter

DAY = date(2026, 11, 20)
UNHURRIED = effort(deadline=None)  # the first asks the rulebook, which is read then
SIZES = ["", Scale.MICRO, Scale.SMALL, Scale.MEDIUM, Scale.LARGE]
facts = st.builds(
    Facts,
    kind=st.sampled_from(list(Kind)),
    scale=st.sampled_from(SIZES),
    serves=st.sampled_from(["", *Serves]),
    diners=st.none() | st.integers(0, 5_000),
)


def level(known: Facts) -> str:
    found = ground_for(known, rules.grounds(DAY).lines)
    assert found is not None
    return found.level.value


@UNHURRIED
@given(facts)
def test_every_business_has_a_level_and_a_rank_that_visits_it(known):
    assert level(known) in rules.ranks(DAY)


@UNHURRIED
@given(facts, st.integers(0, 5_000))
def test_more_diners_never_make_the_level_lower(known, more):
    grown = Facts(known.kind, known.scale, known.serves, (known.diners or 0) + more)

    assert level(grown) <= level(known)


@UNHURRIED
@given(facts, st.integers(0, 4))
def test_a_larger_business_never_has_a_lower_level(known, steps):
    size = SIZES[min(SIZES.index(known.scale) + steps, len(SIZES) - 1)]

    assert level(Facts(known.kind, size, known.serves, known.diners)) <= level(known)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (Facts("producer", "large"), "A"),
        (Facts("producer", "micro"), "C"),
        (Facts("caterer", "large"), "B"),
        (Facts("caterer", "micro"), "D"),
        (Facts("caterer", "micro", "supplier"), "B"),
        (Facts("canteen", "", "school", 999), "C"),
        (Facts("canteen", "", "school", 1000), "B"),
        (Facts("vendor"), "D"),
    ],
)
def test_the_levels_of_the_demo_city(known, expected):
    assert level(known) == expected


@UNHURRIED
@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)))
def test_a_day_lies_in_exactly_one_quarter(day):
    quarter = quarter_of(day)

    assert quarter.first <= day <= quarter.last
    assert (quarter.before.last - quarter.first).days == -1
    assert read_quarter(str(quarter)) == quarter


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 12, 31), Quarter(2026, 4)),
        (date(2027, 1, 1), Quarter(2027, 1)),
        (date(2028, 2, 29), Quarter(2028, 1)),
    ],
)
def test_quarters_part_at_midnight_of_the_first(day, expected):
    assert quarter_of(day) == expected


@UNHURRIED
@given(st.integers(2020, 2040), st.sampled_from([3, 6, 12]))
def test_a_year_is_cut_into_terms_without_gap(year, months):
    dues = [due_in(Quarter(year, number), months) for number in range(1, 5)]

    assert len([due for due in dues if due]) == 12 // months
    assert dues[0] is not None
    assert max(due for due in dues if due) == date(year, 12, 31)


@pytest.mark.parametrize("months", [0, 1, 2, 5, 9, 24])
def test_a_term_that_fits_no_quarter_is_refused(months):
    with pytest.raises(ValueError, match="does not fit"):
        due_in(Quarter(2026, 1), months)


cadres = st.lists(st.integers(1, 9), unique=True, max_size=4)


@UNHURRIED
@given(
    cadres,
    cadres,
    st.none() | st.integers(1, 9),
    st.dictionaries(st.integers(1, 9), st.integers(0, 5)),
)
def test_a_business_falls_to_one_of_the_narrowest_area_and_stays_with_him(near, far, now, loads):
    beats = {("g", "village"): near, ("d", "village"): far}

    found = chosen(reach("g", "s", "d", "c"), "village", now=now, beats=beats, loads=loads)

    here = near or far
    assert (found is None) == (not here)
    if found is not None:
        assert found in here
        assert found == now or now not in here
        least = min(loads.get(one, 0) for one in here)
        assert found == now or loads.get(found, 0) == least
