"""Reactions 联动: what follows from an event, in its transaction, once per entry and handler.

Each handler runs in a savepoint of its own, so its failure undoes its own work and nothing else;
the failure is kept with its text, shown on the health page and tried again by a job.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeAlias
from uuid import UUID

import msgspec
from django.db import connection, transaction

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.base.event import Event
from mingchu.ledger.domain import ReactionState
from mingchu.ledger.models import Entry, Reaction
from mingchu.ledger.services.who import acting, caused_by

log = logging.getLogger(__name__)

Handler: TypeAlias = Callable[[Any, Entry], object]
Batch: TypeAlias = "Sequence[tuple[Any, Entry]]"
BatchHandler: TypeAlias = Callable[[Batch], object]

FIRST_RETRY = timedelta(minutes=1)
LAST_RETRY = timedelta(hours=6)
ERROR_CHARACTERS = 1000


@dataclass
class _Wiring:
    """What is wired in this process: set once, by `flows`, before the first event."""

    handlers: dict[type[Event], tuple[Handler, ...]] = field(default_factory=dict)
    batches: dict[Handler, BatchHandler] = field(default_factory=dict)
    events: dict[str, type[Event]] = field(default_factory=dict)
    names: dict[str, Handler] = field(default_factory=dict)


_wiring = _Wiring()


def wire(
    reactions: Mapping[type[Event], Sequence[Handler]],
    batch: Mapping[Handler, BatchHandler] | None = None,
) -> None:
    """Says which handlers an event calls, and which of them also take `[(event, entry), …]`.

    A batch handler does in one call what its single form does for each; it answers the whole
    batch, so it names the cause of each act by `caused_by(entry.id)`.
    """
    for event, handlers in reactions.items():
        for handler in handlers:
            if _wiring.names.setdefault(_name(handler), handler) is not handler:
                raise ValueError(f"two handlers are called {_name(handler)}")
        _wiring.events[event.kind] = event
        _wiring.handlers[event] = (*_wiring.handlers.get(event, ()), *handlers)
    _wiring.batches.update(batch or {})


def wired() -> dict[type[Event], tuple[str, ...]]:
    """Which handlers, by name, each event calls: for the documentation and its test."""
    return {event: tuple(map(_name, every)) for event, every in _wiring.handlers.items()}


@contextmanager
def unwired() -> Iterator[None]:
    """Inside the block nothing is wired, until the block wires it: for replays and tests."""
    global _wiring  # noqa: PLW0603 the one wiring of this process
    before, _wiring = _wiring, _Wiring()
    try:
        yield
    finally:
        _wiring = before


def _name(handler: Handler) -> str:
    """The stable name a run is kept under: `flows.reactions:closing_ends_posts`."""
    module = handler.__module__.removeprefix("mingchu.")
    return f"{module}:{getattr(handler, '__qualname__', repr(handler))}"


_waiting: ContextVar[list[Batch] | None] = ContextVar("waiting", default=None)


@contextmanager
def reacting_afterwards() -> Iterator[None]:
    """Inside the block acts are entered at once and answered at its end.

    For a service that enters what it does before it has written all of it: whoever reacts reads
    the rows as the act leaves them. A block inside another ends with the outer one.
    """
    if _waiting.get() is not None:
        yield
        return
    waiting: list[Batch] = []
    before = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(before)
    for written in waiting:
        react_many(written)


def react(event: Event, entry: Entry) -> None:
    """Runs every handler of the event now."""
    waiting = _waiting.get()
    if waiting is not None:
        waiting.append([(event, entry)])
        return
    for handler in _wiring.handlers.get(type(event), ()):
        _attempt(handler, event, entry)


def react_many(written: Batch) -> None:
    """Runs every handler of every event, set-wise where a handler can."""
    waiting = _waiting.get()
    if waiting is not None:
        waiting.append(written)
        return
    for kind in dict.fromkeys(type(event) for event, _ in written):
        same = [(event, entry) for event, entry in written if type(event) is kind]
        for handler in _wiring.handlers.get(kind, ()):
            _attempt_many(handler, same)


def _attempt_many(handler: Handler, pairs: Batch) -> None:
    """The batch form if there is one; if the batch fails, one by one, so that only the faulty
    ones stay behind."""
    batch = _wiring.batches.get(handler)
    if batch is not None and _attempt_batch(batch, handler, pairs):
        return
    for event, entry in pairs:
        _attempt(handler, event, entry)


def _attempt_batch(batch: BatchHandler, handler: Handler, pairs: Batch) -> bool:
    try:
        with transaction.atomic():
            _mark_done(_name(handler), [entry.id for _, entry in pairs])
            batch(pairs)
    except Exception:
        log.exception("batch reaction failed handler=%s entries=%d", _name(handler), len(pairs))
        return False
    return True


def _attempt(handler: Handler, event: Event, entry: Entry) -> None:
    name = _name(handler)
    try:
        with transaction.atomic(), caused_by(entry.id):
            if _mark_done(name, [entry.id]):
                handler(event, entry)
    except Exception as fault:
        log.exception("reaction failed handler=%s entry=%s", name, entry.id)
        _keep_failure(name, entry.id, fault)


def _mark_done(handler: str, entries: list[UUID]) -> int:
    """Rows (entry, handler): the row is what makes a second run impossible."""
    with connection.cursor() as db:
        db.execute(
            "INSERT INTO ledger_reaction (entry_id, handler, state, attempts, error, at)"
            " SELECT unnest(%s::uuid[]), %s, %s, 1, '', %s ON CONFLICT DO NOTHING",
            [entries, handler, ReactionState.DONE, clock.wall()],
        )
        return int(db.rowcount)


def _keep_failure(handler: str, entry_id: UUID, fault: Exception) -> None:
    now = clock.wall()
    Reaction.objects.create(
        entry_id=entry_id,
        handler=handler,
        state=ReactionState.FAILED,
        error=_said(fault),
        next_try=now + FIRST_RETRY,
        at=now,
    )


def _said(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}"[:ERROR_CHARACTERS]


def retry_failed(limit: int = 1000) -> int:
    """Tries again what failed and is due; how many of them went well."""
    done = 0
    for _ in range(limit):
        outcome = _retry_one()
        if outcome is None:
            break
        done += outcome
    return done


def _retry_one() -> bool | None:
    """Whether the longest overdue one went well now; None: none is due."""
    with transaction.atomic():
        due = Reaction.objects.filter(state=ReactionState.FAILED, next_try__lte=clock.wall())
        run = due.order_by("next_try").select_for_update(skip_locked=True).first()
        return _try_again(run) if run else None


def retry_now(*, entry_id: UUID, handler: str) -> bool:
    """Tries one failed reaction before it is due, as its button asks; whether it went well."""
    with transaction.atomic():
        failed = Reaction.objects.filter(state=ReactionState.FAILED)
        wanted = failed.filter(entry_id=entry_id, handler=handler)
        run = wanted.select_for_update(skip_locked=True).first()
        if run is None:
            raise Refusal(
                "nothing_to_retry",
                "这项联动没有失败，或正在重试",
                fix="请刷新页面看它现在的状态",
            )
        return _try_again(run)


def _try_again(run: Reaction) -> bool:
    try:
        with transaction.atomic():
            _run_late(run)
    except Exception as fault:
        log.exception("reaction failed again handler=%s entry=%s", run.handler, run.entry_id)
        _put_off(run, fault)
        return False
    run.state, run.error, run.next_try = ReactionState.DONE, "", None
    run.attempts, run.at = run.attempts + 1, clock.wall()
    run.save()
    return True


def _run_late(run: Reaction) -> None:
    """As whoever acted then, in answer to the entry."""
    entry = Entry.objects.get(id=run.entry_id)
    with acting(entry.actor, entry.post), caused_by(entry.id):
        _handler(run.handler)(event_of(entry), entry)


def _put_off(run: Reaction, fault: Exception) -> None:
    """Twice as long each time; never given up, for the health page keeps showing it."""
    run.at, run.error = clock.wall(), _said(fault)
    run.next_try = run.at + min(LAST_RETRY, FIRST_RETRY * 2 ** min(run.attempts, 20))
    run.attempts += 1
    run.save()


def _handler(name: str) -> Handler:
    try:
        return _wiring.names[name]
    except KeyError:
        raise LookupError(f"{name} is not wired any more") from None


def event_of(entry: Entry) -> Event:
    """The event an entry was made from, for handlers that run later."""
    kind = _wiring.events[entry.kind]
    data = {**entry.told, "subject": entry.subject}
    return msgspec.convert(data, kind, str_keys=True)
