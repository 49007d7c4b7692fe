"""Raising signals: appended in the transaction of whoever noticed, weighed afterwards."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from psycopg.types.json import Jsonb

from mingchu.base import clock
from mingchu.ledger.services import current_cause
from mingchu.signals.domain import Signal
from mingchu.signals.models import Noticed

_COPY = (
    "COPY signals_noticed (kind, subject, key, fingerprint, business_id, district, station,"
    " labels, over, cause, at, received) FROM STDIN"
)
CHUNK = 10_000
_called: list[Callable[[], object]] = []


def when_raised(call: Callable[[], object]) -> None:
    """Who weighs signals says here how to be woken; called after the commit of any raise."""
    _called.append(call)


def raise_signals(signals: Iterable[Signal]) -> int:
    """Appends them in the caller's transaction; how many. Nothing is weighed or dropped here."""
    if not connection.in_atomic_block:
        raise TransactionManagementError(
            "raise_signals() belongs inside the transaction of its act"
        )
    now, cause, count = clock.now(), current_cause(), 0
    waiting = iter(signals)
    # A list at a time: whoever makes signals as they are asked for may ask the database himself.
    while chunk := list(islice(waiting, CHUNK)):
        _append(chunk, now, cause)
        count += len(chunk)
    if count:
        wake()
    return count


def _append(signals: Sequence[Signal], now: datetime, cause: UUID | None) -> None:
    with connection.cursor() as db, db.copy(_COPY) as rows:
        for one in signals:
            rows.write_row(
                (one.kind, one.subject, one.key, one.fingerprint, one.business_id, one.district,
                 one.station, Jsonb(dict(one.labels)), one.over, one.cause or cause,
                 one.at or now, now)
            )  # fmt: skip


def forget_businesses(numbers: Collection[int]) -> None:
    """What waits about businesses that were withdrawn: there is nobody left whom it is about."""
    Noticed.objects.filter(business_id__in=list(numbers)).delete()


def wake() -> None:
    """Once a transaction, however often it raised."""
    waiting = {call for _savepoints, call, *_ in connection.run_on_commit}
    if _wake not in waiting:
        transaction.on_commit(_wake, robust=True)


def _wake() -> None:
    for call in _called:
        call()
