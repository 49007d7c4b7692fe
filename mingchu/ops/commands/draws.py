"""Commands of draws: whether a proof bundle is the draw that was committed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from mingchu.draw import services
from mingchu.ops.commands import Result


def verify_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("zip", type=Path, help="a bundle from /draws/<number>/bundle.zip")


def verify(arguments: argparse.Namespace) -> Result:
    """Replays a draw out of its bundle, one line per check."""
    found = services.verify_zip(arguments.zip)
    lines = [_line(one) for one in found["checks"]]
    last = _("全部相符：抽中{n}户") if found["ok"] else _("不相符：这不是当初承诺的抽取")
    return Result(found, [*lines, last.format(n=len(found["selected"]))], ok=found["ok"])


def _line(check: dict[str, Any]) -> str:
    return f"{'ok ' if check['ok'] else 'NO '} {check['id']:13} {check['why']}"
