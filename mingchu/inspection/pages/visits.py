"""Visits: the plan board, several at once, the calendar, one visit and what moves it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import Actor, Place, may
from mingchu.inspection import exports, services, visit_words
from mingchu.inspection.forms import ReasonForm
from mingchu.inspection.models import READY, WAITING, Visit, VisitState, VisitType
from mingchu.inspection.pages.common import (
    APPROVE,
    ASSIGN,
    EXPORT_TOP,
    PLAN,
    READ,
    attempt,
    done,
    exported,
)
from mingchu.inspection.queries import people
from mingchu.inspection.queries import visits as queries
from mingchu.inspection.queries.people import Able
from mingchu.inspection.visit_forms import PairForm, ReassignForm, VisitFindForm
from mingchu.registry import domain as registry
from mingchu.registry.queries import COUNTED, areas, plan_count

AT_ONCE = 500
CHUNK = 2_000


def place_of(one: Visit) -> Place:
    return Place(one.district, one.station, registry.public_id(one.business_id))


def trail(here: str, up: tuple[str, str] | None = None) -> dict[str, Any]:
    return {"here": here, "up": up[0] if up else "", "up_title": up[1] if up else ""}


# ── The board ──


@requires(READ)
@require_safe
def visits(request: HttpRequest) -> HttpResponse:
    """What waits, the first to be due first; filters and place stand in the address."""
    actor = actor_of(request)
    form = VisitFindForm(request.GET, areas=areas(actor.scopes_for(READ)))
    wanted = form.wanted
    rows = queries.matching(actor, wanted)
    page = queries.page(rows, wanted.order, request.GET.get("cursor", ""))
    query = wanted.query()
    shown = {
        "form": form,
        "rows": visit_words.rows(page.rows),
        "count": counted(plan_count(rows)),
        "asked": urlencode(query),
        "chips": _chips(actor, query),
        "next": f"?{urlencode({**query, 'cursor': page.next})}" if page.next else "",
        "first": f"?{urlencode(query)}" if request.GET.get("cursor") else "",
        **rights(actor),
    }
    return render(request, "inspection/visits/board.html", shown)


def rights(actor: Actor) -> dict[str, bool]:
    return {
        "can_plan": may(actor, PLAN),
        "can_approve": may(actor, APPROVE),
        "can_assign": may(actor, ASSIGN),
    }


def counted(count: int) -> str:
    if count > COUNTED:
        return _("%s+ 项") % f"{COUNTED:,}"
    return _("%s 项") % f"{count:,}"


def _chips(actor: Actor, asked: dict[str, str]) -> list[dict[str, Any]]:
    """The questions asked most, one step away."""
    known = [
        (_("全部待办"), {}),
        (_("我的检查任务"), {"whose": "mine"}),
        (_("等待审批"), {"state": queries.TO_APPROVE}),
        (_("未派定人员"), {"whose": "unassigned"}),
        (_("已逾期"), {"due": "overdue"}),
        (_("已检查"), {"state": "done"}),
    ]
    return [
        {"label": label, "query": urlencode(query), "here": query == asked}
        for label, query in known
    ]


@requires(READ)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The same list, all of it, as a file."""
    actor = actor_of(request)
    wanted = VisitFindForm(request.GET, areas=areas(actor.scopes_for(READ))).wanted
    rows = queries.matching(actor, wanted)[:EXPORT_TOP].iterator(CHUNK)
    return exported(request, "visits", _("检查任务"), exports.visit_columns(), exports.visits(rows))


# ── Several at once ──


def _chosen(request: HttpRequest, action: str) -> list[Visit]:
    said = request.POST if request.method == "POST" else request.GET
    numbers = [int(one) for one in said.getlist("chosen")[:AT_ONCE] if _is_number(one)]
    return queries.some(actor_of(request), action, numbers)


def _is_number(said: str) -> bool:
    return said.isdecimal() and len(said) < 13


@requires(APPROVE)
@require_POST
def approve_many(request: HttpRequest) -> HttpResponse:
    """Those ticked, all or none."""
    return _many(request, APPROVE, services.approve_visits, _("已审批%(n)s项"))


@requires(PLAN)
@require_POST
def notify_many(request: HttpRequest) -> HttpResponse:
    """The notices of those ticked go out, all or none."""
    return _many(request, PLAN, services.notify_visits, _("已通知%(n)s项"))


def _many(request: HttpRequest, action: str, act: Callable[..., Any], said: str) -> HttpResponse:
    chosen, actor = _chosen(request, action), actor_of(request)
    if not chosen:
        messages.error(request, _("没有选中可以办理的检查：请先在清单里勾选"))
    else:
        done(request, lambda: act(visits=chosen, by=actor), said % {"n": len(chosen)})
    return redirect("inspection:visits")


@requires(ASSIGN)
@require_http_methods(["GET", "POST"])
def assign_many(request: HttpRequest) -> HttpResponse:
    """A pair for those ticked; who is away, uncertified or recused is not offered."""
    chosen, actor = _chosen(request, ASSIGN), actor_of(request)
    if not chosen:
        messages.error(request, _("没有选中可以派定的检查：请先在清单里勾选"))
        return redirect("inspection:visits")
    able = people.able_for(chosen)
    given = request.POST if "lead_id" in request.POST else None
    form = PairForm(given, able=able, loads=loads_of(able))
    if form.is_valid() and attempt(
        form, lambda: services.assign_visits(visits=chosen, **form.cleaned_data, by=actor)
    ):
        messages.success(request, _("已派定%(n)s项") % {"n": len(chosen)})
        return redirect("inspection:visits")
    shown = {
        "form": form,
        "rows": visit_words.rows(chosen),
        "count": len(chosen),
        "nobody": not able,
        **trail(_("派定检查人员")),
    }
    return render(request, "inspection/visits/assign.html", shown)


def loads_of(able: Sequence[Able]) -> dict[int, int]:
    return queries.waiting_loads([one.user.pk for one in able])


# ── One visit ──


def found(request: HttpRequest, pk: int, action: str = READ) -> Visit:
    """The visit where the actor may see it and do the action; elsewhere there is no such page.

    Whoever makes it sees it wherever he sits.
    """
    actor = actor_of(request)
    one = queries.visit(actor, pk)
    if one is None or (action != READ and not may(actor, action, place_of(one))):
        raise Http404
    return one


@requires(READ)
@require_safe
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """Who goes where, why and when, by whose approval; what came of it; what can be done now."""
    one, actor = found(request, pk), actor_of(request)
    names = people.names([one.planned_by, one.approved_by])
    [row] = visit_words.rows([one])
    shown = {
        "visit": one,
        "row": row,
        "matter": visit_words.matter_said(one),
        "list": visit_words.list_said(one),
        "origin": visit_words.origin_said(one.origin),
        "void_why": _("抽取被作废，或者已由他人递补") if one.void_why == "draw" else one.void_why,
        "planned_by": names.get(one.planned_by or 0, _("系统")),
        "approved_by": names.get(one.approved_by or 0, ""),
        "together": visit_words.rows(queries.together_with(actor, one)),
        "others": [
            other for other in visit_words.rows(queries.waiting_at(actor, one.business_id))
            if other["pk"] != one.pk and not (one.joint and other["visit"].joint == one.joint)
        ],
        "rechecks": visit_words.rows(queries.of_business(actor, one.business_id).filter(
            recheck_of=one)),
        "records": visit_words.record_rows(queries.records_of(one)),
        "acts": [
            (name, act) for name, act in ACTS.items() if _offers(act, one, actor)
        ],
        "own": one.planned_by is not None and one.planned_by == actor.user_id,
        "can_assign": one.state in WAITING and one.started_at is None
        and may(actor, ASSIGN, place_of(one)),
        "can_join": one.type == VisitType.JOINT and one.state in WAITING
        and may(actor, PLAN, place_of(one)),
        **trail(one.number),
    }  # fmt: skip
    return render(request, "inspection/visits/visit.html", shown)


@dataclass(frozen=True)
class Act:
    """A step of a visit: who may take it, from which states, whether it asks for a reason."""

    title: Any
    action: str
    states: tuple[VisitState, ...]
    does: Callable[[Visit, Actor, Mapping[str, Any]], object]
    form: type[ReasonForm] | None = None


ACTS = {
    "approve": Act(
        gettext_lazy("批准"), APPROVE, (VisitState.PLANNED,),
        lambda one, by, said: services.approve_visits(visits=[one], by=by),
    ),
    "return": Act(
        gettext_lazy("退回"), APPROVE, (VisitState.PLANNED, *READY),
        lambda one, by, said: services.send_back_visit(visit=one, why=said["why"], by=by),
        ReasonForm,
    ),
    "notify": Act(
        gettext_lazy("发出检查通知"), PLAN, (VisitState.APPROVED,),
        lambda one, by, said: services.notify_visits(visits=[one], by=by),
    ),
    "cancel": Act(
        gettext_lazy("取消检查"), PLAN, WAITING,
        lambda one, by, said: services.call_off(visit=one, why=said["why"], by=by), ReasonForm,
    ),
}  # fmt: skip


def _offers(act: Act, one: Visit, actor: Actor) -> bool:
    if one.state not in act.states or one.started_at is not None:
        return False
    if act is ACTS["notify"] and one.type == VisitType.UNANNOUNCED:
        return False
    return may(actor, act.action, place_of(one))


@requires(PLAN)
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """A step of whoever plans visits."""
    return _acted(request, pk, name, PLAN)


@requires(APPROVE)
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """A step of whoever approves them."""
    return _acted(request, pk, name, APPROVE)


def _acted(request: HttpRequest, pk: int, name: str, action: str) -> HttpResponse:
    one, actor, chosen = found(request, pk, action), actor_of(request), ACTS.get(name)
    if chosen is None or chosen.action != action:
        raise Http404
    if chosen.form is None:
        if request.method == "POST":
            done(request, lambda: chosen.does(one, actor, {}), _("已办理"))
        return redirect("inspection:visit", pk)
    form = chosen.form(request.POST or None)
    if form.is_valid() and attempt(form, lambda: chosen.does(one, actor, form.cleaned_data)):
        messages.success(request, _("已办理"))
        return _back(request, pk)
    return form_page(request, form, str(chosen.title), up_to(one))


def _back(request: HttpRequest, pk: int) -> HttpResponse:
    """To the visit, or to the board where it is none of the reader's any more."""
    if queries.visit(actor_of(request), pk) is None:
        return redirect("inspection:visits")
    return redirect("inspection:visit", pk)


@requires(ASSIGN)
@require_http_methods(["GET", "POST"])
def reassign(request: HttpRequest, pk: int) -> HttpResponse:
    """Another pair, or another day."""
    one, actor = found(request, pk, ASSIGN), actor_of(request)
    able = people.able_for([one])
    initial = {"lead_id": one.lead_id, "second_id": one.second_id, "day": one.day, "due": one.due}
    form = ReassignForm(request.POST or None, able=able, loads=loads_of(able), initial=initial)
    if form.is_valid() and attempt(
        form, lambda: services.reassign(visit=one, **form.cleaned_data, by=actor)
    ):
        messages.success(request, _("已改派"))
        return _back(request, pk)
    return form_page(request, form, _("改派人员或日期"), up_to(one))


def up_to(one: Visit) -> tuple[str, str]:
    return reverse("inspection:visit", args=[one.pk]), one.number


def form_page(
    request: HttpRequest, form: forms.Form, title: str, up: tuple[str, str], lead: str = ""
) -> HttpResponse:
    """A form with where it leads back to."""
    shown = {"form": form, "title": title, "lead": lead, **trail(title, up)}
    return render(request, "inspection/visits/form.html", shown)
