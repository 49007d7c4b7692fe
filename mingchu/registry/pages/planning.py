"""The planning list: what comes due in the officer's area, by kind and by step of the ladder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import may
from mingchu.accounts.services import log_view
from mingchu.base import clock
from mingchu.kit.sheets.layouts import Kind
from mingchu.kit.sheets.write import Out, OutColumn
from mingchu.registry import queries
from mingchu.registry.pages.common import exported
from mingchu.registry.places import district_name
from mingchu.registry.plans import OF_PEOPLE, PLANS, Line, Plan, lines, rows_of, span_of, steps
from mingchu.registry.queries import COUNTED, Span
from mingchu.registry.words import words

EXPORT_TOP = 100_000


@requires("registry.read")
@require_safe
def planning(request: HttpRequest, key: str = "licences") -> HttpResponse:
    """One plan, a step of it, a page of that; the other plans with their counts beside it."""
    plan, chosen, span = _asked(request, key)
    actor = actor_of(request)
    scopes = actor.scopes_for("registry.read")
    rows = rows_of(plan, scopes, span)
    page = queries.plan_page(rows, plan.field, request.GET.get("cursor", ""))
    if key in OF_PEOPLE and page.rows:
        log_view(actor, f"plan:{key}", "registry.people")
    shown = {
        "plan": plan,
        "plans": PLANS.values(),
        "steps": list(_steps(plan, scopes, chosen)),
        "chosen": chosen,
        "count": _said(queries.plan_count(rows)),
        "lines": [_shown(line) for line in lines(plan, page.rows, words())],
        "next": f"?{urlencode({'step': chosen, 'cursor': page.next})}" if page.next else "",
        "first": f"?{urlencode({'step': chosen})}" if request.GET.get("cursor") else "",
        "can_export": may(actor, "registry.export"),
    }
    return render(request, "registry/planning.html", shown)


def _asked(request: HttpRequest, key: str) -> tuple[Plan, str, Span]:
    """A step that the plan has not is none: the whole plan."""
    plan = PLANS.get(key)
    if plan is None:
        raise Http404
    for chosen in (request.GET.get("step", ""), ""):
        if (span := span_of(plan, chosen)) is not None:
            return plan, chosen, span
    raise AssertionError("a plan has all its steps")


def _steps(plan: Plan, scopes: Any, chosen: str) -> Iterator[dict[str, Any]]:
    if not plan.has_steps:
        return
    for key, (label, span) in steps(clock.today()).items():
        count = queries.plan_count(rows_of(plan, scopes, span))
        yield {"key": key, "label": label, "count": _said(count), "here": key == chosen}


def _said(count: int) -> str:
    return f"{COUNTED:,}+" if count > COUNTED else f"{count:,}"


def _shown(line: Line) -> dict[str, Any]:
    known = line.business
    return {
        "id": known.public_id,
        "name": known.name,
        "phone": known.phone,
        "district": district_name(known.district),
        "what": line.what,
        "detail": line.detail,
        "day": line.day,
        "left": line.left,
        "late": -line.left if line.left is not None and line.left < 0 else None,
    }


@requires("registry.export")
@require_safe
def planning_export(request: HttpRequest, key: str) -> HttpResponse:
    """The plan as it is filtered, as a file to telephone down."""
    plan, _chosen, span = _asked(request, key)
    actor = actor_of(request)
    rows = rows_of(plan, actor.scopes_for("registry.export"), span)
    if key in OF_PEOPLE:
        log_view(actor, f"plan:{key}", "registry.export")
    columns = [
        OutColumn(_("档案编号"), Kind.CODE),
        OutColumn(_("名称")),
        OutColumn(_("旗县区")),
        OutColumn(_("联系电话"), Kind.CODE),
        OutColumn(_("事项")),
        OutColumn(_("说明")),
        OutColumn(_("期限"), Kind.DAY),
        OutColumn(_("剩余天数")),
    ]
    return exported(request, f"plan-{key}", str(plan.title), columns, _out(plan, rows[:EXPORT_TOP]))


def _out(plan: Plan, rows: Any) -> Iterator[list[Out]]:
    said = words()
    for row in rows.iterator(2_000):
        [line] = lines(plan, [row], said)
        yield [
            line.business.public_id,
            line.business.name,
            district_name(line.business.district),
            line.business.phone,
            line.what,
            line.detail,
            line.day,
            line.left,
        ]
