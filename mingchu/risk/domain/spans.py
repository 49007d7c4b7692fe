"""Spans of months over the calendar, as days; no framework."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def months_from(day: date, count: int) -> date:
    """The same day of another month, or its last where that month is shorter.

    >>> months_from(date(2026, 3, 31), -1), months_from(date(2026, 11, 20), 12)
    (datetime.date(2026, 2, 28), datetime.date(2027, 11, 20))
    """
    months = day.year * 12 + day.month - 1 + count
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
