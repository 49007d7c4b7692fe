"""Plans: the list, one plan with its batches and changes, and what moves it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import Actor, Place, may
from mingchu.base import clock
from mingchu.inspection import services, words
from mingchu.inspection.forms import BatchForm, FileForm, PlanForm, ReasonForm
from mingchu.inspection.models import Batch, Plan, PlanState
from mingchu.inspection.pages.common import (
    APPROVE,
    PLAN,
    READ,
    attempt,
    cut,
    done,
    form_page,
    is_city,
    onward,
    rooms,
    works_on,
)
from mingchu.inspection.queries import people
from mingchu.inspection.queries import plans as queries
from mingchu.registry.places import DISTRICTS


@requires(READ)
@require_safe
def plans(request: HttpRequest) -> HttpResponse:
    """Plans of the year and before, and the batches that are due."""
    actor, page = actor_of(request), request.GET.get("page", "")
    rows, following = cut(queries.plans(actor.scopes_for(READ)), page)
    shown = {
        "rows": [{"plan": one, "office": words.office(one.district)} for one in rows],
        "due": [_batch(one) for one in queries.due_batches(actor.scopes_for(PLAN), _month())],
        "can_draft": bool(_offices(actor)),
        **rooms(request),
        **onward({}, following, page),
    }
    return render(request, "inspection/plans.html", shown)


def _month() -> Any:
    return clock.today().replace(day=1)


def _batch(one: Batch) -> dict[str, Any]:
    return {"batch": one, "matter": words.matter_name(one.matter), "places": words.places(one)}


@requires(READ)
@require_safe
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """One plan: what it draws when, where it stands, how it was changed."""
    actor = actor_of(request)
    one = queries.plan(actor.scopes_for(READ), pk)
    if one is None:
        raise Http404
    writes, approves = works_on(actor, PLAN, one), works_on(actor, APPROVE, one)
    names = people.names([one.drafted_by, one.approved_by])
    shown = {
        "plan": one,
        "office": words.office(one.district),
        "drafted_by": names.get(one.drafted_by or 0, ""),
        "approved_by": names.get(one.approved_by or 0, ""),
        "batches": [_batch(batch) for batch in queries.batches([one])],
        "changes": changes_said(one),
        "acts": [
            (name, act)
            for name, act in ACTS.items()
            if one.state in act.states and (approves if act.action == APPROVE else writes)
        ],
        "own": one.drafted_by == actor.user_id,
        "can_write": writes and one.state == PlanState.DRAFT,
        "can_change": approves and one.state in APPROVED,
        **rooms(request),
    }
    return render(request, "inspection/plan.html", shown)


def changes_said(plan: Plan) -> list[dict[str, Any]]:
    return [
        {"change": one, "lines": words.change_said(one.before, one.after)}
        for one in queries.changes(plan)
    ]


def _offices(actor: Actor) -> list[tuple[str, Any]]:
    """Whose plan the actor may write."""
    own = [
        (code, name) for code, name in DISTRICTS.items() if may(actor, PLAN, Place(district=code))
    ]
    return [("", words.office("")), *own] if is_city(actor, PLAN) else own


@requires(PLAN)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A plan to write."""
    actor = actor_of(request)
    offices = _offices(actor)
    if not offices:
        raise Http404
    year = clock.today().year
    initial = {"year": year, "title": _("%(year)s年度“双随机”抽查计划") % {"year": year}}
    form = PlanForm(request.POST or None, offices=offices, initial=initial)
    made: list[Plan] = []
    if form.is_valid() and attempt(
        form, lambda: made.append(services.draft_plan(**form.cleaned_data, by=actor))
    ):
        return redirect("inspection:plan", made[0].pk)
    return form_page(request, form, _("拟定年度计划"), _("保存"), _list())


def _list() -> tuple[str, str]:
    return reverse("inspection:plans"), _("抽查计划")


def up(plan: Plan) -> tuple[str, str]:
    return reverse("inspection:plan", args=[plan.pk]), words.plan_name(plan)


def districts_of(plan: Plan) -> list[tuple[str, Any]]:
    return [one for one in DISTRICTS.items() if not plan.district or one[0] == plan.district]


@requires(PLAN)
@require_http_methods(["GET", "POST"])
def new_batch(request: HttpRequest, pk: int) -> HttpResponse:
    """One more draw of a draft."""
    one = queries.own_plan(actor_of(request).scopes_for(PLAN), pk)
    if one is None:
        raise Http404
    form = BatchForm(request.POST or None, districts=districts_of(one))
    if form.is_valid() and attempt(form, lambda: services.add_batch(plan=one, batch=form.batch)):
        messages.success(request, _("已增加批次"))
        return redirect("inspection:plan", pk)
    return form_page(request, form, _("增加批次"), _("增加"), up(one))


@dataclass(frozen=True)
class Act:
    """A step of a plan: who may take it, from which states, whether it asks for something."""

    title: Any
    action: str
    states: tuple[PlanState, ...]
    does: Callable[[Plan, Actor, Mapping[str, Any]], object]
    form: type[FileForm] | type[ReasonForm] | None = None


APPROVED = (PlanState.APPROVED, PlanState.FILED, PlanState.PUBLISHED)
DRAFT, SUBMITTED = PlanState.DRAFT, PlanState.SUBMITTED
ACTS = {
    "submit": Act(
        gettext_lazy("提交审批"), PLAN, (DRAFT,),
        lambda plan, by, said: services.submit(plan=plan),
    ),
    "approve": Act(
        gettext_lazy("批准"), APPROVE, (SUBMITTED,),
        lambda plan, by, said: services.approve(plan=plan, by=by),
    ),
    "return": Act(
        gettext_lazy("退回"), APPROVE, (SUBMITTED,),
        lambda plan, by, said: services.send_back(plan=plan, why=said["why"], by=by), ReasonForm,
    ),
    "file": Act(
        gettext_lazy("登记备案"), PLAN, (PlanState.APPROVED,),
        lambda plan, by, said: services.file_plan(plan=plan, **said), FileForm,
    ),
    "publish": Act(
        gettext_lazy("公布"), APPROVE, (PlanState.FILED,),
        lambda plan, by, said: services.publish(plan=plan),
    ),
    "withdraw": Act(
        gettext_lazy("撤回计划"), PLAN, (DRAFT, SUBMITTED),
        lambda plan, by, said: services.withdraw(plan=plan, why=said["why"]), ReasonForm,
    ),
}  # fmt: skip


@requires(PLAN)
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """A step of whoever writes plans."""
    return _acted(request, pk, name, PLAN)


@requires(APPROVE)
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """A step of whoever decides on them."""
    return _acted(request, pk, name, APPROVE)


def _acted(request: HttpRequest, pk: int, name: str, action: str) -> HttpResponse:
    actor = actor_of(request)
    chosen, one = ACTS.get(name), queries.own_plan(actor.scopes_for(action), pk)
    if chosen is None or chosen.action != action or one is None:
        raise Http404
    if chosen.form is None:
        if request.method == "POST":
            done(request, lambda: chosen.does(one, actor, {}), _("已办理"))
        return redirect("inspection:plan", pk)
    initial = {"filed_on": clock.today()}
    form = chosen.form(request.POST or None, initial=initial)
    if form.is_valid() and attempt(form, lambda: chosen.does(one, actor, form.cleaned_data)):
        messages.success(request, _("已办理"))
        return redirect("inspection:plan", pk)
    return form_page(request, form, str(chosen.title), str(chosen.title), up(one))


@requires(PLAN)
@require_POST
def drop_batch(request: HttpRequest, pk: int) -> HttpResponse:
    """Out of a draft again."""
    one = queries.own_batch(actor_of(request).scopes_for(PLAN), pk)
    if one is None:
        raise Http404
    done(request, lambda: services.drop_batch(batch=one), _("已去掉这一批"))
    return redirect("inspection:plan", one.plan_id)
