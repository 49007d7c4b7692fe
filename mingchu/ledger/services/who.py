"""Who acts, and what an act answers: carried along, so that no service has to pass it on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Acting:
    """The actor as text ("user:17", "system:demo") and the post the act was done in."""

    actor: str = "system"
    post: str = ""


_acting: ContextVar[Acting] = ContextVar("acting", default=Acting())  # noqa: B039 it is frozen
_cause: ContextVar[UUID | None] = ContextVar("cause", default=None)


def current_actor() -> Acting:
    return _acting.get()


def current_cause() -> UUID | None:
    return _cause.get()


@contextmanager
def acting(actor: str, post: str = "") -> Iterator[None]:
    """Inside the block every recorded act is this actor's."""
    before = _acting.set(Acting(actor, post))
    try:
        yield
    finally:
        _acting.reset(before)


@contextmanager
def caused_by(entry_id: UUID | None) -> Iterator[None]:
    """Inside the block every recorded act answers that entry; reactions get this by themselves."""
    before = _cause.set(entry_id)
    try:
        yield
    finally:
        _cause.reset(before)
