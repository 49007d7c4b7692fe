"""The ledger's services, as every context uses them."""

from mingchu.ledger.models import Entry
from mingchu.ledger.services.comparing import Compared, compare
from mingchu.ledger.services.outbox import (
    Kept,
    Message,
    OutOfReach,
    Parcel,
    deliver,
    forget_sent,
    outbox_channel,
    send_again,
    send_later,
    send_many_later,
)
from mingchu.ledger.services.proving import Proof, prove
from mingchu.ledger.services.reacting import (
    event_of,
    reacting_afterwards,
    retry_failed,
    retry_now,
    wire,
    wired,
)
from mingchu.ledger.services.recording import record, record_many
from mingchu.ledger.services.sealing import append_to, publish_heads, seal
from mingchu.ledger.services.verifying import verify
from mingchu.ledger.services.who import acting, caused_by, current_actor, current_cause

__all__ = [
    "Compared",
    "Entry",
    "Kept",
    "Message",
    "OutOfReach",
    "Parcel",
    "Proof",
    "acting",
    "append_to",
    "caused_by",
    "compare",
    "current_actor",
    "current_cause",
    "deliver",
    "event_of",
    "forget_sent",
    "outbox_channel",
    "prove",
    "publish_heads",
    "reacting_afterwards",
    "record",
    "record_many",
    "retry_failed",
    "retry_now",
    "seal",
    "send_again",
    "send_later",
    "send_many_later",
    "verify",
    "wire",
    "wired",
]
