"""Working days of this house against a public package that knows the announced years too."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingchu.rulebook import store

CALENDAR = store.calendar()
YEARS = sorted(CALENDAR.announced)


@pytest.mark.parametrize("year", YEARS)
def test_each_day_of_an_announced_year_is_what_the_package_says(year):
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]

    wrong = [
        day
        for day in days
        if day.year == year and CALENDAR.is_working(day) != chinese_calendar.is_workday(day)
    ]

    assert wrong == []


@given(
    st.dates(date(YEARS[0], 1, 1), date(YEARS[-1], 9, 1)),
    st.integers(1, 40),
)
def test_a_term_ends_when_the_package_has_counted_as_many_working_days(start, count):
    due = store.working_days_after(start, count)

    passed = (start + timedelta(days=n) for n in range(1, (due.day - start).days + 1))
    counted = [day for day in passed if chinese_calendar.is_workday(day)]
    assert (len(counted), counted[-1], due.provisional) == (count, due.day, False)


def test_a_term_into_a_year_nobody_announced_is_provisional():
    last = YEARS[-1]

    assert store.working_days_after(date(last, 12, 28), 10).provisional
    assert not store.working_days_after(date(last, 6, 1), 10).provisional
