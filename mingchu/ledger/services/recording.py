"""Recording: an event becomes an immutable entry in the caller's transaction.

No lock is shared between writers: the id is made here, and the place in the journal is given
later by the sealer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import repeat
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.transaction import TransactionManagementError

from mingchu.base import clock, trail
from mingchu.base.event import Event
from mingchu.base.ids import new_id
from mingchu.ledger import domain
from mingchu.ledger.models import Entry
from mingchu.ledger.services.reacting import react, react_many
from mingchu.ledger.services.who import current_actor, current_cause

COLUMNS = (
    "id",
    "kind",
    "subject",
    "data",
    "digest",
    "algorithm",
    "cause",
    "actor",
    "post",
    "request",
    "city_time",
    "wall_time",
)
_columns = ", ".join(COLUMNS)
_INSERT = f"INSERT INTO ledger_entry ({_columns}) VALUES ({', '.join(['%s'] * len(COLUMNS))})"  # noqa: S608
_COPY = f"COPY ledger_entry ({_columns}) FROM STDIN"
_values = attrgetter(*COLUMNS)


def record(event: Event) -> Entry:
    """Writes the event as an entry and lets what is wired to it react."""
    _inside_transaction()
    entry = _entry(event, clock.now(), clock.wall(), current_cause())
    with connection.cursor() as db:
        db.execute(_INSERT, _values(entry))
    react(event, entry)
    return entry


def record_many(
    events: Iterable[Event], *, causes: Sequence[UUID | None] | None = None
) -> list[Entry]:
    """The same as `record` of each, in one COPY and with reactions set by set.

    With `causes` each event answers an entry of its own, in the order of the events.
    """
    _inside_transaction()
    city_time, wall_time = clock.now(), clock.wall()
    led = repeat(current_cause()) if causes is None else causes
    written = [(event, _entry(event, city_time, wall_time, by)) for event, by in zip(events, led)]  # noqa: B905 `repeat` has no end
    if written:
        with connection.cursor() as db, db.copy(_COPY) as rows:
            for _, entry in written:
                rows.write_row(_values(entry))
        react_many(written)
    return [entry for _, entry in written]


def _inside_transaction() -> None:
    """An act and its entry stand or fall together, so there has to be a transaction."""
    if not connection.in_atomic_block:
        raise TransactionManagementError("record() belongs inside the transaction of its service")


def _entry(event: Event, city_time: datetime, wall_time: datetime, cause: UUID | None) -> Entry:
    who = current_actor()
    algorithm: str = settings.DIGEST
    held: dict[str, Any] = {
        "kind": event.kind,
        "subject": event.subject,
        "data": event.text(),
        "cause": cause,
        "actor": who.actor,
        "post": who.post,
        "request": trail.request_id(),
        "city_time": city_time,
        "wall_time": wall_time,
    }
    entry_id = new_id()
    content = domain.entry_bytes(entry_id, **held)
    return Entry(id=entry_id, digest=domain.digest(content, algorithm), algorithm=algorithm, **held)
