"""The bureau's view: coverage of a quarter, its visits, who visits whom; every number a link."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.registry.places import DISTRICTS, district_name
from mingchu.registry.queries import plan_page
from mingchu.territory import exports, queries, rules, services, words
from mingchu.territory.domain.quarters import Quarter, quarter_of, read_quarter
from mingchu.territory.hanging import rows as address
from mingchu.territory.models import Assignment, Visit
from mingchu.territory.pages import visiting
from mingchu.territory.pages.common import (
    EXPORT,
    MANAGE,
    READ,
    can,
    districts,
    exported,
    levels,
    pager,
    said,
    this_quarter,
)
from mingchu.territory.queries import Asked, Cell, Counts, VisitsAsked

EXPORT_TOP = 100_000
QUARTERS_SHOWN = 8


@dataclass(frozen=True)
class Line:
    """A district's row, or that of all of them: its levels in order, then the sum."""

    name: str
    cells: list[tuple[Counts, str]]
    total: Counts
    href: str


@requires(READ)
@require_safe
def coverage(request: HttpRequest) -> HttpResponse:
    """Of what was to be visited in a quarter, how much was: by district and level."""
    actor = actor_of(request)
    quarter = read_quarter(request.GET.get("quarter", "")) or this_quarter()
    scopes = actor.scopes_for(READ)
    cells = queries.coverage(scopes, quarter)
    lines = list(_lines(cells, quarter))
    total = sum((cell.counts for cell in cells), Counts())
    shown = {
        "quarter": quarter,
        "quarter_name": words.quarter_name(quarter),
        "quarters": list(_quarters(quarter)),
        "levels": levels(),
        "lines": lines,
        "sum": _line(_("合计"), "", cells, quarter) if len(lines) > 1 else None,
        "total": total,
        "figures": list(_figures(total, quarter)),
        "unvisited": queries.unvisited(scopes).count(),
        "unvisited_href": address("businesses", who="nobody"),
        "rule": rules.GROUNDS,
        **can(actor, MANAGE, EXPORT),
    }
    return render(request, "territory/coverage.html", shown)


def _quarters(chosen: Quarter) -> Iterator[dict[str, Any]]:
    known = {this_quarter(), chosen, *queries.quarters_known()}
    for one in sorted(known, reverse=True)[:QUARTERS_SHOWN]:
        yield {"key": str(one), "name": words.quarter_name(one), "here": one == chosen}


def _lines(cells: Iterable[Cell], quarter: Quarter) -> Iterator[Line]:
    cells = list(cells)
    for code in dict.fromkeys([*DISTRICTS, *(cell.district for cell in cells)]):
        own = [cell for cell in cells if cell.district == code]
        if own:
            yield _line(district_name(code), code, own, quarter)


def _line(name: str, district: str, cells: list[Cell], quarter: Quarter) -> Line:
    by_level = {
        level: sum((cell.counts for cell in cells if cell.level == level), Counts())
        for level in "ABCD"
    }
    to = partial(address, "visits", quarter=str(quarter), district=district)
    return Line(
        name,
        [(counts, to(level=level)) for level, counts in by_level.items()],
        sum(by_level.values(), Counts()),
        to(),
    )


def _figures(total: Counts, quarter: Quarter) -> Iterator[tuple[str, int, str]]:
    """Each number with its words and its rows."""
    for key, label in words.STANDINGS.items():
        yield str(label), getattr(total, key), address("visits", quarter=str(quarter), state=key)


@requires(READ)
@require_safe
def visits(request: HttpRequest) -> HttpResponse:
    """The visits behind a number."""
    actor, asked = actor_of(request), _visits_asked(request)
    found = queries.visits(actor.scopes_for(READ), asked)
    page = plan_page(found, "due", request.GET.get("cursor", ""))
    shown = {
        "rows": [_visit(one) for one in page.rows],
        "found": found.count(),
        "asked": asked,
        "quarters": list(_quarters(asked.quarter or this_quarter())),
        "states": [(key, words.STANDINGS[key]) for key in queries.STATES],
        "levels": levels(),
        "districts": districts(actor, READ),
        "query": asked.query(),
        **can(actor, EXPORT),
        **pager(request, asked.query(), page.next),
    }
    return render(request, "territory/visits.html", shown)


def _visits_asked(request: HttpRequest) -> VisitsAsked:
    return VisitsAsked.read(said(request))


def _visit(one: Visit) -> dict[str, Any]:
    return {
        "visit": one,
        "business": one.business,
        "district": district_name(one.district),
        "quarter": words.quarter_name(quarter_of(one.quarter)),
        "standing": exports.standing(one),
        "problem": words.problem_name(one),
    }


@requires(EXPORT)
@require_safe
def export_visits(request: HttpRequest) -> HttpResponse:
    found = queries.visits(actor_of(request).scopes_for(EXPORT), _visits_asked(request))
    rows = exports.visits(found[:EXPORT_TOP].iterator(2_000))
    return exported(request, "duty-visits", _("包保走访"), exports.visit_columns(), rows)


@requires(READ)
@require_safe
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """One visit as it was made."""
    one = queries.visit(actor_of(request).scopes_for(READ), pk)
    if one is None:
        raise Http404
    return render(request, "territory/record.html", visiting.record(request, one, own=False))


@requires(READ)
@require_safe
def businesses(request: HttpRequest) -> HttpResponse:
    """Who visits whom; with `who=nobody` whom nobody visits."""
    actor, asked = actor_of(request), Asked.read(said(request))
    found = queries.assignments(actor.scopes_for(READ), asked)
    page = plan_page(found, "", request.GET.get("cursor", ""))
    shown = {
        "rows": [_assignment(one) for one in page.rows],
        "found": found.count(),
        "asked": asked,
        "levels": levels(),
        "districts": districts(actor, READ),
        "query": asked.query(),
        **can(actor, MANAGE, EXPORT),
        **pager(request, asked.query(), page.next),
    }
    return render(request, "territory/businesses.html", shown)


def _assignment(one: Assignment) -> dict[str, Any]:
    return {
        "assignment": one,
        "business": one.business,
        "district": district_name(one.business.district),
        "ground": words.ground_said(one),
        "cadre": one.cadre,
    }


@requires(EXPORT)
@require_safe
def export_businesses(request: HttpRequest) -> HttpResponse:
    asked = Asked.read(said(request))
    found = queries.assignments(actor_of(request).scopes_for(EXPORT), asked)
    rows = exports.duty(found[:EXPORT_TOP].iterator(2_000))
    return exported(request, "duty-businesses", _("包保关系"), exports.duty_columns(), rows)


@requires(MANAGE)
@require_POST
def ask_round(request: HttpRequest) -> HttpResponse:
    """The night's round at once, by the worker."""
    services.ask_for_round()
    messages.success(request, _("已开始更新，稍后刷新页面查看"))
    return redirect("territory:coverage")
