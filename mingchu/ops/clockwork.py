"""Clockwork 拨钟: a demo city's time put forward, and what falls due on the way run in its order.

Time is put forward step by step, so that every process of the house is at the moment a task runs
at, and no entry of the ledger is older than the one before. Schedules are read as the worker reads
them, in UTC. A task that is due a few times a day runs each time; one that sweeps up every few
minutes runs once for each city day, at the last of its times, since that run finds all the others
would have found. Jobs that tasks hand to the queue are the worker's: its queue lives on wall time.
"""

from __future__ import annotations

import fcntl
import heapq
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from django.utils.translation import gettext_noop as _noop

from mingchu.base import clock, trail
from mingchu.base.errors import Refusal
from mingchu.demo.driver import not_a_demo_home
from mingchu.ops import home

if TYPE_CHECKING:
    from procrastinate.periodic import PeriodicTask

MOST_A_DAY = 4
MOST_DAYS = 3_660
MOMENT = timedelta(seconds=1)
log = logging.getLogger(__name__)


class Schedule(Protocol):
    """When a task is due; croniter's, as the worker asks it."""

    def get_next(self, ret_type: type[float], start_time: float) -> float: ...

    def get_prev(self, ret_type: type[float], start_time: float) -> float: ...


class Due(NamedTuple):
    """A task and the moment it runs at, in the order they run."""

    at: datetime
    key: tuple[str, str]


@dataclass(frozen=True)
class Advanced:
    """What was run on the way, and which of it failed with what."""

    ran: tuple[Due, ...] = ()
    failed: tuple[tuple[Due, str], ...] = ()


def source() -> clock.DemoClock:
    """The clock of the demo home.

    Raises Refusal `not_a_demo_home` where the house lives on the machine's own time.
    """
    found = clock.source()
    if not isinstance(found, clock.DemoClock) or found.kept() is None:
        raise not_a_demo_home()
    return found


def put_forward(to: datetime) -> Advanced:
    """The city's time is `to` from now on, and all that fell due up to then has run.

    Cut off, it stands at the moment it had got to, and the next call goes on from there.
    Raises Refusal `not_a_demo_home`, `clock_backwards`, `clock_too_far`.
    """
    hand = source()
    with _alone():
        now = clock.now()
        _check(now, to)
        ran, failed = [], []
        for due in all_due(schedules().items(), now, to):
            _turn(hand, due.at)
            ran.append(due)
            if said := _run(due):
                failed.append((due, said))
        _turn(hand, to)
    return Advanced(tuple(ran), tuple(failed))


def _check(now: datetime, to: datetime) -> None:
    if to < now:
        raise Refusal(
            "clock_backwards",
            _noop("城市时间只能向前：现在是 {now}，不能拨回 {to}，否则台账的时间会倒流"),
            fix=_noop("请给出此后的时间；要回到演示开始的那天，请用 ./x demo --fresh 重建"),
            now=f"{clock.city(now):%Y-%m-%d %H:%M}",
            to=f"{clock.city(to):%Y-%m-%d %H:%M}",
        )
    if to - now > timedelta(days=MOST_DAYS):
        raise Refusal(
            "clock_too_far",
            _noop("一次最多拨快 {most} 天"),
            fix=_noop("请分几次拨"),
            most=MOST_DAYS,
        )


@contextmanager
def _alone() -> Iterator[None]:
    """One hand at the clock; a second one waits and goes on from where the first has put it."""
    with (home.home() / "clock.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _turn(hand: clock.DemoClock, to: datetime) -> None:
    """A task may take longer than the time to the next one: never back."""
    hand.set(max(to, clock.now()))


def _run(due: Due) -> str:
    """What went wrong, or "": as in the worker, a task that fails keeps no other from running."""
    name, _schedule = due.key
    with trail.following(f"clock-{name.replace('.', '-')}"):
        try:
            _registered()[due.key].task.func(timestamp=int(due.at.timestamp()))
        except Exception as error:
            log.exception("task failed task=%s at=%s", name, due.at.isoformat())
            return f"{type(error).__name__}: {error}"
    return ""


def _registered() -> dict[tuple[str, str], PeriodicTask[Any, Any, Any]]:
    from procrastinate.contrib.django import app

    return app.periodic_registry.periodic_tasks


def schedules() -> dict[tuple[str, str], Schedule]:
    """When each periodic task of the house is due, by its name and the schedule's own."""
    return {key: periodic.croniter for key, periodic in _registered().items()}


def all_due(
    known: Iterable[tuple[tuple[str, str], Schedule]], start: datetime, end: datetime
) -> Iterator[Due]:
    """What runs after `start` and up to `end`, in time order and then by name."""
    return heapq.merge(*(_of_task(key, schedule, start, end) for key, schedule in known))


def _of_task(
    key: tuple[str, str], schedule: Schedule, start: datetime, end: datetime
) -> Iterator[Due]:
    at = start
    while (first := _next(schedule, at)) <= end:
        at = min(end, _end_of_day(first))
        yield from (Due(moment, key) for moment in _on_day(schedule, first, at))


def _on_day(schedule: Schedule, first: datetime, last: datetime) -> list[datetime]:
    """The times of one day, from its first on; only the last where they are many."""
    found = [first]
    while (following := _next(schedule, found[-1])) <= last:
        if len(found) == MOST_A_DAY:
            return [_before(schedule, last + MOMENT)]
        found.append(following)
    return found


def _end_of_day(moment: datetime) -> datetime:
    tomorrow = clock.city(moment).date() + timedelta(days=1)
    return clock.midnight(tomorrow) - MOMENT


def _next(schedule: Schedule, after: datetime) -> datetime:
    return _moment(schedule.get_next(float, start_time=after.timestamp()))


def _before(schedule: Schedule, end: datetime) -> datetime:
    return _moment(schedule.get_prev(float, start_time=end.timestamp()))


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(round(seconds), UTC)
