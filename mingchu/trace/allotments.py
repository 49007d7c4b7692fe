"""Allotments 分配登记: asked as often as events come, so that each process keeps them a while."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings

from mingchu.base.remembered import Remembered
from mingchu.trace.domain.allotting import Allotment, Allotments, Role, Rule
from mingchu.trace.queries import _rows

COLUMNS = "id, number, party, role, since, until, entered_at, entered_by, is_void"
ALL = f"SELECT {COLUMNS} FROM trace_allotment"  # noqa: S608 no value
LISTED = (
    ALL
    + """
 WHERE (%s = '' OR number = %s) AND (%s = '' OR party = %s) AND (%s OR NOT is_void)
 ORDER BY number, party, id
"""
)
ONE = ALL + " WHERE id = %s"
LIVE = "SELECT number, party, role, since, until FROM trace_allotment WHERE NOT is_void"
STAMP = "SELECT count(*), max(changed_at) FROM trace_allotment"
SECONDS = 5


class Kept(NamedTuple):
    """An allotment with who entered it; a void one never held."""

    id: UUID
    number: str
    party: str
    role: Role
    since: date | None
    until: date | None
    entered_at: datetime
    entered_by: str
    is_void: bool


class _Latest(NamedTuple):
    stamp: tuple[Any, ...]
    allotments: Allotments


_looked: Remembered[Allotments] = Remembered(seconds=SECONDS)
_latest: Remembered[_Latest] = Remembered(seconds=3600)


def rule() -> Rule:
    """Who may speak for what; an allotment of another process is known seconds later."""
    return Rule(_looked.get("all", _current), settings.CAPTURE_UNALLOTTED == "open")


def _current() -> Allotments:
    """All of them, read again only if one has changed."""
    stamp = _rows(STAMP, [])[0]
    known = _latest.known("all")
    if known is None or known.stamp != stamp:
        made = (
            Allotment(number, party, Role(role), since, until)
            for number, party, role, since, until in _rows(LIVE, [])
        )
        known = _latest.keep("all", _Latest(stamp, Allotments.of(made)))
    return known.allotments


def forget() -> None:
    """The next question is answered from the table."""
    _looked.forget()


def listed(number: str = "", party: str = "", *, with_void: bool = False) -> list[Kept]:
    return [_kept(row) for row in _rows(LISTED, [number, number, party, party, with_void])]


def one(number: UUID) -> Kept | None:
    found = _rows(ONE, [number])
    return _kept(found[0]) if found else None


def _kept(row: tuple[Any, ...]) -> Kept:
    found = Kept(*row)
    return found._replace(role=Role(found.role))
