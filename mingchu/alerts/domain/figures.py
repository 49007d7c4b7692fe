"""Figures of orders 工单指标: bands of age, windows of days and months; pure.

Days are the city's. Nothing here says how much anybody did: a figure is of what came in and of
how it ended, and stations stand in the order of their names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mingchu.base.clock import midnight
from mingchu.base.workdays import ONE_DAY

RECENT_DAYS, LONGER_DAYS = 30, 90
MONTHS = 6


@dataclass(frozen=True)
class Band:
    """Open for `first` to `last` days, the day it came in being none; `last` None: or longer."""

    key: str
    first: int
    last: int | None

    def came(self, today: date) -> tuple[datetime | None, datetime | None]:
        """From which moment on such orders came in, and before which; None: no bound."""
        begins = None if self.last is None else midnight(today - timedelta(days=self.last))
        ends = midnight(today - timedelta(days=self.first - 1)) if self.first else None
        return begins, ends


BANDS = (
    Band("0-1", 0, 1),
    Band("2-3", 2, 3),
    Band("4-7", 4, 7),
    Band("8-15", 8, 15),
    Band("16-30", 16, 30),
    Band("31-", 31, None),
)
BY_KEY = {one.key: one for one in BANDS}


@dataclass(frozen=True)
class Window:
    """Days from the first to the last, both included."""

    first: date
    last: date

    def moments(self) -> tuple[datetime, datetime]:
        return midnight(self.first), midnight(self.last + ONE_DAY)


def last_days(today: date, days: int) -> Window:
    """So many days up to today.

    >>> last_days(date(2026, 11, 20), 30).first
    datetime.date(2026, 10, 22)
    """
    return Window(today - timedelta(days=days - 1), today)


def watched_days(today: date, days: int, repeat: int) -> Window:
    """So many days of which each was followed by `repeat` whole days: what was closed yesterday
    cannot have come again yet.

    >>> watched_days(date(2026, 11, 20), 90, 30).last
    datetime.date(2026, 10, 20)
    """
    return last_days(today - timedelta(days=repeat + 1), days)


def months(today: date, count: int = MONTHS) -> Iterator[Window]:
    """The last calendar months, the earliest first; of the present one the days up to today.

    >>> [f"{one.first:%Y-%m}" for one in months(date(2026, 2, 3), 3)]
    ['2025-12', '2026-01', '2026-02']
    """
    first = today.replace(day=1)
    found = [Window(first, today)]
    for _month in range(count - 1):
        last = first - ONE_DAY
        first = last.replace(day=1)
        found.append(Window(first, last))
    return reversed(found)
