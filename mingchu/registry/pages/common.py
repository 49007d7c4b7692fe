"""What pages of the registry share: the file in reach, a form that is refused, a list's places."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from mingchu.accounts.access import actor_of
from mingchu.base.errors import Refusal
from mingchu.kit.sheets import downloads
from mingchu.registry import queries
from mingchu.registry.models import Business
from mingchu.registry.queries import Page, Wanted
from mingchu.registry.words import FIELD_NAMES

exported = downloads.exported


def found(request: HttpRequest, number: int, action: str) -> Business:
    """The business where the actor may do the action; elsewhere there is no such page."""
    known = queries.business(actor_of(request).scopes_for(action), number)
    if known is None:
        raise Http404
    return known


def told(refusal: Refusal) -> str:
    """The refusal as a page says it; fields it names are named as the page names them."""
    names = str(refusal.facts.get("fields", ""))
    if names:
        said = _("、").join(str(FIELD_NAMES.get(name, name)) for name in names.split(", "))
        refusal = Refusal(
            refusal.code, refusal.why_source, refusal.fix_source, status=refusal.status, fields=said
        )
    return refusal.sentence(_)


def attempt(form: forms.Form, act: Callable[[], object]) -> bool:
    """Does it, or says beside the form why not."""
    try:
        act()
    except Refusal as refusal:
        form.add_error(None, told(refusal))
        return False
    return True


def form_page(
    request: HttpRequest, form: forms.Form, known: Business, title: str, does: str
) -> HttpResponse:
    shown = {"form": form, "business": known, "title": title, "does": does}
    return render(request, "registry/form.html", shown)


def said_count(page: Page) -> str:
    if not page.is_counted:
        return _("%s+ 户") % f"{queries.COUNTED:,}"
    return _("%s 户") % f"{page.count:,}"


def pages(request: HttpRequest, page: Page, wanted: Wanted) -> dict[str, str]:
    """Addresses of the first and the next page."""
    asked = wanted.query()
    onward = f"?{urlencode({**asked, 'cursor': page.next})}" if page.next else ""
    first = f"?{urlencode(asked)}" if request.GET.get("cursor") else ""
    return {"next": onward, "first": first}
