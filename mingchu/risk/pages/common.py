"""What the pages of grading share: actions, a form and where it leads, the address of a list."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from mingchu.accounts.access import actor_of
from mingchu.accounts.domain import Actor, Place, may
from mingchu.registry.models import Business
from mingchu.registry.pages.common import attempt
from mingchu.risk import words
from mingchu.risk.domain.basis import LETTERS
from mingchu.risk.queries.grades import UNGRADED
from mingchu.rulebook.scoring import told

READ, GRADE, RECORD = "risk.read", "risk.grade", "risk.record"
DECIDE, EXPORT, OWN, STRICT = "risk.decide", "risk.export", "risk.own", "risk.strictness"


def may_here(actor: Actor, action: str, one: Business) -> bool:
    return may(actor, action, Place(one.district, one.station, one.public_id))


def rows(page: str, **asked: str) -> str:
    """The address of a list."""
    query = urlencode({name: value for name, value in asked.items() if value})
    address = reverse(f"risk:{page}")
    return f"{address}?{query}" if query else address


def asked_form(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[], Any],
    *,
    business: Business,
    title: str,
    does: str,
    done: str,
    **more: Any,
) -> HttpResponse:
    """A form about one business: shown, done, or shown again with why not."""
    if form.is_valid() and attempt(form, act):
        messages.success(request, done)
        return redirect("risk:file", business.pk)
    shown = {"form": form, "business": business, "title": title, "does": does, **more}
    return render(request, "risk/form.html", shown)


def can(request: HttpRequest, *actions: str) -> dict[str, bool]:
    """What the page may offer: `can_grade` for `risk.grade`."""
    actor = actor_of(request)
    return {f"can_{action.partition('.')[2]}": may(actor, action) for action in actions}


def choices() -> list[tuple[str, str]]:
    """Letters to filter by, and none."""
    return [
        *((letter, words.letter_short(letter)) for letter in LETTERS),
        (UNGRADED, words.letter_short("")),
    ]


def rooms(request: HttpRequest) -> dict[str, Any]:
    """Which rooms of grading the reader may enter besides those of every officer."""
    actor = actor_of(request)
    return {"rooms": {"decide": may(actor, DECIDE), "strictness": may(actor, STRICT)}}


def pointed(value: Decimal | None) -> str:
    """Points without the zeros of their column, "" for none."""
    return "" if value is None else told(value)
