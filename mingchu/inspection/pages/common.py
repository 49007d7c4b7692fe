"""What these pages share: actions, lists cut into pages, an act that is done or says why not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from mingchu.accounts.access import actor_of
from mingchu.accounts.domain import Actor, ScopeKind, may
from mingchu.base.errors import Refusal
from mingchu.inspection.models import Plan
from mingchu.inspection.queries import plans as queries
from mingchu.registry.pages.common import attempt, exported, told

__all__ = ["attempt", "exported", "told"]

READ, PLAN, APPROVE = "inspection.read", "inspection.plan", "inspection.approve"
WEIGH, ASSIGN = "inspection.weigh", "inspection.assign"
PAGE = 50
EXPORT_TOP = 100_000


def cut(rows: QuerySet[Any], page: str) -> tuple[list[Any], int]:
    """One page by its number, and the number of the next, 0 where there is none."""
    at = int(page) if page.isdecimal() and len(page) < 7 else 1
    first = (max(at, 1) - 1) * PAGE
    found: list[Model] = list(rows[first : first + PAGE + 1])
    return found[:PAGE], at + 1 if len(found) > PAGE else 0


def onward(query: dict[str, str], following: int, page: str) -> dict[str, str]:
    """Addresses of the next and the first page."""
    return {
        "next": f"?{urlencode({**query, 'page': following})}" if following else "",
        "first": f"?{urlencode(query)}" if page not in ("", "1") else "",
    }


def works_on(actor: Actor, action: str, plan: Plan) -> bool:
    """Whether the actor may do it with this plan."""
    return queries.own_plan(actor.scopes_for(action), plan.pk) is not None


def is_city(actor: Actor, action: str) -> bool:
    return any(scope.kind is ScopeKind.CITY for scope in actor.scopes_for(action))


def rooms(request: HttpRequest) -> dict[str, Any]:
    """Which rooms the reader may enter."""
    actor = actor_of(request)
    return {"rooms": {"weigh": may(actor, WEIGH), "assign": may(actor, ASSIGN)}}


def done(request: HttpRequest, act: Callable[[], object], said: Any) -> bool:
    """Does it and says so, or says why not; for acts that are one button."""
    try:
        act()
    except Refusal as refusal:
        messages.error(request, told(refusal))
        return False
    messages.success(request, str(said))
    return True


def form_page(
    request: HttpRequest, form: forms.Form, title: str, does: str, up: tuple[str, str]
) -> HttpResponse:
    """A form with where it leads back to."""
    shown = {"form": form, "title": title, "does": does, "up": up[0], "up_title": up[1]}
    return render(request, "inspection/form.html", shown)
