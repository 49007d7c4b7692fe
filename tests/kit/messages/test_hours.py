"""Quiet hours: who hears of what when; properties over every moment, grade of news and pace."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mingchu.base import clock
from mingchu.base.workdays import Calendar
from mingchu.kit.messages import hours
from mingchu.kit.messages.domain import Cover, Hours, Pace, Severity, Span, cover, tell_at
from mingchu.rulebook.store import calendar

NIGHT = Hours(time(21), time(8), time(17))
NAP = Hours(time(12), time(14), time(17))  # quiet hours need not pass midnight
# A week off in October with two make-up days around it.
WEEKS = Calendar.of(
    [date(2026, 10, n) for n in range(1, 8)], [date(2026, 9, 27), date(2026, 10, 10)], [2026]
)
moments = some.integers(0, 90 * 24 * 60).map(
    lambda minutes: clock.city(clock.midnight(date(2026, 9, 1))) + timedelta(minutes=minutes)
)
grades, paces, quiet = (
    some.sampled_from(Severity),
    some.sampled_from(Pace),
    some.sampled_from([NIGHT, NAP]),
)


@given(moments, grades, paces, quiet)
def test_nobody_hears_of_it_before_it_happened_nor_much_too_late(at, grade, pace, known):
    told = tell_at(at, grade, pace, known, WEEKS)

    assert at <= told < at + timedelta(days=9)


@given(moments, paces, quiet)
def test_what_is_grave_never_waits(at, pace, known):
    assert tell_at(at, Severity.GRAVE, pace, known, WEEKS) == at


@given(moments, some.sampled_from([Severity.PRESSING, Severity.PLAIN]), quiet)
def test_nobody_is_disturbed_in_quiet_hours_by_what_is_not_grave(at, grade, known):
    told = tell_at(at, grade, Pace.AT_ONCE, known, WEEKS)

    assert not known.is_quiet(told.time())
    assert tell_at(told, grade, Pace.AT_ONCE, known, WEEKS) == told


@given(moments, quiet)
def test_plain_news_comes_on_working_days(at, known):
    told = tell_at(at, Severity.PLAIN, Pace.AT_ONCE, known, WEEKS)

    assert WEEKS.is_working(told.date())


@given(moments, quiet)
def test_the_graver_the_sooner(at, known):
    told = [tell_at(at, grade, Pace.AT_ONCE, known, WEEKS) for grade in Severity]

    assert told == sorted(told)


@given(moments, moments, grades, paces, quiet)
def test_what_happened_first_is_told_first(one, other, grade, pace, known):
    first, second = sorted([one, other])

    assert tell_at(first, grade, pace, known, WEEKS) <= tell_at(second, grade, pace, known, WEEKS)


@given(moments, some.sampled_from([Severity.PRESSING, Severity.PLAIN]))
def test_a_digest_comes_at_its_time_within_a_day(at, grade):
    told = tell_at(at, grade, Pace.DIGEST, NIGHT, WEEKS)

    assert told.time() == time(17)
    assert at < told <= at + timedelta(days=1)


@pytest.mark.parametrize(
    ("grade", "at", "told"),
    [
        (Severity.PRESSING, "2026-11-20 22:30", "2026-11-21 08:00"),  # Friday night → Saturday
        (Severity.PLAIN, "2026-11-20 22:30", "2026-11-23 08:00"),  # → Monday
        (Severity.PLAIN, "2026-11-20 07:00", "2026-11-20 08:00"),
        (Severity.PLAIN, "2026-11-20 15:00", "2026-11-20 15:00"),
    ],
)
def test_the_citys_hours_and_calendar_are_asked(grade, at, told):
    moment, wanted = (
        datetime.fromisoformat(said).replace(tzinfo=clock.CITY_ZONE) for said in (at, told)
    )

    assert hours.tell_at(grade, Pace.AT_ONCE, moment) == wanted


def test_a_day_says_what_nobody_attends_to():
    begins, ends = (
        clock.city(clock.midnight(date(2026, 11, day))) + timedelta(hours=hour)
        for day, hour in ((20, 20), (21, 9))
    )

    known = [
        cover(date(2026, 11, day), [Span(begins, ends)], NIGHT, calendar(), clock.CITY_ZONE)
        for day in (20, 21)
    ]

    assert known == [Cover(None, by_night=True), Cover(by_day=False, by_night=False)]
