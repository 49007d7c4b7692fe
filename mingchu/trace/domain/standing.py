"""Standing queries 常设查询: bodies of named queries and subscriptions, refused by their member."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from mingchu.base.schedules import Schedule, ScheduleWrong
from mingchu.trace.domain.faults import Fault, Kind
from mingchu.trace.domain.predicates import as_time

BODY_BYTES = 64 * 1024
NAME_LENGTH = 100
TOKEN_LENGTH = 1000
DEST_LENGTH = 2000
BUILT_IN = "SimpleEventQuery"
DEFINITION = frozenset({"name", "query"})
# The standard's schema asks for a `secret` and describes a `signatureToken`: both are the same.
TOKENS = ("signatureToken", "secret")
CONTROLS = frozenset({"dest", *TOKENS, "schedule", "stream", "reportIfEmpty", "initialRecordTime"})
Json = dict[str, Any]


class StandingWrong(ValueError):
    """A member that cannot be taken; `value` is what was said."""

    def __init__(self, member: str, value: object = ""):
        super().__init__(member)
        self.member = member
        self.value = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class Definition(NamedTuple):
    """A named query as it was sent."""

    name: str
    query: Json


class Controls(NamedTuple):
    """How a subscriber wants to be told: by `schedule`, or of each event where there is none."""

    dest: str
    token: str
    schedule: Mapping[str, str] | None
    reports_if_empty: bool
    initial: datetime | None

    @property
    def times(self) -> Schedule | None:
        return None if self.schedule is None else Schedule.read(self.schedule)


def definition(data: bytes) -> Definition:
    """Raises Fault where it is no JSON object, StandingWrong."""
    said = _object(data)
    if unknown := said.keys() - DEFINITION:
        raise StandingWrong(min(unknown))
    name, query = said.get("name"), said.get("query")
    if not isinstance(name, str) or not is_name(name):
        raise StandingWrong("name", name)
    if not isinstance(query, dict):
        raise StandingWrong("query", query)
    return Definition(name, query)


def is_name(text: str) -> bool:
    """Whether a query can be called so: it has to stand in an address.

    >>> is_name("进货 1"), is_name("a/b"), is_name(".."), is_name("")
    (True, False, False, False)
    """
    plain = text.isprintable() and text == text.strip() and "/" not in text and "\\" not in text
    return plain and 0 < len(text) <= NAME_LENGTH and text.strip(".") != ""


def controls(data: bytes) -> Controls:
    """Raises Fault, StandingWrong."""
    said = _object(data)
    if unknown := said.keys() - CONTROLS:
        raise StandingWrong(min(unknown))
    dest = said.get("dest")
    if not isinstance(dest, str) or not 0 < len(dest) <= DEST_LENGTH:
        raise StandingWrong("dest", dest)
    initial = said.get("initialRecordTime")
    return Controls(
        dest,
        _token(said),
        _schedule(said),
        _truth(said, "reportIfEmpty"),
        None if initial is None else moment("initialRecordTime", initial),
    )


def moment(member: str, said: object) -> datetime:
    found = as_time(said)
    if found is None:
        raise StandingWrong(member, said)
    return found


def _token(said: Json) -> str:
    given = [said[name] for name in TOKENS if name in said]
    if not given:
        return ""
    token = given[0]
    if not isinstance(token, str) or len(token) > TOKEN_LENGTH or token != given[-1]:
        raise StandingWrong(TOKENS[0])  # not said again: it is a secret
    return token


def _schedule(said: Json) -> Mapping[str, str] | None:
    """One of both: when, or `stream`."""
    streams = _truth(said, "stream")
    if ("schedule" in said) == streams:
        raise StandingWrong("stream", "schedule")
    if streams:
        return None
    schedule = said["schedule"]
    if not isinstance(schedule, dict):
        raise StandingWrong("schedule", schedule)
    written = {name: _number(name, value) for name, value in schedule.items()}
    check_schedule(written)
    return written


def check_schedule(written: Mapping[str, str]) -> Schedule:
    """The schedule, if it can be read and ever comes. Raises StandingWrong."""
    try:
        found = Schedule.read(written)
        found.after(datetime(2026, 1, 1).astimezone())
    except ScheduleWrong as wrong:
        raise StandingWrong(f"schedule.{wrong.field}", written.get(wrong.field, "")) from None
    return found


def _number(name: str, value: object) -> str:
    """The standard says text, its examples numbers."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise StandingWrong(f"schedule.{name}", value)
    return value


def _truth(said: Json, member: str) -> bool:
    value = said.get(member, False)
    if not isinstance(value, bool):
        raise StandingWrong(member, value)
    return value


def _object(data: bytes) -> Json:
    """Raises Fault, with the byte where it can be told."""
    if len(data) > BODY_BYTES:
        raise Fault(Kind.TOO_LARGE, detail=str(BODY_BYTES))
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise Fault(Kind.BAD_UTF8, byte=error.start, detail=error.reason) from None
    found = _decoded(text)
    if not isinstance(found, dict):
        raise Fault(Kind.WRONG_TYPE, path="$")
    for one in _texts(found):
        if "\0" in one:
            raise Fault(Kind.NULL_CHARACTER, detail="\\u0000")
        if not one.isascii() and any("\ud800" <= letter <= "\udfff" for letter in one):
            raise Fault(Kind.LONE_SURROGATE)
    return found


def _decoded(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        byte = len(text[: error.pos].encode())
        raise Fault(Kind.MALFORMED, byte=byte, detail=error.msg) from None
    except Fault:
        raise
    except RecursionError:
        raise Fault(Kind.TOO_DEEP, detail="100") from None
    except ValueError as error:  # a number of thousands of digits
        raise Fault(Kind.NUMBER_RANGE, detail=str(error)[:40]) from None


def _once(pairs: list[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Fault(Kind.DUPLICATE_KEY)
    return found


def _no_constant(name: str) -> None:
    raise Fault(Kind.MALFORMED, detail=name)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield name
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, str):
        yield value
