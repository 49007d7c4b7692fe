"""What pages of the draw room share: the draw in reach, an act that is refused, words of people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from mingchu.accounts.access import actor_of
from mingchu.base.errors import Refusal
from mingchu.draw import queries
from mingchu.draw.models import Draw

READ, RUN, WITNESS = "draw.read", "draw.run", "draw.witness"


def within(request: HttpRequest, no: str, action: str) -> Draw:
    """The draw where the reader may do the action; elsewhere there is no such page."""
    found = reached(request, no, action)
    if found is None:
        raise Http404
    return found


def reached(request: HttpRequest, no: str, action: str) -> Draw | None:
    return queries.run_by(actor_of(request).scopes_for(action), no)


def told(refusal: Refusal) -> str:
    return refusal.sentence(_)


def attempt(form: forms.Form, act: Callable[[], object]) -> bool:
    """Does it, or says beside the form why not."""
    try:
        act()
    except Refusal as refusal:
        form.add_error(None, told(refusal))
        return False
    return True


def do(request: HttpRequest, draw: Draw, act: Callable[[], object], done: str) -> HttpResponse:
    """An act that is a button, and the room again."""
    try:
        act()
    except Refusal as refusal:
        messages.error(request, told(refusal))
    else:
        messages.success(request, done)
    draw.refresh_from_db()
    return redirect("draw:room", queries.name_of(draw))


def complain(request: HttpRequest, draw: Draw, form: forms.Form) -> HttpResponse:
    """A form of the room that was not filled in."""
    for errors in form.errors.values():
        messages.error(request, " ".join(str(error) for error in errors))
    return redirect("draw:room", queries.name_of(draw))


def said_number(request: HttpRequest, name: str) -> int:
    """A number of the address, 0 for anything else."""
    said: Any = request.GET.get(name, "0")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 9 else 0
