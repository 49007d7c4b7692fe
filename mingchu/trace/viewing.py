"""Viewing 查看: what pages read of captures and events, each by whoever may see them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from mingchu.accounts.domain import Scope
from mingchu.trace import rows
from mingchu.trace.domain import hashing, keys
from mingchu.trace.domain.extending import Members
from mingchu.trace.domain.predicates import Seen
from mingchu.trace.finding import Place, seen_of
from mingchu.trace.queries import Stored, _rows, _seen

COUNTED = 10_000  # captures are counted no further
CANDIDATES = 500  # events of a thing that one page looks at

EVENT = """
SELECT event.key, event.event_time, event.record_time, event.capture, event.place,
       event.declares_error, event.hash, event.hash_version, event.party, event.document,
       context.content
"""
CAPTURE = """
SELECT id, created_at, finished_at, state, behaviour, events, captured, duplicate, rejected,
       errors, bytes, sender, party, request
  FROM trace_capture
"""


def _filled(sql: str) -> str:
    """[columns] of events and captures, and [seen]: what the reader may see."""
    seen = "(%s OR party = ANY(%s) OR district = ANY(%s))"
    return sql.replace("[event]", EVENT).replace("[capture]", CAPTURE).replace("[seen]", seen)


CAPTURES = _filled("""
[capture] WHERE [seen] AND (%s = '' OR state = %s) AND (%s = '' OR party = %s)
   AND (%s::timestamptz IS NULL OR created_at >= %s)
   AND (%s::timestamptz IS NULL OR created_at < %s)
""")
PAGE_OF_CAPTURES = CAPTURES + " AND (%s::uuid IS NULL OR id < %s::uuid) ORDER BY id DESC LIMIT %s"
COUNT_OF_CAPTURES = "WITH found AS ([captures] LIMIT %s) SELECT count(*) FROM found".replace(
    "[captures]", CAPTURES
)
ONE_CAPTURE = _filled("[capture] WHERE [seen] AND id = %s")
ONE_EVENT = _filled("""
[event] FROM trace_key AS named
  JOIN trace_event AS event ON event.key = named.key AND event.record_time = named.record_time
  LEFT JOIN trace_context AS context ON context.id = event.context
 WHERE named.key = ANY(%s::uuid[]) AND [seen]
""")
# What a capture brought was recorded while it ran, so that no index on captures is needed; the
# clocks of house and database may differ by so little.
SKEW = timedelta(seconds=5)
OF_CAPTURE = _filled("""
[event] FROM trace_event AS event LEFT JOIN trace_context AS context ON context.id = event.context
 WHERE event.record_time BETWEEN %s AND %s AND event.capture = %s AND event.place > %s AND [seen]
 ORDER BY event.place LIMIT %s
""")
OF_THING = _filled("""
SELECT link.event_time, link.event, link.roles, seen.* FROM (
    SELECT event_time, event, record_time, array_agg(role ORDER BY role) AS roles
      FROM trace_link
     WHERE item = %s AND (%s::timestamptz IS NULL OR (event_time, event) > (%s, %s::uuid))
     GROUP BY event_time, event, record_time ORDER BY event_time, event LIMIT %s
  ) AS link
  LEFT JOIN LATERAL (
    [event] FROM trace_event AS event
      LEFT JOIN trace_context AS context ON context.id = event.context
     WHERE event.key = link.event AND event.record_time = link.record_time AND [seen]
  ) AS seen ON true
 ORDER BY link.event_time, link.event
""")
KNOWN = "SELECT key FROM trace_key WHERE key = ANY(%s::uuid[])"


class Wanted(NamedTuple):
    """Which captures: of a state, of a party (`business:7K`), sent from one moment to another."""

    state: str = ""
    party: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def params(self, scopes: Iterable[Scope]) -> list[Any]:
        named = (self.state, self.party, self.since, self.until)
        return [*_seen(scopes), *(one for value in named for one in (value, value))]


@dataclass(frozen=True)
class CaptureRow:
    """A document that was sent, with who sent it; `errors` as they were kept."""

    id: UUID
    created_at: datetime
    finished_at: datetime
    state: str
    behaviour: str
    events: int
    captured: int
    duplicate: int
    rejected: int
    errors: list[dict[str, Any]]
    bytes: int
    sender: str
    party: str
    request: str


@dataclass(frozen=True)
class EventRow:
    """An event with what is kept beside it; `roles` are those of the thing that was asked for."""

    key: UUID
    event_time: datetime
    record_time: datetime
    capture: UUID | None
    place: int
    declares_error: bool
    digest: bytes
    hash_version: str
    party: str
    stored: Stored
    roles: tuple[int, ...] = ()

    @property
    def hash(self) -> str:
        return f"ni:///sha-256;{self.digest.hex()}?ver={self.hash_version}"

    @cached_property
    def seen(self) -> Seen:
        return seen_of(self.stored, self.record_time)

    @property
    def members(self) -> Members:
        return self.seen.members

    @property
    def name(self) -> str:
        """By what the standard's interface reads it: its id, or its hash."""
        return str(self.members.get("eventID", self.hash))

    def rehashed(self) -> str:
        """The hash of what is kept now, by today's algorithm."""
        return hashing.event_hash(self.members, self.seen.names)


def captures(
    scopes: Iterable[Scope], wanted: Wanted, before: UUID | None, limit: int
) -> list[CaptureRow]:
    """The newest first."""
    params = [*wanted.params(scopes), before, before, limit]
    return [CaptureRow(*row) for row in _rows(PAGE_OF_CAPTURES, params)]


def count_of_captures(scopes: Iterable[Scope], wanted: Wanted) -> int:
    """No more than `COUNTED` and one."""
    return int(_rows(COUNT_OF_CAPTURES, [*wanted.params(scopes), COUNTED + 1])[0][0])


def capture(scopes: Iterable[Scope], number: UUID) -> CaptureRow | None:
    found = _rows(ONE_CAPTURE, [*_seen(scopes), number])
    return CaptureRow(*found[0]) if found else None


def events_of(scopes: Iterable[Scope], of: CaptureRow, after: int, limit: int) -> list[EventRow]:
    """What a capture brought, in the order of its document, behind the place `after`."""
    params = [of.created_at - SKEW, of.finished_at + SKEW, of.id, after, *_seen(scopes), limit]
    return [_event(row) for row in _rows(OF_CAPTURE, params)]


def event(scopes: Iterable[Scope], key: UUID) -> EventRow | None:
    return next(iter(events(scopes, [key])), None)


def events(scopes: Iterable[Scope], wanted: Sequence[UUID]) -> list[EventRow]:
    """Those of the keys that are there and may be seen, in no order."""
    found = _rows(ONE_EVENT, [list(wanted), *_seen(scopes)]) if wanted else []
    return [_event(row) for row in found]


def timeline(
    scopes: Iterable[Scope], thing: str, after: Place | None, limit: int
) -> tuple[list[EventRow], Place | None]:
    """All that happened to a thing (its canonical key), in order, and where the page after goes on.

    A page looks at so many events and no more: it may be short and still have a next one."""
    at, key = (after.at, after.key) if after else (None, None)
    found = _rows(OF_THING, [UUID(rows.digest(thing)), at, at, key, CANDIDATES, *_seen(scopes)])
    listed: list[EventRow] = []
    for _at, _key, roles, *row in found:
        if row[0] is None:
            continue
        if len(listed) == limit:
            last = listed[-1]
            return listed, Place(last.event_time, last.key)
        listed.append(_event(row, tuple(roles)))
    stopped = Place(found[-1][0], found[-1][1]) if len(found) == CANDIDATES else None
    return listed, stopped


def declared_wrong(found: Iterable[EventRow]) -> dict[UUID, UUID]:
    """Of events that somebody declared wrong: the key of the declaration by the event's."""
    declarations = {
        one.key: key_of(one.name, is_declaration=True) for one in found if not one.declares_error
    }
    known = {key for (key,) in _rows(KNOWN, [list(declarations.values())])}
    return {key: said for key, said in declarations.items() if said in known}


def key_of(name: str, *, is_declaration: bool = False) -> UUID:
    """What the event of an id (or of a hash, where it has none) is called inside."""
    return UUID(bytes=keys.key(name, is_declaration=is_declaration))


def _event(row: Sequence[Any], roles: tuple[int, ...] = ()) -> EventRow:
    key, at, record_time, capture, place, declares, digest, version, party, document, context = row
    stored = Stored(bytes(document), bytes(context or b""))
    return EventRow(
        key, at, record_time, capture, place, declares, bytes(digest), version, party, stored, roles
    )
