"""The acts of the event repository, as its edges use them."""

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
from mingchu.trace.services.importing import Reached, import_file, rejected_file
from mingchu.trace.services.storing import Outcome

__all__ = [
    "Behaviour",
    "Error",
    "Job",
    "Outcome",
    "Reached",
    "Sender",
    "Single",
    "capture_document",
    "capture_event",
    "import_file",
    "limits",
    "rejected_file",
]
