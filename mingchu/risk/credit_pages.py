"""What the pages of credit and measures share: actions, filters, pagers, the row of rooms."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest

from mingchu.accounts.domain import Actor, may
from mingchu.registry.forms import districts_for

READ, CREDIT, NOTE = "risk.read", "risk.credit", "risk.note"


def said(request: HttpRequest) -> dict[str, str]:
    """What the address asks for, each once."""
    return {name: request.GET.get(name, "") or "" for name in request.GET}


def districts(actor: Actor, action: str) -> list[tuple[str, Any]]:
    return districts_for(actor, action)


def rooms(actor: Actor) -> dict[str, bool]:
    """Which rooms the reader may enter besides those of every officer."""
    return {"sees_classes": may(actor, CREDIT)}


def pager(request: HttpRequest, query: dict[str, str], cursor: object) -> dict[str, str]:
    """Addresses of the next and the first page of a list that goes on from a cursor."""
    return {
        "next": f"?{urlencode({**query, 'cursor': cursor})}" if cursor else "",
        "first": f"?{urlencode(query)}" if request.GET.get("cursor") else "",
    }
