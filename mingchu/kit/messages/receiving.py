"""Receiving 接收端: systems and chat groups that are told as well; added, tried, ended."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.keys import Sealer
from mingchu.base.errors import Refusal
from mingchu.kit import events, outward
from mingchu.kit.messages.domain import Severity
from mingchu.kit.messages.reading import TEST
from mingchu.kit.messages.telling import parcel_for
from mingchu.kit.models import Message, Receiver, ReceiverForm
from mingchu.ledger import queries as ledger
from mingchu.ledger.services import Parcel, record, send_again, send_many_later

SECRETS = Sealer("receivers.key")
SECRET_BYTES = 32
SYSTEMS = (ReceiverForm.WEBHOOK, ReceiverForm.CHANGES)


def channel(receiver: Receiver) -> str:
    return f"kit.{receiver.form}"


def name(receiver: Receiver) -> str:
    """How the outbox knows it."""
    return f"receiver:{receiver.pk}"


def add_receiver(
    *,
    name: str,
    form: str,
    address: str,
    secret: str = "",
    district: str = "",
    kinds: Sequence[str] = (),
    mildest: int = Severity.PLAIN,
) -> tuple[Receiver, str]:
    """Tells it from now on; a system's secret is made here and shown this once."""
    outward.check_address(address)
    made = secrets.token_hex(SECRET_BYTES) if form in SYSTEMS else ""
    if form in (ReceiverForm.DINGTALK, ReceiverForm.FEISHU) and not secret:
        raise Refusal(
            "robot_needs_secret",
            _noop("没有填写机器人的签名密钥"),
            fix=_noop("请在群机器人的安全设置里选“加签”或“签名校验”，把密钥填在这里"),
            status=422,
        )
    return _added(
        name=name,
        form=form,
        host=urlsplit(address).hostname or "",
        address=SECRETS.seal(address),
        secret=SECRETS.seal(made or secret) if made or secret else "",
        district=district,
        kinds=list(kinds),
        mildest=mildest,
        # Changes are told from the newest on; what was before, a system reads from the feed.
        cursor=ledger.sealed_size() if form == ReceiverForm.CHANGES else 0,
    ), made


@transaction.atomic
def _added(**facts: object) -> Receiver:
    receiver = Receiver.objects.create(**facts)
    record(
        events.ReceiverAdded(
            subject=f"receiver:{receiver.pk}",
            receiver_id=receiver.pk,
            form=receiver.form,
            district=receiver.district,
            kinds=tuple(receiver.kinds),
            mildest=int(receiver.mildest),
        )
    )
    return receiver


@transaction.atomic
def end_receiver(*, receiver: Receiver) -> None:
    """Tells it no more; what still waits for it is not sent either."""
    if receiver.active:
        receiver.active = False
        receiver.save(update_fields=["active"])
        record(events.ReceiverEnded(subject=f"receiver:{receiver.pk}", receiver_id=receiver.pk))


@transaction.atomic
def try_receiver(*, receiver: Receiver) -> UUID:
    """A message to this receiver alone, of changes an empty list; its delivery id."""
    if receiver.form == ReceiverForm.CHANGES:
        return push(receiver=receiver, said={"items": []})
    row = Message.objects.create(subject=name(receiver), severity=Severity.PLAIN, what=TEST)
    return send_many_later([parcel_for(receiver, [row])])[0]


def push(*, receiver: Receiver, said: Mapping[str, Any]) -> UUID:
    """Hands a body to the outbox for a system; its delivery id."""
    payload = {"receiver": receiver.pk, "said": dict(said)}
    return send_many_later([Parcel(channel(receiver), payload, "", name(receiver))])[0]


def send_again_to(*, receiver: Receiver, key: UUID) -> None:
    """A message that did not arrive, once more."""
    if not ledger.is_to(key, channel(receiver), name(receiver)):
        raise Http404
    send_again(key)
