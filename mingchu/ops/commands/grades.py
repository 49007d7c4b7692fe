"""`mingchu grade …`: the city graded, and one grade with every reason."""

from __future__ import annotations

import argparse
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from mingchu.accounts.domain import CITY
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.ops.commands import Result
from mingchu.registry.domain import number_of, public_id
from mingchu.registry.models import Business
from mingchu.registry.queries.parts import by_code
from mingchu.risk import rules, services, telling, words
from mingchu.risk.queries import again, coverage, grades

SHARES = ("producer", "seller", "caterer")
SHOWN = 20


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


def recompute_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--on", type=date.fromisoformat, metavar="DAY", required=True, help="as 2025-12-31"
    )


def recompute(arguments: argparse.Namespace) -> Result:
    """A past day by its facts and rules, beside the letters that held on it; writes nothing."""
    day = arguments.on
    found = again.again(rules.basis(day), (CITY,), SHOWN)
    data = {
        "as_of": day.isoformat(),
        "subjects": found.subjects,
        "letters": {letter or "none": n for letter, n in found.letters.items()},
        "same": found.same,
        "other": found.other,
        "ungraded": found.ungraded,
        "others": [
            {"business": public_id(one.business), "held": one.held or None,
             "grade": one.letter or None}
            for one in found.rows
        ],
    }  # fmt: skip
    said = _(
        "按%(day)s重算：与那天的等级一致%(same)s户，不一致%(other)s户，那天还没有评定%(none)s户"
    ) % {
        "day": day,
        "same": f"{found.same:,}",
        "other": f"{found.other:,}",
        "none": f"{found.ungraded:,}",
    }
    return Result(data, [said])


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
