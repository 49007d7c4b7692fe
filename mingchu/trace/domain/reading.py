"""Reading 读取: bytes to an EPCIS document whose events keep their bytes exactly.

msgspec finds the events and checks the grammar of the whole without building anything; each event
is then decoded twice, once into its type and once into plain members, where a repeated name is
noticed and extensions are found. A document whose JSON is broken is refused whole; an event that
breaks a rule is refused by itself, so that a capture may go on with the others.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, NamedTuple, TypeVar, cast

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from mingchu.trace.domain import context, extending, places, types
from mingchu.trace.domain.context import Context
from mingchu.trace.domain.extending import Members
from mingchu.trace.domain.faults import Fault, Kind
from mingchu.trace.domain.types import Time, Uri
from mingchu.trace.domain.words import Broken


class Limits(NamedTuple):
    """What one document may be; the repository announces them."""

    bytes: int = 100_000_000
    events: int = 100_000


class Judged(NamedTuple):
    """An event that holds by every rule, beside the bytes it came as.

    `context` is the document's `@context` as it was written, empty for an event sent by itself;
    the event's own stands in its bytes. Together they are all that gives the event its meaning.
    Of an event that came as XML, `raw` is what it says in JSON and `original` what was sent.
    """

    raw: bytes
    context: bytes
    event: types.AnyEvent
    members: Members
    names: Context
    original: bytes = b""
    form: int = 0


@dataclass(frozen=True)
class Document:
    """What was sent: its members without the events, and each event's bytes, not judged yet."""

    data: bytes
    type: str
    members: Members
    context: bytes
    names: Context
    events: list[Raw]

    def judge(self, at: int) -> Judged:
        """The event number `at`; raises Fault with its place in the document."""
        raw = bytes(self.events[at])
        try:
            return _judged(raw, self.context, self.names)
        except Fault as fault:
            raise self._placed(fault, at) from None

    def refused(self, at: int, broken: Broken) -> Fault:
        """A rule besides those of form, broken by the event number `at`, with its place."""
        return self._placed(_broken(bytes(self.events[at]), broken), at)

    def judged(self) -> Iterator[Judged]:
        """Every event in order; raises Fault at the first that breaks a rule."""
        return map(self.judge, range(len(self.events)))

    def _placed(self, fault: Fault, at: int) -> Fault:
        path = (fault.path or "$").replace("$", _LISTS[self.type].format(at), 1)
        byte = self._begins[at] + (fault.byte or 0)
        return Fault(fault.kind, path=path, byte=byte, detail=fault.detail)

    @cached_property
    def _begins(self) -> list[int]:
        """The byte each event begins at. Only blanks and a comma stand between two of them."""
        begins, at = [], _events_begin(self.data, self.events)
        for event in self.events:
            begins.append(self.data.index(memoryview(event), at))
            at = begins[-1] + len(memoryview(event))
        return begins


_LISTS = dict.fromkeys(extending.EVENTS, "$") | {
    "EPCISDocument": "$.epcisBody.eventList[{}]",
    "EPCISQueryDocument": "$.epcisBody.queryResults.resultsBody.eventList[{}]",
}


class _Attribute(Struct):
    id: Uri
    # A number, a text or an object; nothing in the standard says more.
    attribute: float | str | dict[str, Any] | UnsetType = UNSET


class _Element(Struct):
    id: Uri
    attributes: list[_Attribute] | UnsetType = UNSET
    children: list[Uri] | UnsetType = UNSET


class _Vocabulary(Struct):
    type: Uri
    vocabularyElementList: list[_Element] | UnsetType = UNSET  # noqa: N815 - a name of the standard


class _MasterData(Struct):
    vocabularyList: list[_Vocabulary] | UnsetType = UNSET  # noqa: N815


class _Header(Struct):
    epcisMasterData: _MasterData | UnsetType = UNSET  # noqa: N815


class _Body(Struct):
    eventList: Raw  # noqa: N815


class _Results(Struct, rename="camel"):
    event_list: Raw
    vocabulary_list: list[_Vocabulary] | UnsetType = UNSET


class _QueryResults(Struct, rename="camel"):
    query_name: str
    results_body: _Results
    subscription_id: str | UnsetType = msgspec.field(default=UNSET, name="subscriptionID")


class _QueryBody(Struct, rename="camel"):
    query_results: _QueryResults


class _Outer(Struct, rename="camel", kw_only=True):
    type: str
    context: Raw = msgspec.field(name="@context")
    id: Uri | UnsetType = UNSET


Version = Annotated[str, Meta(pattern=r"\A[0-9]+(?:\.[0-9]+)*\Z")]


class _Document(_Outer, kw_only=True, rename="camel"):
    schema_version: Version
    creation_date: Time
    instance_identifier: str | UnsetType = UNSET
    sender: str | UnsetType = UNSET
    receiver: str | UnsetType = UNSET
    epcis_header: _Header | UnsetType = UNSET
    epcis_body: _Body


class _QueryDocument(_Outer, kw_only=True, rename="camel"):
    schema_version: Version | UnsetType = UNSET
    creation_date: Time | UnsetType = UNSET
    epcis_body: _QueryBody


def _names(kind: type[Struct]) -> frozenset[str]:
    return frozenset(kind.__struct_encode_fields__)


_TYPE = msgspec.json.Decoder(_Outer)
_EVENT = msgspec.json.Decoder(types.AnyEvent)
_EVENTS = msgspec.json.Decoder(list[Raw])
_DOCUMENT = msgspec.json.Decoder(_Document)
_QUERY_DOCUMENT = msgspec.json.Decoder(_QueryDocument)
USUAL = Limits()


def read(data: bytes, limits: Limits = USUAL) -> Document:
    """The document, its frame judged and its events found; raises Fault, and nothing else."""
    if len(data) > limits.bytes:
        raise Fault(Kind.TOO_LARGE, detail=str(limits.bytes))
    check_bytes(data)
    outer = _decoded(_TYPE.decode, data)
    if outer.type in extending.EVENTS:
        return _alone(data, outer)
    if outer.type == "EPCISDocument":
        document = _decoded(_DOCUMENT.decode, data)
        return _framed(data, outer, document.epcis_body.eventList, limits)
    if outer.type == "EPCISQueryDocument":
        answer = _decoded(_QUERY_DOCUMENT.decode, data)
        events = answer.epcis_body.query_results.results_body.event_list
        return _framed(data, outer, events, limits)
    raise Fault(
        Kind.NOT_EPCIS, path="$.type", byte=places.byte_of(data, "$.type"), detail=outer.type
    )


class Head(NamedTuple):
    """What a document says before its events of what they mean: its `@context`, as it was written
    and as it is understood."""

    context: bytes
    names: Context


class _Meaning(Struct):
    context: Raw | UnsetType = msgspec.field(default=UNSET, name="@context")


_MEANING = msgspec.json.Decoder(_Meaning)


def head(data: bytes) -> Head | None:
    """The head of a document without its events; None where it says nothing. Raises Fault."""
    check_bytes(data)
    found = _decoded(_MEANING.decode, data).context
    if isinstance(found, UnsetType):
        return None
    members = _plain(b'{"@context":%s}' % bytes(found), data)
    try:
        context.check(members["@context"])
    except Broken as broken:
        raise _broken(data, broken) from None
    return Head(bytes(found), context.read(members["@context"]))


def judge(raw: bytes, outer: Head) -> Judged:
    """One event of a document by itself; places count from its own beginning. Raises Fault."""
    check_bytes(raw)
    return _judged(raw, outer.context, outer.names)


def check_bytes(data: bytes) -> None:
    """What no event may hold, however it is written. Raises Fault."""
    _check_utf8(data)
    if _SUSPECT(data):
        _check_escapes(data)


def _alone(data: bytes, outer: _Outer) -> Document:
    """One event sent by itself: it is its own document, and its context is its own."""
    members = {"type": outer.type}
    return Document(data, outer.type, members, b"", context.read(None), [Raw(data.strip(_BLANKS))])


_BLANKS = b" \t\r\n"


def _framed(data: bytes, outer: _Outer, events: Raw, limits: Limits) -> Document:
    try:
        found = _EVENTS.decode(events)
    except msgspec.ValidationError as error:
        raise _refused(data, error, _LISTS[outer.type].removesuffix("[{}]")) from None
    if len(found) > limits.events:
        raise Fault(Kind.TOO_MANY_EVENTS, detail=str(limits.events))
    members = _plain(_frame(data, bytes(events)), data)
    names = _check_frame(members, data)
    return Document(data, outer.type, members, bytes(outer.context), names, found)


_LIST = re.compile(rb'"eventList"[ \t\r\n]*:[ \t\r\n]*')
_FIRST = re.compile(_LIST.pattern + rb"\[[ \t\r\n]*")


def _frame(data: bytes, events: bytes) -> bytes:
    """`data` with an empty list of events. Should the same bytes stand elsewhere too, it does not
    matter which go: those that stay are read with the frame, the list itself event by event."""
    for begin in _LIST.finditer(data):
        if data.startswith(events, begin.end()):
            return data[: begin.end()] + b"[]" + data[begin.end() + len(events) :]
    return data


def _events_begin(data: bytes, events: list[Raw]) -> int:
    """Where the list stands whose first event is ours: what comes before cannot be taken for it."""
    first = bytes(events[0])
    begins = (found.end() for found in _FIRST.finditer(data))
    return next((at for at in begins if data.startswith(first, at)), 0)


_FRAMES: dict[str, type[Struct]] = {
    "EPCISDocument": _Document,
    "EPCISQueryDocument": _QueryDocument,
}


def _check_frame(members: Members, data: bytes) -> Context:
    """The document's context, with the names of its own level and of every room for more judged."""
    kind = _FRAMES[members["type"]]
    try:
        context.check(members["@context"])
        names = context.read(members["@context"])
        extending.check_names(members, _names(kind), names, "")
        for at, part, known in _rooms(members):
            extending.check_names(part, known, names, at)
        inside = {name: value for name, value in members.items() if name != "@context"}
        extending.check_inside(inside, names, "")
    except Broken as broken:
        raise _broken(data, broken) from None
    return names


def _rooms(members: Members) -> Iterator[tuple[str, Members, frozenset[str]]]:
    if members.get("epcisHeader"):
        yield ".epcisHeader", members["epcisHeader"], _names(_Header)
    if members["type"] == "EPCISQueryDocument":
        body = members["epcisBody"]
        yield ".epcisBody", body, _names(_QueryBody)
        results = body["queryResults"]
        yield ".epcisBody.queryResults", results, _names(_QueryResults)
        yield ".epcisBody.queryResults.resultsBody", results["resultsBody"], _names(_Results)


def _judged(raw: bytes, outer: bytes, names: Context) -> Judged:
    """One event's bytes, judged; paths and bytes of a Fault count from its own beginning."""
    event = _decoded(_EVENT.decode, raw)
    members = _plain(raw, raw)
    try:
        if "@context" in members:
            context.check(members["@context"])
            names = names.within(members["@context"])
        extending.judge(members, names)
    except Broken as broken:
        raise _broken(raw, broken) from None
    return Judged(raw, outer, event, members, names)


class _Repeated(ValueError):
    """An object holds one name twice."""


class _OutOfRange(ValueError):
    """A number that no double can hold."""


def _unique(pairs: list[tuple[str, Any]]) -> Members:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _Repeated
    return members


_LONGEST_NUMBER = 308


def _float(text: str) -> float:
    number = float(text)
    lost = number == 0 and any(digit in "123456789" for digit in re.split("[eE]", text)[0])
    if math.isinf(number) or lost:
        raise _OutOfRange(text)
    return number


def _int(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise _OutOfRange(text)
    return int(text)


_plainly = json.JSONDecoder(
    object_pairs_hook=_unique, parse_float=_float, parse_int=_int
).raw_decode


def _plain(text: bytes, data: bytes) -> Members:
    """`text` (checked JSON, an object) as plain members. `data` is where places are looked for."""
    try:
        return cast(Members, _plainly(str(text.lstrip(_BLANKS), "utf-8"))[0])
    except _Repeated:
        raise _repeated(data) from None
    except _OutOfRange as error:
        raise _out_of_range(data, str(error)) from None
    except RecursionError:
        raise _too_deep(data) from None


def _repeated(data: bytes) -> Fault:
    found = places.repeated_key(data)
    if found is None:  # too far on to be looked for
        return Fault(Kind.DUPLICATE_KEY)
    return Fault(Kind.DUPLICATE_KEY, path=found.path, byte=found.byte)


def _out_of_range(data: bytes, number: str) -> Fault:
    byte = re.search(rb"(?<![0-9.eE+-])" + re.escape(number.encode()), data)
    begin = byte.start() if byte else 0
    return Fault(
        Kind.NUMBER_RANGE, path=places.path_at(data, begin), byte=begin, detail=number[:40]
    )


_SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])").search
_ESCAPE = re.compile(rb"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)


def _check_escapes(data: bytes) -> None:
    """No escaped NUL, no half of a surrogate pair: neither can be kept as text."""
    wants_low = -1
    for escape in _ESCAPE.finditer(data):
        code = int(escape[1], 16) if escape[1] else 0x20
        is_low = 0xDC00 <= code < 0xE000
        if is_low != (wants_low == escape.start()) or (wants_low >= 0 and not is_low):
            at = wants_low - 6 if wants_low >= 0 else escape.start()
            raise _escaped(data, Kind.LONE_SURROGATE, at)
        if code == 0:
            raise _escaped(data, Kind.NULL_CHARACTER, escape.start())
        wants_low = escape.end() if 0xD800 <= code < 0xDC00 else -1
    if wants_low >= 0:
        raise _escaped(data, Kind.LONE_SURROGATE, wants_low - 6)


def _escaped(data: bytes, kind: Kind, byte: int) -> Fault:
    detail = data[byte : byte + 6].decode("ascii")
    return Fault(kind, path=places.path_at(data, byte), byte=byte, detail=detail)


def _check_utf8(data: bytes) -> None:
    if data.isascii():
        return
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Fault(Kind.BAD_UTF8, byte=error.start, detail=f"0x{data[error.start]:02x}") from None


T = TypeVar("T")


def _decoded(decode: Callable[[bytes], T], data: bytes) -> T:
    try:
        return decode(data)
    except msgspec.ValidationError as error:
        raise _refused(data, error) from None
    except msgspec.DecodeError as error:
        raise _malformed(data, error) from None
    except RecursionError:
        raise _too_deep(data) from None


_BYTE = re.compile(r"(.*) \(byte (\d+)\)")


def _malformed(data: bytes, error: msgspec.DecodeError) -> Fault:
    said = _BYTE.fullmatch(str(error))
    what, byte = (said[1], int(said[2])) if said else (str(error), len(data))
    what = what.removeprefix("JSON is malformed: ")
    return Fault(Kind.MALFORMED, path=places.path_at(data, byte), byte=byte, detail=what)


def _too_deep(data: bytes) -> Fault:
    found = places.deeper_than(data, 2 * extending.DEEPEST)
    path, byte = (_shortened(found.path), found.byte) if found else ("$", 0)
    return Fault(Kind.TOO_DEEP, path=path, byte=byte, detail=str(extending.DEEPEST))


def _shortened(path: str) -> str:
    return path if len(path) <= 200 else path[:200] + "…"


_PLACE = re.compile(r"(.*?)(?: - at `(?:key in )?(.*)`)?", re.DOTALL)
_SAID = (
    (re.compile(r"Object missing required field `(.*)`"), Kind.MISSING),
    (re.compile(r"Object contains unknown field `(.*)`"), Kind.UNKNOWN_MEMBER),
    (re.compile(r"(?:Number|Integer value) out of range()"), Kind.NUMBER_RANGE),
    (re.compile(r"Expected `array` of length >= 1()"), Kind.EMPTY),
    (re.compile(r"Expected `str` matching regex()"), Kind.BAD_VALUE),
    (re.compile(r"Invalid (?:enum )?value (.*)"), Kind.BAD_VALUE),
    (re.compile(r"(.*)"), Kind.WRONG_TYPE),
)


def _refused(data: bytes, error: msgspec.ValidationError, root: str = "$") -> Fault:
    """msgspec's words for what is wrong, as a kind and a place."""
    place = _PLACE.fullmatch(str(error))
    what, path = (place[1], place[2] or "$") if place else (str(error), "$")
    path = path.replace("$", root, 1)
    if isinstance(error.__cause__, Broken):
        return _broken(data, error.__cause__, path)
    for said, kind in _SAID:
        if (match := said.match(what)) is not None:
            return Fault(kind, path=path, byte=places.byte_of(data, path), detail=match[1])
    raise error


def _broken(data: bytes, broken: Broken, path: str = "$") -> Fault:
    path += broken.at
    return Fault(broken.kind, path=path, byte=places.byte_of(data, path), detail=broken.detail)
