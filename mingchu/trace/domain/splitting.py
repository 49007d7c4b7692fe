"""Splitting 拆分: a file of events, of any size, into its events one by one.

Lines are judged each by itself, so that a broken one costs itself alone. Of a document only its
frame and one event are held at a time: what stands before the list of events says what they mean.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple, TypeVar

from mingchu.trace.domain import extending, reading
from mingchu.trace.domain.faults import Fault, Kind
from mingchu.trace.domain.places import Walker
from mingchu.trace.domain.reading import Judged, Limits

Open = Callable[[], BinaryIO]
T = TypeVar("T")
CHUNK_BYTES = 1 << 18
_BLANKS = b" \t\r\n"


class Piece(NamedTuple):
    """An event where it stands: `line` from 1, its bytes, and how to judge it. Judging raises
    Fault; paths and bytes of it count from the line or, in a document, from the event."""

    line: int
    raw: bytes
    judge: Callable[[], Judged]


class Torn(ValueError):
    """The file cannot be read on from here; what came before it stands."""

    def __init__(self, line: int, fault: Fault):
        super().__init__(str(fault))
        self.line = line
        self.fault = fault


def split(opened: Open, limits: Limits, *, is_lines: bool = False) -> Iterator[Piece]:
    """Every event of JSON lines or of one JSON document, whichever it looks like where nobody says
    that it `is_lines`; raises Torn."""
    if is_lines or _is_lines(opened):
        return lines(opened, limits)
    return document(opened, limits)


def _is_lines(opened: Open) -> bool:
    """Whether the first line is a whole value, as it is in JSON lines and in a document that
    stands on one line and is not large."""
    with opened() as source:
        head = source.read(CHUNK_BYTES).lstrip(_BLANKS)
    first, newline, _rest = head.partition(b"\n")
    return (bool(newline) or len(head) < CHUNK_BYTES - 1000) and _is_whole(first)


def _is_whole(line: bytes) -> bool:
    depth = 0
    at = 0
    while (found := _BRACKET.match(line, at)) is not None:
        at = found.end()
        depth += 1 if found[1] in b"[{" else -1
    return depth == 0 and at > 0


def lines(opened: Open, limits: Limits) -> Iterator[Piece]:
    """An event or a document on each line; blank lines are none."""
    with opened() as source:
        number = 0
        while line := source.readline(limits.bytes + 1):
            number += 1
            if len(line) > limits.bytes:
                yield _too_long(number, line, limits)
                while line and not line.endswith(b"\n"):
                    line = source.readline(CHUNK_BYTES)
            elif line.strip(_BLANKS):
                yield from _of_line(number, line.strip(_BLANKS), limits)


def _too_long(number: int, line: bytes, limits: Limits) -> Piece:
    return _bad(number, line[:CHUNK_BYTES], Fault(Kind.TOO_LARGE, detail=str(limits.bytes)))


def _of_line(number: int, line: bytes, limits: Limits) -> Iterator[Piece]:
    if b'"eventList"' not in line:
        yield Piece(number, line, lambda: _alone(line, limits))
        return
    try:
        found = reading.read(line, limits)
    except Fault as fault:
        yield _bad(number, line, fault)
        return
    for at, raw in enumerate(found.events):
        yield Piece(number, bytes(raw), lambda at=at: found.judge(at))  # type: ignore[misc]


def _alone(line: bytes, limits: Limits) -> Judged:
    found = reading.read(line, limits)
    if found.type not in extending.EVENTS:
        raise Fault(Kind.NOT_EPCIS, path="$.type", detail=found.type)
    return found.judge(0)


def _bad(number: int, raw: bytes, fault: Fault) -> Piece:
    def judge() -> Judged:
        raise fault

    return Piece(number, raw, judge)


def document(opened: Open, limits: Limits) -> Iterator[Piece]:
    """The events of one document. Where its `@context` stands behind its events, the file is read
    twice; what is wrong with the frame behind them is known only once they are through."""
    with opened() as source:
        walk = _Walk(source, limits)
        if not walk.to_events():
            frame = walk.ended()
            yield Piece(1, frame, lambda: _alone(frame, limits))
            return
        head = walk.head() or _whole_frame(opened, limits)
        for line, raw in walk.events():
            yield Piece(line, raw, lambda raw=raw: reading.judge(raw, head))  # type: ignore[misc]
        walk.judged()


def _whole_frame(opened: Open, limits: Limits) -> reading.Head:
    with opened() as source:
        walk = _Walk(source, limits)
        walk.to_events()
        for _one in walk.events():
            pass
        return walk.judged()


_TOKEN = re.compile(
    rb'[ \t\r\n]*+(?:("(?:[^"\\]|\\.)*+")|([{}\[\]:,])|([^ \t\r\n{}\[\]:,"]++))', re.DOTALL
)
_BRACKET = re.compile(rb'[^"\[\]{}]*+(?:"(?:[^"\\]|\\.)*+"[^"\[\]{}]*+)*+([\[\]{}])', re.DOTALL)
_BLANK = re.compile(rb"[ \t\r\n]*+")
LISTS = frozenset({"$.epcisBody.eventList", "$.epcisBody.queryResults.resultsBody.eventList"})


class _Walk:
    """A walk through one document; `frame` is what was passed but the events."""

    def __init__(self, source: BinaryIO, limits: Limits):
        self.source = source
        self.limits = limits
        self.waiting = bytearray()
        self.at = 0  # how much of `waiting` was passed
        self.line = 1
        self.frame = bytearray()
        self.walker = Walker()

    def to_events(self) -> bool:
        """On to the list of events; false where the document ends without one."""
        while (token := self._token()) is not None:
            begin = token.lastindex or 0
            seen = self.walker.take(token[begin], 0)
            self.frame += token[0]
            self._pass(token.end())
            if len(self.frame) > self.limits.bytes:
                raise self._torn(Kind.TOO_LARGE, str(self.limits.bytes))
            if seen is not None and seen.path in LISTS and token[begin] == b"[":
                return True
            if not self.walker.stack:
                break
        return False

    def head(self) -> reading.Head | None:
        """What was said before the events of what they mean; None where it stands behind them."""
        closing = b"".join(b"]" if one.is_list else b"}" for one in reversed(self.walker.stack))
        return self._read(lambda: reading.head(bytes(self.frame) + closing))

    def events(self) -> Iterator[tuple[int, bytes]]:
        """Each item of the list with its line."""
        wants = b"]{"
        while True:
            mark = self._mark()
            if mark == b"," and wants != b"]{":
                self._pass(self.at + 1)
                wants = b"{"
            elif mark == b"]" and b"]" in wants:
                return
            elif mark == b"{" and b"{" in wants:
                line = self.line
                yield line, self._object()
                wants = b"],"
            else:
                raise self._torn(Kind.MALFORMED, mark.decode("ascii", "replace"))

    def judged(self) -> reading.Head:
        """The frame, read to its end and judged as a document without events."""
        self.to_events()
        frame = self.ended()
        self._read(lambda: reading.read(frame, self.limits))
        found = self._read(lambda: reading.head(frame))
        if found is None:
            raise self._torn(Kind.MISSING, "@context")
        return found

    def ended(self) -> bytes:
        """The frame; raises Torn where more follows."""
        if self._mark():
            raise self._torn(Kind.MALFORMED, "trailing characters")
        return bytes(self.frame)

    def _read(self, read: Callable[[], T]) -> T:
        try:
            return read()
        except Fault as fault:
            raise Torn(self.line, fault) from None

    def _token(self) -> re.Match[bytes] | None:
        while True:
            found = _TOKEN.match(self.waiting, self.at)
            if found is not None and found.end() < len(self.waiting):
                return found
            if len(self.waiting) > self.limits.bytes:
                raise self._torn(Kind.TOO_LARGE, str(self.limits.bytes))
            if not self._fill():
                return _TOKEN.match(self.waiting, self.at)

    def _mark(self) -> bytes:
        """The next byte that is no blank; empty at the end."""
        while True:
            blank = _BLANK.match(self.waiting, self.at)
            self._pass(blank.end() if blank else self.at)
            if self.at < len(self.waiting):
                return bytes(self.waiting[self.at : self.at + 1])
            if not self._fill():
                return b""

    def _object(self) -> bytes:
        """From a brace to the one that closes it."""
        depth = length = 0
        while True:
            found = _BRACKET.match(self.waiting, self.at + length)
            if found is not None:
                length = found.end() - self.at
                depth += 1 if found[1] in b"[{" else -1
                if not depth:
                    break
            elif length > self.limits.bytes or len(self.waiting) - self.at > self.limits.bytes:
                raise self._torn(Kind.TOO_LARGE, str(self.limits.bytes))
            elif not self._fill():
                raise self._torn(Kind.MALFORMED, "unexpected end")
        raw = bytes(self.waiting[self.at : self.at + length])
        self._pass(self.at + length)
        return raw

    def _pass(self, end: int) -> None:
        self.line += self.waiting.count(b"\n", self.at, end)
        self.at = end

    def _fill(self) -> bool:
        """More of the file, as much again as waits: a long value is then looked at few times."""
        del self.waiting[: self.at]
        self.at = 0
        more = self.source.read(max(CHUNK_BYTES, len(self.waiting)))
        self.waiting += more
        return bool(more)

    def _torn(self, kind: Kind, detail: str) -> Torn:
        return Torn(self.line, Fault(kind, detail=detail))
