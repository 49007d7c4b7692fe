"""Scoping 范围: who reads for the whole city reads every entry, others those about bodies there.

What an entry is about is a text in its `subject`; where that body lies, its own context tells
(`accounts.places`). So a district's list is the city's list, walked through and sifted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from mingchu.accounts.domain import CITY, Scope, ScopeKind, covers
from mingchu.accounts.places import located_all
from mingchu.base import paging
from mingchu.ledger import queries
from mingchu.ledger.queries import Sealed

BODIES = frozenset(ScopeKind) - {ScopeKind.CITY, ScopeKind.PERSON}
SIFTED_AT_ONCE = 200
SIFTED_TOP = 2000  # one page of a district walks through no more; the next one goes on from there


@dataclass(frozen=True)
class Page:
    """Rows, the newest first, and the cursor of older ones; a sifted page may be short."""

    rows: Sequence[Sealed]
    next: str


def page(
    scopes: Iterable[Scope], *, subject: str = "", kind: str = "", cursor: str = "", limit: int
) -> Page:
    known = tuple(scopes)
    at_once = limit + 1 if CITY in known else SIFTED_AT_ONCE
    before, kept, walked = _place(cursor), list[Sealed](), 0
    while len(kept) <= limit and walked < SIFTED_TOP:
        rows = queries.entries(subject=subject, kind=kind, before=before, limit=at_once)
        kept += visible(known, rows)
        walked += len(rows)
        before = rows[-1].entry.id if rows else before
        if len(rows) < at_once:
            before = None
            break
    if len(kept) > limit:
        before = kept[limit - 1].entry.id
    return Page(kept[:limit], paging.cursor(str(before)) if before else "")


def visible(scopes: Sequence[Scope], found: Sequence[Sealed]) -> list[Sealed]:
    """Of some entries those that the scopes reach."""
    if CITY in scopes:
        return list(found)
    bodies = {one.entry.id: _body(one.entry.subject) for one in found}
    places = located_all({body for body in bodies.values() if body})
    return [
        one
        for one in found
        if (body := bodies[one.entry.id])
        and (there := places.get(body))
        and any(covers(scope, there.place) for scope in scopes)
    ]


def _body(subject: str) -> Scope | None:
    kind, _, code = subject.partition(":")
    return Scope(ScopeKind(kind), code) if kind in BODIES and code else None


def _place(cursor: str) -> UUID | None:
    if not cursor:
        return None
    said = paging.place(cursor)
    try:
        return UUID(*said)
    except (TypeError, ValueError, AttributeError):
        paging.place("!")  # refuses, as it does whatever was made up
        raise
