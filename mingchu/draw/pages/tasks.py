"""Who was drawn and who goes: for whoever runs the draw, before it is public; the way, after it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mingchu.accounts.access import requires
from mingchu.draw import services, words
from mingchu.draw.domain.routing import route
from mingchu.draw.forms import StandInForm
from mingchu.draw.models import Draw, DrawState
from mingchu.draw.opened import Name, names_inside
from mingchu.draw.pages.common import RUN, complain, do, said_number, within
from mingchu.draw.queries import showing
from mingchu.draw.queries import tasks as reading
from mingchu.draw.queries.tasks import Visit

PAGE = 50


@requires(RUN)
@require_safe
@never_cache
def tasks(request: HttpRequest, no: str) -> HttpResponse:
    """Every task with its pair and everybody who was passed over, with the reason."""
    draw = _drawn(request, no)
    shown = showing.shown(draw, opened=True)
    found = reading.visits(draw, shown.rows)
    start = said_number(request, "from")
    page = found[start : start + PAGE]
    return render(
        request,
        "draw/tasks.html",
        {
            **_common(draw, no, page),
            "rows": page,
            "all": len(found),
            "alone": shown.alone,
            "passes": shown.passes,
            "next": f"?from={start + PAGE}" if start + PAGE < len(found) else "",
            "first": "?" if start else "",
            "form": StandInForm(auto_id=False) if draw.state == DrawState.DRAWN else None,
        },
    )


@requires(RUN)
@require_safe
@never_cache
def routes(request: HttpRequest, no: str) -> HttpResponse:
    """The same by pair, each pair's visits in the order of the way."""
    draw = _drawn(request, no)
    found = [
        one
        for one in reading.visits(draw, showing.shown(draw, opened=True).rows)
        if one.row.lead and not one.barred
    ]
    common = _common(draw, no, found)
    shown = {**common, "pairs": _routes(found, common["names"])}
    return render(request, "draw/routes.html", shown)


def _drawn(request: HttpRequest, no: str) -> Draw:
    draw = within(request, no, RUN)
    if not draw.seed:
        raise Http404
    return draw


def _common(draw: Draw, no: str, visits: Sequence[Visit]) -> dict[str, Any]:
    """`names` are of subjects and inspectors, as far as whoever fed the draw tells them."""
    ids = {one for visit in visits for one in _ids(visit)}
    plan = showing.shown(draw, opened=False).plan
    return {
        "draw": draw,
        "no": no,
        "names": names_inside(draw.number, ids),
        "said": lambda code: words.said(code, plan),
        "skips": words.SKIPS,
    }


def _ids(visit: Visit) -> set[str]:
    passed = {who for one in visit.row.passed for who in (one.inspector, one.beside)}
    stood = {one.into for one in visit.stands}
    return {visit.row.subject, *stood, *visit.pair, *passed} - {""}


def _routes(
    visits: Sequence[Visit], names: dict[str, Name]
) -> list[tuple[tuple[str, str], list[Visit]]]:
    """Pairs with most visits first."""
    points = {one: name.point for one, name in names.items() if name.point}
    pairs: defaultdict[tuple[str, str], dict[str, Visit]] = defaultdict(dict)
    for visit in visits:
        lead, second = sorted(visit.pair)
        pairs[lead, second][visit.subject] = visit
    ways = {pair: [some[one] for one in route(list(some), points)] for pair, some in pairs.items()}
    return sorted(ways.items(), key=lambda pair: (-len(pair[1]), pair[0]))


@requires(RUN)
@require_POST
def stand_in(request: HttpRequest, no: str) -> HttpResponse:
    """Somebody is closed, moved or gone: the next ticket of the stratum goes in."""
    draw, form = within(request, no, RUN), StandInForm(request.POST)
    if not form.is_valid():
        return complain(request, draw, form)
    said = form.cleaned_data
    return do(
        request, draw, lambda: services.stand_in(draw=draw, **said), _("已由同层下一个号码递补")
    )
