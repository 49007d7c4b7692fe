"""The ledger as this floor uses it, in a house whose ledger may not have its services yet."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from mingchu.base.event import Event

_ledger: Any = (
    import_module("mingchu.ledger.services") if find_spec("mingchu.ledger.services") else None
)


def record(event: Event) -> None:
    """Inside the caller's transaction."""
    if _ledger:
        _ledger.record(event)


def acting(actor: str, post: str = "") -> AbstractContextManager[Any]:
    """Whatever is recorded inside the block was done by this actor, in this post."""
    block: AbstractContextManager[Any] = _ledger.acting(actor, post) if _ledger else nullcontext()
    return block


def record_many(events: Iterable[Event]) -> None:
    """The same for many at once."""
    if _ledger:
        _ledger.record_many(events)
