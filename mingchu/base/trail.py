"""Trail: the request the present work belongs to, carried into logs, ledger entries and answers."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_current: ContextVar[str] = ContextVar("request_id", default="")


def request_id() -> str:
    """The id of the running request or job; empty outside of both."""
    return _current.get()


@contextmanager
def following(name: str = "") -> Iterator[str]:
    """Inside the block all work belongs to one request; a caller's own id is kept if it is sane.

    >>> with following("a1b2c3d4e5"):
    ...     request_id()
    'a1b2c3d4e5'
    >>> with following("two words") as made:
    ...     len(made)
    16
    """
    chosen = name if re.fullmatch(r"[A-Za-z0-9._-]{8,64}", name) else secrets.token_hex(8)
    before = _current.set(chosen)
    try:
        yield chosen
    finally:
        _current.reset(before)
