"""What happened to a file: its timeline to the end, and version by version what was changed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import Scope, may
from mingchu.accounts.naming import actors_said
from mingchu.base import clock
from mingchu.base.slots import STORY
from mingchu.registry import timeline
from mingchu.registry.differences import differences
from mingchu.registry.dossier.refs import is_inside
from mingchu.registry.dossier.said import channel_name
from mingchu.registry.models import Business
from mingchu.registry.pages.common import found
from mingchu.registry.queries import premises_of
from mingchu.registry.queries.parts import at_sites, merged_into
from mingchu.registry.queries.past import Version, versions

LINES = 40
VERSIONS = 20


@requires("registry.read")
@require_safe
def story(request: HttpRequest, number: int) -> HttpResponse:
    """All entries about the file, a page at a time; `?with=place` with those of the businesses
    that were at its places before and after."""
    known = found(request, number, "registry.read")
    actor = actor_of(request)
    scopes = actor.scopes_for("registry.read")
    names = {known.pk: "", **{merge.gone_id: merge.gone.name for merge in merged_into(known)}}
    more = ""
    if request.GET.get("with") == "place":
        names, more = names | _neighbours(known, scopes), "&with=place"
    before = _entry(request.GET.get("before", ""))
    told = timeline.told(names, actor, before=before, limit=LINES)
    shown = {
        "business": known,
        "lines": told,
        "panels": [
            drawn
            for panel in STORY
            if not before and may(actor, panel.action) and (drawn := panel.draw(request, known.pk))
        ],
        "next": f"?before={told.next}{more}" if told.next else "",
        "first": reverse("registry:story", args=[known.pk]) if before else "",
    }
    return render(request, "registry/story.html", shown)


def _neighbours(known: Business, scopes: Collection[Scope]) -> dict[int, str]:
    """Who else worked at its places, as far as the reader may open their files."""
    sites = {one.site_id for one in premises_of(known) if one.site_id}
    return {
        one.business_id: one.business.name
        for one in at_sites(sites, clock.today())
        if one.business_id != known.pk and is_inside(one.business, scopes)
    }


@requires("registry.read")
@require_safe
def changed(request: HttpRequest, number: int) -> HttpResponse:
    """Who changed what when and why, the newest first."""
    known = found(request, number, "registry.read")
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isdecimal() else None
    rows = versions(known, before=before, limit=VERSIONS + 1)
    shown_rows = rows[:VERSIONS]
    who = actors_said({one.past.actor for one in shown_rows})
    more = len(rows) > VERSIONS
    shown = {
        "business": known,
        "rows": [_version(one, who) for one in shown_rows],
        "next": f"?before={shown_rows[-1].past.revision}" if more else "",
        "first": reverse("registry:versions", args=[known.pk]) if before else "",
    }
    return render(request, "registry/versions.html", shown)


def _version(one: Version, who: dict[str, str]) -> dict[str, Any]:
    at = clock.city(one.past.until)
    return {
        "at": at,
        "who": who[one.past.actor],
        "why": one.past.why,
        "channel": channel_name(one.past.channel),
        "differences": differences(one.before, one.after),
        "day_before": at.date() - timedelta(days=1),
    }


def _entry(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
