"""What comes due or is missing 到期计划 for programs: the same lists the pages have."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_noop as _noop
from ninja import Router

from mingchu.accounts.access import actor_of, api_auth, requires
from mingchu.accounts.domain import Scope
from mingchu.accounts.services import log_view
from mingchu.base import clock, paging
from mingchu.base.errors import Refusal
from mingchu.registry import queries
from mingchu.registry.api.acting import READ
from mingchu.registry.models import Business
from mingchu.registry.plans import OF_PEOPLE, PLANS, Line, Plan, lines, rows_of, span_of, steps
from mingchu.registry.words import words

router = Router(auth=api_auth, tags=["plans"])


@router.get("/plans", operation_id="list_plans")
@requires(READ)
def list_plans(request: HttpRequest) -> dict[str, Any]:
    """Every list by its key, with the rule it rests on and how long it and its steps are.

    Counts go up to 10,000; one more means that there are more.
    """
    scopes = actor_of(request).scopes_for(READ)
    return paging.page([_plan(one, scopes) for one in PLANS.values()])


def _plan(plan: Plan, scopes: tuple[Scope, ...]) -> dict[str, Any]:
    spans = steps(clock.today()) if plan.has_steps else {}
    return {
        "key": plan.key,
        "title": str(plan.title),
        "rule": plan.rule or None,
        "count": _count(plan, scopes, ""),
        "steps": [
            {
                "key": key,
                "first": span.first,
                "last": span.last,
                "count": _count(plan, scopes, key),
            }
            for key, (_label, span) in spans.items()
        ],
    }


def _count(plan: Plan, scopes: tuple[Scope, ...], step: str) -> int:
    span = span_of(plan, step)
    assert span is not None  # noqa: S101 a plan has all its steps
    return queries.plan_count(rows_of(plan, scopes, span))


@router.get("/plans/{slug:key}", operation_id="one_plan")
@requires(READ)
def one_plan(
    request: HttpRequest,
    key: str,
    step: str = "",
    cursor: str = "",
    limit: int = paging.LIMIT_DEFAULT,
) -> dict[str, Any]:
    """The lines of a list in the caller's scope, what is due first at first.

    `about` is what a line speaks of, `left` the days until `day`; a look at people is logged.
    """
    plan = PLANS.get(key)
    if plan is None:
        raise Http404
    span = span_of(plan, step)
    if span is None:
        raise Refusal(
            "no_such_step",
            _noop("这一计划没有“{step}”这一档期限"),
            fix=_noop("可用的期限见 GET /api/v1/plans"),
            status=422,
            step=step,
        )
    actor = actor_of(request)
    rows = rows_of(plan, actor.scopes_for(READ), span)
    page = queries.plan_page(rows, plan.field, cursor, paging.limited(limit))
    if key in OF_PEOPLE and page.rows:
        log_view(actor, f"plan:{key}", "registry.people")
    told = zip(page.rows, lines(plan, page.rows, words()), strict=True)
    return paging.page([_line(row, line) for row, line in told], page.next)


def _line(row: Model, line: Line) -> dict[str, Any]:
    known = line.business
    named = isinstance(row, Business)
    return {
        "business": known.public_id,
        "name": known.name,
        "district": known.district,
        "phone": known.phone,
        "about": f"business:{known.public_id}" if named else f"{row._meta.model_name}:{row.pk}",
        "what": line.what,
        "detail": line.detail,
        "day": line.day,
        "left": line.left,
    }
