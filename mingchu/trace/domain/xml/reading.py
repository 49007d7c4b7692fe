"""Reading XML: trees of events to the JSON members that the engine judges.

Whatever XML says otherwise than JSON is said here as JSON says it: standard words by their short
names, numbers as numbers, what `extension` wraps without its wrapper. What JSON has no room for is
left for the judge to refuse. In extensions attributes and elements are members alike, what repeats
is a list, and text beside others is `#text`; their values stay text, which the event hash reads
like the number or the truth it writes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from mingchu.trace.domain import vocabulary
from mingchu.trace.domain.context import STANDARD
from mingchu.trace.domain.extending import EVENTS, Members
from mingchu.trace.domain.faults import Kind
from mingchu.trace.domain.vocabulary import Vocabulary
from mingchu.trace.domain.words import Broken
from mingchu.trace.domain.xml import table
from mingchu.trace.domain.xml.parsing import Name, Node

WRAPPERS = frozenset({"extension", "baseExtension"})
DROPPED = frozenset({table.XSI, table.XML})
_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*").fullmatch
_INTEGER = re.compile(r"[+-]?[0-9]{1,308}").fullmatch
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?").fullmatch
_STANDARD = {space: prefix for prefix, space in STANDARD.items()}
_SHORT = {f"{prefix}:": space for prefix, space in STANDARD.items() if prefix in ("gs1", "cbv")}


class Spaces:
    """Which prefix stands for a namespace in the members of one event: the document's, the
    standard's, else one of the event's own (`own`, to be declared with it)."""

    def __init__(self, outer: dict[str, str]):
        self.outer = outer
        self.own: dict[str, str] = {}
        self._made = 0
        self._known = {**{space: prefix for prefix, space in outer.items()}, **_STANDARD}

    def key(self, name: Name) -> str:
        if not name.space:
            return name.local
        prefix = self._known.get(name.space)
        if prefix is None:
            prefix = self._known[name.space] = self._new(name)
        return f"{prefix}:{name.local}"

    def _new(self, name: Name) -> str:
        prefix = name.prefix
        while not _PREFIX(prefix) or any(prefix in one for one in (STANDARD, self.outer, self.own)):
            self._made += 1
            prefix = f"ns{self._made}"
        self.own[prefix] = name.space
        return prefix


def outer_spaces(declared: dict[str, str]) -> dict[str, str]:
    """Of what a document declares around its events, the prefixes that JSON takes over."""
    return {
        prefix: space
        for prefix, space in declared.items()
        if _PREFIX(prefix) and prefix not in STANDARD and space and space not in table.FRAME
    }


def members(node: Node, outer: dict[str, str]) -> Members:
    """An event as JSON; raises Broken. Its own `@context` is there where it names more."""
    kind = node.name.local
    if node.name.space or kind not in EVENTS:
        raise Broken(Kind.NOT_EPCIS, "", kind)
    spaces = Spaces(outer)
    made: Members = {"type": kind}
    _check_no_text(node, "")
    for child in _unwrapped(node):
        _take(child, made, spaces)
    _extend(made, (), node.attributes, spaces)
    return {"@context": [spaces.own], **made} if spaces.own else made


def _unwrapped(node: Node) -> Iterable[Node]:
    for child in node.children:
        if child.name.local in WRAPPERS and not child.name.space:
            _check_no_text(child, "." + child.name.local)
            yield from _unwrapped(child)
        else:
            yield child


def _take(child: Node, made: Members, spaces: Spaces) -> None:
    name = child.name.local
    if child.name.space:
        _extend(made, (child,), (), spaces)
        return
    read = _READERS.get(name)
    value = read(child, "." + name, spaces) if read else _value(child, spaces)
    if name == "certificationInfo" and name in made:
        before = made[name]
        made[name] = [*(before if isinstance(before, list) else [before]), value]
    else:
        _put(made, name, value)


def _put(made: Members, name: str, value: Any, at: str = "") -> None:
    if name in made:
        raise Broken(Kind.DUPLICATE_KEY, f"{at}.{name}")
    made[name] = value


def _extend(
    made: Members,
    children: Sequence[Node],
    attributes: Iterable[tuple[Name, str]],
    spaces: Spaces,
) -> None:
    """Extensions among the members of something; what is said twice is a list."""
    for name, text in attributes:
        if name.space not in DROPPED:
            _add(made, spaces.key(name), text)
    for child in children:
        _add(made, spaces.key(child.name), _value(child, spaces))


def _add(made: Members, key: str, value: Any) -> None:
    if key not in made:
        made[key] = value
    elif isinstance(made[key], list):
        made[key].append(value)
    else:
        made[key] = [made[key], value]


def _value(node: Node, spaces: Spaces) -> Any:
    attributes = [one for one in node.attributes if one[0].space not in DROPPED]
    if not attributes and not node.children:
        return node.text
    made: Members = {}
    _extend(made, node.children, attributes, spaces)
    if node.text.strip():
        _add(made, "#text", node.text)
    return made


def _check_no_text(node: Node, at: str) -> None:
    if node.text.strip():
        raise Broken(Kind.WRONG_TYPE, at, node.text.strip()[:20])


_Read = Callable[[Node, str, Spaces], Any]


def _text(node: Node, at: str, _spaces: Spaces) -> str:
    if node.children:
        raise Broken(Kind.WRONG_TYPE, at)
    return node.text.strip()


def _word(words: Vocabulary) -> _Read:
    def read(node: Node, at: str, spaces: Spaces) -> str:
        return short(_text(node, at, spaces), words)

    return read


def short(text: str, words: Vocabulary) -> str:
    """A standard word by its short name, also one that is written gs1:… or cbv:…

    >>> short("gs1:Temperature", vocabulary.MEASUREMENTS), short("own:x", vocabulary.BIZ_STEPS)
    ('Temperature', 'own:x')
    """
    for start, space in _SHORT.items():
        if text.startswith(start):
            full = space + text.removeprefix(start)
            found = words.to_short(full)
            return text if found == full else found
    return words.to_short(text)


def _items(node: Node, at: str, item: str) -> Iterable[tuple[str, Node]]:
    """The items of a list; anything else in it is refused, `extension` with what it holds."""
    _check_no_text(node, at)
    for number, child in enumerate(_unwrapped(node)):
        if child.name.space or child.name.local != item:
            raise Broken(Kind.UNKNOWN_MEMBER, f"{at}.{child.name.local}", child.name.local)
        yield f"{at}[{number}]", child


def _texts(item: str, node: Node, at: str, spaces: Spaces) -> list[str]:
    return [_text(child, place, spaces) for place, child in _items(node, at, item)]


def _quantities(node: Node, at: str, spaces: Spaces) -> list[Members]:
    return [_quantity(child, place, spaces) for place, child in _items(node, at, "quantityElement")]


def _quantity(node: Node, at: str, spaces: Spaces) -> Members:
    made: Members = {}
    for child in node.children:
        name = child.name.local
        text = _text(child, f"{at}.{name}", spaces)
        if name == "quantity":
            if not _is_nil(child):
                _put(made, name, number(text, f"{at}.quantity"), at)
        else:
            _put(made, spaces.key(child.name), text, at)
    return made


def _is_nil(node: Node) -> bool:
    return any(
        name.space == table.XSI and name.local == "nil" and text in ("true", "1")
        for name, text in node.attributes
    )


def number(text: str, at: str) -> int | float:
    """Raises Broken where it is none, or none that JSON knows."""
    text = text.strip()
    if _INTEGER(text):
        return int(text)
    if not _DECIMAL(text):
        raise Broken(Kind.WRONG_TYPE, at, text[:40])
    found = float(text)
    if found in (float("inf"), float("-inf")):
        raise Broken(Kind.NUMBER_RANGE, at, text[:40])
    return found


def _typed(member: str, words: Vocabulary) -> _Read:
    """A list whose items have a type and name something."""

    def read(node: Node, at: str, spaces: Spaces) -> list[Members]:
        return [_one(child, place, spaces) for place, child in _items(node, at, member)]

    def _one(node: Node, at: str, spaces: Spaces) -> Members:
        made: Members = {}
        for name, text in node.attributes:
            if name.space not in DROPPED:
                is_type = name == ("", "type", "")
                _put(made, spaces.key(name), short(text.strip(), words) if is_type else text, at)
        _put(made, member, _text(node, at, spaces), at)
        return made

    return read


def _room(known: dict[str, _Read]) -> _Read:
    """Something with members of its own and room for extensions."""

    def read(node: Node, at: str, spaces: Spaces) -> Members:
        made: Members = {}
        _check_no_text(node, at)
        for child in _unwrapped(node):
            name = child.name.local
            if child.name.space:
                _extend(made, (child,), (), spaces)
            elif name in known:
                _put(made, name, known[name](child, f"{at}.{name}", spaces), at)
            else:
                _put(made, name, _value(child, spaces), at)
        _extend(made, (), node.attributes, spaces)
        return made

    return read


def _persistent(node: Node, at: str, spaces: Spaces) -> Members:
    made: Members = {}
    for child in node.children:
        word = short(_text(child, at, spaces), vocabulary.DISPOSITIONS)
        made.setdefault(spaces.key(child.name), []).append(word)
    return made


def _sensors(node: Node, at: str, spaces: Spaces) -> list[Members]:
    return [_sensor(child, place, spaces) for place, child in _items(node, at, "sensorElement")]


def _sensor(node: Node, at: str, spaces: Spaces) -> Members:
    made: Members = {"sensorReport": []}
    _check_no_text(node, at)
    for child in _unwrapped(node):
        name = child.name.local
        if child.name.space:
            _extend(made, (child,), (), spaces)
        elif name == "sensorReport":
            made[name].append(_measured(child, f"{at}.{name}", spaces))
        elif name == "sensorMetadata":
            _put(made, name, _measured(child, f"{at}.{name}", spaces), at)
        else:
            _put(made, name, _value(child, spaces), at)
    _extend(made, (), node.attributes, spaces)
    return made


_REPORTED = {
    "type": vocabulary.MEASUREMENTS,
    "exception": vocabulary.ALERTS,
    "component": vocabulary.COMPONENTS,
}


def _measured(node: Node, at: str, spaces: Spaces) -> Members:
    """Metadata or a report of a sensor: all is said in attributes."""
    made: Members = {}
    _check_no_text(node, at)
    for name, text in node.attributes:
        if not name.space:
            _put(made, name.local, _said(name.local, text, f"{at}.{name.local}"), at)
    _extend(made, node.children, [one for one in node.attributes if one[0].space], spaces)
    return made


def _said(name: str, text: str, at: str) -> Any:
    if name in table.NUMBERS:
        return number(text, at)
    if name in table.TRUTHS and text.strip() in ("true", "false", "1", "0"):
        return text.strip() in ("true", "1")
    words = _REPORTED.get(name)
    return text if words is None else short(text.strip(), words)


_PLACE = _room({"id": _text})
_READERS: dict[str, _Read] = {
    **dict.fromkeys(
        (*table.HEAD, "eventID", "certificationInfo", "action", "parentID", "transformationID"),
        _text,
    ),
    **dict.fromkeys(table.EPCS, partial(_texts, "epc")),
    **dict.fromkeys(table.QUANTITIES, _quantities),
    "bizStep": _word(vocabulary.BIZ_STEPS),
    "disposition": _word(vocabulary.DISPOSITIONS),
    "readPoint": _PLACE,
    "bizLocation": _PLACE,
    "bizTransactionList": _typed("bizTransaction", vocabulary.BIZ_TRANSACTIONS),
    "sourceList": _typed("source", vocabulary.SOURCE_DESTINATIONS),
    "destinationList": _typed("destination", vocabulary.SOURCE_DESTINATIONS),
    "persistentDisposition": _persistent,
    "sensorElementList": _sensors,
    "ilmd": _room({}),
    "errorDeclaration": _room(
        {
            "declarationTime": _text,
            "reason": _word(vocabulary.ERROR_REASONS),
            "correctiveEventIDs": partial(_texts, "correctiveEventID"),
        }
    ),
}
