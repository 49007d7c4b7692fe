"""Extensions 扩展: names beside the standard's, allowed where it leaves room and if declared.

A name is `prefix:local` with a declared prefix, or a whole address. Inside an extension's value
plain names are the sender's own affair, but a prefix has to be declared there too: otherwise the
event hash could not say what was meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from mingchu.trace.domain import types
from mingchu.trace.domain.context import Context
from mingchu.trace.domain.faults import Kind
from mingchu.trace.domain.places import step
from mingchu.trace.domain.words import Broken, is_uri

DEEPEST = 32
Members = dict[str, Any]


def _names(struct: type[Struct], *more: str) -> frozenset[str]:
    return frozenset((*struct.__struct_encode_fields__, *more))


EVENTS = {
    kind.__name__: _names(kind, "type", "@context")
    for kind in (
        types.ObjectEvent,
        types.AggregationEvent,
        types.TransactionEvent,
        types.TransformationEvent,
        types.AssociationEvent,
    )
}
PLACE = _names(types.Place)
DECLARATION = _names(types.ErrorDeclaration)
ELEMENT = _names(types.SensorElement)
METADATA = _names(types.SensorMetadata)
REPORT = _names(types.SensorReport)


def judge(event: Members, context: Context) -> None:
    """Raises Broken at the first name that has no place. The standard's members were judged."""
    check_names(event, EVENTS[event["type"]], context, "")
    for member in ("readPoint", "bizLocation"):
        place = event.get(member)
        if place is not None and len(place) > 1:
            check_names(place, PLACE, context, "." + member)
    for member, known in (("errorDeclaration", DECLARATION), ("ilmd", frozenset[str]())):
        part = event.get(member)
        if part:
            check_names(part, known, context, "." + member)
    for at, element in enumerate(event.get("sensorElementList") or ()):
        _judge_element(element, context, f".sensorElementList[{at}]")


def _judge_element(element: Members, context: Context, at: str) -> None:
    check_names(element, ELEMENT, context, at)
    if "sensorMetadata" in element:
        check_names(element["sensorMetadata"], METADATA, context, at + ".sensorMetadata")
    for number, report in enumerate(element["sensorReport"]):
        check_names(report, REPORT, context, f"{at}.sensorReport[{number}]")


def shortened(name: str, prefixes: Mapping[str, str]) -> str:
    """A name by the prefix it begins with, the longest; any other unchanged.

    >>> shortened("https://e.g/a/b", {"e": "https://e.g/", "a": "https://e.g/a/"})
    'a:b'
    """
    for prefix, space in sorted(prefixes.items(), key=lambda one: -len(one[1])):
        if name.startswith(space) and len(name) > len(space):
            return f"{prefix}:{name[len(space) :]}"
    return name


def check_names(members: Members, known: frozenset[str], context: Context, at: str) -> None:
    """Each name that is not `known` has to be an extension's, its value not too deep."""
    for name, value in members.items():
        if name not in known:
            _check_name(name, context, at)
            if isinstance(value, dict | list):
                check_inside(value, context, at + step(name))


def _check_name(name: str, context: Context, at: str) -> None:
    if ":" not in name or not is_uri(name):
        raise Broken(Kind.UNKNOWN_MEMBER, at + step(name), name)
    _check_declared(name, context, at)


def _check_declared(name: str, context: Context, at: str) -> None:
    try:
        context.name(name)
    except KeyError as error:
        raise Broken(Kind.UNDECLARED_PREFIX, at + step(name), str(error.args[0])) from None


def check_inside(value: object, context: Context, at: str, depth: int = 1) -> None:
    """The inside of an extension's value; `depth` counts the containers around it."""
    if depth > DEEPEST:
        raise Broken(Kind.TOO_DEEP, at, str(DEEPEST))
    for path, inner in _inner(value, context, at):
        if isinstance(inner, dict | list):
            check_inside(inner, context, path, depth + 1)


def _inner(value: object, context: Context, at: str) -> Iterable[tuple[str, object]]:
    if isinstance(value, list):
        yield from ((f"{at}[{number}]", inner) for number, inner in enumerate(value))
    elif isinstance(value, dict):
        for name, inner in value.items():
            if ":" in name:
                _check_declared(name, context, at)
            yield at + step(name), inner
