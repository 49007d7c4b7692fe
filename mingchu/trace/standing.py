"""Reads of standing queries 常设查询 and of their subscriptions, each by whoever may see them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from mingchu.accounts.domain import Scope
from mingchu.accounts.keys import Sealer
from mingchu.base import clock
from mingchu.trace.domain.asking import Asked, ask_by_body
from mingchu.trace.finding import Place
from mingchu.trace.queries import _rows, _seen

SECRETS = Sealer("subscriptions.key")
_SEEN = "(%s OR {0}.party = ANY(%s) OR {0}.district = ANY(%s))"
_QUERY = f"""
SELECT id, name, created_at, party, district, creator, extensions, query
  FROM trace_query AS one WHERE {_SEEN.format("one")}
"""  # noqa: S608 no value
ONE_QUERY = _QUERY + " AND name = %s"
QUERIES = _QUERY + " AND name > %s ORDER BY name LIMIT %s"
_SUBSCRIPTION = f"""
SELECT one.id, named.name, one.created_at, one.party, one.district, one.creator, one.post,
       one.dest, one.schedule::text, one.reports_if_empty, one.initial, one.epc_format, one.state,
       one.cursor_time, one.cursor_key, one.due_at, one.notified_at, one.failed_at,
       one.failing_since, one.failures, one.failure,
       one.cursor_time <= (SELECT max(record_time) FROM trace_event)
  FROM trace_subscription AS one JOIN trace_query AS named ON named.id = one.query
 WHERE {_SEEN.format("one")}
"""  # noqa: S608 no value
OF_QUERY = _SUBSCRIPTION + " AND named.id = %s AND one.id > %s ORDER BY one.id LIMIT %s"
ONE = _SUBSCRIPTION + " AND named.id = %s AND one.id = %s"
ALL = _SUBSCRIPTION + " ORDER BY one.failing_since NULLS LAST, named.name, one.id LIMIT %s"
HEALTH = """
SELECT count(*), count(*) FILTER (WHERE state = 'paused'), count(failing_since)
  FROM trace_subscription
"""
NOTHING = UUID(int=0)
LISTED = 500


class NamedQuery(NamedTuple):
    """A query under a name, as it was sent; `party` is whose."""

    id: UUID
    name: str
    created_at: datetime
    party: str
    district: str
    creator: str
    extensions: str
    query: Mapping[str, Any]

    def asked(self) -> Asked:
        return ask_by_body(self.query, self.extensions)


class Subscription(NamedTuple):
    """Who is told of a query's events and how well that goes.

    `place` is how far the receiver has taken everything; `due_at` is the next time or the next try;
    `failing_since` is None while it goes well; `waits` says whether there may be more for it.
    """

    id: UUID
    query: str
    created_at: datetime
    party: str
    district: str
    creator: str
    post: int
    dest: str
    schedule: Mapping[str, str] | None
    reports_if_empty: bool
    initial: datetime | None
    epc_format: str
    state: str
    place: Place
    due_at: datetime
    notified_at: datetime | None
    failed_at: datetime | None
    failing_since: datetime | None
    failures: int
    failure: str
    waits: bool

    @property
    def is_paused(self) -> bool:
        return self.state == "paused"

    @property
    def behind_seconds(self) -> float:
        """How old the oldest may be that it was not told yet; 0 where it was told all."""
        if not self.waits:
            return 0.0
        return max(0.0, (clock.now() - self.place.at).total_seconds())


class Health(NamedTuple):
    """How many subscriptions there are, are paused, are failing now."""

    all: int
    paused: int
    failing: int


def query_seen(scopes: Iterable[Scope], name: str) -> NamedQuery | None:
    found = _rows(ONE_QUERY, [*_seen(scopes), name])
    return _query(found[0]) if found else None


def queries_seen(scopes: Iterable[Scope], after: str, limit: int) -> list[NamedQuery]:
    """By name."""
    return [_query(row) for row in _rows(QUERIES, [*_seen(scopes), after, limit])]


def subscriptions_of(
    scopes: Iterable[Scope], query: NamedQuery, after: UUID, limit: int
) -> list[Subscription]:
    """The oldest first."""
    rows = _rows(OF_QUERY, [*_seen(scopes), query.id, after, limit])
    return [_subscription(row) for row in rows]


def subscription_seen(
    scopes: Iterable[Scope], query: NamedQuery, number: UUID
) -> Subscription | None:
    found = _rows(ONE, [*_seen(scopes), query.id, number])
    return _subscription(found[0]) if found else None


def subscriptions_seen(scopes: Iterable[Scope], limit: int = LISTED) -> list[Subscription]:
    """All of them with their health, those first that have failed for longest."""
    return [_subscription(row) for row in _rows(ALL, [*_seen(scopes), limit])]


def health() -> Health:
    return Health(*_rows(HEALTH, [])[0])


def _query(row: tuple[Any, ...]) -> NamedQuery:
    return NamedQuery._make([*row[:7], json.loads(row[7])])


def _subscription(row: tuple[Any, ...]) -> Subscription:
    dest, schedule, empty, initial, spelled, state, at, key, due = row[7:16]
    when = json.loads(schedule) if schedule else None
    told = [SECRETS.unseal(dest), when, empty, initial, spelled, state, Place(at, key), due]
    return Subscription._make([*row[:7], *told, *row[16:21], bool(row[21])])
