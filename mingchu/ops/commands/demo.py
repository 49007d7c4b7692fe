"""`mingchu demo status`: how far the demo city is built."""

from __future__ import annotations

import argparse

from django.utils.translation import gettext_noop as _noop

from mingchu.base.errors import Refusal
from mingchu.demo.models import City
from mingchu.ops.commands import Result


def status_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def status(arguments: argparse.Namespace) -> Result:
    """The demo's day, what is being loaded or played, and whether all of it is in."""
    city = City.objects.first()
    if city is None:
        raise Refusal(
            "no_demo_city",
            _noop("这个家目录里没有演示城市"),
            fix=_noop("请用 ./x demo 建立一座"),
            status=404,
        )
    data = {
        "today": city.today.isoformat(),
        "phase": city.phase,
        "done": city.done,
        "total": city.total,
        "complete": city.is_complete,
    }
    label = city.get_phase_display()
    return Result(data, [f"{city.today} {label} {city.done}/{city.total}"])
