"""`mingchu bench NAME`: figures of this machine, each beside its limit; 3 if a bar is missed."""

from __future__ import annotations

import argparse
import unicodedata
from collections.abc import Iterable

from django.utils.translation import gettext as _

from mingchu import __version__
from mingchu.base import clock
from mingchu.ops import bench
from mingchu.ops.bench import Report, Row
from mingchu.ops.bench.machine import machine
from mingchu.ops.commands import Result
from mingchu.ops.home import home

BAR_MISSED = 3


def run_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", choices=bench.NAMES, metavar="NAME", help=" ".join(bench.NAMES))
    parser.add_argument("--scale", type=int, metavar="N", help="size of what is measured")
    parser.add_argument(
        "--seconds", type=float, default=30.0, help="of each measurement, after warm-up"
    )
    parser.add_argument("--keep", default="", metavar="DIR", help="build the city there once")


def run(arguments: argparse.Namespace) -> Result:
    """Figures of this machine, each beside its limit from the same run."""
    found = bench.find(arguments.name)
    bench.SECONDS.set(arguments.seconds)
    bench.KEEP.set(arguments.keep)
    report = Report(
        bench=found.name,
        version=__version__,
        at=clock.WallClock().now().isoformat(timespec="seconds"),
        machine=machine(home()),
        setup={"seconds": arguments.seconds, **found.setup(arguments.scale)},
        rows=tuple(found.rows(arguments.scale)),
    )
    return Result(report.plain(), [*lines(report)], code=0 if report.met else BAR_MISSED)


def lines(report: Report) -> Iterable[str]:
    """A table for people."""
    told = {**report.machine, **report.setup}
    yield f"{report.bench} {report.version} · {report.at}"
    yield " · ".join(f"{name} {value}" for name, value in told.items())
    head = ("", _("测什么"), _("结果"), "n", "p50 / p95 / p99", _("要求"), _("同场极限"), "")
    table = [head, *(_cells(row) for row in report.rows)]
    widths = [max(map(_width, column)) for column in zip(*table, strict=True)]
    for cells in table:
        padded = (c + " " * (w - _width(c)) for c, w in zip(cells, widths, strict=True))
        yield "  ".join(padded).rstrip()


def _cells(row: Row) -> tuple[str, ...]:
    shares = (row.p50, row.p95, row.p99)
    return (
        row.id,
        str(row.what),
        f"{_figure(row.value)} {row.unit}",
        str(row.n),
        "" if None in shares else " / ".join(_figure(share or 0) for share in shares),
        f"{row.bar.op} {_figure(row.bar.value)}" if row.bar else "",
        f"{_figure(row.limit.value)} ({row.limit.what})" if row.limit else "",
        _("达到") if row.met and row.bar else "" if row.met else _("未达到"),
    )


def _figure(value: float) -> str:
    """Three digits are enough to compare.

    >>> _figure(0.0123), _figure(12.34), _figure(1234.5)
    ('0.0123', '12.3', '1,234')
    """
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _width(text: str) -> int:
    """Columns in a terminal: Chinese takes two.

    >>> _width("码1")
    3
    """
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
