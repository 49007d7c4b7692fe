"""Clock: the only source of time. Stored UTC, shown and counted in the city's days.

A live city uses the wall clock; a demo city has its own today, kept in one small file that every
process of the house reads, so that all of them move together when it is set or advanced.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

CITY_ZONE = ZoneInfo("Asia/Shanghai")


class Source(Protocol):
    def now(self) -> datetime: ...

    def shift(self) -> timedelta | None: ...


class WallClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def shift(self) -> timedelta | None:
        return timedelta()


class FixedClock:
    """Stands still; for tests and replays."""

    def __init__(self, at: datetime):
        self.at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self.at

    def shift(self) -> timedelta | None:
        return None


class DemoClock:
    """Runs at normal speed from a chosen moment: `city` was shown when the wall said `wall`.

    The file is re-read when it changes, so `mingchu clock advance` moves every process.
    """

    def __init__(self, path: Path):
        self.path = path
        self._stamp: tuple[int, int] | None = None
        self._shift = timedelta()

    def now(self) -> datetime:
        try:
            stat = os.stat(self.path)
        except FileNotFoundError:
            return datetime.now(UTC)
        if (stamp := (stat.st_mtime_ns, stat.st_ino)) != self._stamp:
            kept = json.loads(self.path.read_text())
            self._shift = datetime.fromisoformat(kept["city"]) - datetime.fromisoformat(
                kept["wall"]
            )
            self._stamp = stamp
        return datetime.now(UTC) + self._shift

    def shift(self) -> timedelta | None:
        self.now()
        return self._shift

    def kept(self) -> datetime | None:
        """The moment the clock was last set to; None before the first time."""
        try:
            return datetime.fromisoformat(json.loads(self.path.read_text())["city"])
        except FileNotFoundError:
            return None

    def set(self, at: datetime) -> None:
        """From now on the city's time is `at` and runs on; the file is replaced whole."""
        kept = {"city": at.astimezone(UTC).isoformat(), "wall": datetime.now(UTC).isoformat()}
        draft = self.path.with_suffix(".new")
        draft.write_text(json.dumps(kept))
        draft.replace(self.path)


_source: Source = WallClock()


def use(source: Source) -> None:
    """Sets the source for this process, once, at start."""
    global _source  # noqa: PLW0603 the one place where the process chooses its clock
    _source = source


def source() -> Source:
    return _source


@contextmanager
def stopped(at: datetime) -> Iterator[None]:
    """Inside the block time stands still at `at`."""
    before = _source
    use(FixedClock(at))
    try:
        yield
    finally:
        use(before)


_replayed: ContextVar[datetime | None] = ContextVar("replayed", default=None)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Inside the block it is that moment, for this thread of work alone: days that are replayed."""
    before = _replayed.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _replayed.reset(before)


def now() -> datetime:
    """The city's present moment, aware, in UTC."""
    return _replayed.get() or _source.now()


def shift() -> timedelta | None:
    """How far the city's time is ahead of the machine's; None where it stands still: what another
    machine's time has to be moved by, such as the database's."""
    return None if _replayed.get() else _source.shift()


def wall() -> datetime:
    """The machine's time, aware, in UTC: for evidence beside the city's time."""
    return datetime.now(UTC)


def today() -> date:
    """The city's day."""
    return now().astimezone(CITY_ZONE).date()


def city(moment: datetime) -> datetime:
    """The same moment on the city's wall."""
    return moment.astimezone(CITY_ZONE)


def midnight(day: date) -> datetime:
    """The moment a city day begins, in UTC.

    >>> midnight(date(2026, 11, 20)).isoformat()
    '2026-11-19T16:00:00+00:00'
    """
    return datetime.combine(day, time(), CITY_ZONE).astimezone(UTC)
