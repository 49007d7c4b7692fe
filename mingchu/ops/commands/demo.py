"""`demo status`: how far the city is built; `demo sheet`: a list to try imports with; `demo phone`:
a visit, as a phone sends it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from django.utils.translation import gettext_noop as _noop

from mingchu.base.errors import Refusal
from mingchu.demo.models import City
from mingchu.demo.sheet import sheet as made_sheet
from mingchu.demo.visits import PIN, made_by_phone
from mingchu.ops import home
from mingchu.ops.commands import Result


def status_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def status(arguments: argparse.Namespace) -> Result:
    """The demo's day, what is being loaded or played, and whether all of it is in."""
    city = City.objects.first()
    if city is None:
        raise _no_city()
    data = {
        "today": city.today.isoformat(),
        "phase": city.phase,
        "done": city.done,
        "total": city.total,
        "complete": city.is_complete,
    }
    label = city.get_phase_display()
    return Result(data, [f"{city.today} {label} {city.done}/{city.total}"])


def _no_city() -> Refusal:
    return Refusal(
        "no_demo_city",
        _noop("这个家目录里没有演示城市"),
        fix=_noop("请用 ./x demo 建立一座"),
        status=404,
    )


def sheet_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rows", type=int, default=1_000, help="rows of the list")
    parser.add_argument("--format", choices=("xlsx", "xls", "csv"), default="xlsx")
    parser.add_argument("--out", type=Path, required=True, metavar="P", help="file to write")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another list")
    parser.add_argument("--later", action="store_true", help="the same list, every row changed")


def sheet(arguments: argparse.Namespace) -> Result:
    """A list with known faults, and beside it the faults an import must find."""
    content, told = made_sheet(
        arguments.rows, arguments.format, seed=arguments.seed, later=arguments.later
    )
    expected = arguments.out.with_name(f"{arguments.out.name}.expected.json")
    try:
        arguments.out.write_bytes(content)
        expected.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    except OSError as error:
        raise Refusal(
            "not_written",
            "{path} 写不进去：{said}",
            fix="请换一个可写的位置",
            path=arguments.out,
            said=error.strerror,
        ) from error
    data = {"out": str(arguments.out), "expected": str(expected), "faults": len(told["faults"])}
    return Result(data, [str(arguments.out), str(expected)])


def phone_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--visit", type=int, metavar="N", help="which visit; else the next one")
    parser.add_argument("--business", default="", metavar="ID", help="the next visit of a business")
    parser.add_argument("--own", default="", metavar="ROLE", help="of the business of that role")
    parser.add_argument("--unmet", type=int, default=0, help="general items that are not met")
    parser.add_argument("--photos", type=int, default=1, help="photos of each of them")
    parser.add_argument("--pin", default=PIN, help="what the second officer types")


def phone(arguments: argparse.Namespace) -> Result:
    """An officer's phone: makes a visit that waits, and sends it as a phone does."""
    if City.objects.first() is None:
        raise _no_city()
    told = made_by_phone(
        url=home.address(),
        visit=arguments.visit,
        business=arguments.business,
        own=arguments.own,
        unmet=arguments.unmet,
        photos=arguments.photos,
        pin=arguments.pin,
    )
    return Result(told, [f"{told['visit']} {told['state']} {' '.join(told['results'])}"])
