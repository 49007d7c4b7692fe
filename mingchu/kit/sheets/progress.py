"""Progress 进度: how far work on a list has got, told to whoever listens; nobody by default."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

EVERY = 500  # rows between two words
T = TypeVar("T")
Listener = Callable[[str, int, int], None]

_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def heard_by(listener: Listener) -> Iterator[None]:
    """Inside the block `listener(stage, done, total)` is told."""
    before = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(before)


def tell(stage: str, done: int = 0, total: int = 0) -> None:
    """Says where the work is; a total of 0 means that nothing is counted."""
    if listener := _listener.get():
        listener(stage, done, total)


def told(stage: str, rows: Sequence[T]) -> Iterator[T]:
    """The rows, and every so often a word on how many are through."""
    total = len(rows)
    for place, row in enumerate(rows):
        if place % EVERY == 0:
            tell(stage, place, total)
        yield row
    tell(stage, total, total)
