"""Outbox 发件: what leaves the house is written in the act's transaction and sent after it.

So nothing is sent of an act that did not happen, and nothing is lost when the process dies. A
message may be sent twice if it dies between sending and noting it: every message carries its
`key`, by which the receiver knows it again. Messages about one subject go in their order.

Each receiver has a turn, so that one who is slow costs the others a few seconds at most; one who
cannot be reached is left alone for a while, longer each time, and gets everything afterwards.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.base.ids import new_id
from mingchu.ledger.domain import DeliveryState
from mingchu.ledger.models import Outgoing, Resting

log = logging.getLogger(__name__)

FIRST_RETRY = timedelta(seconds=30)
LAST_RETRY = timedelta(hours=6)
FIRST_REST = timedelta(seconds=15)
LAST_REST = timedelta(minutes=10)
DOUBLED_TOP = 12  # times a wait is doubled; by then it is long past its top
GIVEN_UP = timedelta(days=3)  # after which somebody has to look
KEPT = timedelta(days=7)
TEXT_CHARACTERS = 1000
TURN_SECONDS = 2.0
# Beside the sealer's lock, in a space of its own: one sender at a time for each receiver.
LOCK_SPACE = 0x6F75


class OutOfReach(ConnectionError):
    """The receiver itself is away, too busy or broken; nothing is wrong with the message."""


@dataclass(frozen=True)
class Message:
    """What a sender gets; `key` is the same at every attempt."""

    key: UUID
    subject: str
    payload: Any


class Parcel(NamedTuple):
    """A message to be sent later; `receiver` is who may be out of reach, "" the whole channel."""

    channel: str
    payload: Any
    subject: str = ""
    receiver: str = ""


# What a sender returns is kept as the receiver's answer, if it is text.
Sender: TypeAlias = Callable[[Message], object]
_channels: dict[str, Sender] = {}

_RECEIVERS = """
    SELECT channel, receiver FROM ledger_outgoing due
    WHERE state = 'pending' AND next_try <= %s AND channel = ANY(%s)
    AND NOT EXISTS (
        SELECT FROM ledger_resting rest WHERE rest.channel = due.channel
        AND rest.receiver = due.receiver AND rest.until > %s)
    GROUP BY channel, receiver ORDER BY min(next_try), min(id)
"""
_NEXT = """
    SELECT id FROM ledger_outgoing due
    WHERE state = 'pending' AND next_try <= %s AND channel = %s AND receiver = %s
    AND (subject = '' OR NOT EXISTS (
        SELECT FROM ledger_outgoing earlier
        WHERE earlier.state = 'pending' AND earlier.channel = due.channel
        AND earlier.receiver = due.receiver
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


def send_later(channel: str, payload: Any, subject: str = "", receiver: str = "") -> UUID:
    """Writes a message in the caller's transaction; its key."""
    return send_many_later([Parcel(channel, payload, subject, receiver)])[0]


def send_many_later(parcels: Iterable[Parcel]) -> list[UUID]:
    """The same for many, in their order."""
    if not connection.in_atomic_block:
        raise TransactionManagementError("send_later() belongs inside the transaction of its act")
    now = clock.wall()
    made = [
        Outgoing(
            delivery=new_id(),
            **parcel._asdict(),
            state=DeliveryState.PENDING,
            next_try=now,
            given_up=now + GIVEN_UP,
            made=now,
        )
        for parcel in parcels
    ]
    return [row.delivery for row in Outgoing.objects.bulk_create(made, batch_size=1000)]


def deliver(limit: int = 1000) -> int:
    """Sends what is due, receiver by receiver, round after round; how many arrived."""
    arrived, tried = 0, 0
    while tried < limit:
        outcomes = [one for who in _receivers() for one in _turn(*who, limit - tried)]
        if not outcomes:
            break
        tried += len(outcomes)
        arrived += sum(outcomes)
    return arrived


def _receivers() -> list[tuple[str, str]]:
    """(channel, receiver) of what is due, but for receivers that rest."""
    now = clock.wall()
    with connection.cursor() as db:
        db.execute(_RECEIVERS, [now, list(_channels), now])
        return list(db.fetchall())


def _turn(channel: str, receiver: str, limit: int) -> list[bool]:
    """Sends to one receiver for a short while; whether each message arrived."""
    outcomes: list[bool] = []
    end = monotonic() + TURN_SECONDS
    while len(outcomes) < limit and (not outcomes or monotonic() < end):
        outcome = _deliver_one(channel, receiver)
        if outcome is None:
            break
        outcomes.append(outcome)
    return outcomes


@transaction.atomic
def _deliver_one(channel: str, receiver: str) -> bool | None:
    """Whether the next message arrived; None: none is due, or another worker is at it."""
    message = _next(channel, receiver)
    if message is None:
        return None
    message.attempts += 1
    try:
        answer = _channels[channel](Message(message.delivery, message.subject, message.payload))
    except Exception as fault:
        _tell(message, fault)
        _note_fault(message, fault)
        return False
    message.state, message.error, message.ended = DeliveryState.SENT, "", clock.wall()
    message.answer = _kept(answer) if isinstance(answer, str) else ""
    message.save()
    _rested(message)
    return True


def _next(channel: str, receiver: str) -> Outgoing | None:
    """The next message, while no other worker sends to the receiver and it does not rest."""
    with connection.cursor() as db:
        db.execute(
            "SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))",
            [LOCK_SPACE, f"{channel}\n{receiver}"],
        )
        if not db.fetchone()[0]:
            return None
        now = clock.wall()
        if Resting.objects.filter(channel=channel, receiver=receiver, until__gt=now).exists():
            return None
        db.execute(_NEXT, [now, channel, receiver])
        found = db.fetchone()
    return Outgoing.objects.get(id=found[0]) if found else None


def _tell(message: Outgoing, fault: Exception) -> None:
    """A receiver that is away is no bug of ours, so its line needs no trace."""
    told = (message.channel, message.receiver, message.delivery)
    if isinstance(fault, OutOfReach):
        log.warning("out of reach channel=%s receiver=%s key=%s", *told)
    else:
        log.error("not delivered channel=%s receiver=%s key=%s", *told, exc_info=fault)


def _note_fault(message: Outgoing, fault: Exception) -> None:
    now = clock.wall()
    message.error = _kept(f"{type(fault).__name__}: {fault}")
    if isinstance(fault, OutOfReach):
        _rest(message, now)
        return
    _rested(message)
    message.next_try = now + _doubled(FIRST_RETRY, message.attempts - 1, LAST_RETRY)
    if now >= message.given_up:
        message.state, message.ended = DeliveryState.DEAD, now
    message.save()


def _rest(message: Outgoing, now: datetime) -> None:
    """The receiver is left alone; what has waited for days for it is given up, with its reason.

    The message keeps its place: it is due again as soon as the receiver's rest is over.
    """
    message.save()
    whose = {"channel": message.channel, "receiver": message.receiver}
    rest = Resting.objects.filter(**whose).first() or Resting(**whose, failures=0)
    rest.until = now + _doubled(FIRST_REST, rest.failures, LAST_REST)
    rest.failures = min(rest.failures + 1, DOUBLED_TOP)
    rest.error = message.error
    rest.save()
    Outgoing.objects.filter(**whose, state=DeliveryState.PENDING, given_up__lte=now).update(
        state=DeliveryState.DEAD, ended=now, error=message.error
    )


def _rested(message: Outgoing) -> None:
    Resting.objects.filter(channel=message.channel, receiver=message.receiver).delete()


def _doubled(first: timedelta, times: int, most: timedelta) -> timedelta:
    return min(most, first * (1 << min(times, DOUBLED_TOP)))


def _kept(said: str) -> str:
    """What a column can hold of it."""
    return said.replace("\0", "")[:TEXT_CHARACTERS]


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
        message.error = ""
        message.next_try, message.given_up = now, now + GIVEN_UP
        message.save()
        Resting.objects.filter(channel=message.channel, receiver=message.receiver).update(until=now)


def forget_sent() -> int:
    """Rows of messages that arrived a week ago; those that never arrived stay."""
    old = Outgoing.objects.filter(state=DeliveryState.SENT, ended__lt=clock.wall() - KEPT)
    return old.delete()[0]
