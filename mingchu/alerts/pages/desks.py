"""Desks: many orders given to somebody at once, and whole desks handed over."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import Actor, may
from mingchu.accounts.models import User
from mingchu.alerts.domain.states import ASSIGN, HANDLE
from mingchu.alerts.models import Order
from mingchu.alerts.order_forms import DeskForm, GiveForm
from mingchu.alerts.order_rows import rows
from mingchu.alerts.queries import desks
from mingchu.alerts.queries import orders as queries
from mingchu.alerts.services import orders as services
from mingchu.registry.pages.common import attempt, told


@requires(ASSIGN)
@require_http_methods(["GET", "POST"])
def assign_many(request: HttpRequest) -> HttpResponse:
    """Those ticked in the list, to one person."""
    actor = actor_of(request)
    said = request.POST if request.method == "POST" else request.GET
    numbers = [int(one) for one in said.getlist("chosen")[: services.AT_ONCE] if one.isdecimal()]
    chosen = queries.some(actor.scopes_for(ASSIGN), numbers)
    if not chosen:
        messages.error(request, _("没有选中可以派单的工单：请先在清单里勾选"))
        return redirect("alerts:orders")
    form = GiveForm(request.POST or None, people=_people(chosen))
    done: list[services.Done] = []
    if form.is_valid():
        taker = form.people[form.cleaned_data["taker"]]
        note = form.cleaned_data["note"]
        if attempt(
            form,
            lambda: done.append(
                services.assign_many(orders=chosen, taker=taker, by=actor, note=note)
            ),
        ):
            return _result(request, done[0], taker)
    shown = {"form": form, "rows": rows(chosen), "count": len(chosen)}
    return render(request, "alerts/orders/assign.html", shown)


def _people(chosen: list[Order]) -> list[User]:
    """Whoever may take at least one of them; the service looks at each."""
    places = {(one.district, one.station) for one in chosen}
    found = {one.pk: one for place in sorted(places) for one in desks.takers(*place)}
    return list(found.values())


def _result(request: HttpRequest, done: services.Done, taker: User) -> HttpResponse:
    shown = {
        "rows": rows(queries.some(actor_of(request).scopes_for(HANDLE), _numbers(done))),
        "count": len(done.done),
        "left": [(order, told(refusal)) for order, refusal in done.left],
        "taker": taker,
    }
    return render(request, "alerts/orders/given.html", shown)


def _numbers(done: services.Done) -> list[int]:
    return [one.pk for one in done.done]


@requires(HANDLE)
@require_http_methods(["GET", "POST"])
def hand_over_desk(request: HttpRequest) -> HttpResponse:
    """All open orders of one person to another: one's own, or whoever's by who assigns."""
    actor = actor_of(request)
    people = desks.colleagues(actor)
    form = DeskForm(request.POST or None, people=people, initial={"giver": actor.user_id})
    if not may(actor, ASSIGN):
        own: Any = form.fields["giver"]
        own.choices = [one for one in own.choices if one[0] == str(actor.user_id)]
    done: list[services.Done] = []
    if form.is_valid() and attempt(form, lambda: done.append(_hand_over(form, actor))):
        return _result(request, done[0], form.people[form.cleaned_data["taker"]])
    shown = {"form": form, "people": _loads(people, request.GET.get("of", ""))}
    return render(request, "alerts/orders/desk.html", shown)


def _loads(people: list[User], place: str) -> list[tuple[User, int]]:
    """What each has, by name; of a station or a district (`?of=`) those who are posted there."""
    there = desks.posted_under(place) if place else {one.pk for one in people}
    loads = desks.loads_of(there)
    return [(one, loads.get(one.pk, 0)) for one in people if one.pk in there]


def _hand_over(form: DeskForm, actor: Actor) -> services.Done:
    said = form.cleaned_data
    return services.hand_over_desk(
        giver=form.people[said["giver"]],
        taker=form.people[said["taker"]],
        note=said["note"],
        by=actor,
    )
