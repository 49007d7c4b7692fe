"""`mingchu clock`, `clock set`, `clock advance`: what time it is in the demo city, and forward."""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from mingchu.base import clock
from mingchu.demo.plan import plan
from mingchu.ops import clockwork
from mingchu.ops.clockwork import Advanced
from mingchu.ops.commands import Result

DURATION = re.compile(
    r"((?P<weeks>\d{1,5})w)?((?P<days>\d{1,5})d)?((?P<hours>\d{1,5})h)?((?P<minutes>\d{1,5})m)?"
)


def show_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def show(arguments: argparse.Namespace) -> Result:
    """The demo city's time."""
    clockwork.source()
    return _told(Advanced())


def set_to_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "time",
        type=moment,
        metavar="TIME",
        help="as 2026-11-23T09:00, in the city's time; a day alone: the hour the bureau opens",
    )


def set_to(arguments: argparse.Namespace) -> Result:
    """Puts the demo city's time forward to a moment; what falls due on the way runs, in order."""
    return _told(clockwork.put_forward(arguments.time))


def advance_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("by", type=duration, metavar="3d", help="as 2w, 3d, 12h, 90m or 1d12h")


def advance(arguments: argparse.Namespace) -> Result:
    """Puts the demo city's time forward by so much; what falls due on the way runs, in order."""
    return _told(clockwork.put_forward(clock.now() + arguments.by))


def duration(text: str) -> timedelta:
    """How long a short word is.

    >>> duration("3d"), duration("1d12h") == duration("36h"), duration("2w").days
    (datetime.timedelta(days=3), True, 14)
    """
    found = DURATION.fullmatch(text)
    if not text or found is None:
        raise argparse.ArgumentTypeError(f"not a duration: {text}")
    return timedelta(**{unit: int(n) for unit, n in found.groupdict(default="0").items()})


def moment(text: str) -> datetime:
    """A moment in the city's time unless it brings an offset of its own.

    >>> moment("2026-11-23").isoformat(), moment("2026-11-23T01:00+00:00").isoformat()
    ('2026-11-23T08:30:00+08:00', '2026-11-23T01:00:00+00:00')
    """
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return plan().moment(date.fromisoformat(text))
        said = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"not a time: {text}") from error
    return said if said.tzinfo else said.replace(tzinfo=clock.CITY_ZONE)


def _told(advanced: Advanced) -> Result:
    now = clock.city(clock.now()).isoformat(timespec="seconds")
    failed = [
        {"task": due.key[0], "at": clock.city(due.at).isoformat(), "why": why}
        for due, why in advanced.failed
    ]
    data = {"now": now, "jobs_run": len(advanced.ran), "failed": failed}
    return Result(data, [now, *_lines(advanced)], ok=not failed)


def _lines(advanced: Advanced) -> Iterator[str]:
    for name, times in Counter(due.key[0] for due in advanced.ran).items():
        yield f"{times:4} × {name}"
    for due, why in advanced.failed:
        yield _("失败：{task}，{at}，{why}").format(
            task=due.key[0], at=f"{clock.city(due.at):%Y-%m-%d %H:%M}", why=why
        )
