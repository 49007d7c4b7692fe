"""Differentiated measures 差异化措施: what a risk grade and a credit class together change about
supervision, and by when the next visit is due; no framework.

The two scales meet in this table alone: each stays a letter of its own, and neither is reckoned
into the other.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from mingchu.base.errors import Refusal

NONE = "none"
LETTERS = ("A", "B", "C", "D")
SAID = (*LETTERS, NONE)
KEYS = {"ratio", "visits", "kind", "reminder"}
KINDS = ("random", "routine", "unannounced", "system")
REMINDERS = ("none", "notice", "guidance", "talk")
MONTHS_A_YEAR, HUNDRED = 12, 100


@dataclass(frozen=True)
class Measures:
    """Share drawn a year in per cent, fewest visits a year, kind of visit, kind of reminder."""

    ratio: int | Decimal
    visits: int
    kind: str
    reminder: str


def measures(table: Mapping[str, Any], grade: str, credit: str) -> Measures:
    """What the table says of a grade and a class; "" of either is said as `none`."""
    pair = f"{grade or NONE}.{credit or NONE}"
    if pair not in table:
        raise Refusal(
            "measure_missing",
            "监管措施表里没有{pair}这一格",
            fix="请补全监管措施表再用",
            pair=pair,
        )
    said = table[pair]
    return Measures(said["ratio"], int(said["visits"]), said["kind"], said["reminder"])


def table_misfits(
    table: Mapping[str, Any], floors: Mapping[str, Any], caps: Mapping[str, Any]
) -> Iterator[str]:
    """What is wrong with a table: pairs missing, words unknown, fewer visits than the grade asks,
    more than the published ceiling allows, or a graver letter that is treated more lightly."""
    pairs = {f"{grade}.{credit}" for grade in SAID for credit in SAID}
    yield from (f"{key}: missing" for key in sorted(pairs - table.keys()))
    yield from (f"{key}: ?" for key in sorted(table.keys() - pairs))
    for key in sorted(pairs & table.keys()):
        yield from _row_misfits(key, table[key], floors, caps)
    if pairs <= table.keys():
        yield from _falls(table)


def _row_misfits(
    key: str, row: Any, floors: Mapping[str, Any], caps: Mapping[str, Any]
) -> Iterator[str]:
    if not isinstance(row, Mapping) or row.keys() != KEYS:
        yield f"{key}: {', '.join(sorted(KEYS))}"
        return
    grade = key.partition(".")[0]
    if not 0 <= row["ratio"] <= HUNDRED:
        yield f"{key}.ratio: 0 to 100"
    if row["visits"] < floors.get(grade, 0):
        yield f"{key}.visits: at least {floors[grade]}"
    if grade in caps and row["visits"] > caps[grade]:
        yield f"{key}.visits: at most {caps[grade]}"
    if row["kind"] not in KINDS or row["reminder"] not in REMINDERS:
        yield f"{key}: kind, reminder"


def _falls(table: Mapping[str, Any]) -> Iterator[str]:
    """Along either scale nothing may become lighter."""
    for step, lighter in [(one, chr(ord(one) - 1)) for one in LETTERS[1:]]:
        for other in SAID:
            for graver, before in (
                (f"{step}.{other}", f"{lighter}.{other}"),
                (f"{other}.{step}", f"{other}.{lighter}"),
            ):
                if _is_lighter(table[graver], table[before]):
                    yield f"{graver}: lighter than {before}"


def _is_lighter(row: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    return any(row.get(key, 0) < before.get(key, 0) for key in ("ratio", "visits"))


# ── By when ──


@dataclass(frozen=True)
class Due:
    """By when the next visit is due, and which floor says so: `grade` or `cover`."""

    day: date
    by: str


def next_visit(
    visits: int, cover_months: int, *, last: date | None, last_full: date | None, since: date
) -> Due:
    """The earlier of the two: the yearly floor from the last visit, and the cover of all items
    from the last full one; a business never visited is counted from when it came.

    >>> came, full, last = date(2020, 1, 1), date(2024, 12, 1), date(2026, 3, 1)
    >>> next_visit(1, 24, last=last, last_full=full, since=came)
    Due(day=datetime.date(2026, 12, 1), by='cover')
    """
    by_grade = months_later(last or since, MONTHS_A_YEAR // max(visits, 1))
    by_cover = months_later(last_full or since, cover_months)
    return Due(by_cover, "cover") if by_cover <= by_grade else Due(by_grade, "grade")


def months_later(day: date, count: int) -> date:
    """The same day of a later or earlier month, or its last where it is shorter.

    >>> months_later(date(2026, 1, 31), 1), months_later(date(2026, 3, 31), -1)
    (datetime.date(2026, 2, 28), datetime.date(2026, 2, 28))
    """
    years, month = divmod(day.month - 1 + count, MONTHS_A_YEAR)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
