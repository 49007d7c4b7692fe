"""Silences: made from an alert, listed, lifted; and what could not be folded."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mingchu.accounts.access import actor_of, check, requires
from mingchu.accounts.domain import Actor, Place, may
from mingchu.accounts.naming import actors_said
from mingchu.alerts import rules, services, words
from mingchu.alerts.forms import SilenceForm
from mingchu.alerts.models import Silence
from mingchu.alerts.pages.alerts import found, shown
from mingchu.alerts.queries import alerts as queries
from mingchu.base import clock
from mingchu.registry import domain as registry
from mingchu.registry.pages.common import attempt
from mingchu.registry.places import district_name
from mingchu.registry.queries import area_names
from mingchu.registry.queries.parts import named
from mingchu.signals.models import Noticed

ASIDE_SHOWN = 200


@requires("alerts.silence")
@require_POST
def silence(request: HttpRequest, pk: int) -> HttpResponse:
    """Known, and shall call nobody until the day; within the officer's own place only."""
    one = found(request, pk, "alerts.silence")
    form = SilenceForm(request.POST, alert=one)
    if not form.is_valid():
        return shown(request, one, form)
    about = form.about()
    check(request, "alerts.silence", Place(district=about.district, station=about.station))
    author = actor_of(request).user_id or 0
    until = rules.end_of(form.cleaned_data["until"])
    made = attempt(
        form,
        lambda: services.silence(
            about=about, why=form.cleaned_data["why"], until=until, author=author
        ),
    )
    if not made:
        return shown(request, one, form)
    messages.success(request, _("已静默"))
    return redirect("alerts:alert", pk)


@requires("alerts.read")
@require_safe
def silences(request: HttpRequest) -> HttpResponse:
    """Those in force and those that ended within the month."""
    actor = actor_of(request)
    rows = queries.silences(actor.scopes_for("alerts.read"))
    return render(request, "alerts/silences.html", {"rows": _listed(rows, actor)})


def _listed(rows: list[Silence], actor: Actor) -> list[dict[str, Any]]:
    kinds = words.kind_names()
    who = actors_said({f"user:{one.author}" for one in rows})
    businesses = named({one.business_id for one in rows if one.business_id})
    stations = area_names({one.station for one in rows})
    return [
        {
            "id": one.pk,
            "kind": kinds.get(one.kind, one.kind),
            "business": businesses.get(one.business_id or 0),
            "subject": "" if one.business_id else one.subject,
            "place": stations.get(one.station, one.station) or district_name(one.district),
            "why": one.why,
            "who": who[f"user:{one.author}"],
            "since": one.since,
            "until": words.due_said(one.until),
            "held": getattr(one, "held", 0),
            "in_force": queries.in_force(one),
            "lifted": one.lifted_at,
            "can_lift": queries.in_force(one) and may(actor, "alerts.silence", _place(one)),
        }
        for one in rows
    ]


def _place(one: Silence) -> Place:
    business = registry.public_id(one.business_id) if one.business_id else ""
    return Place(district=one.district, station=one.station, business=business)


@requires("alerts.silence")
@require_POST
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Its alerts call again."""
    actor = actor_of(request)
    known = queries.silence(actor.scopes_for("alerts.silence"), pk)
    if known is None:
        raise Http404
    services.lift(silence=known, by=actor.user_id or 0)
    messages.success(request, _("静默已解除"))
    return redirect("alerts:silences")


@requires("signals.read")
@require_safe
def aside(request: HttpRequest) -> HttpResponse:
    """Signals that could not be folded, each with the reason; none is thrown away."""
    rows = queries.aside(actor_of(request).scopes_for("signals.read"))
    shown_rows = [_said(one) for one in rows[:ASIDE_SHOWN]]
    known = {"rows": shown_rows, "count": queries.count(rows), "top": ASIDE_SHOWN}
    return render(request, "alerts/aside.html", known)


def _said(one: Noticed) -> dict[str, Any]:
    return {
        "id": one.pk,
        "kind": one.kind[:60],
        "subject": one.subject[:80],
        "district": district_name(one.district[:12]),
        "fault": words.FAULTS.get(one.fault, one.fault),
        "received": clock.city(one.received),
        "source": str(one.labels.get("source", "") if isinstance(one.labels, dict) else ""),
    }
