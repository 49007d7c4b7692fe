"""Outbox 发件: what leaves the house is written in the act's transaction and sent after it.

So nothing is sent of an act that did not happen, and nothing is lost when the process dies. A
message may be sent twice if it dies between sending and noting it: every message carries its
`key`, by which the receiver knows it again. Messages about one subject go in their order.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeAlias
from uuid import UUID

from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.base.ids import new_id
from mingchu.ledger.domain import DeliveryState
from mingchu.ledger.models import Outgoing

log = logging.getLogger(__name__)

FIRST_RETRY = timedelta(seconds=30)
LAST_RETRY = timedelta(hours=6)
ATTEMPTS = 20  # about three days, after which somebody has to look
KEPT = timedelta(days=7)
ERROR_CHARACTERS = 1000


@dataclass(frozen=True)
class Message:
    """What a sender gets; `key` is the same at every attempt."""

    key: UUID
    subject: str
    payload: Any


Sender: TypeAlias = Callable[[Message], object]
_channels: dict[str, Sender] = {}

_NEXT = """
    SELECT id FROM ledger_outgoing due
    WHERE state = 'pending' AND next_try <= %s AND channel = ANY(%s)
    AND (subject = '' OR NOT EXISTS (
        SELECT FROM ledger_outgoing earlier
        WHERE earlier.state = 'pending' AND earlier.channel = due.channel
        AND earlier.subject = due.subject AND earlier.id < due.id))
    ORDER BY next_try, id LIMIT 1 FOR UPDATE SKIP LOCKED
"""


@dataclass
class Kept:
    """The null twin of every sender: keeps what it gets, as a receiver that knows keys would."""

    received: dict[UUID, Message] = field(default_factory=dict)

    def __call__(self, message: Message) -> None:
        self.received.setdefault(message.key, message)


def outbox_channel(name: str, sender: Sender) -> None:
    """Says who sends what goes by this channel, in this process; a later word replaces it."""
    _channels[name] = sender


def send_later(channel: str, payload: Any, subject: str = "") -> UUID:
    """Writes a message in the caller's transaction; its key."""
    if not connection.in_atomic_block:
        raise TransactionManagementError("send_later() belongs inside the transaction of its act")
    now = clock.wall()
    message = Outgoing.objects.create(
        delivery=new_id(),
        channel=channel,
        subject=subject,
        payload=payload,
        state=DeliveryState.PENDING,
        next_try=now,
        made=now,
    )
    return message.delivery


def deliver(limit: int = 1000) -> int:
    """Sends what is due; how many arrived."""
    arrived = 0
    for _ in range(limit):
        outcome = _deliver_one()
        if outcome is None:
            break
        arrived += outcome
    return arrived


def _deliver_one() -> bool | None:
    """Whether the next message arrived; None: none is due."""
    with transaction.atomic():
        message = _next()
        if message is None:
            return None
        try:
            _channels[message.channel](Message(message.delivery, message.subject, message.payload))
        except Exception as fault:
            log.exception("not delivered channel=%s key=%s", message.channel, message.delivery)
            _put_off(message, fault)
            return False
        message.state, message.error, message.ended = DeliveryState.SENT, "", clock.wall()
        message.attempts += 1
        message.save()
        return True


def _next() -> Outgoing | None:
    with connection.cursor() as db:
        db.execute(_NEXT, [clock.wall(), list(_channels)])
        found = db.fetchone()
    return Outgoing.objects.get(id=found[0]) if found else None


def _put_off(message: Outgoing, fault: Exception) -> None:
    now = clock.wall()
    message.error = f"{type(fault).__name__}: {fault}"[:ERROR_CHARACTERS]
    message.next_try = now + min(LAST_RETRY, FIRST_RETRY * 2**message.attempts)
    message.attempts += 1
    if message.attempts >= ATTEMPTS:
        message.state, message.ended = DeliveryState.DEAD, now
    message.save()


def send_again(key: UUID) -> None:
    """A message that was given up, or waits for its next attempt, is due now, as if it were new.

    It keeps its key, so a receiver that had got it after all takes it once. Later messages about
    the same subject may have gone before it meanwhile.
    """
    now = clock.wall()
    with transaction.atomic():
        waiting = Outgoing.objects.exclude(state=DeliveryState.SENT).filter(delivery=key)
        message = waiting.select_for_update(skip_locked=True).first()
        if message is None:
            raise Refusal(
                "nothing_to_send",
                "这条消息已经送达，或正在发送",
                fix="请刷新页面看它现在的状态",
            )
        message.state, message.attempts, message.ended = DeliveryState.PENDING, 0, None
        message.next_try = now
        message.save()


def forget_sent() -> int:
    """Rows of messages that arrived a week ago; those that never arrived stay."""
    old = Outgoing.objects.filter(state=DeliveryState.SENT, ended__lt=clock.wall() - KEPT)
    return old.delete()[0]
