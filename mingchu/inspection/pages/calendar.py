"""The calendar of visits 检查日历: a week by officers, a month by stations; printable."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.base import clock
from mingchu.inspection import visit_words
from mingchu.inspection.domain.months import last_day
from mingchu.inspection.pages.common import READ
from mingchu.inspection.pages.visits import rights
from mingchu.inspection.queries import people
from mingchu.inspection.queries import visits as queries
from mingchu.registry.queries import area_names

WEEK, MONTH = "week", "month"
SHOWN = 6  # visits of an officer on a day before the rest folds away


@requires(READ)
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """Who is where on which day, as far as the reader may know it."""
    actor, span = actor_of(request), request.GET.get("of", WEEK)
    span = span if span in (WEEK, MONTH) else WEEK
    first, last = _ends(span, _day(request.GET.get("day", "")))
    found = queries.between(actor, first, last)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    shown = {
        "span": span,
        "first": first,
        "last": last,
        "days": days,
        "today": clock.today(),
        "lines": _by_officer(found, days) if span == WEEK else [],
        "stations": _by_station(found, days) if span == MONTH else [],
        "count": len(found),
        "shown": SHOWN,
        "before": _query(span, first - timedelta(days=1)),
        "after": _query(span, last + timedelta(days=1)),
        "week": _query(WEEK, max(first, min(clock.today(), last))),
        "month": _query(MONTH, first),
        "here": _("检查日历"),
        **rights(actor),
    }
    return render(request, "inspection/visits/calendar.html", shown)


def _day(said: str) -> date:
    try:
        day = date.fromisoformat(said)
    except ValueError:
        return clock.today()
    # Its neighbours are days, too.
    return min(max(day, date(2000, 1, 1)), date(2200, 1, 1))


def _ends(span: str, day: date) -> tuple[date, date]:
    if span == MONTH:
        return day.replace(day=1), last_day(day)
    first = day - timedelta(days=day.weekday())
    return first, first + timedelta(days=6)


def _query(span: str, day: date) -> str:
    return "?" + urlencode({"of": span, "day": day.isoformat()})


def _by_officer(found: Sequence[Any], days: Sequence[date]) -> list[dict[str, Any]]:
    """A line for each officer who has something to do, one more for what nobody has."""
    held: dict[int, dict[date, list[Any]]] = {}
    for row in visit_words.rows(found):
        for person in row["visit"].pair or (0,):
            held.setdefault(person, {}).setdefault(row["visit"].day, []).append(row)
    names = people.names(list(held))
    lines = [
        {
            "name": names.get(person, _("未派定人员")),
            "days": [(day, of_days.get(day, [])) for day in days],
            "count": sum(map(len, of_days.values())),
        }
        for person, of_days in held.items()
    ]
    return sorted(lines, key=lambda line: str(line["name"]))


def _by_station(found: Sequence[Any], days: Sequence[date]) -> list[dict[str, Any]]:
    """A line for each day on which anybody goes anywhere: how many of each station."""
    stations = sorted({one.station for one in found})
    names = area_names(stations)
    lines = []
    for day in days:
        of_day = [one for one in found if one.day == day]
        if of_day:
            counts = [
                (names.get(code, code) or _("未划定监管所"),
                 sum(one.station == code for one in of_day))
                for code in stations
            ]  # fmt: skip
            lines.append(
                {"day": day, "count": len(of_day), "stations": [one for one in counts if one[1]]}
            )
    return lines
