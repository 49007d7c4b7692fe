"""For everybody: the matter list, published plans, how they were changed."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mingchu.accounts.access import public
from mingchu.base import clock
from mingchu.draw.models import DrawState
from mingchu.draw.queries import PUBLIC
from mingchu.inspection import rules, words
from mingchu.inspection.models import Batch
from mingchu.inspection.pages.plans import changes_said
from mingchu.inspection.queries import plans as queries


@public
@require_safe
@never_cache
def plans(request: HttpRequest) -> HttpResponse:
    """Every plan that was published."""
    rows = [{"plan": one, "office": words.office(one.district)} for one in queries.published()]
    return render(request, "inspection/public_plans.html", {"rows": rows})


@public
@require_safe
@never_cache
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """One plan: what is drawn when, from whom, and what was changed for which reason."""
    one = queries.published_plan(pk)
    if one is None:
        raise Http404
    shown = {
        "plan": one,
        "office": words.office(one.district),
        "batches": [_batch(batch) for batch in queries.batches([one])],
        "changes": changes_said(one),
    }
    return render(request, "inspection/public_plan.html", shown)


def _batch(one: Batch) -> dict[str, Any]:
    """Of a draw no more than its number, once the register tells it."""
    told = one.draw is not None and DrawState(one.draw.state) in PUBLIC
    return {
        "batch": one,
        "matter": words.matter_name(one.matter),
        "places": words.places(one),
        "number": one.draw.number if told and one.draw else "",
    }


@public
@require_safe
@never_cache
def matters(request: HttpRequest) -> HttpResponse:
    """What may be inspected by random draw: whatever is not on the list may not."""
    day = clock.today()
    shown = {
        "rows": words.matter_rows(day),
        "rule": rules.matter_list(day),
        "id": rules.MATTERS,
        "ceiling": rules.SHARE,
    }
    return render(request, "inspection/matters.html", shown)
