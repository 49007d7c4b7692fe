"""Finding 查找: a query over the tables of events, a page at a time, each page a bounded look.

Candidates come in order from one index: of the ids a query names, of the things or places it
names, or else of time: of the time of those alone whom the asker may see, where these are few.
Columns sift them in the database, and what no column holds is asked of the event itself. A page
ends when it is full, or when enough candidates were looked at: it is then short, and the next goes
on from there. Nothing scans a whole table.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from mingchu.accounts.domain import Scope
from mingchu.identifiers.epc import Pattern
from mingchu.trace import rows
from mingchu.trace.domain import context, keys
from mingchu.trace.domain.asking import Asked
from mingchu.trace.domain.context import Context
from mingchu.trace.domain.predicates import (
    GLN,
    INSIDE,
    NOTHING,
    At,
    Attributes,
    Declared,
    Extension,
    Match,
    Moment,
    Named,
    OneOf,
    Predicate,
    Seen,
    Some,
    around,
)
from mingchu.trace.queries import Stored, _rows, _seen

SCAN_TOP = 50_000  # candidates looked at for one page
FIRST_CHUNK, LARGEST_CHUNK = 128, 4096
SCOPES_TOP = 50  # parties and districts that are each read by their own index
ITEMS_TOP = 1000  # things or places a pattern may stand for and still be looked up by them
RANGES_TOP = 200_000  # rows of an index read for one chunk, all its ranges together
ORDERED_TOP = 10_000  # events that are put in the order of an extension


class Place(NamedTuple):
    """Where in its order an event stands."""

    at: datetime
    key: UUID


class Hit(NamedTuple):
    place: Place
    stored: Stored
    record_time: datetime


class Page(NamedTuple):
    """What was found, in order; `stopped` is where looking ended before the end, `is_bound` whether
    things, ids, places, a party or a span of time led there, so that going on comes to an end soon.
    """

    hits: list[Hit]
    stopped: Place | None
    is_bound: bool


class Clause(NamedTuple):
    """A piece of SQL with what fills it."""

    sql: str
    params: tuple[Any, ...] = ()


# What a member of an event is called in the tables.
ROLES = {
    **dict(rows.LISTS),
    **dict(rows.QUANTITIES),
    **dict(rows.ONCE),
    **{member: role for member, _name, role in rows.OTHERS},
}
COLUMNS = {
    "type": "type",
    "action": "action",
    "bizStep": "biz_step",
    "disposition": "disposition",
    "readPoint": "read_point",
    "bizLocation": "biz_location",
    "eventTime": "event_time",
    "recordTime": "record_time",
}
CODES: dict[str, Mapping[Any, int]] = {"type": rows.TYPES, "action": rows.ACTIONS}
SIGNS = {"GT": ">", "GE": ">=", "LT": "<", "LE": "<="}

LAST = "\U0010ffff"
# Who may see an event; filled by `queries._seen`.
SEEN = "(%s OR event.party = ANY(%s) OR event.district = ANY(%s))"

# Of the candidates those that fit, and the last one, which says where to go on.
FOUND = """
SELECT key, at, record_time, document, content, total FROM (
    SELECT event.key, event.{by} AS at, event.record_time, judged.fits,
           CASE WHEN judged.fits THEN event.document END AS document,
           CASE WHEN judged.fits THEN context.content END AS content,
           row_number() OVER (ORDER BY event.{by} {way}, event.key {way}) AS number,
           count(*) OVER () AS total
      FROM ({source}) AS event
      LEFT JOIN trace_context AS context ON context.id = event.context,
           LATERAL (SELECT {fits} AS fits) AS judged) AS candidate
 WHERE fits OR number = total ORDER BY number
"""
BY_TIME = """
SELECT * FROM trace_event AS event WHERE {bounds}
 ORDER BY event.{by} {way}, event.key {way} LIMIT %s
"""
BY_NAME = """
SELECT event.* FROM trace_key AS named
  JOIN trace_event AS event ON event.key = named.key AND event.record_time = named.record_time
 WHERE named.key = ANY(%s::uuid[]) AND {bounds}
 ORDER BY event.{by} {way}, event.key {way} LIMIT %s
"""
# Of each thing no more than a chunk is read, in the order of its index.
BY_ITEM = """
SELECT event.* FROM (
    SELECT DISTINCT ON (link.event_time, link.event) link.event, link.record_time
      FROM unnest(%s::uuid[]) AS wanted (item),
           LATERAL (SELECT DISTINCT ON (link.event_time, link.event)
                           link.event, link.record_time, link.event_time
                      FROM trace_link AS link
                     WHERE link.item = wanted.item AND link.role = ANY(%s) AND {bounds}
                     ORDER BY link.event_time {way}, link.event {way} LIMIT %s) AS link
     ORDER BY link.event_time {way}, link.event {way} LIMIT %s) AS link
  JOIN trace_event AS event ON event.key = link.event AND event.record_time = link.record_time
"""
# Who sees a part of the city reads that part: of each party and district a chunk, in order.
OF_SCOPES = """
SELECT DISTINCT ON (event.{by}, event.key) event.* FROM (
    SELECT event.* FROM unnest(%s::text[]) AS wanted (party),
           LATERAL (SELECT * FROM trace_event AS event
                     WHERE event.party = wanted.party AND {bounds}
                     ORDER BY event.{by} {way}, event.key {way} LIMIT %s) AS event
     UNION ALL
    SELECT event.* FROM unnest(%s::text[]) AS wanted (district),
           LATERAL (SELECT * FROM trace_event AS event
                     WHERE event.district = wanted.district AND event.district <> '' AND {bounds}
                     ORDER BY event.{by} {way}, event.key {way} LIMIT %s) AS event) AS event
 ORDER BY event.{by} {way}, event.key {way} LIMIT %s
"""
# Of each place no more than a chunk is read; an event has one of each kind.
BY_PLACE = """
SELECT event.* FROM unnest(%s::uuid[]) AS wanted (place),
       LATERAL (SELECT * FROM trace_event AS event
                 WHERE event.{column} = wanted.place AND {bounds}
                 ORDER BY event.event_time {way}, event.key {way} LIMIT %s) AS event
 ORDER BY event.event_time {way}, event.key {way} LIMIT %s
"""
# No index holds a thing's links in the order of recording: all of them are sorted.
BY_ITEM_AS_RECORDED = """
SELECT event.* FROM (
    SELECT DISTINCT link.event, link.record_time FROM trace_link AS link
     WHERE link.item = ANY(%s::uuid[]) AND link.role = ANY(%s) AND {bounds}
     ORDER BY link.record_time {way}, link.event {way} LIMIT %s) AS link
  JOIN trace_event AS event ON event.key = link.event AND event.record_time = link.record_time
"""
ITEMS = """
SELECT id, key FROM trace_item
 WHERE kind <> 'other' AND key >= %s AND key < %s ORDER BY key LIMIT %s
"""


def find(
    scopes: Iterable[Scope],
    asked: Asked,
    *,
    limit: int,
    until: datetime,
    after: Place | None = None,
    top: int = SCAN_TOP,
    follows: bool = False,
) -> Page:
    """The next events of a query that were recorded until an instant, each whole or not at all.

    Who `follows` asks for the few that were recorded since: they come by time, whatever things the
    query names.
    """
    plan = _Plan.of(asked, _seen(scopes), until, follows=follows)
    hits: list[Hit] = []
    looked, size = 0, max(FIRST_CHUNK, min(limit, LARGEST_CHUNK))
    while True:
        listed = plan.next(after, size)
        total = listed[-1][-1] if listed else 0
        for key, at, record_time, document, outer, _total in listed:
            after = Place(at, key)
            if document is None:
                continue
            stored = Stored(bytes(document), bytes(outer or b""))
            if plan.holds(stored, record_time):
                hits.append(Hit(after, stored, record_time))
                if len(hits) == limit:
                    return Page(hits, after, plan.is_bound)
        if total < size:
            return Page(hits, None, plan.is_bound)
        looked += total
        if looked >= top:
            return Page(hits, after, plan.is_bound)
        size = plan.larger(size)


def find_ordered(
    scopes: Iterable[Scope],
    asked: Asked,
    by: Extension,
    until: datetime,
    *,
    most: int = ORDERED_TOP,
    top: int = SCAN_TOP,
) -> Page:
    """All events of a query, sorted by value, then by key: no index knows what a sender's own
    fields hold. Those that lack the field come last in either direction. Where there are too many
    to be sorted the page says where looking stopped."""
    page = find(scopes, asked, limit=most + 1, until=until, top=top)
    if page.stopped is not None:
        return page
    known = [(by.sort_key(seen_of(hit.stored, hit.record_time)), hit) for hit in page.hits]
    with_it = [one for one in known if one[0] != NOTHING]
    with_it.sort(key=lambda one: (one[0], one[1].place.key), reverse=asked.descending)
    without = [hit for key, hit in known if key == NOTHING]
    return page._replace(hits=[*(hit for _key, hit in with_it), *without])


class _Source(NamedTuple):
    """Where candidates come from, in order: `fill` makes the parameters of `sql` from those of its
    bounds and the size of a chunk; `ranges` is how many stretches of an index are read, `is_bound`
    whether they come to an end soon."""

    sql: str
    fill: Callable[[list[Any], int], list[Any]]
    ranges: int = 1
    table: str = "event"
    is_bound: bool = True


class _Plan(NamedTuple):
    """How one query is answered: `fits` sifts candidates, `rest` is asked of the event itself."""

    by: str
    descending: bool
    source: _Source
    bounds: list[Clause]
    fits: list[Clause]
    rest: list[Predicate]
    is_bound: bool

    @classmethod
    def of(
        cls, asked: Asked, seen: Sequence[Any], until: datetime, *, follows: bool = False
    ) -> _Plan:
        by = COLUMNS[_order(asked)]
        leading, source = _source(() if follows else asked.predicates, by, seen)
        bounds: list[Clause] = []
        fits = [Clause(SEEN, tuple(seen))]
        rest: list[Predicate] = []
        for one in asked.predicates:
            clause = _clause(one)
            if clause is None:
                if one is not leading or not _is_exact(one):
                    rest.append(one)
                    fits += _hints(one)
            elif isinstance(one, Moment) and COLUMNS[one.member] == by:
                bounds.append(clause)
            else:
                fits.append(clause)
        is_bound = source.is_bound or len(bounds) > 1
        known = Clause("event.record_time <= %s", (until,))
        (bounds if by == "record_time" else fits).append(known)
        return cls(by, asked.descending, source, bounds, fits, rest, is_bound)

    def larger(self, size: int) -> int:
        """The next chunk: twice as large, as long as no statement reads too much."""
        return min(2 * size, LARGEST_CHUNK, max(FIRST_CHUNK, RANGES_TOP // self.source.ranges))

    def next(self, after: Place | None, size: int) -> list[tuple[Any, ...]]:
        way = "DESC" if self.descending else "ASC"
        bounds = self._bounds(after)
        joined = " AND ".join([f"({one.sql})" for one in bounds]) or "true"
        source = self.source.sql.format(bounds=joined, by=self.by, way=way)
        within = [param for one in bounds for param in one.params]
        fits = " AND ".join(one.sql for one in self.fits)
        sql = FOUND.format(source=source, fits=fits, by=self.by, way=way)
        params = self.source.fill(within, size)
        return _rows(sql, [*params, *(param for one in self.fits for param in one.params)])

    def _bounds(self, after: Place | None) -> list[Clause]:
        table = self.source.table
        found = [one._replace(sql=one.sql.replace("event.", f"{table}.", 1)) for one in self.bounds]
        if after is not None:
            key = "event" if table == "link" else "key"
            sign = "<" if self.descending else ">"
            sql = f"({table}.{self.by}, {table}.{key}) {sign} (%s, %s)"
            found.append(Clause(sql, (after.at, after.key)))
        return found

    def holds(self, stored: Stored, record_time: datetime) -> bool:
        if not self.rest:
            return True
        seen = seen_of(stored, record_time)
        return all(one.holds(seen) for one in self.rest)


def seen_of(stored: Stored, record_time: datetime) -> Seen:
    """A stored event as predicates look at it."""
    members = json.loads(stored.document)
    names = _outer(stored.context).within(members.get("@context"))
    return Seen(members, names, record_time)


@lru_cache(maxsize=256)
def _outer(written: bytes) -> Context:
    return context.read(json.loads(written) if written else None)


def _order(asked: Asked) -> str:
    """Who asks by time of recording only is answered in that order."""
    if isinstance(asked.order_by, str) and asked.order_by:
        return asked.order_by
    times = {one.member for one in asked.predicates if isinstance(one, Moment)}
    return "recordTime" if times == {"recordTime"} else "eventTime"


def _clause(one: Predicate) -> Clause | None:
    """A predicate over columns; None where no column tells."""
    if isinstance(one, Moment):
        return Clause(f"event.{COLUMNS[one.member]} {SIGNS[one.op]} %s", (one.at,))
    if isinstance(one, OneOf):
        codes = CODES.get(one.member)
        values: list[Any] = sorted(one.values)
        if codes is not None:
            values = [codes[value] for value in values if value in codes]
        return Clause(f"event.{COLUMNS[one.member]} = ANY(%s)", (values,))
    if isinstance(one, At):
        places = _places(one)
        if places is None:
            return None
        return Clause(f"event.{COLUMNS[one.member]} = ANY(%s::uuid[])", (places,))
    return Clause("event.declares_error") if isinstance(one, Declared) else None


def _hints(one: Predicate) -> list[Clause]:
    """What an event's bytes hold if it has the extension that is asked for: the end of its name, or
    letters written by number. Most events then need not be read."""
    where = one.where if isinstance(one, Some) else None
    extension = where.extension if isinstance(where, Attributes) else where
    if not isinstance(extension, Extension) or _ESCAPED.search(extension.local):
        return []
    sql = "(position(%s IN event.document) > 0 OR position(%s IN event.document) > 0)"
    return [Clause(sql, (extension.local.encode(), rb"\u"))]


# What JSON may write in two ways without a number.
_ESCAPED = re.compile(r'["\\/\x00-\x1f]')


def _source(
    predicates: Sequence[Predicate], by: str, seen: Sequence[Any]
) -> tuple[Predicate | None, _Source]:
    """What leads to candidates: ids, else the things of the predicate that stand for fewest, else
    places, else the asker's own; with the predicate that names them."""
    named = next((one for one in predicates if isinstance(one, Named)), None)
    if named is not None:
        names = _names(named)
        return named, _Source(BY_NAME, lambda within, size: [names, *within, size])
    things, items = _fewest(predicates)
    if things is not None and items is not None:
        return things, _of_items(items, [ROLES[name] for name in things.lists], by)
    for one in predicates if by == "event_time" else ():
        if isinstance(one, At) and (places := _places(one)) is not None:
            return one, _of_places(COLUMNS[one.member], places)
    return None, _of_time(by, seen)


def _of_items(items: list[str], roles: list[int], by: str) -> _Source:
    if by == "event_time":
        return _Source(
            BY_ITEM,
            lambda within, size: [items, roles, *within, size, size],
            max(1, len(items)),
            "link",
        )
    return _Source(
        BY_ITEM_AS_RECORDED, lambda within, size: [items, roles, *within, size], table="link"
    )


def _of_places(column: str, places: list[str]) -> _Source:
    sql = BY_PLACE.replace("{column}", column)
    return _Source(sql, lambda within, size: [places, *within, size, size], max(1, len(places)))


def _of_time(by: str, seen: Sequence[Any]) -> _Source:
    """The events of few are read in the order of an index of theirs."""
    sees_all, parties, districts = seen
    scopes = len(parties) + len(districts)
    if by != "event_time" or sees_all or scopes > SCOPES_TOP:
        return _Source(BY_TIME, lambda within, size: [*within, size], is_bound=False)
    return _Source(
        OF_SCOPES,
        lambda within, size: [parties, *within, size, districts, *within, size, size],
        max(1, scopes),
        is_bound=not districts,
    )


def _fewest(predicates: Sequence[Predicate]) -> tuple[Match | None, list[str] | None]:
    best: tuple[Match | None, list[str] | None] = (None, None)
    for one in predicates:
        if isinstance(one, Match):
            items = _items(one.patterns)
            if items is not None and (best[1] is None or len(items) < len(best[1])):
                best = one, items
    return best


def _is_exact(one: Predicate) -> bool:
    """Whether links say all that it asks."""
    return isinstance(one, Match) and not one.type


def _names(one: Named) -> list[UUID]:
    return [
        UUID(bytes=keys.key(name, is_declaration=said))
        for name in sorted(one.ids)
        for said in (False, True)
    ]


def _places(one: At) -> list[str] | None:
    """Digests of places and, if asked, of those within; None where they are too many."""
    found = dict.fromkeys(map(rows.digest, sorted(one.keys)))
    for key in sorted(one.keys) if one.is_deep else ():
        if key.startswith(GLN) and not around(key):
            start = key + INSIDE
            listed = _rows(ITEMS, [start, start + LAST, ITEMS_TOP + 1])
            found.update((item.hex, None) for item, _key in listed)
    return list(found) if len(found) <= ITEMS_TOP else None


def _items(patterns: Sequence[Pattern]) -> list[str] | None:
    """Digests of all that patterns stand for; None where that is too many, or no index knows."""
    found: dict[str, None] = {}
    for pattern in patterns:
        found.update(dict.fromkeys(map(rows.digest, pattern.exact)))
        for prefix in pattern.prefixes:
            if rows.kind_of(prefix) == "other":
                return None
            listed = _rows(ITEMS, [prefix, prefix + LAST, ITEMS_TOP + 1])
            if len(listed) > ITEMS_TOP:
                return None
            found.update((item.hex, None) for item, key in listed if pattern.matches(key))
        if len(found) > ITEMS_TOP:
            return None
    return list(found)
