"""Following 跟随: the events of a query in the order they were recorded, a bounded page at a time.

A place is passed once everything before it has been taken. Nobody goes beyond the horizon, before
which no event will come any more: so none is skipped, whenever its capture commits.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from django.db import connection

from mingchu.accounts.domain import Scope
from mingchu.trace import recording
from mingchu.trace.domain.asking import Asked
from mingchu.trace.finding import Hit, Place, find
from mingchu.trace.queries import Stored
from mingchu.trace.standing import NOTHING

PAGE_EVENTS = 200
PAGE_BYTES = 1_000_000
LOOKED_AT = 10_000
_TICK = timedelta(microseconds=1)
NEWER = "SELECT EXISTS (SELECT FROM trace_event WHERE record_time >= %s)"


class Next(StrEnum):
    """When to ask again."""

    NOW = "now"  # there is more
    SOON = "soon"  # captures are being written
    LATER = "later"  # once there is something new


class Taken(NamedTuple):
    """Events that come next, the place behind them, and whether there is more."""

    events: list[Stored]
    place: Place
    next: Next


def begin(initial: datetime | None) -> Place:
    """Where somebody begins who wants what was recorded from then on; or from now on."""
    return Place(initial or recording.horizon() or recording.present(), NOTHING)


def take(scopes: Iterable[Scope], asked: Asked, place: Place, limit: int = PAGE_EVENTS) -> Taken:
    """What comes after a place for who sees the scopes."""
    horizon = recording.horizon()
    if horizon is None or horizon <= place.at:
        return Taken([], place, _next(place.at))
    ordered = asked._replace(order_by="recordTime", descending=False, limit=None, most=None)
    page = find(
        scopes,
        ordered,
        limit=limit,
        until=horizon - _TICK,
        after=place,
        top=LOOKED_AT,
        follows=True,
    )
    hits = _within(page.hits)
    if len(hits) < len(page.hits):
        return Taken([hit.stored for hit in hits], hits[-1].place, Next.NOW)
    events = [hit.stored for hit in hits]
    if page.stopped is not None:
        return Taken(events, page.stopped, Next.NOW)
    return Taken(events, Place(horizon, NOTHING), _next(horizon))


def _within(hits: list[Hit]) -> list[Hit]:
    """As many as fit into a page by their size, one at least."""
    size = 0
    for number, hit in enumerate(hits):
        size += len(hit.stored.document)
        if number and size > PAGE_BYTES:
            return hits[:number]
    return hits


def _next(at: datetime) -> Next:
    with connection.cursor() as db:
        db.execute(NEWER, [at])
        return Next.SOON if db.fetchone()[0] else Next.LATER
