"""`mingchu rules …`: the rulebook from the command line: checked, asked, replayed."""

from __future__ import annotations

import argparse
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mingchu.base import clock
from mingchu.ops.commands import Result
from mingchu.rulebook import cases, store
from mingchu.rulebook.lint import lint as faults_of
from mingchu.rulebook.queries import ruling_plain


def lint(arguments: argparse.Namespace) -> Result:
    """What is wrong with the rules and their cases."""
    faults = faults_of()
    lines = [f"{one.file} {one.rule} {one.code}: {one.why}" for one in faults]
    said = _("{rules} 条规则、{cases} 个案例，没有问题")
    if not faults:
        lines = [said.format(rules=len(store.rulebook().ids()), cases=len(store.cases()))]
    found = {"ok": not faults, "faults": [one.plain() for one in faults]}
    return Result(found, lines, ok=not faults)


def show_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="such as disclosure.penalty_publish_days")
    parser.add_argument("--on", type=date.fromisoformat, metavar="DAY", help="another day")


def show(arguments: argparse.Namespace) -> Result:
    """What a rule says on a day, and where it stands."""
    ruling = store.rule(arguments.id).on(arguments.on or clock.today())
    cite = ruling.cite
    lines = [
        f"{ruling.id} {ruling.title.said(get_language() or '')}",
        f"{ruling.value} {ruling.unit} [{ruling.status}] {ruling.jurisdiction} {ruling.since}",
        f"《{cite.law}》{cite.number} {cite.article}",
    ]
    return Result(ruling_plain(ruling), lines)


def replay_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--case", required=True, metavar="ID", help="a case of tests/rules")
    parser.add_argument("--on", type=date.fromisoformat, metavar="DAY", help="not its own day")


def replay(arguments: argparse.Namespace) -> Result:
    """What the rules of a day say to a jurist's case."""
    case = store.case(arguments.case)
    day = arguments.on or case.on
    ruling = store.rule(case.rule, case.jurisdiction).on(day)
    found = cases.answer(ruling, case, store.calendar(case.jurisdiction))
    outcome: Any = cases.told(found)
    spoken = {"id": ruling.id, "since": ruling.since.isoformat()}
    spoken["jurisdiction"] = ruling.jurisdiction
    lines = [str(outcome), f"{ruling.id} {ruling.since} {ruling.jurisdiction}"]
    return Result({"outcome": outcome, "rules": [spoken]}, lines)
