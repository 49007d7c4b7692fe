"""Months 月份: a batch lasts from the first to the last day of its month; no framework."""

from __future__ import annotations

import calendar
from datetime import date

MONTHS = 12


def last_day(month: date) -> date:
    """
    >>> last_day(date(2026, 2, 1))
    datetime.date(2026, 2, 28)
    """
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def earlier(day: date, months: int) -> date:
    """So many months before a day; the last day of a month that is too short.

    >>> earlier(date(2026, 5, 31), 3)
    datetime.date(2026, 2, 28)
    """
    years, month = divmod(day.month - 1 - months, MONTHS)
    first = date(day.year + years, month + 1, 1)
    return first.replace(day=min(day.day, last_day(first).day))


def quarter_of(day: date) -> tuple[date, date]:
    """The first and the last day of its quarter.

    >>> quarter_of(date(2026, 11, 20))
    (datetime.date(2026, 10, 1), datetime.date(2026, 12, 31))
    """
    first = date(day.year, day.month - (day.month - 1) % 3, 1)
    return first, last_day(first.replace(month=first.month + 2))
