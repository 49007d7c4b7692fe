"""Wishes 订阅方式: what the address of a WebSocket says, as the EPCIS 2.0 binding has it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from mingchu.base import clock
from mingchu.base.schedules import FIELDS, Schedule, ScheduleWrong

PATH = re.compile(r"/epcis/queries/(?P<name>[^/]{1,1000})/events/?").fullmatch
TRUTHS = {"true": True, "false": False}
KNOWN = frozenset({*FIELDS, "stream", "reportIfEmpty", "initialRecordTime"})


class WishWrong(ValueError):
    """`parameter` cannot be kept; empty where there is nothing at the address."""

    def __init__(self, parameter: str = ""):
        super().__init__(parameter)
        self.parameter = parameter


class Wish(NamedTuple):
    """The events of the query `name`: of each at once, or at the times of `schedule`."""

    name: str
    schedule: Schedule | None
    reports_if_empty: bool
    initial: str

    @classmethod
    def of(cls, target: str) -> Wish:
        """Raises WishWrong.

        >>> Wish.of("/epcis/queries/my%20query/events?stream=true").name
        'my query'
        """
        address = urlsplit(target)
        found = PATH(address.path)
        if found is None:
            raise WishWrong
        said = _once(parse_qsl(address.query, keep_blank_values=True))
        streams = _truth(said, "stream")
        when = {name: value for name, value in said.items() if name in FIELDS}
        if streams == bool(when):
            raise WishWrong("stream")
        return cls(
            unquote(found["name"]),
            _schedule(when) if when else None,
            _truth(said, "reportIfEmpty"),
            said.get("initialRecordTime", ""),
        )

    @property
    def query(self) -> str:
        """Where the house has it."""
        return f"/epcis/queries/{quote(self.name, safe='')}"

    def following(self, after: str = "") -> str:
        """Where the house gives what comes after a cursor; the cursor to begin with, without."""
        said = {"after": after} if after else {"initialRecordTime": self.initial}
        return f"{self.query}/following?{urlencode({k: v for k, v in said.items() if v})}"


def _once(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    said: dict[str, str] = {}
    for name, value in pairs:
        if name in said or name not in KNOWN:
            raise WishWrong(name)
        said[name] = value
    return said


def _truth(said: dict[str, str], name: str) -> bool:
    found = TRUTHS.get(said.get(name, "false").lower())
    if found is None:
        raise WishWrong(name)
    return found


def _schedule(when: dict[str, str]) -> Schedule:
    try:
        found = Schedule.read(when)
        found.after(clock.now())
    except ScheduleWrong as wrong:
        raise WishWrong(wrong.field) from None
    return found
