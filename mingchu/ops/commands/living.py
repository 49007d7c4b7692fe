"""`mingchu demo`, which `./x demo` becomes: a living demo city in the foreground.

Lines for programs go to standard output: `login ROLE URL`, `ready URL`, later `city complete`.
What takes long tells its progress on standard error.
"""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from time import monotonic
from types import FrameType

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _noop

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.demo import driver, start
from mingchu.demo.plan import plan
from mingchu.ops import home
from mingchu.ops.commands import Result, house
from mingchu.ops.supervisor import Plan, Supervisor, open_house

CLOCK = "clock.json"
MOST = 1_000_000
SEED = 1
QUIET_SECONDS, NEWS_SECONDS, LOOK_SECONDS = 2, 5, 2


def run_arguments(parser: argparse.ArgumentParser) -> None:
    house.plan_arguments(parser)
    parser.add_argument("--businesses", type=_size, help=f"how many are open; {plan().size} if new")
    parser.add_argument("--seed", type=int, help="another seed, another city")
    parser.add_argument("--today", type=date.fromisoformat, help="the city's day, as 2026-11-20")
    parser.add_argument("--days", type=_days, help=f"played before it; {plan().played_days} if new")
    parser.add_argument("--fresh", action="store_true", help="begin anew")
    parser.add_argument("--wait", action="store_true", help="`ready` only when all is played")


def _size(text: str) -> int:
    number = int(text)
    if not 1 <= number <= MOST:
        raise argparse.ArgumentTypeError(f"1 to {MOST}")
    return number


def _days(text: str) -> int:
    number, most = int(text), plan().played_days
    if not 0 <= number <= most:
        raise argparse.ArgumentTypeError(f"0 to {most}")
    return number


def run(arguments: argparse.Namespace) -> Result:
    """A living demo city in the foreground, until Ctrl-C or SIGTERM."""
    where = house.plan(arguments)
    # The terminal is for the lines of the contract.
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    check_home()
    if arguments.fresh:
        clear()
    with _ended_by_signals(), open_house(where) as server:
        _start_clock(arguments.today)
        _prepare(arguments)
        told = Teller(where, wait=arguments.wait)
        Supervisor(where, server, quiet=True).run(told.ready, told.look)
    return Result({"ok": True})


def check_home() -> None:
    """Raises Refusal `not_a_demo_home` where the home is a real house's."""
    home.check_open()
    place = home.home()
    if (place / home.STAMP).exists() and not (place / CLOCK).exists():
        raise driver.not_a_demo_home()


def clear() -> None:
    """Everything of the home gone; a server of the installer's own is not ours to empty."""
    if not home.is_embedded():
        raise Refusal(
            "not_ours_to_empty",
            _noop("数据库在您自己的服务器上，--fresh 不会清空它"),
            fix=_noop("请自行新建一个空数据库，或去掉 MINGCHU_DATABASE_URL"),
        )
    home.clear()


def _start_clock(today: date | None) -> None:
    """The clock's file also marks the home as a demo's, from the first moment on."""
    source = clock.source()
    if isinstance(source, clock.DemoClock) and source.kept() is None:
        source.set(plan().moment(today or plan().today))


def _prepare(arguments: argparse.Namespace) -> None:
    """What was not said is as it was the last time."""
    known = start.of_this_home()
    seed = known.seed if known else SEED
    businesses = known.businesses if known else plan().size
    today = known.today if known else plan().today
    start.prepare(
        seed=seed if arguments.seed is None else arguments.seed,
        businesses=arguments.businesses or businesses,
        today=arguments.today or today,
        days=arguments.days,
        progress=News(),
    )
    start.let_go()


class News:
    """Progress, told only of what takes more than a moment."""

    def __init__(self) -> None:
        self.due = monotonic() + QUIET_SECONDS

    def __call__(self, done: int, total: int) -> None:
        if monotonic() >= self.due:
            self.due = monotonic() + NEWS_SECONDS
            said = _("正在装入演示城市：{done} / {total}").format(done=done, total=total)
            print(said, file=sys.stderr, flush=True)


class Teller:
    """Says the lines of the contract, each once and in order."""

    def __init__(self, where: Plan, *, wait: bool):
        self.where, self.wait = where, wait
        self.is_ready = self.is_complete = False
        self.due = 0.0

    def ready(self) -> None:
        """The web answers."""
        if not self.wait:
            self._tell_ready()
        self.look()

    def look(self) -> None:
        if self.is_complete or monotonic() < self.due:
            return
        self.due = monotonic() + LOOK_SECONDS
        if start.is_complete():
            if not self.is_ready:
                self._tell_ready()
            self.is_complete = True
            print("city complete", flush=True)
        start.let_go()

    def _tell_ready(self) -> None:
        self.is_ready = True
        for line in start.opened(self.where.url):
            print(line, flush=True)
        print(f"ready {self.where.url}", flush=True)
        start.let_go()


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """SIGTERM while the city is loading unwinds as an exit does, so that the database is ended."""

    def end(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
