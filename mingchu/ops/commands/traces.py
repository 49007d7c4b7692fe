"""`mingchu trace …`: events come in from files."""

from __future__ import annotations

import argparse
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.accounts.places import located
from mingchu.base.errors import Refusal
from mingchu.ledger.services import acting
from mingchu.ops.commands import Result
from mingchu.ops.commands.accounts import ACTOR
from mingchu.ops.commands.imports import News
from mingchu.trace import services
from mingchu.trace.services import Sender


def bring_in_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="JSON lines, an EPCIS document in JSON or XML, any of them with gzip",
    )
    parser.add_argument(
        "--party",
        default=str(CITY),
        metavar="SCOPE",
        help="whose events they are: city, district:150105, business:17",
    )


def bring_in(arguments: argparse.Namespace) -> Result:
    """EPCIS events from a file, going on where an earlier run was cut off."""
    with acting(ACTOR):
        reached = services.import_file(arguments.file, _sender(arguments.party), _News())
    data = {
        "captured": reached.captured,
        "duplicate": reached.duplicate,
        "rejected": reached.rejected,
    }
    said = _("{captured} 已采集 · {duplicate} 重复 · {rejected} 未接收").format(**data)
    lines = [said]
    if reached.rejected:
        lines.append(str(services.rejected_file(arguments.file)))
    return Result(data, lines, ok=not reached.rejected)


class _News(News):
    """Where the file goes on is said at once."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        if not total:
            self.due = 0
        super().__call__(stage, done, total)


def _sender(text: str) -> Sender:
    """Raises Refusal `no_such_party`."""
    kind, _colon, code = text.partition(":")
    found = None
    if kind in set(ScopeKind):
        scope = Scope(ScopeKind(kind), code)
        found = located(scope)
    if found is None:
        raise Refusal(
            "no_such_party",
            _noop("没有“{party}”这一方"),
            fix=_noop("请写 city、district:区划代码 或 business:编号"),
            status=404,
            party=text,
        )
    return Sender(ACTOR, str(scope), found.place.district)
