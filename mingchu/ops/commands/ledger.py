"""Commands of the ledger: whether it is whole."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from django.utils.translation import gettext as _

from mingchu.ledger import services
from mingchu.ledger.domain import Verdict
from mingchu.ops.commands import Result


def verify_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--head", type=Path, help="a head kept earlier; one JSON line or several")


def verify(arguments: argparse.Namespace) -> Result:
    """Reads the whole ledger and names the first fault."""
    verdict = services.verify(arguments.head)
    data = {"ok": verdict.ok, **asdict(verdict)}
    return Result(data, [_line(verdict)], ok=verdict.ok)


def _line(verdict: Verdict) -> str:
    if verdict.fault is None:
        return _("台账完好：%(entries)d 条，其中 %(unsealed)d 条待封存") % {
            "entries": verdict.entries,
            "unsealed": verdict.unsealed,
        }
    return _("台账有误：第 %(seq)s 号，%(kind)s") % {
        "seq": verdict.fault.seq or "?",
        "kind": verdict.fault.kind,
    }
