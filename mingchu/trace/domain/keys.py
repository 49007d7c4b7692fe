"""The event key 事件键: what an event is called inside, and what makes two of one name differ.

An error declaration repeats its original's id, so the key also says which of the two it is. An
event without an id is called by its hash: sent again, it is the same event.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import NamedTuple

from mingchu.trace.domain import hashing
from mingchu.trace.domain.reading import Judged

BYTES = 16


class Identity(NamedTuple):
    """`key` finds an event again; equal keys with other `content` are two events of one name."""

    key: bytes
    content: bytes
    hash: str


def identity(judged: Judged) -> Identity:
    """Who an event is. Equal keys with equal content are the same event, sent again."""
    event, names = judged.members, judged.names
    hashed = hashing.event_hash(event, names)
    is_declaration = "errorDeclaration" in event
    return Identity(
        key(event.get("eventID", hashed), is_declaration=is_declaration),
        _digest(hashed + hashing.beside(event, names)),
        hashed,
    )


def key(name: str, *, is_declaration: bool) -> bytes:
    """128 bits of the event's id, or its hash if it has none, and whether it declares an error."""
    return _digest(f"{'!' if is_declaration else ''}{name}")


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=BYTES).digest()
