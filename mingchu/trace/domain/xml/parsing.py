"""Parsing 解析: XML bytes to trees of events, each with the bytes it came as.

expat, with everything refused that a document of events has no use for: a document type, and so
every entity of its own; encodings but UTF-8; nesting without end. Nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from xml.parsers import expat

from mingchu.trace.domain.faults import Fault, Kind
from mingchu.trace.domain.xml.table import EPCIS, QUERY

DEEPEST = 64  # elements inside an event
MOST_ELEMENTS = 2_000_000  # in one event
FRAME_DEEPEST = 100  # elements altogether
_SEPARATOR = "\x1f"  # stands in no XML text
_ENCODINGS = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})


class Name(NamedTuple):
    """A name with its namespace, empty where it has none, and the prefix it was written with."""

    space: str
    local: str
    prefix: str


class Node:
    """An element: `attributes` by name, its children, and the text that stands directly in it."""

    __slots__ = ("_children", "_text", "attributes", "name")

    def __init__(self, name: Name, attributes: Sequence[tuple[Name, str]]):
        self.name = name
        self.attributes = attributes
        self._text: str | list[str] = ""  # most have one piece or none
        self._children: list[Node] | None = None

    @property
    def children(self) -> Sequence[Node]:
        return self._children or ()

    @property
    def text(self) -> str:
        return self._text if isinstance(self._text, str) else "".join(self._text)

    def say(self, text: str) -> None:
        if isinstance(self._text, list):
            self._text.append(text)
        else:
            self._text = [self._text, text] if self._text else text

    def add(self, child: Node) -> None:
        if self._children is None:
            self._children = [child]
        else:
            self._children.append(child)


class Found(NamedTuple):
    """An event: its tree, its bytes, where they begin, and what was declared around it."""

    node: Node
    raw: bytes
    byte: int
    line: int
    spaces: dict[str, str]


class Frame(NamedTuple):
    """What a document says of itself."""

    type: str
    version: str
    attributes: dict[str, str]


# Which elements lead to the list of events; all others are passed over with what is in them.
_WAY = frozenset({"EPCISBody", "QueryResults", "resultsBody", "EventList"})
# What may stand beside them without a namespace of its own.
_BESIDE = frozenset({"EPCISHeader", "extension", "queryName", "subscriptionID"})
_ROOTS = {
    **{(space, "EPCISDocument"): version for version, space in EPCIS.items()},
    **{(space, "EPCISQueryDocument"): version for version, space in QUERY.items()},
}
_TAG = re.compile(rb"""<(?:[^"'>]++|"[^"]*+"|'[^']*+')*+>""")


class Parser:
    """A document that is fed in pieces; what it found is taken by `found`.

    Only the event being read is held. Raises Fault, with its byte and, as path, its line.
    """

    def __init__(self) -> None:
        self.frame: Frame | None = None
        self.header = b""
        self._found: list[Found] = []
        self._open: list[str] = []  # elements of the frame
        self._nodes: list[Node] = []  # elements of the event
        self._elements = 0  # of the event
        self._passing = 0  # how deep in something passed over
        self._held, self._base = bytearray(), 0  # bytes from the event's or header's beginning on
        self._begin: int | None = None
        self._begin_line = 0
        self._spaces: list[tuple[str, str]] = []
        self._levels: list[int] = []
        self._new_spaces: list[tuple[str, str]] = []
        self._expat = self._made()

    def _made(self) -> Any:
        parser = expat.ParserCreate("utf-8", _SEPARATOR)
        parser.namespace_prefixes = True
        parser.buffer_text = True
        parser.ordered_attributes = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartNamespaceDeclHandler = self._declare
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._doctype
        parser.XmlDeclHandler = self._declaration
        return parser

    def feed(self, data: bytes, *, is_last: bool = False) -> None:
        self._held += data
        try:
            self._expat.Parse(data, is_last)
        except expat.ExpatError as error:
            raise self._fault(Kind.XML_MALFORMED, expat.errors.messages[error.code]) from None
        if self._begin is None:
            self._base += len(self._held)
            self._held.clear()
        elif self._begin > self._base:
            del self._held[: self._begin - self._base]
            self._base = self._begin

    @property
    def held(self) -> int:
        """Bytes of what is being read."""
        return len(self._held)

    @property
    def line(self) -> int:
        return int(self._expat.CurrentLineNumber)

    def found(self) -> Iterator[Found]:
        waiting, self._found = self._found, []
        return iter(waiting)

    def _fault(self, kind: Kind, detail: str = "", path: str = "") -> Fault:
        at = max(0, int(self._expat.CurrentByteIndex))
        return Fault(kind, path=path, byte=at, detail=detail)

    def _doctype(self, name: str, *_rest: object) -> None:
        raise self._fault(Kind.XML_DTD, name)

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            raise self._fault(Kind.XML_ENCODING, encoding)

    def _declare(self, prefix: str | None, space: str | None) -> None:
        self._new_spaces.append((prefix or "", space or ""))

    def _start(self, name: str, attributes: list[str]) -> None:
        new, self._new_spaces = self._new_spaces, []
        if self._nodes:
            self._inside(name, attributes)
        elif self._passing:
            self._passing += 1
            if self._passing > FRAME_DEEPEST:
                raise self._fault(Kind.TOO_DEEP, str(FRAME_DEEPEST))
        else:
            self._levels.append(len(self._spaces))
            self._spaces += new
            self._around(_named(name), name, attributes)

    def _around(self, named: Name, name: str, attributes: list[str]) -> None:
        """An element of the frame, the beginning of an event, or something beside."""
        if not self._open:
            self._root(named, attributes)
        elif named.local == "EventList" or (
            named.local in _WAY and self._open[-1] not in ("EventList", "extension")
        ):
            self._open.append(named.local)
        elif "EventList" in self._open:
            self._listed(named, name, attributes)
        else:
            self._beside(named)

    def _root(self, named: Name, attributes: list[str]) -> None:
        version = _ROOTS.get((named.space, named.local))
        if version is None:
            raise self._fault(Kind.NOT_EPCIS, f"{{{named.space}}}{named.local}")
        said = zip(attributes[::2], attributes[1::2], strict=True)
        self.frame = Frame(named.local, version, dict(said))
        self._open.append(named.local)

    def _listed(self, named: Name, name: str, attributes: list[str]) -> None:
        if named.local == "extension" and not named.space:
            if len(self._open) > FRAME_DEEPEST:
                raise self._fault(Kind.TOO_DEEP, str(FRAME_DEEPEST))
            self._open.append(named.local)
            return
        self._hold()
        self._elements = 0
        self._inside(name, attributes)

    def _beside(self, named: Name) -> None:
        if not named.space and named.local not in _BESIDE:
            raise self._fault(Kind.UNKNOWN_MEMBER, named.local)
        if named.local == "EPCISHeader":
            self._hold()
        self._passing = 1

    def _hold(self) -> None:
        self._begin, self._begin_line = int(self._expat.CurrentByteIndex), self.line

    def _inside(self, name: str, attributes: list[str]) -> None:
        if len(self._nodes) >= DEEPEST:
            raise self._fault(Kind.TOO_DEEP, str(DEEPEST))
        self._elements += 1
        if self._elements > MOST_ELEMENTS:
            raise self._fault(Kind.XML_TOO_MANY, str(MOST_ELEMENTS))
        said = zip(attributes[::2], attributes[1::2], strict=True)
        node = Node(_named(name), tuple((_named(one), value) for one, value in said))
        if self._nodes:
            self._nodes[-1].add(node)
        self._nodes.append(node)

    def _characters(self, text: str) -> None:
        if self._nodes:
            self._nodes[-1].say(text)
        elif not self._passing and text.strip():
            raise self._fault(Kind.XML_MALFORMED, text.strip()[:20])

    def _end(self, _name: str) -> None:
        if self._nodes:
            node = self._nodes.pop()
            if not self._nodes:
                self._finish(node)
                self._leave()
        elif self._passing:
            self._passing -= 1
            if not self._passing:
                if self._begin is not None:
                    self.header = self._taken()
                self._leave()
        else:
            self._open.pop()
            self._leave()

    def _leave(self) -> None:
        del self._spaces[self._levels.pop() :]

    def _finish(self, node: Node) -> None:
        begin, spaces = self._begin or 0, dict(self._spaces[: self._levels[-1]])
        self._found.append(Found(node, self._taken(), begin, self._begin_line, spaces))

    def _taken(self) -> bytes:
        """The bytes from the beginning that is held to the end of the tag just read."""
        begin = (self._begin or 0) - self._base
        last = int(self._expat.CurrentByteIndex) - self._base
        tag = _TAG.match(self._held, last)
        end = tag.end() if tag else len(self._held)
        self._begin = None
        return bytes(self._held[begin:end])


@lru_cache(maxsize=4096)
def _named(text: str) -> Name:
    space, _, rest = text.partition(_SEPARATOR)
    if not rest:
        return Name("", space, "")
    local, _, prefix = rest.partition(_SEPARATOR)
    return Name(space, local, prefix)


def parsed(data: bytes, take: Callable[[Found], None]) -> Parser:
    """A whole document, each event taken as it comes."""
    parser = Parser()
    for at in range(0, len(data), CHUNK_BYTES):
        parser.feed(data[at : at + CHUNK_BYTES])
        for one in parser.found():
            take(one)
    parser.feed(b"", is_last=True)
    return parser


CHUNK_BYTES = 1 << 18
