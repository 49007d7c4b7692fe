"""Reads of captures and events, each by whoever may see them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Self
from uuid import UUID

from django.db import connection

from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.trace.domain import keys
from mingchu.trace.domain.allotting import Original
from mingchu.trace.rows import digest

JOB = """
SELECT id, created_at, finished_at, state, behaviour, events, captured, duplicate, rejected, errors
  FROM trace_capture WHERE (%s OR party = ANY(%s) OR district = ANY(%s))
"""
ONE_JOB = JOB + " AND id = %s"
JOBS = JOB + " AND (%s::uuid IS NULL OR id < %s::uuid) ORDER BY id DESC LIMIT %s"
EVENTS_OF_NAME = """
SELECT event.document, context.content, event.form, event.original
  FROM trace_key AS named
  JOIN trace_event AS event ON event.key = named.key AND event.record_time = named.record_time
  LEFT JOIN trace_context AS context ON context.id = event.context
 WHERE named.key = ANY(%s) AND (%s OR party = ANY(%s) OR district = ANY(%s))
 ORDER BY event.record_time, event.place
"""
PREFIXES = """
SELECT item.key, coalesce(item.prefix, late.prefix)
  FROM trace_item AS item LEFT JOIN trace_prefix AS late ON late.item = item.id
 WHERE item.id = ANY(%s::text::uuid[]) AND coalesce(item.prefix, late.prefix) IS NOT NULL
"""
ORIGINALS = """
SELECT event.key, event.party, encode(event.hash, 'hex'), event.hash_version
  FROM trace_key AS named
  JOIN trace_event AS event ON event.key = named.key AND event.record_time = named.record_time
 WHERE named.key = ANY(%s)
"""


@dataclass(frozen=True)
class JobRow:
    """A capture as its sender reads it; `errors` as they were kept."""

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


class Stored(NamedTuple):
    """An event's bytes as they were sent, and the `@context` of its document. Of an event that
    came in XML, `document` is what it says in JSON; `form` says which XML `original` is."""

    document: bytes
    context: bytes
    form: int = 0
    original: bytes = b""

    @classmethod
    def of(cls, document: bytes, context: bytes | None, form: int, original: bytes | None) -> Self:
        """From what the database says."""
        return cls(bytes(document), bytes(context or b""), form, bytes(original or b""))


def job(scopes: Iterable[Scope], number: UUID) -> JobRow | None:
    found = _rows(ONE_JOB, [*_seen(scopes), number])
    return JobRow(*found[0]) if found else None


def jobs(scopes: Iterable[Scope], before: UUID | None, limit: int) -> list[JobRow]:
    """The newest first."""
    return [JobRow(*row) for row in _rows(JOBS, [*_seen(scopes), before, before, limit])]


def named(scopes: Iterable[Scope], name: str) -> list[Stored]:
    """The event of an id (its hash, where it has none), then the declaration that it was wrong."""
    both = [UUID(bytes=keys.key(name, is_declaration=said)) for said in (False, True)]
    found = _rows(EVENTS_OF_NAME, [both, *_seen(scopes)])
    return [Stored.of(*row) for row in found]


def prefixes(known: Iterable[str]) -> dict[str, int]:
    """Of canonical keys, how many digits their company prefix has, where anybody ever told it."""
    return dict(_rows(PREFIXES, ["{" + ",".join(map(digest, known)) + "}"]))


def originals(found: Sequence[UUID]) -> dict[UUID, Original]:
    """Of events that are declared wrong, whose they are: asked of the house, for nobody's eyes."""
    return {
        key: Original(party, f"ni:///sha-256;{digits}?ver={version}")
        for key, party, digits, version in _rows(ORIGINALS, [list(found)])
    }


def _seen(scopes: Iterable[Scope]) -> list[Any]:
    """Whether all is seen, whose, and of which districts: what a row is compared with."""
    known = list(scopes)
    return [
        any(scope.kind is ScopeKind.CITY for scope in known),
        [str(scope) for scope in known],
        [scope.code for scope in known if scope.kind is ScopeKind.DISTRICT],
    ]


def _rows(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as db:
        db.execute(sql, params)
        found: list[tuple[Any, ...]] = db.fetchall()
    return found
