"""The pure core: outbreaks, likeness, numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from mingchu.complaints.domain.likeness import likeness
from mingchu.complaints.domain.numbers import LENGTH, grouped, new_number, read_number
from mingchu.complaints.domain.outbreaks import Sick, outbreaks

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
HOURS = 72
SICK = st.lists(
    st.builds(
        lambda hour, household: (hour, household), st.integers(0, 300), st.sampled_from("abcd")
    ),
    max_size=8,
)


def made(said: list[tuple[int, str]]) -> list[Sick]:
    return [
        Sick(number, household, NOON + timedelta(hours=hour))
        for number, (hour, household) in enumerate(said)
    ]


@settings(deadline=None)
@given(SICK)
def test_there_is_an_outbreak_where_two_households_ate_within_the_hours(said):
    sick = made(said)
    by_hand = any(
        one.household != other.household
        and abs(one.ate_at - other.ate_at) <= timedelta(hours=HOURS)
        for one, other in combinations(sick, 2)
    )

    found = outbreaks(sick, 2, HOURS)

    assert bool(found) == by_hand
    assert all(one.last - one.first <= timedelta(hours=HOURS) for one in found)
    assert all(one.households >= 2 for one in found)


@settings(deadline=None)
@given(SICK, st.integers(0, 300), st.sampled_from("abcd"))
def test_one_letter_more_never_ends_an_outbreak(said, hour, household):
    before = outbreaks(made(said), 2, HOURS)
    after = outbreaks(made([*said, (hour, household)]), 2, HOURS)

    assert len(after) >= bool(before)


@settings(deadline=None)
@given(SICK)
def test_the_order_of_letters_does_not_matter(said):
    sick = made(said)

    assert outbreaks(sick, 2, HOURS) == outbreaks(reversed(sick), 2, HOURS)


def test_a_letter_that_names_two_households_is_enough():
    assert len(outbreaks([Sick(1, "a", NOON, households=2, people=5)], 2, HOURS)) == 1


@settings(deadline=None)
@given(st.text(max_size=40), st.dictionaries(st.integers(1, 5), st.text(max_size=40)))
def test_likeness_is_a_share_and_a_text_is_like_itself(text, others):
    found = likeness(text, {**others, 9: text})

    assert all(0 <= value <= 1.000001 for value in found.values())
    assert found[9] == max(found.values())


def test_a_number_has_128_bits_and_more_and_is_read_as_it_is_printed():
    number = new_number()

    assert LENGTH * 5 >= 128
    assert read_number(grouped(number).lower()) == number
    assert read_number(number[:-1]) == ""
