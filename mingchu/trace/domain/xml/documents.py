"""Documents in XML as the engine takes them: each event judged as JSON, beside its own bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from xml.sax.saxutils import quoteattr

import msgspec

from mingchu.trace.domain import context, reading
from mingchu.trace.domain.context import Context
from mingchu.trace.domain.faults import Fault, Kind
from mingchu.trace.domain.reading import Judged, Limits
from mingchu.trace.domain.splitting import CHUNK_BYTES, Open, Piece, Torn
from mingchu.trace.domain.words import Broken
from mingchu.trace.domain.xml.parsing import Found, Frame, Parser, parsed
from mingchu.trace.domain.xml.reading import members, outer_spaces
from mingchu.trace.domain.xml.table import FORMS, Form

STANDARD = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"


class Event(NamedTuple):
    """An event as it stood in XML and as JSON; `broken` is why it has no JSON."""

    original: bytes
    byte: int
    plain: bytes
    context: bytes
    broken: Broken | None


@dataclass(frozen=True)
class Document:
    """What was sent, like `reading.Document`; `header` are the bytes of its EPCISHeader."""

    type: str
    form: Form
    events: list[Event]
    header: bytes = b""

    def judge(self, at: int) -> Judged:
        """The event number `at`; raises Fault with its place: a path as in JSON, the byte where
        the event begins."""
        try:
            return judged(self.events[at], self.form)
        except Fault as fault:
            raise self._placed(fault, at) from None

    def _placed(self, fault: Fault, at: int) -> Fault:
        path = fault.path.replace("$", f"$.epcisBody.eventList[{at}]", 1)
        return Fault(fault.kind, path=path, byte=self.events[at].byte, detail=fault.detail)

    def judged(self) -> Iterator[Judged]:
        return map(self.judge, range(len(self.events)))


def read(data: bytes, limits: Limits = reading.USUAL) -> Document:
    """A document, its frame judged and its events found; raises Fault, and nothing else."""
    if len(data) > limits.bytes:
        raise Fault(Kind.TOO_LARGE, detail=str(limits.bytes))
    reading.check_bytes(data)
    events: list[Event] = []

    def take(found: Found) -> None:
        if len(events) == limits.events:
            raise Fault(Kind.TOO_MANY_EVENTS, detail=str(limits.events))
        events.append(_event(found))

    parser = parsed(data, take)
    form = _check_frame(parser.frame)
    return Document(parser.frame.type if parser.frame else "", form, events, parser.header)


def pieces(opened: Open, limits: Limits) -> Iterator[Piece]:
    """The events of a file; raises Torn."""
    parser, form = Parser(), None
    try:
        with opened() as source:
            while data := source.read(CHUNK_BYTES):
                parser.feed(data)
                for found in parser.found():
                    form = form or _check_frame(parser.frame)
                    yield _piece(found, form)
                _check_held(parser, limits)
            parser.feed(b"", is_last=True)
            _check_frame(parser.frame)
    except Fault as fault:
        raise Torn(parser.line, fault) from None


def _check_held(parser: Parser, limits: Limits) -> None:
    if parser.held > limits.bytes:
        raise Fault(Kind.TOO_LARGE, detail=str(limits.bytes))


def _piece(found: Found, form: Form) -> Piece:
    event = _event(found)
    return Piece(found.line, found.raw, lambda: judged(event, form))


def judged(event: Event, form: Form) -> Judged:
    """Raises Fault whose path begins at the event."""
    if event.broken is not None:
        raise Fault(event.broken.kind, path="$" + event.broken.at, detail=event.broken.detail)
    head = reading.Head(event.context, _names(event.context))
    found = reading.judge(event.plain, head)
    return found._replace(original=event.original, form=form)


def _event(found: Found) -> Event:
    outer = outer_spaces(found.spaces)
    plain, broken = b"", None
    try:
        plain = json.dumps(members(found.node, outer), ensure_ascii=False).encode()
    except Broken as error:
        broken = error
    original = declared(found.spaces) + b"\n" + found.raw
    return Event(original, found.byte, plain, _context(tuple(outer.items())), broken)


def declared(spaces: dict[str, str]) -> bytes:
    """Prefixes as XML declares them, on one line: without them an event's bytes mean nothing.

    >>> declared({"a": "urn:x&y"})
    b'xmlns:a="urn:x&amp;y"'
    """
    said = (
        f"xmlns{':' if prefix else ''}{prefix}={quoteattr(space)}"
        for prefix, space in spaces.items()
        if prefix != "xml"
    )
    return " ".join(said).encode()


@lru_cache(maxsize=256)
def _context(outer: tuple[tuple[str, str], ...]) -> bytes:
    return msgspec.json.encode([STANDARD, dict(outer)] if outer else [STANDARD])


@lru_cache(maxsize=256)
def _names(written: bytes) -> Context:
    return context.read(json.loads(written))


def _check_frame(frame: Frame | None) -> Form:
    """What the document says of itself, judged as JSON is; raises Fault."""
    if frame is None:
        raise Fault(Kind.NOT_EPCIS, path="$")
    said = {name: frame.attributes[name] for name in _SAID if name in frame.attributes}
    body: dict[str, object] = {"eventList": []}
    if frame.type == "EPCISQueryDocument":
        body = {"queryResults": {"queryName": "SimpleEventQuery", "resultsBody": body}}
    plain = {"@context": [STANDARD], "type": frame.type, **said, "epcisBody": body}
    try:
        reading.read(msgspec.json.encode(plain))
    except Fault as fault:
        raise Fault(fault.kind, path=fault.path, byte=0, detail=fault.detail) from None
    return FORMS[frame.version]


_SAID = ("schemaVersion", "creationDate")
