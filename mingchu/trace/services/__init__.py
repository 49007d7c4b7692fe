"""The acts of the event repository, as its edges use them."""

from mingchu.trace.services.allotting import allot, unallot
from mingchu.trace.services.capturing import (
    Behaviour,
    Error,
    Job,
    Sender,
    Single,
    capture_document,
    capture_event,
    limits,
)
from mingchu.trace.services.delivering import deliver
from mingchu.trace.services.importing import Reached, import_file, rejected_file
from mingchu.trace.services.months import make_months
from mingchu.trace.services.standing import (
    Author,
    create_query,
    delete_query,
    resume,
    subscribe,
    unsubscribe,
)
from mingchu.trace.services.storing import Outcome

__all__ = [
    "Author",
    "Behaviour",
    "Error",
    "Job",
    "Outcome",
    "Reached",
    "Sender",
    "Single",
    "allot",
    "capture_document",
    "capture_event",
    "create_query",
    "delete_query",
    "deliver",
    "import_file",
    "limits",
    "make_months",
    "rejected_file",
    "resume",
    "subscribe",
    "unallot",
    "unsubscribe",
]
