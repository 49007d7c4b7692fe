"""The ledger's services, as every context uses them."""

from mingchu.ledger.models import Entry
from mingchu.ledger.services.reacting import event_of, retry_failed, wire, wired
from mingchu.ledger.services.recording import record, record_many
from mingchu.ledger.services.who import acting, caused_by, current_actor, current_cause

__all__ = [
    "Entry",
    "acting",
    "caused_by",
    "current_actor",
    "current_cause",
    "event_of",
    "record",
    "record_many",
    "retry_failed",
    "wire",
    "wired",
]
