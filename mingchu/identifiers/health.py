"""Health certificate 健康证明 (食品安全法 art. 45): valid for as long after issue as a rule says.

The number of years and the days of warning are the rulebook's; they come as arguments.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum


class Standing(StrEnum):
    AHEAD = "ahead"
    VALID = "valid"
    EXPIRING = "expiring"
    EXPIRED = "expired"


def expires(issued: date, years: int) -> date:
    """The last valid day; of 29 February the 28th of a common year.

    >>> expires(date(2026, 3, 5), 1), expires(date(2024, 2, 29), 1)
    (datetime.date(2027, 3, 5), datetime.date(2025, 2, 28))
    """
    try:
        return issued.replace(year=issued.year + years)
    except ValueError:
        return issued.replace(year=issued.year + years, day=28)


def valid(issued: date, on: date, years: int) -> bool:
    """Whether somebody with this certificate may work on the day.

    >>> valid(date(2026, 3, 5), date(2027, 3, 5), 1), valid(date(2026, 3, 5), date(2027, 3, 6), 1)
    (True, False)
    """
    return issued <= on <= expires(issued, years)


def standing(issued: date, on: date, years: int, warn_days: int) -> Standing:
    """How a certificate stands on a day.

    >>> standing(date(2026, 3, 5), date(2027, 2, 10), 1, 30).value
    'expiring'
    """
    if on < issued:
        return Standing.AHEAD
    left = days_left(expires(issued, years), on)
    if left < 0:
        return Standing.EXPIRED
    return Standing.EXPIRING if left <= warn_days else Standing.VALID


def days_left(last: date, on: date) -> int:
    """Days to the last valid day; below zero when it has passed."""
    return (last - on).days


def step(last: date, on: date, steps: Iterable[int]) -> int | None:
    """The nearest step of warning that has been reached; None before the first.

    >>> step(date(2027, 3, 5), date(2027, 2, 28), (30, 7, 0))
    7
    >>> step(date(2027, 3, 5), date(2027, 1, 1), (30, 7, 0)) is None
    True
    """
    left = days_left(last, on)
    return min((one for one in steps if left <= one), default=None)
