"""Checklists as officers and businesses read them: what is looked at, by which article."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mingchu.accounts.access import public, requires
from mingchu.base import clock
from mingchu.inspection import checklists, words
from mingchu.inspection.pages.common import READ, rooms
from mingchu.rulebook.words import heading


@requires(READ)
@require_safe
def lists(request: HttpRequest) -> HttpResponse:
    """Every kind of business with a list, and how long it is."""
    return render(request, "inspection/checklists.html", _all() | rooms(request))


@requires(READ)
@require_safe
def one(request: HttpRequest, kind: str) -> HttpResponse:
    """The list of one kind, part by part."""
    return render(request, "inspection/checklist.html", _one(kind) | rooms(request))


@public
@require_safe
@never_cache
def public_lists(request: HttpRequest) -> HttpResponse:
    """The same for everybody, so that a business can prepare."""
    return render(request, "inspection/public_checklists.html", _all())


@public
@require_safe
@never_cache
def public_one(request: HttpRequest, kind: str) -> HttpResponse:
    return render(request, "inspection/public_checklist.html", _one(kind))


def _all() -> dict[str, Any]:
    day = clock.today()
    found = (checklists.checklist_for(kind, (), "", day) for kind in checklists.kinds(day))
    return {"rows": [words.checklist_row(one) for one in found], "rule": checklists.MODULES}


def _one(kind: str) -> dict[str, Any]:
    day = clock.today()
    if kind not in checklists.kinds(day):
        raise Http404
    whole = checklists.checklist_for(kind, (), "", day)
    return {
        "list": words.checklist_row(whole),
        "groups": words.checklist_groups(whole),
        "additions": [
            {"name": heading(title), "groups": words.checklist_groups(more)}
            for _trait, title, more in checklists.additions(kind, day)
        ],
        "versions": whole.versions.items(),
        "legend": words.statuses_of(whole),
    }
