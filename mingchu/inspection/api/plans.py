"""Plans for programs: plans, their batches, the conflicts of a check. No row of a pool: rates and
due days rest on letters that not everybody is told."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router

from mingchu.accounts.access import actor_of, api_auth, requires
from mingchu.base import clock, paging
from mingchu.draw.queries import name_of
from mingchu.inspection import rules, services
from mingchu.inspection.models import Batch, Plan
from mingchu.inspection.queries import plans as queries
from mingchu.registry.queries import plan_page

READ, WEIGH = "inspection.read", "inspection.weigh"
router = Router(auth=api_auth, tags=["inspection"])


@router.get("/inspection-matters", operation_id="list_inspection_matters")
@requires(READ)
def list_inspection_matters(request: HttpRequest) -> dict[str, Any]:
    """The matter list in force, with the rule's version."""
    day = clock.today()
    ruling = rules.matter_list(day)
    rows = [
        {
            "id": one.id,
            "title": one.title.zh,
            "title_en": one.title.en,
            "category": "general" if one.is_general else "key",
            "department": one.department,
            "kinds": list(one.kinds),
            "top_pct": float(one.percent),
            "basis": one.basis,
        }
        for one in rules.matters(day).values()
    ]
    return {**paging.page(rows, ""), "rule": {"id": ruling.id, "since": ruling.since}}


@router.get("/inspection-plans", operation_id="list_inspection_plans")
@requires(READ)
def list_inspection_plans(
    request: HttpRequest, cursor: str = "", limit: int = paging.LIMIT_DEFAULT
) -> dict[str, Any]:
    """Plans of the caller's scope, and the city's."""
    found = queries.plans(actor_of(request).scopes_for(READ)).order_by("pk")
    page = plan_page(found, "", cursor, paging.limited(limit))
    return paging.page([_plan(one) for one in page.rows], page.next)


@router.get("/inspection-plans/{int:pk}", operation_id="one_inspection_plan")
@requires(READ)
def one_inspection_plan(request: HttpRequest, pk: int) -> dict[str, Any]:
    """A plan with its batches and changes."""
    one = queries.plan(actor_of(request).scopes_for(READ), pk)
    if one is None:
        raise Http404
    return {
        **_plan(one),
        "batches": [_batch(batch) for batch in queries.batches([one])],
        "changes": [
            {
                "batch": change.batch.number,
                "before": change.before,
                "after": change.after,
                "reason": change.reason,
                "at": clock.city(change.at),
            }
            for change in queries.changes(one)
        ],
    }


@router.get("/inspection-batches/{int:pk}", operation_id="one_inspection_batch")
@requires(READ)
def one_inspection_batch(request: HttpRequest, pk: int) -> dict[str, Any]:
    """A batch, with what its last check found."""
    one = queries.batch(actor_of(request).scopes_for(READ), pk)
    if one is None:
        raise Http404
    return _batch(one)


@router.post("/inspection-batches/{int:pk}/check", operation_id="check_inspection_batch")
@requires(WEIGH)
def check_inspection_batch(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Reckons the pool as of today; the answer has the conflicts, each with its two rules."""
    one = queries.own_batch(actor_of(request).scopes_for(WEIGH), pk)
    if one is None:
        raise Http404
    return _batch(services.check(batch=one))


def _plan(one: Plan) -> dict[str, Any]:
    return {
        "id": one.pk,
        "year": one.year,
        "district": one.district or None,
        "title": one.title,
        "state": one.state,
        "approved_at": clock.city(one.approved_at) if one.approved_at else None,
        "filed_with": one.filed_with or None,
        "filing": one.filing or None,
        "filed_on": one.filed_on,
        "published_at": clock.city(one.published_at) if one.published_at else None,
    }


def _batch(one: Batch) -> dict[str, Any]:
    return {
        "id": one.pk,
        "number": one.number,
        "month": one.month.strftime("%Y-%m"),
        "matter": one.matter,
        "districts": one.districts,
        "campaign": one.campaign or None,
        "departments": one.departments or None,
        "state": one.state,
        "draw": name_of(one.draw) if one.draw else None,
        "checked_on": one.checked_on,
        "found": one.found or None,
    }
