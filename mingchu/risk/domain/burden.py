"""Burden account 检查负担账: every visit of every department, against the yearly ceiling that the
city has published 年度频次上限; no framework.

Departments that come together count once 综合查一次. What the ceiling does not hold back (a
complaint, a case, a failed sample) is shown and not counted against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Cause(StrEnum):
    """Why a department came; the rule says which of them the ceiling holds back."""

    ROUTINE = "routine"
    COMPLAINT = "complaint"
    CASE = "case"
    SAMPLE_FAILURE = "sample_failure"


@dataclass(frozen=True)
class Seen:
    """One visit by one department; those with the same `joint` mark came as one."""

    day: date
    department: str
    cause: Cause
    joint: str = ""


@dataclass(frozen=True)
class Account:
    """A year of visits.

    `visits` are all of them, `calls` how often the door was opened when those who came together
    count once, `counted` what of that the ceiling holds; without a ceiling `cap` is None.
    """

    year: int
    visits: int
    calls: int
    counted: int
    departments: int
    cap: int | None

    @property
    def merged(self) -> int:
        """Visits spared the business since departments came together."""
        return self.visits - self.calls

    @property
    def exempt(self) -> int:
        return self.calls - self.counted

    @property
    def is_over(self) -> bool:
        return self.cap is not None and self.counted > self.cap

    @property
    def left(self) -> int | None:
        """How many more the ceiling allows this year."""
        return None if self.cap is None else max(self.cap - self.counted, 0)


def account(
    seen: Iterable[Seen], *, year: int, cap: int | None, exempt: Mapping[str, object]
) -> Account:
    """The account of a year.

    >>> day = date(2026, 3, 2)
    >>> both = [Seen(day, d, Cause.ROUTINE, "spring") for d in ("market", "fire")]
    >>> found = account(both, year=2026, cap=1, exempt={"routine": False})
    >>> found.visits, found.calls, found.merged, found.is_over
    (2, 1, 1, False)
    """
    here = [one for one in seen if one.day.year == year]
    calls: dict[str, bool] = {}
    for number, one in enumerate(here):
        call = one.joint or f"\0{number}"
        # A call is held by the ceiling as soon as one of those who came is.
        counts = exempt.get(one.cause) is not True
        calls[call] = calls.get(call, False) or counts
    return Account(
        year=year,
        visits=len(here),
        calls=len(calls),
        counted=sum(calls.values()),
        departments=len({one.department for one in here}),
        cap=cap,
    )
