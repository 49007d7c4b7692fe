"""Delivering 送达: subscribers get the events of their query in the order they were recorded.

A receiver's place moves once it has answered 2xx, in the transaction in which it was told: should
the house die in between, it is told again. One that cannot be reached is tried again, later each
time, and gets everything afterwards; after days of that its subscription is paused, which the
health page says, and begun again by whoever it belongs to. One worker at a time tells a receiver.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.db import connection, transaction

from mingchu.accounts.domain import Scope
from mingchu.accounts.queries import actor_in_post
from mingchu.base import clock
from mingchu.base.schedules import Schedule
from mingchu.ledger.services import OutOfReach
from mingchu.trace import answering, following
from mingchu.trace.answering import Asker
from mingchu.trace.domain.asking import Asked, ask_by_body
from mingchu.trace.finding import Place
from mingchu.trace.following import Next, Taken
from mingchu.trace.services import hooks
from mingchu.trace.standing import SECRETS

READ = "trace.read"
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=1), timedelta(minutes=10)
DOUBLED_TOP = 12
PAUSED_AFTER = timedelta(days=7)
TURN_SECONDS = 2.0
SAID_CHARACTERS = 500
TOO_LARGE = 413
LOCK_SPACE = 0x65706374
DUE = """
SELECT id FROM trace_subscription
 WHERE state = 'active' AND due_at <= %s
   AND (schedule IS NOT NULL OR cursor_time <= (SELECT max(record_time) FROM trace_event))
 ORDER BY due_at, id
"""
LOCK = "SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))"
ONE = """
SELECT one.id, one.post, one.dest, one.token, one.schedule::text, one.reports_if_empty,
       one.epc_format, one.cursor_time, one.cursor_key, one.due_at, one.page_events,
       one.failures, one.failing_since, named.name, named.query, named.extensions
  FROM trace_subscription AS one JOIN trace_query AS named ON named.id = one.query
 WHERE one.id = %s AND one.state = 'active' AND one.due_at <= %s
"""
MOVED = """
UPDATE trace_subscription SET cursor_time = %s, cursor_key = %s, due_at = %s WHERE id = %s
"""
TOLD = """
UPDATE trace_subscription
   SET notified_at = %s, failures = 0, failing_since = NULL, failure = '' WHERE id = %s
"""
FAILED = """
UPDATE trace_subscription
   SET failed_at = %s, failing_since = %s, failures = %s, failure = %s, due_at = %s,
       page_events = %s, state = %s
 WHERE id = %s
"""
log = logging.getLogger(__name__)


class _Row(NamedTuple):
    id: UUID
    post: int
    dest: str
    token: str
    schedule: str | None
    reports_if_empty: bool
    epc_format: str
    cursor_time: datetime
    cursor_key: UUID
    due_at: datetime
    page_events: int
    failures: int
    failing_since: datetime | None
    query: str
    content: str
    extensions: str

    @property
    def place(self) -> Place:
        return Place(self.cursor_time, self.cursor_key)

    @property
    def asked(self) -> Asked:
        return ask_by_body(msgspec.json.decode(self.content), self.extensions)

    def next_due(self, now: datetime) -> datetime:
        if self.schedule is None:
            return self.due_at
        return Schedule.read(msgspec.json.decode(self.schedule)).after(now)


class _Failed(Exception):
    """The receiver did not take it: what it said, and whether less of it at once may help."""

    def __init__(self, said: str, *, is_large: bool = False):
        super().__init__(said)
        self.is_large = is_large


def deliver() -> int:
    """Tells every subscriber what is due; how many documents were taken."""
    return sum(_turn(number) for number in _due())


def _due() -> list[UUID]:
    with connection.cursor() as db:
        db.execute(DUE, [clock.now()])
        return [number for (number,) in db.fetchall()]


def _turn(number: UUID) -> int:
    """One receiver's, for a short while, so that the others do not wait for long."""
    end, told = monotonic() + TURN_SECONDS, 0
    while monotonic() < end:
        step = _step(number, is_first=told == 0)
        told += step is not None and step.was_told
        if step is None or step.next is not Next.NOW:
            break
    return told


class _Step(NamedTuple):
    was_told: bool
    next: Next


@transaction.atomic
def _step(number: UUID, *, is_first: bool) -> _Step | None:
    """The next page; None where there is none to tell, it failed, or another worker is at it."""
    now = clock.now()
    row = _row(number, now)
    if row is None:
        return None
    scopes = _scopes(row)
    if not scopes:
        _fail(row, now, "the post in which it was subscribed has ended", is_over=True)
        return None
    taken = following.take(scopes, row.asked, row.place, row.page_events)
    is_last = taken.next is not Next.NOW
    was_told = bool(taken.events) or (is_first and is_last and _reports(row))
    try:
        if was_told:
            _tell(row, taken, now)
    except _Failed as failed:
        _fail(row, now, str(failed), is_large=failed.is_large and len(taken.events) > 1)
        return None
    _move(row, taken, row.next_due(now) if is_last else row.due_at)
    if was_told:
        _execute(TOLD, [now, row.id])
    return _Step(was_told, taken.next)


def _row(number: UUID, now: datetime) -> _Row | None:
    with connection.cursor() as db:
        db.execute(LOCK, [LOCK_SPACE, str(number)])
        if not db.fetchone()[0]:
            return None
        db.execute(ONE, [number, now])
        found = db.fetchone()
    return _Row(*found) if found else None


def _scopes(row: _Row) -> Sequence[Scope]:
    actor = actor_in_post(row.post)
    return () if actor is None else actor.scopes_for(READ)


def _reports(row: _Row) -> bool:
    return row.reports_if_empty and row.schedule is not None


def _tell(row: _Row, taken: Taken, now: datetime) -> None:
    """Raises _Failed. The document's date is how far it reaches: nothing older comes later."""
    asker = Asker(row.query, str(row.id))
    body = answering.query_document(taken.events, taken.place.at, row.epc_format, asker)
    try:
        token = SECRETS.unseal(row.token) if row.token else ""
        answer = hooks.post(SECRETS.unseal(row.dest), body, token)
    except OutOfReach as fault:
        raise _Failed(str(fault)) from fault
    if not 200 <= answer.status < 300:
        raise _Failed(answer.said, is_large=answer.status == TOO_LARGE)


def _move(row: _Row, taken: Taken, due: datetime) -> None:
    _execute(MOVED, [*taken.place, due, row.id])


def _fail(
    row: _Row, now: datetime, said: str, *, is_large: bool = False, is_over: bool = False
) -> None:
    since = row.failing_since or now
    is_over = is_over or now - since >= PAUSED_AFTER
    if is_over:
        log.error("subscription paused id=%s since=%s said=%s", row.id, since, said)
    elif row.failing_since is None:
        log.warning("subscriber not reached id=%s said=%s", row.id, said)
    failures = min(row.failures + 1, DOUBLED_TOP * 100)
    size = max(1, row.page_events // 2) if is_large else row.page_events
    kept = said.replace("\0", "")[:SAID_CHARACTERS]
    state = "paused" if is_over else "active"
    due = now if is_large else now + _wait(row.failures)
    _execute(FAILED, [now, since, failures, kept, due, size, state, row.id])


def _wait(failures: int) -> timedelta:
    """Doubled with each failure, and never the same for many: they would all come back at once."""
    wait = min(LONGEST_WAIT, FIRST_WAIT * (1 << min(failures, DOUBLED_TOP)))
    return wait * random.uniform(0.5, 1)  # noqa: S311 no secret


def _execute(sql: str, params: list[Any]) -> None:
    with connection.cursor() as db:
        db.execute(sql, params)
