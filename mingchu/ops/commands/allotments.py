"""`mingchu trace allot`, `allotments`, `unallot`: who may speak for which identifiers."""

from __future__ import annotations

import argparse
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from mingchu.base import clock
from mingchu.ledger.services import acting
from mingchu.ops.commands import Result
from mingchu.trace import allotments, services
from mingchu.trace.allotments import Kept
from mingchu.trace.domain.allotting import Role

ACTOR = "system:command-line"


def allot_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "number", metavar="PREFIX", help="a company prefix, or one number such as 01/06901234567892"
    )
    parser.add_argument("--party", required=True, metavar="SCOPE", help="such as business:1024")
    parser.add_argument("--role", default=Role.OWNER.value, choices=[one.value for one in Role])
    parser.add_argument("--from", dest="since", type=date.fromisoformat, metavar="DAY")
    parser.add_argument("--to", dest="until", type=date.fromisoformat, metavar="DAY")


def allot(arguments: argparse.Namespace) -> Result:
    """From now on the party may bring such identifiers into being."""
    with acting(ACTOR):
        kept = services.allot(
            number=arguments.number,
            party=arguments.party,
            role=Role(arguments.role),
            since=arguments.since,
            until=arguments.until,
        )
    return Result(_plain(kept), [_line(kept)])


def listed_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--party", default="", metavar="SCOPE", help="of one party only")
    parser.add_argument("--all", action="store_true", help="also those that were taken back")


def listed(arguments: argparse.Namespace) -> Result:
    """Every company prefix and number that is allotted, and to whom."""
    found = allotments.listed(party=arguments.party, with_void=arguments.all)
    lines = [_line(one) for one in found] or [_("还没有登记")]
    return Result([_plain(one) for one in found], lines)


def unallot_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", type=UUID, help="as `trace allotments` tells it")
    parser.add_argument(
        "--to",
        dest="until",
        type=date.fromisoformat,
        metavar="DAY",
        help="its last day; without it the allotment was a mistake and never held",
    )


def unallot(arguments: argparse.Namespace) -> Result:
    """The party may no longer, from a day on or as if it had never been allowed."""
    with acting(ACTOR):
        kept = services.unallot(number=arguments.id, until=arguments.until)
    return Result(_plain(kept), [_line(kept)])


def _plain(kept: Kept) -> dict[str, Any]:
    days = {"from": kept.since, "to": kept.until}
    return {
        "id": str(kept.id),
        "number": kept.number,
        "party": kept.party,
        "role": kept.role.value,
        **{name: day and day.isoformat() for name, day in days.items()},
        "void": kept.is_void,
        "entered_at": clock.city(kept.entered_at).isoformat(),
        "entered_by": kept.entered_by,
    }


def _line(kept: Kept) -> str:
    days = f"{kept.since or ''}…{kept.until or ''}"
    void = " void" if kept.is_void else ""
    return f"{kept.id} {kept.number:14} {kept.party:16} {kept.role.value:5} {days}{void}"
