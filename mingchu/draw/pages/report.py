"""The year's report of draws: promised and drawn, who went, who met again, what was redrawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import may
from mingchu.base import clock
from mingchu.draw import words
from mingchu.draw.domain.yearly import Year
from mingchu.draw.pages.common import READ, RUN, said_number
from mingchu.draw.queries import yearly
from mingchu.draw.queries.yearly import Report
from mingchu.kit.papers.charts import Chart, bar, chart_with_table, lollipop

CHARTED_TOP = 30


@requires(READ)
@require_safe
def report(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    scopes = actor.scopes_for(READ)
    known = yearly.years(scopes)
    asked = said_number(request, "year") or (known[0] if known else clock.today().year)
    found = yearly.report(scopes, asked)
    said = _people(found, named=may(actor, RUN))
    shown = {
        "report": found,
        "years": known,
        "strata": _strata(found),
        "charts": [chart_with_table(one) for one in _charts(found, said)],
        "repeated": found.year.repeated[:CHARTED_TOP],
        "people": said,
        "reasons": words.REASONS,
    }
    return render(request, "draw/report.html", shown)


def _strata(report: Report) -> list[dict[str, Any]]:
    """Every stratum with what its rate promised and what was drawn."""
    of, plan = report.year, {"about": {"labels": report.labels}}
    return [
        {
            "name": " · ".join(words.said(part, plan) for part in one),
            "expected": float(of.expected.get(one, 0)),
            "drawn": of.drawn.get(one, 0),
            "apart": float(of.drawn.get(one, 0) - of.expected.get(one, 0)),
        }
        for one in of.strata
    ]


def _people(of: Report, *, named: bool) -> dict[str, str]:
    """Names for whoever runs draws; for others numbers, whoever went most first."""
    places = enumerate(of.year.inspectors, start=1)
    numbers = {one: _("检查人员{n}").format(n=place) for place, one in places}
    return {**numbers, **of.people} if named else numbers


def _charts(of: Report, people: Mapping[str, str]) -> list[Chart]:
    if not of.year.draws:
        return [_redraws(of)]
    return [_apart(of.year), _loads(of.year, people), _meetings(of.year), _redraws(of)]


def _apart(of: Year) -> Chart:
    """By district: strata are too many for a picture, and stand in the table."""
    places = sorted({one[0] for one in of.strata})
    apart = [_sum(of, place) for place in places]
    return lollipop(
        _("抽中户数与应抽户数之差"),
        [words.district(place) for place in places],
        [float(one) for one in apart],
        says=_("按旗县区合计。比例乘以户数为应抽，整数化使每次每层相差不到一户"),
    )


def _sum(of: Year, place: str) -> Fraction:
    """How many more were drawn in a district than its rates promise."""
    here = [one for one in of.strata if one[0] == place]
    return sum(
        (of.drawn.get(one, 0) - of.expected.get(one, Fraction()) for one in here), Fraction()
    )


def _loads(of: Year, people: Mapping[str, str]) -> Chart:
    busiest = of.inspectors[:CHARTED_TOP]
    return bar(
        _("检查人员承担的任务"),
        [people[one] for one in busiest],
        [of.load(one) for one in busiest],
        unit=_("项"),
        says=_("带队与同行合计，任务最多的{n}人").format(n=len(busiest)),
    )


def _meetings(of: Year) -> Chart:
    return bar(
        _("同一组合同去的次数"),
        [_("{n} 次").format(n=times) for times in of.meetings],
        list(of.meetings.values()),
        unit=_("组"),
        says=_("有多少组合同去过这么多次"),
    )


def _redraws(of: Report) -> Chart:
    named: Sequence[tuple[str, int]] = (
        (_("作废的抽取"), len(of.void)),
        (pgettext("done", "退回重拟"), of.thaws),
        (_("递补"), len(of.stands)),
        (_("没有合格的一组"), of.year.alone),
        (_("逾期公开或未公开"), len(of.late)),
    )
    counted = Counter(dict(named))
    return bar(
        _("重抽与例外"),
        list(counted),
        list(counted.values()),
        unit=_("次"),
        says=_("作废的留着登记号和原因"),
    )
