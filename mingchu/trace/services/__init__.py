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
from mingchu.trace.services.storing import Outcome

__all__ = [
    "Behaviour",
    "Error",
    "Job",
    "Outcome",
    "Sender",
    "Single",
    "capture_document",
    "capture_event",
    "limits",
]
