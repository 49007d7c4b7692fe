"""Finding 查找: a query over the tables of events, a page at a time, each page a bounded look.

Candidates come in order from one index: of the things a query names, of the ids it names, or, where
it names neither, of time: of the time of those alone whom the asker may see, where these are few.
Columns sift them in the database, and what no column holds is asked of the event itself. A page
ends when it is full, or when enough candidates were looked at: it is then short, and the next goes
on from there. Nothing scans a whole table.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
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
    At,
    Declared,
    Match,
    Moment,
    Named,
    OneOf,
    Predicate,
    Seen,
)
from mingchu.trace.queries import Stored, _rows, _seen

SCAN_TOP = 50_000  # candidates looked at for one page
FIRST_CHUNK, LARGEST_CHUNK = 128, 4096
SCOPES_TOP = 50  # parties and districts that are each read by their own index
ITEMS_TOP = 1000  # things a pattern may stand for and still be looked up by them


class Place(NamedTuple):
    """Where in its order an event stands."""

    at: datetime
    key: UUID


class Hit(NamedTuple):
    place: Place
    stored: Stored


class Page(NamedTuple):
    """What was found, in order; `stopped` is where looking ended before the end, `is_bound` whether
    the query names things, ids or a span of time, so that going on comes to an end soon."""

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

FOUND = """
SELECT event.key, event.{by}, event.record_time,
       CASE WHEN judged.fits THEN event.document END,
       CASE WHEN judged.fits THEN context.content END, event.form,
       CASE WHEN judged.fits THEN event.original END
  FROM ({source}) AS event
  LEFT JOIN trace_context AS context ON context.id = event.context,
       LATERAL (SELECT {fits} AS fits) AS judged
 ORDER BY event.{by} {way}, event.key {way}
"""
BY_TIME = """
SELECT * FROM trace_event AS event WHERE {bounds}
 ORDER BY event.{by} {way}, event.key {way} LIMIT %s
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
        candidates = plan.next(after, size)
        for key, at, record_time, document, *more in candidates:
            after = Place(at, key)
            if document is None:
                continue
            stored = Stored.of(document, *more)
            if plan.holds(stored, record_time):
                hits.append(Hit(after, stored))
                if len(hits) == limit:
                    return Page(hits, after, plan.is_bound)
        if len(candidates) < size:
            return Page(hits, None, plan.is_bound)
        looked += len(candidates)
        if looked >= top:
            return Page(hits, after, plan.is_bound)
        size = min(2 * size, LARGEST_CHUNK)


class _Plan(NamedTuple):
    """How one query is answered: `fits` sifts candidates, `rest` is asked of the event itself."""

    by: str
    descending: bool
    items: list[str] | None
    roles: list[int]
    named: list[UUID] | None
    bounds: list[Clause]
    fits: list[Clause]
    rest: list[Predicate]
    is_bound: bool
    seen: Sequence[Any]

    @classmethod
    def of(
        cls, asked: Asked, seen: Sequence[Any], until: datetime, *, follows: bool = False
    ) -> _Plan:
        by = COLUMNS[asked.order_by or _usual_order(asked.predicates)]
        leading, items = (None, None) if follows else _leading(asked.predicates)
        bounds: list[Clause] = []
        fits = [Clause("(%s OR event.party = ANY(%s) OR event.district = ANY(%s))", tuple(seen))]
        rest: list[Predicate] = []
        for one in asked.predicates:
            clause = _clause(one)
            if clause is None:
                if one is not leading or not _is_exact(one):
                    rest.append(one)
            elif isinstance(one, Moment) and COLUMNS[one.member] == by:
                bounds.append(clause)
            else:
                fits.append(clause)
        named = _names(leading) if isinstance(leading, Named) else None
        roles = [ROLES[name] for name in leading.lists] if isinstance(leading, Match) else []
        is_bound = leading is not None or len(bounds) > 1
        known = Clause("event.record_time <= %s", (until,))
        (bounds if by == "record_time" else fits).append(known)
        return cls(by, asked.descending, items, roles, named, bounds, fits, rest, is_bound, seen)

    def next(self, after: Place | None, size: int) -> list[tuple[Any, ...]]:
        way = "DESC" if self.descending else "ASC"
        table = "event" if self.items is None else "link"
        bounds = self._bounds(after, table)
        joined = " AND ".join([f"({one.sql})" for one in bounds]) or "true"
        source = self._statement().format(bounds=joined, by=self.by, way=way)
        within = [param for one in bounds for param in one.params]
        fits = " AND ".join(one.sql for one in self.fits)
        sql = FOUND.format(source=source, fits=fits, by=self.by, way=way)
        params = self._params(within, size)
        return _rows(sql, [*params, *(param for one in self.fits for param in one.params)])

    def _statement(self) -> str:
        if self.named is not None:
            return BY_NAME
        if self.items is None:
            return OF_SCOPES if self.is_narrow else BY_TIME
        return BY_ITEM if self.by == "event_time" else BY_ITEM_AS_RECORDED

    def _params(self, within: list[Any], size: int) -> list[Any]:
        if self.named is not None:
            return [self.named, *within, size]
        if self.items is not None:
            twice = [size, size] if self.by == "event_time" else [size]
            return [self.items, self.roles, *within, *twice]
        if self.is_narrow:
            _all, parties, districts = self.seen
            return [parties, *within, size, districts, *within, size, size]
        return [*within, size]

    @property
    def is_narrow(self) -> bool:
        """Whether the events of few are read in the order of an index of theirs."""
        sees_all, parties, districts = self.seen
        few = len(parties) + len(districts) <= SCOPES_TOP
        return self.by == "event_time" and not sees_all and few

    def _bounds(self, after: Place | None, table: str) -> list[Clause]:
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


def _usual_order(predicates: Sequence[Predicate]) -> str:
    """Who asks by time of recording only is answered in that order."""
    asked = {one.member for one in predicates if isinstance(one, Moment)}
    return "recordTime" if asked == {"recordTime"} else "eventTime"


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
        digests = sorted(map(rows.digest, one.keys))
        return Clause(f"event.{COLUMNS[one.member]} = ANY(%s::uuid[])", (digests,))
    return Clause("event.declares_error") if isinstance(one, Declared) else None


def _leading(predicates: Sequence[Predicate]) -> tuple[Predicate | None, list[str] | None]:
    """What leads to candidates: ids, else the things of the predicate that stand for fewest."""
    for one in predicates:
        if isinstance(one, Named):
            return one, None
    best: tuple[Predicate | None, list[str] | None] = (None, None)
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


def _items(patterns: Sequence[Pattern]) -> list[str] | None:
    """Digests of all that patterns stand for; None where that is too many, or no index knows."""
    found: dict[str, None] = {}
    for pattern in patterns:
        found.update(dict.fromkeys(map(rows.digest, pattern.exact)))
        for prefix in pattern.prefixes:
            if rows.kind_of(prefix) == "other":
                return None
            listed = _rows(ITEMS, [prefix, prefix + "\U0010ffff", ITEMS_TOP + 1])
            if len(listed) > ITEMS_TOP:
                return None
            found.update((item.hex, None) for item, key in listed if pattern.matches(key))
        if len(found) > ITEMS_TOP:
            return None
    return list(found)
