"""Predicates 条件: what one parameter of a query asks of an event, as the standard words it.

Each says by itself whether an event holds (`holds`); what a column or link can answer sooner is
found in tables. Values are compared by what they mean: a GS1 key in any spelling, a standard word
by its short name, a time as an instant.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from mingchu.identifiers.epc import HOST, Pattern
from mingchu.trace.domain import extending, times, vocabulary
from mingchu.trace.domain.context import Context
from mingchu.trace.domain.extending import Members
from mingchu.trace.domain.linking import linked
from mingchu.trace.domain.vocabulary import Vocabulary

Bound = int | float | datetime
OPS: dict[str, Callable[[Any, Any], bool]] = {
    "EQ": operator.eq,
    "GT": operator.gt,
    "GE": operator.ge,
    "LT": operator.lt,
    "LE": operator.le,
}
VOCABULARIES = {"bizStep": vocabulary.BIZ_STEPS, "disposition": vocabulary.DISPOSITIONS}
_HOST = HOST + "/"


class Seen(NamedTuple):
    """An event as a query looks at it."""

    members: Members
    names: Context
    record_time: datetime


class Predicate(Protocol):
    def holds(self, seen: Seen) -> bool: ...


def key_of(text: str) -> str:
    """The canonical key of an identifier, as links keep it; any other text itself.

    >>> key_of("https://example.org/01/10614141123459/21/400")
    '01/10614141123459/21/400'
    """
    return linked(text).removeprefix(_HOST)


class OneOf(NamedTuple):
    """`type`, `action`, `bizStep` or `disposition` is one of these short names."""

    member: str
    values: frozenset[str]

    def holds(self, seen: Seen) -> bool:
        found = seen.members.get(self.member)
        words = VOCABULARIES.get(self.member)
        if found is not None and words is not None:
            found = words.to_short(found)
        return found in self.values


class Moment(NamedTuple):
    """`eventTime`, or the time of recording, before or from an instant."""

    member: str
    op: str
    at: datetime

    def holds(self, seen: Seen) -> bool:
        is_ours = self.member == "recordTime"
        found = seen.record_time if is_ours else times.read(seen.members["eventTime"])
        return OPS[self.op](found, self.at)


GLN, INSIDE = "414/", "/254/"


class At(NamedTuple):
    """`readPoint` or `bizLocation` is one of these keys; or lies within one, if `is_deep`.

    Within a place lie those that its own key names: a GLN with an extension (414/…/254/…) lies
    within the GLN. No master data is kept that could tell of other parents.
    """

    member: str
    keys: frozenset[str]
    is_deep: bool = False

    def holds(self, seen: Seen) -> bool:
        place = seen.members.get(self.member)
        if place is None:
            return False
        key = key_of(place["id"])
        return key in self.keys or (self.is_deep and around(key) in self.keys)


def around(key: str) -> str:
    """The place that a place lies within by its own key, or "".

    >>> around("414/4012345000016/254/A-1"), around("414/4012345000016"), around("urn:a/254/b")
    ('414/4012345000016', '', '')
    """
    return key.partition(INSIDE)[0] if key.startswith(GLN) and INSIDE in key else ""


# How a thing is named inside the lists of an event.
NAMED_BY = {
    "quantityList": "epcClass",
    "childQuantityList": "epcClass",
    "inputQuantityList": "epcClass",
    "outputQuantityList": "epcClass",
    "bizTransactionList": "bizTransaction",
    "sourceList": "source",
    "destinationList": "destination",
}
TYPED = {
    "bizTransactionList": vocabulary.BIZ_TRANSACTIONS,
    "sourceList": vocabulary.SOURCE_DESTINATIONS,
    "destinationList": vocabulary.SOURCE_DESTINATIONS,
}


class Match(NamedTuple):
    """Something named in one of `lists` fits one of `patterns`; of `type`, where that is asked."""

    lists: tuple[str, ...]
    patterns: tuple[Pattern, ...]
    type: str = ""

    def holds(self, seen: Seen) -> bool:
        found = map(key_of, self._names(seen.members))
        return any(pattern.matches(key) for key in found for pattern in self.patterns)

    def _names(self, members: Members) -> Iterator[str]:
        for name in self.lists:
            value = members.get(name, ())
            for one in [value] if isinstance(value, str) else value:
                if isinstance(one, str):
                    yield one
                elif not self.type or self._is_typed(one, TYPED[name]):
                    yield one[NAMED_BY[name]]

    def _is_typed(self, one: Members, words: Vocabulary) -> bool:
        return words.to_short(one.get("type", "")) == self.type


class Named(NamedTuple):
    """The event's own id is one of these."""

    ids: frozenset[str]

    def holds(self, seen: Seen) -> bool:
        return seen.members.get("eventID") in self.ids


class Declared(NamedTuple):
    """The event says that another was wrong."""

    def holds(self, seen: Seen) -> bool:
        return "errorDeclaration" in seen.members


class Some(NamedTuple):
    """Among the values that `where` finds in an event one passes the check."""

    where: Where
    check: Check

    def holds(self, seen: Seen) -> bool:
        return any(map(self.check.passes, self.where.values(seen)))


class Where(Protocol):
    def values(self, seen: Seen) -> Iterable[Any]: ...


class Check(Protocol):
    def passes(self, value: Any) -> bool: ...


class Exists(NamedTuple):
    def passes(self, value: Any) -> bool:
        return value is not None


class Among(NamedTuple):
    """One of these texts; `spelled` makes spellings of one thing equal."""

    values: frozenset[str]
    spelled: Callable[[str], str] = str

    def passes(self, value: Any) -> bool:
        return isinstance(value, str) and self.spelled(value) in self.values


class Compared(NamedTuple):
    """A number or time on the right side of a bound; what is of another kind is not."""

    op: str
    bound: Bound

    def passes(self, value: Any) -> bool:
        found = as_time(value) if isinstance(self.bound, datetime) else as_number(value)
        return found is not None and OPS[self.op](found, self.bound)


class Alike(NamedTuple):
    """Equal to one of these texts, as text, number, time or identifier: fields of no fixed type."""

    texts: frozenset[str]

    def passes(self, value: Any) -> bool:
        if isinstance(value, dict):
            value = value.get("#text")
        if isinstance(value, bool):
            return ("true" if value else "false") in self.texts
        if isinstance(value, str) and value in self.texts:
            return True
        return any(_alike(value, text) for text in self.texts)


def _alike(value: Any, text: str) -> bool:
    number, asked = as_number(value), as_number(text)
    if number is not None and asked is not None:
        return number == asked
    if not isinstance(value, str):
        return False
    instant = as_time(value)
    if instant is not None:
        return instant == as_time(text)
    return ":" in value and key_of(value) == key_of(text)


_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,2})?").fullmatch
_TIME = re.compile(times.DATE_TIME).match


def as_number(value: Any) -> int | float | None:
    """
    >>> as_number("023.50"), as_number(7), as_number(True), as_number("x")
    (23.5, 7, None, None)
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    if not isinstance(value, str) or (found := _NUMBER(value)) is None:
        return None
    return float(value) if found[1] or found[2] else int(value)


def as_time(value: Any) -> datetime | None:
    if not isinstance(value, str) or _TIME(value) is None:
        return None
    try:
        return times.read(value)
    except ValueError:
        return None


class Path(NamedTuple):
    """The values at one of these paths, whatever lists lie on the way."""

    paths: tuple[tuple[str, ...], ...]

    def values(self, seen: Seen) -> Iterator[Any]:
        for path in self.paths:
            yield from _walked(seen.members, path)


def _walked(value: Any, path: tuple[str, ...]) -> Iterator[Any]:
    if isinstance(value, list):
        for one in value:
            yield from _walked(one, path)
    elif not path:
        yield value
    elif isinstance(value, dict) and path[0] in value:
        yield from _walked(value[path[0]], path[1:])


class InUnit(NamedTuple):
    """A member of the objects at `paths` whose `uom` is `unit`; of any, where none is asked."""

    paths: tuple[tuple[str, ...], ...]
    member: str
    unit: str = ""

    def values(self, seen: Seen) -> Iterator[Any]:
        for one in Path(self.paths).values(seen):
            if self.member in one and (not self.unit or one.get("uom") == self.unit):
                yield one[self.member]


LEVELS: dict[str, tuple[tuple[str, ...], frozenset[str]]] = {
    "ILMD": (("ilmd",), frozenset()),
    "ERROR_DECLARATION": (("errorDeclaration",), extending.DECLARATION),
    "SENSORELEMENT": (("sensorElementList",), extending.ELEMENT),
    "SENSORMETADATA": (("sensorElementList", "sensorMetadata"), extending.METADATA),
    "SENSORREPORT": (("sensorElementList", "sensorReport"), extending.REPORT),
    "readPoint": (("readPoint",), extending.PLACE),
    "bizLocation": (("bizLocation",), extending.PLACE),
}


class Extension(NamedTuple):
    """The values of an extension: at its level (the event itself where none is named), or, if
    `is_inner`, anywhere inside the extensions there. `full` is empty where the asker did not
    declare the prefix: then the name is taken as it is written."""

    name: str
    full: str = ""
    level: str = ""
    is_inner: bool = False
    attribute: str = ""

    @property
    def local(self) -> str:
        """How every name ends by which the extension may be called.

        >>> Extension("ex:size", "{https://e.g/}size").local, Extension("ex:size").local
        ('size', 'size')
        """
        return self.full.rpartition("}")[2] if self.full else self.name.rpartition(":")[2]

    def values(self, seen: Seen) -> Iterator[Any]:
        for members, known in self._rooms(seen.members):
            for name, value in members.items():
                if name not in known:
                    yield from (
                        self._inner(value, seen) if self.is_inner else self._own(name, value, seen)
                    )

    def _rooms(self, members: Members) -> Iterator[tuple[Members, frozenset[str]]]:
        if not self.level:
            yield members, extending.EVENTS[members["type"]]
            return
        path, known = LEVELS[self.level]
        for one in _walked(members, path):
            if isinstance(one, dict):
                yield one, known

    def _own(self, name: str, value: Any, seen: Seen) -> Iterator[Any]:
        if self._is_called(name, seen.names):
            for one in value if isinstance(value, list) else [value]:
                yield from self._attribute(one) if self.attribute else [one]

    def _attribute(self, value: Any) -> Iterator[Any]:
        if isinstance(value, dict) and self.attribute in value:
            yield value[self.attribute]

    def _inner(self, value: Any, seen: Seen) -> Iterator[Any]:
        if isinstance(value, list):
            for one in value:
                yield from self._inner(one, seen)
        elif isinstance(value, dict):
            for name, one in value.items():
                yield from self._own(name, one, seen)
                yield from self._inner(one, seen)

    def sort_key(self, seen: Seen) -> SortKey:
        """Where an event stands that is put in order by this: numbers, then times, then texts by
        the bytes of their UTF-8. Of several values the first counts; without any it is last."""
        return next(map(_sorted_by, self.values(seen)), NOTHING)

    def _is_called(self, name: str, names: Context) -> bool:
        if not self.full or ":" not in name:
            return name == self.name
        try:
            return names.name(name) == self.full
        except KeyError:
            return False


SortKey = tuple[int, int | float | datetime | bytes]
NOTHING: SortKey = (3, 0)


def _sorted_by(value: Any) -> SortKey:
    """
    >>> _sorted_by("023.50"), _sorted_by("b"), _sorted_by({"#text": 7}), _sorted_by([])
    ((0, 23.5), (2, b'b'), (0, 7), (3, 0))
    """
    if isinstance(value, dict):
        value = value.get("#text")
    if isinstance(value, bool):
        value = "true" if value else "false"
    number, instant = as_number(value), as_time(value)
    if number is not None:
        return 0, number
    if instant is not None:
        return 1, instant
    return (2, value.encode()) if isinstance(value, str) else NOTHING


class Attributes(NamedTuple):
    """The names of the attributes of an extension."""

    extension: Extension

    def values(self, seen: Seen) -> Iterator[str]:
        for value in self.extension.values(seen):
            if isinstance(value, dict):
                yield from value
