"""Listing 列举: which things and places events name, as far as the asker sees such an event.

A thing stands where it was seen last, the newest first; places stand in the order of their digests.
Each is spelled as an event spells it. A page looks at no more than so many events: it may be short,
and the next goes on from there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from mingchu.accounts.domain import Scope
from mingchu.trace import rows
from mingchu.trace.domain.asking import ANY_EPC, Asked
from mingchu.trace.domain.extending import Members
from mingchu.trace.finding import ROLES, SEEN, Hit, Place, find
from mingchu.trace.queries import _rows, _seen

EVENTS_AT_ONCE, EVENTS_TOP = 100, 5_000
THINGS_AT_ONCE = 500
PLACES_TOP = 500
# Of a thing's later events, and of a place's newest, so many are looked at.
DEEPEST = 2_000
COLUMNS = {
    "readPoints": ("readPoint", "read_point"),
    "bizLocations": ("bizLocation", "biz_location"),
}
FIRST = UUID(int=0)

# Of things with their events those that were seen again later.
SEEN_LATER = f"""
SELECT wanted.item FROM unnest(%s::uuid[]) AS wanted (item)
 WHERE EXISTS (
    SELECT FROM (
        SELECT link.event, link.record_time, link.role FROM trace_link AS link
         WHERE link.item = wanted.item AND (link.event_time, link.event) > (%s, %s)
         ORDER BY link.event_time, link.event LIMIT {DEEPEST}) AS link
     WHERE link.role = ANY(%s) AND link.record_time <= %s AND EXISTS (
        SELECT FROM trace_event AS event
         WHERE event.key = link.event AND event.record_time = link.record_time AND {SEEN}))
"""  # noqa: S608 no value
# The next places, each by one look at an index, and an event of each that the asker sees.
PLACES = f"""
WITH RECURSIVE place AS (
    (SELECT {{column}} AS id FROM trace_event WHERE {{column}} > %s ORDER BY {{column}} LIMIT 1)
    UNION ALL
    SELECT (SELECT {{column}} FROM trace_event WHERE {{column}} > place.id
             ORDER BY {{column}} LIMIT 1)
      FROM place WHERE place.id IS NOT NULL
)
SELECT place.id, one.document
  FROM (SELECT id FROM place WHERE id IS NOT NULL LIMIT %s) AS place
  LEFT JOIN LATERAL (
    SELECT event.document FROM (
        SELECT * FROM trace_event AS event WHERE event.{{column}} = place.id
         ORDER BY event.event_time DESC, event.key DESC LIMIT {DEEPEST}) AS event
     WHERE {SEEN} LIMIT 1) AS one ON true
 ORDER BY place.id
"""  # noqa: S608 no value


class Spot(NamedTuple):
    """Where a list of things goes on: behind an event, or behind so many things of the next."""

    after: Place | None = None
    skipped: int = 0


class Things(NamedTuple):
    names: list[str]
    following: Spot | None


class Places(NamedTuple):
    names: list[str]
    following: UUID | None


def things(scopes: Iterable[Scope], spot: Spot, until: datetime, limit: int) -> Things:
    """Things of the events recorded until an instant, each once."""
    known, asked = list(scopes), Asked(())
    seen, names, looked = _seen(known), list[str](), 0
    while True:
        page = find(known, asked, limit=EVENTS_AT_ONCE, until=until, after=spot.after)
        for hit in page.hits:
            for at, name in _new_things(hit, spot.skipped, seen, until):
                if len(names) == limit:
                    return Things(names, spot._replace(skipped=at))
                names.append(name)
            spot = Spot(hit.place)
        looked += len(page.hits)
        if page.stopped is None:
            return Things(names, None)
        spot = Spot(page.stopped)
        if looked >= EVENTS_TOP or not page.hits:
            return Things(names, spot)


def _new_things(
    hit: Hit, skipped: int, seen: Sequence[Any], until: datetime
) -> Iterator[tuple[int, str]]:
    """(number, name) of the things of an event that the asker sees in no later one."""
    named = list(_named(json.loads(hit.stored.document)).items())
    roles = [ROLES[member] for member in ANY_EPC]
    for start in range(skipped, len(named), THINGS_AT_ONCE):
        part = named[start : start + THINGS_AT_ONCE]
        items = [item for item, _name in part]
        later = {
            item.hex for (item,) in _rows(SEEN_LATER, [items, *hit.place, roles, until, *seen])
        }
        for at, (item, name) in enumerate(part, start):
            if item not in later:
                yield at, name


def _named(members: Members) -> dict[str, str]:
    """Digest and first spelling of each thing an event names."""
    found: dict[str, str] = {}
    for member in ANY_EPC:
        value = members.get(member, ())
        for text in [value] if isinstance(value, str) else value:
            found.setdefault(rows.digest(rows.key_of(text)), text)
    return found


def places(scopes: Iterable[Scope], kind: str, after: UUID, limit: int) -> Places:
    """`kind` is readPoints or bizLocations."""
    member, column = COLUMNS[kind]
    seen, names, looked = _seen(scopes), list[str](), 0
    while True:
        listed = _rows(PLACES.format(column=column), [after, limit + 1, *seen])
        for place, document in listed:
            if document is not None and len(names) == limit:
                return Places(names, after)
            if document is not None:
                names.append(json.loads(bytes(document))[member]["id"])
            after = place
        looked += len(listed)
        if len(listed) <= limit:
            return Places(names, None)
        if looked >= PLACES_TOP:
            return Places(names, after)
