"""Working days 工作日: weekdays less public holidays plus make-up weekends 调休上班.

Pure: the calendar comes in as data (the rulebook's `calendar.working_days`), dated and cited. A
year that has not been announced is counted by plain weekdays and its dates are provisional.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

SATURDAY = 5
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """Days off and make-up days of the announced years."""

    off: frozenset[date]
    makeup: frozenset[date]
    announced: frozenset[int]

    @classmethod
    def of(
        cls, off: Collection[date], makeup: Collection[date], announced: Collection[int]
    ) -> Calendar:
        return cls(frozenset(off), frozenset(makeup), frozenset(announced))

    def is_working(self, day: date) -> bool:
        if day in self.makeup:
            return True
        return day.weekday() < SATURDAY and day not in self.off


@dataclass(frozen=True)
class Due:
    """A due day; `provisional` when it crosses a year that is not announced yet."""

    day: date
    provisional: bool


def add_working_days(start: date, days: int, calendar: Calendar) -> Due:
    """The day on which `days` working days have passed; the day of the act is not counted.

    >>> plain = Calendar.of([], [], [2026])
    >>> add_working_days(date(2026, 11, 20), 1, plain)
    Due(day=datetime.date(2026, 11, 23), provisional=False)
    """
    if days < 0:
        raise ValueError("working days are counted forward")
    day, left = start, days
    while left:
        day += ONE_DAY
        left -= calendar.is_working(day)
    return Due(day, _provisional(start, day, calendar))


def working_days_between(start: date, end: date, calendar: Calendar) -> int:
    """Working days after `start` up to and including `end`; negative when `end` is earlier."""
    if end < start:
        return -working_days_between(end, start, calendar)
    span = (end - start).days
    return sum(calendar.is_working(start + timedelta(days=n)) for n in range(1, span + 1))


def _provisional(start: date, end: date, calendar: Calendar) -> bool:
    return any(year not in calendar.announced for year in range(start.year, end.year + 1))
