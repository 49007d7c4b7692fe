"""Working days against a naive count, and the traps of make-up days and unannounced years."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingchu.base.workdays import Calendar, add_working_days, working_days_between

DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))
CALENDARS = st.builds(
    Calendar.of,
    st.lists(DAYS, max_size=40),
    st.lists(DAYS, max_size=10),
    st.just([2025, 2026, 2027]),
)


@given(DAYS, st.integers(0, 60), CALENDARS)
def test_the_due_day_is_the_first_with_that_many_working_days_behind_it(start, days, calendar):
    due = add_working_days(start, days, calendar).day

    counted = [
        day
        for n in range(1, (due - start).days + 1)
        if calendar.is_working(day := start + timedelta(days=n))
    ]

    assert len(counted) == days
    assert not days or counted[-1] == due


@given(DAYS, DAYS, CALENDARS)
def test_counting_back_is_counting_forward_with_a_minus(one, other, calendar):
    assert working_days_between(one, other, calendar) == -working_days_between(other, one, calendar)


@given(DAYS, st.integers(0, 40), CALENDARS)
def test_adding_and_counting_agree(start, days, calendar):
    assert working_days_between(start, add_working_days(start, days, calendar).day, calendar) == (
        days
    )


def test_a_makeup_saturday_counts_although_it_is_a_saturday():
    calendar = Calendar.of([], [date(2026, 10, 10)], [2026])

    assert add_working_days(date(2026, 10, 9), 1, calendar).day == date(2026, 10, 10)


def test_a_year_nobody_announced_gives_a_provisional_day_and_no_crash():
    calendar = Calendar.of([], [], [2026])

    due = add_working_days(date(2026, 12, 31), 1, calendar)

    assert due.day == date(2027, 1, 1)
    assert due.provisional


def test_working_days_are_not_counted_backwards_by_accident():
    with pytest.raises(ValueError, match="forward"):
        add_working_days(date(2026, 1, 1), -1, Calendar.of([], [], [2026]))
