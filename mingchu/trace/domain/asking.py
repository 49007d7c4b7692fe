"""Asking 查询: the parameters of the standard's SimpleEventQuery, each read into a predicate or
refused by its name.

A list is written with `|` between its values. Of an extension the name is `prefix:local`, the
prefix declared by the header GS1-Extensions or by the standard's own context, or a whole address.

It is one file because the standard's parameters are one table: a name is looked for in it once, and
what each line reads stands below.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any, NamedTuple

from mingchu.identifiers.epc import EpcError, Pattern, patterns
from mingchu.trace.domain import vocabulary
from mingchu.trace.domain.context import Context, read
from mingchu.trace.domain.context import check as check_context
from mingchu.trace.domain.extending import EVENTS
from mingchu.trace.domain.predicates import (
    LEVELS,
    TYPED,
    VOCABULARIES,
    Alike,
    Among,
    At,
    Attributes,
    Check,
    Compared,
    Declared,
    Exists,
    Extension,
    InUnit,
    Match,
    Moment,
    Named,
    OneOf,
    Path,
    Predicate,
    Some,
    as_number,
    as_time,
    key_of,
)
from mingchu.trace.domain.vocabulary import Vocabulary
from mingchu.trace.domain.words import Broken

MOST_VALUES = 1000


class Wrong(StrEnum):
    """Why a query is refused."""

    UNKNOWN = "unknown"
    REPEATED = "repeated"
    BAD_VALUE = "bad_value"
    NEEDS_ORDER = "needs_order"
    EXCLUDES = "excludes"


class AskedWrong(ValueError):
    """A parameter that cannot be answered; `value` is what was said."""

    def __init__(self, wrong: Wrong, parameter: str, value: str = ""):
        super().__init__(f"{wrong}: {parameter}={value}")
        self.wrong = wrong
        self.parameter = parameter
        self.value = value


class Asked(NamedTuple):
    """A query: all `predicates` hold. `order_by` is eventTime, recordTime or an extension, empty
    where the asker does not care; no more than `limit` events are wanted, more than `most` are too
    many."""

    predicates: tuple[Predicate, ...]
    order_by: str | Extension = ""
    descending: bool = True
    limit: int | None = None
    most: int | None = None


def ask(parameters: Iterable[tuple[str, str]], extensions: str = "", own: object = None) -> Asked:
    """Raises AskedWrong. `extensions` is the header GS1-Extensions, `own` the query's `@context`.

    >>> ask([("EQ_bizStep", "shipping|urn:epcglobal:cbv:bizstep:receiving")]).predicates[0].member
    'bizStep'
    """
    said: dict[str, str] = {}
    for name, value in parameters:
        if name in said:
            raise AskedWrong(Wrong.REPEATED, name, value)
        if "\0" in value:
            raise AskedWrong(Wrong.BAD_VALUE, name)
        said[name] = value
    names = read(declared(extensions)).within(own)
    order = _order(said, names)
    found = [_read(name, value, names) for name, value in said.items() if name not in _ORDERING]
    return order._replace(predicates=tuple(one for one in found if one is not None))


def ask_by_body(query: Mapping[str, Any], extensions: str = "") -> Asked:
    """The same for a query that is a JSON object: lists are lists there, and `@context` declares
    prefixes beside the header.

    >>> ask_by_body({"EQ_action": ["ADD", "DELETE"]}) == ask([("EQ_action", "ADD|DELETE")])
    True
    """
    said = [(name, _text(name, value)) for name, value in query.items() if name != "@context"]
    own = query.get("@context")
    try:
        check_context(own or [])
    except Broken:
        raise AskedWrong(Wrong.BAD_VALUE, "@context") from None
    return ask(said, extensions, own)


def _text(name: str, value: Any) -> str:
    """A value of JSON as an address would spell it."""
    if isinstance(value, list):
        nested = any(isinstance(one, list) for one in value)
        texts = [] if nested else [_text(name, one) for one in value]
        if not texts or any("|" in one for one in texts):
            raise AskedWrong(Wrong.BAD_VALUE, name)
        return "|".join(texts)
    if value is None:
        return ""
    if isinstance(value, dict):
        raise AskedWrong(Wrong.BAD_VALUE, name)
    try:
        return value if isinstance(value, str) else json.dumps(value, allow_nan=False)
    except ValueError:
        raise AskedWrong(Wrong.BAD_VALUE, name) from None


def declared(header: str) -> dict[str, str]:
    """Prefixes of the header GS1-Extensions: `ex=https://example.org/ext/`.

    >>> declared("ex=https://example.org/a=b/, none")
    {'ex': 'https://example.org/a=b/'}
    """
    pairs = (one.strip().partition("=") for one in header.split(","))
    return {name: space for name, equals, space in pairs if name and equals and space}


_ORDERING = ("orderBy", "orderDirection", "eventCountLimit", "maxEventCount")


def _order(said: Mapping[str, str], names: Context) -> Asked:
    by, direction = _order_by(said, names), said.get("orderDirection", "DESC")
    if direction not in ("ASC", "DESC"):
        raise AskedWrong(Wrong.BAD_VALUE, "orderDirection", direction)
    limit, most = _count(said, "eventCountLimit"), _count(said, "maxEventCount")
    if limit is not None and most is not None:
        raise AskedWrong(Wrong.EXCLUDES, "maxEventCount", "eventCountLimit")
    if limit is not None and not by:
        raise AskedWrong(Wrong.NEEDS_ORDER, "eventCountLimit")
    return Asked((), by, not by or direction == "DESC", limit, most)


def _order_by(said: Mapping[str, str], names: Context) -> str | Extension:
    """A field of the standard, or of an extension: named as after `EQ_`."""
    by = said.get("orderBy")
    if by is None or by in ("eventTime", "recordTime"):
        return by or ""
    found = _field(by)
    if found is None:
        raise AskedWrong(Wrong.BAD_VALUE, "orderBy", by)
    return _extension_of(found.groups(""), names)


def _count(said: Mapping[str, str], name: str) -> int | None:
    value = said.get(name)
    if value is None:
        return None
    if not (value.isascii() and value.isdecimal() and len(value) <= 9 and int(value)):
        raise AskedWrong(Wrong.BAD_VALUE, name, value)
    return int(value)


class _Parameter(NamedTuple):
    """A parameter as it came; `part` gives what its name says by a family's rule."""

    name: str
    value: str
    names: Context
    parts: tuple[str, ...] = ()

    @property
    def values(self) -> list[str]:
        found = self.value.split("|")
        if not all(found) or len(found) > MOST_VALUES:
            raise self.bad()
        return found

    @property
    def time(self) -> datetime:
        found = as_time(self.value)
        if found is None:
            raise self.bad()
        return found

    @property
    def number(self) -> int | float:
        found = as_number(self.value)
        if found is None:
            raise self.bad()
        return found

    @property
    def is_true(self) -> bool:
        """A parameter that asks whether something is there takes no value, or a truth."""
        if self.value not in ("", "true", "1", "null", "false", "0"):
            raise self.bad()
        return self.value not in ("false", "0")

    def bad(self) -> AskedWrong:
        return AskedWrong(Wrong.BAD_VALUE, self.name, self.value)


_Reader = Callable[[_Parameter], Predicate | None]


def _read(name: str, value: str, names: Context) -> Predicate | None:
    fixed = _FIXED.get(name)
    if fixed is not None:
        return fixed(_Parameter(name, value, names))
    for family, reader in _FAMILIES:
        found = family(name)
        if found is not None:
            return reader(_Parameter(name, value, names, found.groups("")))
    raise AskedWrong(Wrong.UNKNOWN, name, value)


def _types(asked: _Parameter) -> Predicate:
    """Own event types are not captured: to ask for one finds nothing, but is no mistake."""
    for one in asked.values:
        if one not in EVENTS and ":" not in one:
            raise asked.bad()
    return OneOf("type", frozenset(asked.values))


def _actions(asked: _Parameter) -> Predicate:
    if not set(asked.values) <= {"ADD", "OBSERVE", "DELETE"}:
        raise asked.bad()
    return OneOf("action", frozenset(asked.values))


def _column_word(member: str, asked: _Parameter) -> Predicate:
    return OneOf(member, _words(asked, VOCABULARIES[member]))


def _words(asked: _Parameter, words: Vocabulary) -> frozenset[str]:
    """Short names; own words as they are written, and in full where their prefix is declared."""
    found = frozenset(map(words.to_short, asked.values))
    for one in found:
        if one not in words.words and ":" not in one:
            raise asked.bad()
    return found | {words.to_short(_in_full(one, asked.names)) for one in found}


def _in_full(word: str, names: Context) -> str:
    prefix, _, local = word.partition(":")
    space = names.prefixes.get(prefix)
    return word if space is None or local.startswith("//") else space + local


def _vocabulary_word(words: Vocabulary, path: Path, asked: _Parameter) -> Predicate:
    return Some(path, Among(_words(asked, words), words.to_short))


def _moment(member: str, op: str, asked: _Parameter) -> Predicate:
    return Moment(member, op, asked.time)


def _place(member: str, asked: _Parameter) -> Predicate:
    return At(member, frozenset(map(key_of, asked.values)))


def _within(member: str, asked: _Parameter) -> Predicate:
    return At(member, frozenset(map(key_of, asked.values)), is_deep=True)


def _match(lists: tuple[str, ...], asked: _Parameter) -> Predicate:
    return Match(lists, tuple(_pattern(asked, text) for text in asked.values))


def _exact(lists: tuple[str, ...], asked: _Parameter) -> Predicate:
    return Match(lists, (Pattern(exact=tuple(map(key_of, asked.values))),))


def _pattern(asked: _Parameter, text: str) -> Pattern:
    try:
        found = patterns(text)
    except EpcError:
        raise asked.bad() from None
    if found.prefixes or len(found.exact) > 1:
        return found
    if "*" in text and text.startswith("urn:epc:idpat:") and found.exact == (text,):
        raise asked.bad()  # a star before the last fields
    return Pattern(exact=(key_of(text),))


def _named(asked: _Parameter) -> Predicate:
    return Named(frozenset(asked.values))


def _declares(asked: _Parameter) -> Predicate | None:
    return Declared() if asked.is_true else None


def _exists(path: Path, asked: _Parameter) -> Predicate | None:
    return Some(path, Exists()) if asked.is_true else None


def _texts(path: Path, asked: _Parameter) -> Predicate:
    return Some(path, Among(frozenset(asked.values)))


def _hexes(path: Path, asked: _Parameter) -> Predicate:
    return Some(path, Among(frozenset(map(str.lower, asked.values)), str.lower))


def _addresses(path: Path, asked: _Parameter) -> Predicate:
    return Some(path, Among(frozenset(map(key_of, asked.values)), key_of))


def _truth(path: Path, asked: _Parameter) -> Predicate:
    if asked.value not in ("true", "false"):
        raise asked.bad()
    return Some(path, Alike(frozenset({asked.value})))


def _time_at(path: Path, op: str, asked: _Parameter) -> Predicate:
    return Some(path, Compared(op, asked.time))


def _quantity(asked: _Parameter) -> Predicate:
    op, unit = asked.parts
    where = InUnit(tuple((name,) for name in _CLASSES), "quantity", unit)
    return Some(where, _numbers(op, asked))


def _measure(asked: _Parameter) -> Predicate:
    op, member, unit = asked.parts
    return Some(InUnit((_REPORT,), member, unit), _numbers(op, asked))


def _rank(asked: _Parameter) -> Predicate:
    where = InUnit((_REPORT,), "percRank")
    return Some(where, _numbers(asked.parts[0], asked))


def _numbers(op: str, asked: _Parameter) -> Check:
    if op != "EQ":
        return Compared(op, asked.number)
    for text in asked.values:
        if as_number(text) is None:
            raise asked.bad()
    return Alike(frozenset(asked.values))


def _typed(asked: _Parameter) -> Predicate:
    kind, said = asked.parts
    name = f"{kind}List"
    words = TYPED[name]
    type_ = words.to_short(said)
    if type_ not in words.words and ":" not in type_:
        raise AskedWrong(Wrong.UNKNOWN, asked.name, said)
    return Match((name,), (Pattern(exact=tuple(map(key_of, asked.values))),), type_)


def _extension(asked: _Parameter) -> Predicate | None:
    op, *field = asked.parts
    where = _extension_of(field, asked.names)
    if op == "EXISTS":
        return Some(where, Exists()) if asked.is_true else None
    return Some(where, _loose(op, asked))


def _extension_of(field: Sequence[str], names: Context) -> Extension:
    """`field` is what the groups of `_FIELD` found."""
    inner, level, name = field
    return _called(name, names)._replace(level=level.rstrip("_"), is_inner=bool(inner))


def _loose(op: str, asked: _Parameter) -> Check:
    """A field of no fixed type is compared with whatever the value looks like."""
    if op == "EQ":
        return Alike(frozenset(asked.values))
    at, number = as_time(asked.value), as_number(asked.value)
    bound = at if at is not None else number
    if bound is None:
        raise asked.bad()
    return Compared(op, bound)


def _has_attribute(asked: _Parameter) -> Predicate:
    return Some(Attributes(_called(asked.parts[0], asked.names)), Among(frozenset(asked.values)))


def _attribute(asked: _Parameter) -> Predicate:
    name, attribute = asked.parts
    return Some(
        _called(name, asked.names)._replace(attribute=attribute), Alike(frozenset(asked.values))
    )


def _called(name: str, names: Context) -> Extension:
    try:
        return Extension(name, names.name(name))
    except KeyError:
        return Extension(name)


_CLASSES = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
ANY_EPC = ("epcList", "childEPCs", "parentID", "inputEPCList", "outputEPCList")
_META, _REPORT = ("sensorElementList", "sensorMetadata"), ("sensorElementList", "sensorReport")


def _sensed(member: str) -> Path:
    """A member of reports, and of what stands above them for all."""
    return Path(((*_META, member), (*_REPORT, member)))


def _path(*path: str) -> Path:
    return Path((path,))


_LISTED: dict[str, tuple[str, ...]] = {
    "MATCH_epc": ("epcList", "childEPCs"),
    "MATCH_parentID": ("parentID",),
    "MATCH_inputEPC": ("inputEPCList",),
    "MATCH_outputEPC": ("outputEPCList",),
    "MATCH_anyEPC": ANY_EPC,
    "MATCH_epcClass": ("quantityList", "childQuantityList"),
    "MATCH_inputEPCClass": ("inputQuantityList",),
    "MATCH_outputEPCClass": ("outputQuantityList",),
    "MATCH_anyEPCClass": _CLASSES,
}
_FIXED: dict[str, _Reader] = {
    "eventType": _types,
    "EQ_action": _actions,
    "EQ_bizStep": partial(_column_word, "bizStep"),
    "EQ_disposition": partial(_column_word, "disposition"),
    "EQ_readPoint": partial(_place, "readPoint"),
    "EQ_bizLocation": partial(_place, "bizLocation"),
    "WD_readPoint": partial(_within, "readPoint"),
    "WD_bizLocation": partial(_within, "bizLocation"),
    "EQ_transformationID": partial(_exact, ("transformationID",)),
    "EQ_eventID": _named,
    "EXISTS_errorDeclaration": _declares,
    "EQ_errorReason": partial(
        _vocabulary_word, vocabulary.ERROR_REASONS, _path("errorDeclaration", "reason")
    ),
    "EQ_correctiveEventID": partial(_texts, _path("errorDeclaration", "correctiveEventIDs")),
    "EXISTS_sensorElementList": partial(_exists, _path("sensorElementList")),
    "EQ_type": partial(_vocabulary_word, vocabulary.MEASUREMENTS, _path(*_REPORT, "type")),
    "EQ_deviceID": partial(_addresses, _sensed("deviceID")),
    "EQ_dataProcessingMethod": partial(_addresses, _sensed("dataProcessingMethod")),
    "EQ_bizRules": partial(_addresses, _sensed("bizRules")),
    "EQ_microorganism": partial(_addresses, _path(*_REPORT, "microorganism")),
    "EQ_chemicalSubstance": partial(_addresses, _path(*_REPORT, "chemicalSubstance")),
    "EQ_stringValue": partial(_texts, _path(*_REPORT, "stringValue")),
    "EQ_hexBinaryValue": partial(_hexes, _path(*_REPORT, "hexBinaryValue")),
    "EQ_uriValue": partial(_addresses, _path(*_REPORT, "uriValue")),
    "EQ_booleanValue": partial(_truth, _path(*_REPORT, "booleanValue")),
    **{name: partial(_match, lists) for name, lists in _LISTED.items()},
    **{
        f"EQ_persistentDisposition_{part}": partial(
            _vocabulary_word, vocabulary.DISPOSITIONS, _path("persistentDisposition", part)
        )
        for part in ("set", "unset")
    },
    **{
        f"{op}_{member}": partial(_moment, member, op)
        for op in ("GE", "LT")
        for member in ("eventTime", "recordTime")
    },
    # The schema of queries and the REST binding spell the second one differently.
    **{
        f"{op}_{name}": partial(_time_at, path, op)
        for op in ("GE", "LT")
        for name, path in (
            ("errorDeclarationTime", _path("errorDeclaration", "declarationTime")),
            ("errorDeclaration_Time", _path("errorDeclaration", "declarationTime")),
            ("time", _sensed("time")),
            ("startTime", _path(*_META, "startTime")),
            ("endTime", _path(*_META, "endTime")),
        )
    },
}
FIXED = (*_FIXED, *_ORDERING)
_OP = "(EQ|GT|GE|LT|LE)"
_UNIT = "([A-Z0-9]{2,4})"
_NAME = r"([^\s|]+:[^\s|]+)"
_LEVEL = "|".join(level + "_" for level in LEVELS)
_FIELD = rf"(INNER_)?({_LEVEL})?{_NAME}"
_field = re.compile(_FIELD).fullmatch
_FAMILIES: tuple[tuple[Callable[[str], re.Match[str] | None], _Reader], ...] = tuple(
    (re.compile(pattern).fullmatch, reader)
    for pattern, reader in (
        (rf"{_OP}_quantity(?:_{_UNIT})?", _quantity),
        (rf"{_OP}_(value|minValue|maxValue|meanValue|sDev|percValue)_{_UNIT}", _measure),
        (rf"{_OP}_percRank", _rank),
        (r"EQ_(bizTransaction|source|destination)_(.+)", _typed),
        (rf"HASATTR_{_NAME}", _has_attribute),
        (rf"EQ_?ATTR_{_NAME}_([^_\s|]+)", _attribute),
        (rf"(EQ|GT|GE|LT|LE|EXISTS)_{_FIELD}", _extension),
    )
)
