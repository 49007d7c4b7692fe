"""What these pages share: a form that is refused, lists cut into pages and given as files."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from mingchu.accounts.domain import Actor, ScopeKind, may
from mingchu.base import clock
from mingchu.registry.forms import districts_for
from mingchu.registry.pages.common import attempt, exported, told
from mingchu.territory.domain.quarters import Quarter, quarter_of
from mingchu.territory.words import level_name

__all__ = ["attempt", "exported", "told"]

READ, MANAGE, EXPORT = "territory.read", "territory.manage", "territory.export"
VISIT = "territory.visit"
PAGE = 50


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


def pager(request: HttpRequest, query: dict[str, str], cursor: str) -> dict[str, str]:
    """The same for a list that goes on from a cursor."""
    return {
        "next": f"?{urlencode({**query, 'cursor': cursor})}" if cursor else "",
        "first": f"?{urlencode(query)}" if request.GET.get("cursor") else "",
    }


def said(request: HttpRequest) -> dict[str, str]:
    """What the address asks for, each once."""
    return {name: request.GET.get(name, "") or "" for name in request.GET}


def levels() -> list[tuple[str, str]]:
    """The four levels as a filter names them."""
    today = clock.today()
    return [(level, level_name(level, today)) for level in "ABCD"]


def districts(actor: Actor, action: str) -> list[tuple[str, Any]]:
    return districts_for(actor, action)


def is_city(actor: Actor, action: str) -> bool:
    return any(scope.kind is ScopeKind.CITY for scope in actor.scopes_for(action))


def this_quarter() -> Quarter:
    return quarter_of(clock.today())


def can(actor: Actor, *actions: str) -> dict[str, bool]:
    """What the page may offer: `can_export` for `territory.export`."""
    return {f"can_{action.partition('.')[2]}": may(actor, action) for action in actions}
