"""Quarters 季度: when a visit is opened and by when it is due; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = 3
IN_A_YEAR = 4
SPELLING = re.compile(r"(\d{4})Q([1-4])")


@dataclass(frozen=True, order=True)
class Quarter:
    """A calendar quarter; its first day is how rows keep it.

    >>> str(Quarter(2026, 4)), Quarter(2026, 4).last.isoformat(), str(Quarter(2026, 4).after)
    ('2026Q4', '2026-12-31', '2027Q1')
    """

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"

    @property
    def first(self) -> date:
        return date(self.year, (self.number - 1) * MONTHS + 1, 1)

    @property
    def last(self) -> date:
        return self.after.first - timedelta(days=1)

    @property
    def after(self) -> Quarter:
        return self.later(1)

    @property
    def before(self) -> Quarter:
        return self.later(-1)

    def later(self, quarters: int) -> Quarter:
        years, number = divmod(self.number - 1 + quarters, IN_A_YEAR)
        return Quarter(self.year + years, number + 1)


def quarter_of(day: date) -> Quarter:
    return Quarter(day.year, (day.month - 1) // MONTHS + 1)


def read_quarter(text: str) -> Quarter | None:
    """
    >>> read_quarter("2026Q4") == Quarter(2026, 4), read_quarter("2026Q5"), read_quarter("0000Q1")
    (True, None, None)
    """
    found = SPELLING.fullmatch(text)
    # The first and the last years have no quarter before or after them.
    if found is None or not date.min.year < int(found[1]) < date.max.year:
        return None
    return Quarter(int(found[1]), int(found[2]))


def due_in(quarter: Quarter, months: int) -> date | None:
    """By when the visit is due that opens in the quarter; None where none opens.

    Of a longer term the visit opens in its first quarter: twice a year in the first and third.

    >>> [f"{due_in(Quarter(2026, n), 6)}" for n in (1, 2, 3)]
    ['2026-06-30', 'None', '2026-12-31']
    """
    if months <= 0 or months % MONTHS or (IN_A_YEAR * MONTHS) % months:
        raise ValueError(f"a visit each {months} months does not fit the quarters of a year")
    quarters = months // MONTHS
    if (quarter.number - 1) % quarters:
        return None
    return quarter.later(quarters - 1).last
