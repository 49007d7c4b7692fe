"""A batch: its pool is checked, conflicts are seen, its draw is opened; what became of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import Actor, may
from mingchu.base import clock
from mingchu.draw.models import DrawState
from mingchu.inspection import exports, rules, services, words
from mingchu.inspection.domain.balance import Clash
from mingchu.inspection.domain.months import last_day
from mingchu.inspection.forms import THROWN, ChangeForm, OpenForm
from mingchu.inspection.models import Batch, BatchState, PlanState
from mingchu.inspection.models.pools import Standing
from mingchu.inspection.pages.common import (
    APPROVE,
    EXPORT_TOP,
    READ,
    WEIGH,
    attempt,
    cut,
    done,
    exported,
    form_page,
    onward,
    rooms,
    works_on,
)
from mingchu.inspection.pages.plans import APPROVED, districts_of
from mingchu.inspection.queries import people, pools
from mingchu.inspection.queries import plans as queries
from mingchu.inspection.services.planning import said as said_of
from mingchu.registry.places import district_name
from mingchu.registry.words import words as registry_words

RUN = "draw.run"


def _own(request: HttpRequest, pk: int, action: str) -> Batch:
    found = queries.own_batch(actor_of(request).scopes_for(action), pk)
    if found is None:
        raise Http404
    return found


@requires(READ)
@require_safe
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a batch stands, and what comes next."""
    actor = actor_of(request)
    one = queries.batch(actor.scopes_for(READ), pk)
    if one is None:
        raise Http404
    weighs = works_on(actor, WEIGH, one.plan)
    fresh = one.state == BatchState.CHECKED and one.checked_on == clock.today()
    shown = {
        **_told(one),
        "weighs": weighs,
        "can_check": weighs and _waits(one) and one.plan.state == PlanState.PUBLISHED,
        "can_open": weighs and fresh and may(actor, RUN),
        "can_change": works_on(actor, APPROVE, one.plan) and _changes(one),
        "form": OpenForm(initial=_sources(one)) if weighs and fresh else None,
        "is_due_today": fresh,
        "tasks": _tasks(one) if weighs else [],
        **rooms(request),
    }
    return render(request, "inspection/batch.html", shown)


def _told(one: Batch) -> dict[str, Any]:
    found = one.found
    return {
        "batch": one,
        "plan": one.plan,
        "plan_name": words.plan_name(one.plan),
        "matter": words.matter_name(one.matter),
        "places": words.places(one),
        "found": found,
        "standings": words.standings(found.get("standing", {})),
        "clashes": words.clashes(found.get("clashes", ())),
        "asks": any(clash["clash"] == Clash.COVER_OR_CEILING for clash in found.get("clashes", ())),
        "number": one.draw.number if one.draw else "",
        "room": room_of(one.draw.number) if one.draw and one.draw.number else "",
    }


def _waits(one: Batch) -> bool:
    """Not in a draw, or in one that was thawed."""
    if one.draw is not None:
        return one.draw.state == DrawState.DRAFT
    return one.state in (BatchState.PLANNED, BatchState.CHECKED)


def _changes(one: Batch) -> bool:
    return one.draw is None and one.state != BatchState.VOID and one.plan.state in APPROVED


def _sources(one: Batch) -> dict[str, Any]:
    """Dice before witnesses, which every office has."""
    return {"dice": True, "throws": THROWN, "reveal_by": rules.reveal_by(last_day(one.month))}


def _tasks(one: Batch) -> list[dict[str, Any]]:
    rows = list(pools.tasks(one)[:EXPORT_TOP]) if one.state in queries.DONE else []
    names = people.names([pk for row in rows for pk in (row.lead_id, row.second_id)])
    return [
        {
            "task": row,
            "lead": names.get(row.lead_id or 0, ""),
            "second": names.get(row.second_id or 0, ""),
        }
        for row in rows
    ]


@requires(WEIGH)
@require_POST
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """The pool, reckoned as of today."""
    one = _own(request, pk, WEIGH)
    first = {"cover": True, "ceiling": False}.get(request.POST.get("first", ""))
    done(request, lambda: services.check(batch=one, cover_first=first), _("名单已核对"))
    return redirect("inspection:batch", pk)


@requires(WEIGH)
@require_POST
def open_batch(request: HttpRequest, pk: int) -> HttpResponse:
    """Lists frozen in a draw; from there the draw room goes on."""
    one = _own(request, pk, WEIGH)
    if not _runs(actor_of(request), one):
        raise Http404
    form = OpenForm(request.POST)
    if form.is_valid():
        made: list[Any] = []

        def act() -> None:
            made.append(
                services.open_batch(
                    batch=one, announced=form.announced, reveal_by=form.cleaned_data["reveal_by"]
                )
            )

        if attempt(form, act):
            messages.success(
                request, _("名单已锁定，登记号%(number)s") % {"number": made[0].number}
            )
            return redirect(room_of(made[0].number))
    shown = {
        **_told(one),
        "weighs": True,
        "can_check": True,
        "can_open": True,
        "form": form,
        "is_due_today": True,
        **rooms(request),
    }
    return render(request, "inspection/batch.html", shown)


def _runs(actor: Actor, one: Batch) -> bool:
    return works_on(actor, RUN, one.plan)


def room_of(number: str) -> str:
    """The draw room, where it goes on."""
    return reverse("draw:room", args=[number])


@requires(APPROVE)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """A batch of an approved plan, changed for a reason that is published."""
    one = _own(request, pk, APPROVE)
    held = said_of(one)
    initial = {
        "month": held.month.strftime("%Y-%m"),
        "matter": held.matter,
        "districts": held.districts,
        "campaign": held.campaign,
        "departments": held.departments,
    }
    form = ChangeForm(request.POST or None, districts=districts_of(one.plan), initial=initial)

    def act() -> None:
        given = form.cleaned_data
        to = None if given["gives_up"] else form.batch
        services.change_batch(batch=one, to=to, reason=given["reason"], by=actor_of(request))

    if form.is_valid() and attempt(form, act):
        messages.success(request, _("已变更，理由随计划公布"))
        return redirect("inspection:batch", pk)
    up = (reverse("inspection:batch", args=[pk]), words.matter_name(one.matter))
    return form_page(request, form, _("变更批次"), _("变更"), up)


# ── Pools ──


def _asked(request: HttpRequest) -> dict[str, str]:
    """Which rows: of a standing (`for` is who may be drawn), or of a clash."""
    standing, clash = request.GET.get("standing", ""), request.GET.get("clash", "")
    known = {"standing": standing if standing == "for" or standing in Standing.values else "",
             "clash": clash if clash in list(Clash) else ""}  # fmt: skip
    return {name: value for name, value in known.items() if value}


def _rows(one: Batch, asked: dict[str, str]) -> Any:
    standing = asked.get("standing")
    return pools.rows(
        one,
        standing="" if standing == "for" else standing,
        clash=asked.get("clash", ""),
    )


@requires(WEIGH)
@require_safe
def pool(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody of a batch, with how he stands."""
    one, asked, page = _own(request, pk, WEIGH), _asked(request), request.GET.get("page", "")
    rows = _rows(one, asked)
    found, following = cut(rows, page)
    kinds = registry_words().kinds
    shown = {
        **_told(one),
        "rows": [
            {
                "row": row,
                "kind": kinds.get(row.kind, row.kind),
                "district": district_name(row.district),
                "clash": words.clash_name(row.clash),
            }
            for row in found
        ],
        "count": rows.count(),
        "asked": asked,
        "query": asked,
        "choices": [(code or "for", name) for code, name, _n in _told(one)["standings"]],
        "clash_choices": [(code.value, words.clash_name(code.value)) for code in Clash],
        **rooms(request),
        **onward(asked, following, page),
    }
    return render(request, "inspection/pool.html", shown)


@requires(WEIGH)
@require_safe
def export_pool(request: HttpRequest, pk: int) -> HttpResponse:
    one = _own(request, pk, WEIGH)
    rows = _rows(one, _asked(request))[:EXPORT_TOP]
    return exported(
        request, "pool", _("检查对象名录库"), exports.pool_columns(), exports.pool(rows)
    )


@requires(WEIGH)
@require_safe
def beside(request: HttpRequest, pk: int) -> HttpResponse:
    """Who has to be visited beside the draw: key supervision, and what a grade asks for."""
    one, page = _own(request, pk, WEIGH), request.GET.get("page", "")
    rows, day = pools.beside(one), clock.today()
    found, following = cut(rows, page)
    shown = {
        **_told(one),
        "rows": [
            {
                "row": row,
                "district": district_name(row.district),
                "why": words.beside_said(row, day),
            }
            for row in found
        ],
        "count": rows.count(),
        "query": {},
        "today": day,
        **rooms(request),
        **onward({}, following, page),
    }
    return render(request, "inspection/beside.html", shown)


@requires(WEIGH)
@require_safe
def export_beside(request: HttpRequest, pk: int) -> HttpResponse:
    rows = pools.beside(_own(request, pk, WEIGH))[:EXPORT_TOP]
    title = _("抽查之外的检查计划")
    return exported(request, "beside", title, exports.beside_columns(), exports.beside(rows))
