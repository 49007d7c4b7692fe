"""Changes 变更推送: another system gets what the feed would give it, under our signature."""

from __future__ import annotations

from mingchu.kit import outward
from mingchu.kit.messages import queries
from mingchu.kit.messages.channels.content import NOT_SENT
from mingchu.kit.messages.receiving import SECRETS
from mingchu.ledger.services import Message


def send(message: Message) -> str:
    """Anything but a success is tried again; one that was ended since hears nothing more."""
    receiver = queries.receiver(message.payload["receiver"])
    if receiver is None or not receiver.active:
        return NOT_SENT
    address, secret = SECRETS.unseal(receiver.address), SECRETS.unseal(receiver.secret)
    return outward.post_signed(address, message.payload["said"], secret=secret, key=message.key)
