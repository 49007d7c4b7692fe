"""A new visit 安排检查: nothing is asked that the registry knows; what weighs stands beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mingchu.accounts.access import actor_of, requires
from mingchu.base import clock
from mingchu.inspection import checklists, rules, services, visit_words
from mingchu.inspection.models import Level, VisitType
from mingchu.inspection.pages.common import PLAN, attempt, is_city
from mingchu.inspection.pages.visits import loads_of, trail
from mingchu.inspection.queries import people
from mingchu.inspection.queries import visits as queries
from mingchu.inspection.queries.checklists import traits_of
from mingchu.inspection.services import NewVisit
from mingchu.inspection.standing import standing_of
from mingchu.inspection.visit_forms import VisitForm
from mingchu.registry import domain as registry
from mingchu.registry import queries as registered
from mingchu.registry.models import Business
from mingchu.rulebook.domain import Title
from mingchu.rulebook.words import words as said

USUAL_DAYS = 14  # what the form proposes; whoever plans sets it
ORIGIN_TOP, JOINT_TOP = 60, 60


@requires(PLAN)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A visit to one business: `?business=`, what called for it `&origin=`, `&type=`, `&joint=`."""
    actor = actor_of(request)
    business = _business(request, request.GET.get("business", ""))
    if business is None:
        return _asks_for_business(request)
    today = clock.today()
    able = people.able_at(business.district, business.kind, today)
    kept_away = {one.user_id for one in people.recusals([one.user.pk for one in able],
                                                        [business.pk])}  # fmt: skip
    able = [one for one in able if one.user.pk not in kept_away]
    form = VisitForm(
        request.POST or None,
        able=able,
        loads=loads_of(able),
        items=_items(business),
        initial={
            "type": request.GET.get("type", VisitType.ROUTINE),
            "joint": request.GET.get("joint", "")[:JOINT_TOP],
            "day": today,
            "due": today + timedelta(days=USUAL_DAYS),
        },
    )
    made: list[Any] = []

    def act() -> None:
        level = Level.CITY if is_city(actor, PLAN) else Level.DISTRICT
        origin = request.GET.get("origin", "")[:ORIGIN_TOP]
        new_visit = NewVisit(
            business_id=business.pk, level=level, origin=origin, **_given(form, business)
        )
        made.append(services.plan_visit(new=new_visit, by=actor))

    if form.is_valid() and attempt(form, act):
        messages.success(request, _("已拟定，等待审批"))
        return redirect("inspection:visit", made[0].pk)
    shown = {"form": form, "business": business, **_weighs(request, business),
             **trail(_("安排检查"))}  # fmt: skip
    return render(request, "inspection/visits/new.html", shown)


def _business(request: HttpRequest, said: str) -> Business | None:
    """By file number or credit code, inside one's own area."""
    typed, scopes = said.strip(), actor_of(request).scopes_for(PLAN)
    number = registry.number_of(typed) if len(typed) == registry.ID_LENGTH else None
    if number is None and typed:
        listed, _gone = registered.of_codes([typed.upper()])
        number = listed.values_list("pk", flat=True).first()
    return registered.business(scopes, number) if number else None


def _asks_for_business(request: HttpRequest) -> HttpResponse:
    typed = request.GET.get("business", "").strip()
    shown = {"typed": typed[:18], "unknown": bool(typed), "asks": True, **trail(_("安排检查"))}
    return render(request, "inspection/visits/new.html", shown, status=404 if typed else 200)


def _items(business: Business) -> list[tuple[str, str]]:
    day = clock.today()
    traits = traits_of([business.pk], day)[business.pk]
    found = checklists.checklist_for(business.kind, traits, "", day)
    return [
        (one.id, f"{'★ ' if one.is_key else ''}{said(Title(one.zh, one.en))}")
        for one in found.items
    ]


def _given(form: VisitForm, business: Business) -> dict[str, Any]:
    given = dict(form.cleaned_data)
    given["items"] = tuple(given["items"])
    if given["type"] == VisitType.JOINT:
        given["joint"] = given["joint"] or f"LH{given['day']:%Y%m%d}-{business.public_id}"
    else:
        given["joint"] = ""
    return given


def _weighs(request: HttpRequest, business: Business) -> dict[str, Any]:
    """What somebody who plans has to know: how often, how last, what is open, what waits."""
    day = clock.today()
    known = standing_of(business.pk, day)
    last = queries.last_records([business.pk]).get(business.pk)
    return {
        "standing": known,
        "ceiling": rules.CEILING,
        "full": known is not None and known.cap is not None and known.counted >= known.cap,
        "last": visit_words.record_rows([last])[0] if last else None,
        "open": [
            {"finding": one, "text": visit_words.item_names(one.record).get(one.item, one.item)}
            for one in queries.unmended(business.pk)
        ],
        "waiting": visit_words.rows(queries.waiting_at(actor_of(request), business.pk)),
        "origin": visit_words.origin_said(request.GET.get("origin", "")[:ORIGIN_TOP]),
    }
