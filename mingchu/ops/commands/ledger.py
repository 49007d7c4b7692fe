"""Commands of the ledger: whether it is whole, and whether a log kept what it had."""

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


def log_verify_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--old", type=Path, required=True, help="the head kept earlier")
    parser.add_argument("--new", type=Path, required=True, help="a later head of the same log")


def log_verify(arguments: argparse.Namespace) -> Result:
    """Whether a log still holds all that an older head of it committed to."""
    found = services.compare(arguments.old, arguments.new)
    return Result(asdict(found), [_compared(found)], ok=found.ok)


def _compared(found: services.Compared) -> str:
    if found.ok:
        return _("一致：现有%(size)d条，没有少一条") % {"size": found.size}
    if found.removed:
        return _("不一致：少了%(removed)d条") % {"removed": found.removed}
    return _("不一致：条目被改动，或树头不是本系统签发的")
