"""`mingchu grade …`: the city graded, and one grade with every reason."""

from __future__ import annotations

import argparse
from typing import Any

from django.utils.translation import gettext as _

from mingchu.accounts.domain import CITY
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.ops.commands import Result
from mingchu.registry.domain import number_of
from mingchu.registry.models import Business
from mingchu.registry.queries.parts import by_code
from mingchu.risk import services, telling, words
from mingchu.risk.queries import coverage, grades

SHARES = ("producer", "seller", "caterer")


def run(arguments: argparse.Namespace) -> Result:
    """Grades everybody the rules name, as of today."""
    done = services.grade_city()
    services.grade_hygiene()
    found = coverage.coverage((CITY,), clock.today()).groups
    shares = {name: found[name].share for name in SHARES}
    data = {"graded": done.graded, "coverage": shares, "moves": done.moved}
    told = " · ".join(f"{name} {share}%" for name, share in shares.items())
    said = _("已评定%(graded)s户，等级变动%(moves)s户，用时%(ms)s毫秒") % {
        "graded": f"{done.graded:,}",
        "moves": f"{done.moved:,}",
        "ms": f"{done.ms:,}",
    }
    return Result(data, [said, told])


def show_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE", help="a credit code, or the id of /p/<id>")


def show(arguments: argparse.Namespace) -> Result:
    """The grade of one business, with every reason."""
    found = grades.grade_on(_business(arguments.code).pk, clock.today())
    data: dict[str, Any] = telling.grade(found)
    lines = [words.letter_name(found.letter) if found else words.letter_name("")]
    if found is not None:
        lines += [
            f"{one.points:>6} / {one.max:<4} {one.name}：{one.why} [{one.rule} {one.since}]"
            for one in words.lines(found.reasons, found.sheet, found.run.rules)
        ]
        lines += [words.missing_name(found.missing)] if found.missing else []
    return Result({**data, "since": str(data.get("since")), "as_of": str(data.get("as_of"))}, lines)


def _business(code: str) -> Business:
    found = by_code(code) or Business.objects.filter(pk=number_of(code)).first()
    if found is None:
        raise Refusal(
            "unknown_business",
            "主体库里没有“{asked}”",
            fix="请用统一社会信用代码或档案编号",
            status=404,
            asked=code,
        )
    return found
