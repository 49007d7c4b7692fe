"""`mingchu rules …`: the rulebook from the command line: checked, asked, replayed."""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mingchu.base import clock
from mingchu.kit.rules import exporting
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
    cite, plain = ruling.cite, ruling_plain(ruling)
    value = json.dumps(plain["value"], ensure_ascii=False)
    lines = [
        f"{ruling.id} {ruling.title.said(get_language() or '')}",
        f"{value} {ruling.unit} [{ruling.status}] {ruling.jurisdiction} {ruling.since}",
        f"《{cite.law}》{cite.number} {cite.article}",
    ]
    return Result(plain, lines)


def export_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--to", type=Path, default=Path("rules"), metavar="FOLDER")


def export(arguments: argparse.Namespace) -> Result:
    """Every rule this city has a version of its own of, as the files that `rules lint` reads."""
    paths = exporting.export(arguments.to)
    said = _("本市还没有自己批准的版本")
    return Result({"files": [str(path) for path in paths]}, [str(p) for p in paths] or [said])


def bring_in_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="as `rules export` writes it")


def bring_in(arguments: argparse.Namespace) -> Result:
    """Each version of the file that is not known becomes a draft, which still needs its review."""
    found = exporting.bring_in(text=arguments.file.read_text(encoding="utf-8"), author="system")
    drafts = [f"{row.rule} {row.since}" for row in found.drafts]
    data = {"drafts": drafts, "known": list(found.known), "past": list(found.past)}
    said = _("{drafts} 个草稿，{known} 个已有，{past} 个施行日期已过")
    lines = [said.format(**{name: len(rows) for name, rows in data.items()}), *drafts]
    return Result({**data, "numbers": [row.pk for row in found.drafts]}, lines)


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
