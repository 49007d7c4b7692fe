"""Early warnings 早期预警: days whose numbers stood out, each with its picture and its table."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.alerts import rules, words
from mingchu.alerts.models import EarlyWarning
from mingchu.alerts.pages.alerts import listed, said_count, said_rule
from mingchu.alerts.queries import alerts as queries
from mingchu.alerts.services.warning import watched
from mingchu.base import clock
from mingchu.kit.papers.charts import Band, Series, chart_with_table, line
from mingchu.registry.places import district_name

PAGE = 50


@requires("alerts.read")
@require_safe
def warnings(request: HttpRequest) -> HttpResponse:
    """All of them, the newest first, a page at a time."""
    rows = queries.warnings(actor_of(request).scopes_for("alerts.read"))
    begin = _place(request.GET.get("from", ""))
    found = list(rows[begin : begin + PAGE + 1])
    shown = {
        "rows": [_said(one) for one in found[:PAGE]],
        "count": said_count(queries.count(rows)),
        "next": f"?{urlencode({'from': begin + PAGE})}" if len(found) > PAGE else "",
        "first": "?" if begin else "",
        "watched": [words.kind_name(code) for code in watched(clock.today())],
    }
    return render(request, "alerts/warnings.html", shown)


def _place(text: str) -> int:
    return min(int(text), 100_000) if text.isdecimal() else 0


def _said(one: EarlyWarning) -> dict[str, Any]:
    return {
        "id": one.pk,
        "day": one.day,
        "district": district_name(one.district),
        "kind": words.kind_name(one.kind),
        "count": one.count,
        "mean": f"{one.mean:.1f}",
        "deviations": f"{one.deviations:.1f}",
    }


@requires("alerts.read")
@require_safe
def warning(request: HttpRequest, pk: int) -> HttpResponse:
    """One warning: the weeks before it, what it was compared with, what came of it."""
    one = queries.warning(actor_of(request).scopes_for("alerts.read"), pk)
    if one is None:
        raise Http404
    opened = queries.alert_of_warning(one)
    shown = {
        "one": one,
        "row": _said(one),
        "chance": f"{one.chance:.6f}",
        "allowed": f"{one.allowed:.6f}",
        "deviation": f"{one.deviation:.2f}",
        "chart": chart_with_table(_chart(one)),
        "rules": [
            said_rule(rules.ruling(name, max(one.day, one.rule_since)))
            for name in ("alert.warning_days", "alert.warning_limits")
        ],
        "alert": listed([opened])[0] if opened else None,
    }
    return render(request, "alerts/warning.html", shown)


def _chart(one: EarlyWarning) -> Any:
    """The numbers day by day, and up to where they would have been nothing to speak of."""
    watch = rules.watch(one.day)
    top = one.mean + watch.deviations * max(one.deviation, watch.least_deviation)
    days = [_day(one, number) for number in range(len(one.counts))]
    ordinary = Band(_("寻常范围"), (0.0,) * len(days), (round(top, 1),) * len(days))
    title = _("%(district)s每日%(kind)s") % {
        "district": district_name(one.district),
        "kind": words.kind_name(one.kind),
    }
    says = _("末日为%(day)s，当日%(count)s件，基线均值%(mean)s件") % {
        "day": one.day,
        "count": one.count,
        "mean": f"{one.mean:.1f}",
    }
    series = Series(_("件数"), tuple(map(float, one.counts)))
    return line(title, [f"{day:%m-%d}" for day in days], [series], band=ordinary, says=says)


def _day(one: EarlyWarning, number: int) -> date:
    return one.day - timedelta(days=len(one.counts) - 1 - number)
