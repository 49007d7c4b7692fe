"""Plans for programs: plans, their batches, the conflicts of a check. No row of a pool: rates and
due days rest on letters that not everybody is told."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import Router

from mingchu.accounts.access import actor_of, api_auth, requires
from mingchu.accounts.queries import user as user_of
from mingchu.base import clock, ids, paging
from mingchu.draw.queries import name_of
from mingchu.inspection import rules, services
from mingchu.inspection.models import Batch, Doubt, Plan, Record
from mingchu.inspection.packing import pack_of
from mingchu.inspection.queries import plans as queries
from mingchu.inspection.queries import records
from mingchu.registry.queries import plan_page

READ, WEIGH, CONDUCT = "inspection.read", "inspection.weigh", "inspection.conduct"
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


# ── An officer's phone ──


@router.get("/inspections/pack", operation_id="inspection_pack")
@requires(CONDUCT)
def inspection_pack(request: HttpRequest) -> HttpResponse:
    """The visits that wait for the caller, with lists, open defects, instruments, colleagues.
    Answers 304 to the ETag of the last one while nothing but the time has moved."""
    by = actor_of(request)
    user = user_of(by.user_id) if by.user_id else None
    if user is None:
        raise Http404
    pack = pack_of(user)
    bare = json.dumps({**pack, "server_time": None}, cls=DjangoJSONEncoder, sort_keys=True)
    told = ids.digest(bare.encode())
    answer: HttpResponse
    if request.headers.get("If-None-Match") == f'"{told}"':
        answer = HttpResponse(status=304)
    else:
        answer = JsonResponse(pack)
    answer["ETag"], answer["Cache-Control"] = f'"{told}"', "no-cache"
    answer["X-Server-Time"] = pack["server_time"]
    return answer


@router.put(
    "/inspections/{uuid:client_id}/{int:revision}",
    operation_id="send_inspection",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"type": "object"}}},
        }
    },
    description="A record of `mingchu.inspection/1` under the phone's own id. Files go first, by "
    "`blobs/{sha256}`: while `missing` names any, `state` is held. Sent again nothing changes.",
)
@requires(CONDUCT)
def send_inspection(request: HttpRequest, client_id: UUID, revision: int) -> dict[str, Any]:
    came = services.receive(
        client_id=client_id, revision=revision, content=request.body, by=actor_of(request)
    )
    return {**_record_state(came.record), "wait": came.waits}


@router.get("/inspections/{uuid:client_id}", operation_id="inspection_state")
@requires(CONDUCT)
def inspection_state(request: HttpRequest, client_id: UUID) -> dict[str, Any]:
    """Where one's own record stands."""
    found = records.own(actor_of(request).user_id, client_id)
    if found is None:
        raise Http404
    return {**_record_state(found), "wait": False}


def _record_state(one: Record) -> dict[str, Any]:
    return {
        "state": one.state,
        "missing": one.missing,
        "revision": one.revision,
        "number": one.visit.number,
        "results": one.results,
        "conflicts": [
            {
                "kind": doubt.doubt,
                "why": str(Doubt(doubt.doubt).label),
                "decision": doubt.decision or None,
                "decided_why": doubt.why,
            }
            for doubt in one.conflicts.all()
        ],
    }
