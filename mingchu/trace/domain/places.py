"""Where a fault stands: byte offsets and JSON paths, found only once something is wrong.

A plain walk over the bytes that believes them to be JSON as far as it gets; quick reading is done
elsewhere, and this runs at most once for each refusal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

_TOKEN = re.compile(
    rb'[ \t\r\n]*(?:("(?:[^"\\]|\\.)*+")|([{}\[\]:,])|([^ \t\r\n{}\[\]:,"]++))', re.DOTALL
)
# A second's walk. Beyond it a fault is told by what msgspec said alone: nobody may keep us looking.
FARTHEST = 4_000_000
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Seen(NamedTuple):
    """A value, or the key before it: where it begins and how many containers it stands in."""

    path: str
    byte: int
    depth: int
    is_key: bool = False
    repeats: bool = False


@dataclass(slots=True)
class _Open:
    """A container being walked through; `at` counts the items of a list."""

    path: str
    is_list: bool
    at: int = 0
    keys: set[str] = field(default_factory=set)


def step(key: str) -> str:
    """A member's step in a JSON path.

    >>> step("epcList"), step("example:myField")
    ('.epcList', "['example:myField']")
    """
    if _PLAIN.fullmatch(key):
        return "." + key
    escaped = key.replace("\\", "\\\\").replace("'", "\\'")
    return f"['{escaped}']"


def walk(data: bytes) -> Iterator[Seen]:
    """Every key and value of the JSON text in `data`, as far as its tokens make sense."""
    walker = Walker()
    at = 0
    while at < FARTHEST and (token := _TOKEN.match(data, at)) is not None:
        seen = walker.take(token[token.lastindex or 0], token.start(token.lastindex or 0))
        if seen is not None:
            yield seen
        at = token.end()


class Walker:
    def __init__(self) -> None:
        self.stack: list[_Open] = []
        self.path = "$"
        self.wants_key = False

    def take(self, token: bytes, byte: int) -> Seen | None:
        top = self.stack[-1] if self.stack else None
        if token in (b"}", b"]"):
            del self.stack[-1:]
            self.wants_key = False
        elif token == b",":
            self._next(top)
        elif token == b":":
            self.wants_key = False
        elif self.wants_key and top is not None:
            return self._key(top, token, byte)
        else:
            return self._value(token, byte)
        return None

    def _next(self, top: _Open | None) -> None:
        self.wants_key = top is not None and not top.is_list
        if top is not None and top.is_list:
            top.at += 1
            self.path = f"{top.path}[{top.at}]"

    def _key(self, top: _Open, token: bytes, byte: int) -> Seen:
        key = _text(token)
        repeats = key in top.keys
        top.keys.add(key)
        self.path = top.path + step(key)
        return Seen(self.path, byte, len(self.stack), is_key=True, repeats=repeats)

    def _value(self, token: bytes, byte: int) -> Seen:
        seen = Seen(self.path, byte, len(self.stack))
        if token in (b"{", b"["):
            self.stack.append(_Open(self.path, token == b"["))
            self.wants_key = token == b"{"
            self.path += "" if self.wants_key else "[0]"
        return seen


def _text(token: bytes) -> str:
    try:
        return str(msgspec.json.decode(token))
    except ValueError:
        return token.decode("utf-8", "replace")


def repeated_key(data: bytes) -> Seen | None:
    """The first key that its object holds already."""
    return next((seen for seen in walk(data) if seen.repeats), None)


def deeper_than(data: bytes, most: int) -> Seen | None:
    """The first value that stands in more than `most` containers."""
    return next((seen for seen in walk(data) if seen.depth > most), None)


def byte_of(data: bytes, path: str) -> int | None:
    """Where the value at `path` begins."""
    return next((seen.byte for seen in walk(data) if seen.path == path and not seen.is_key), None)


def path_at(data: bytes, byte: int) -> str:
    """The last value or key that begins at `byte` or before it; "" too far on."""
    if byte >= FARTHEST:
        return ""
    path = "$"
    for seen in walk(data):
        if seen.byte > byte:
            break
        path = seen.path
    return path
