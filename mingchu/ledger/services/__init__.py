"""The ledger's services, as every context uses them."""

from mingchu.ledger.models import Entry
from mingchu.ledger.services.outbox import (
    Kept,
    Message,
    deliver,
    forget_sent,
    outbox_channel,
    send_later,
)
from mingchu.ledger.services.reacting import event_of, retry_failed, wire, wired
from mingchu.ledger.services.recording import record, record_many
from mingchu.ledger.services.sealing import append_to, publish_heads, seal
from mingchu.ledger.services.verifying import verify
from mingchu.ledger.services.who import acting, caused_by, current_actor, current_cause

__all__ = [
    "Entry",
    "Kept",
    "Message",
    "acting",
    "append_to",
    "caused_by",
    "current_actor",
    "current_cause",
    "deliver",
    "event_of",
    "forget_sent",
    "outbox_channel",
    "publish_heads",
    "record",
    "record_many",
    "retry_failed",
    "seal",
    "send_later",
    "verify",
    "wire",
    "wired",
]
