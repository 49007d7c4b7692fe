"""Plans for programs: plans, their batches, the conflicts of a check. No row of a pool: rates and
due days rest on letters that not everybody is told."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import Query, Router, Schema
from pydantic import ConfigDict

from mingchu.accounts.access import actor_of, api_auth, requires
from mingchu.accounts.domain import ScopeKind
from mingchu.accounts.queries import user as user_of
from mingchu.base import clock, ids, paging
from mingchu.draw.queries import name_of
from mingchu.inspection import rules, services
from mingchu.inspection.models import Batch, Doubt, Level, Plan, Record, Visit
from mingchu.inspection.packing import pack_of
from mingchu.inspection.queries import plans as queries
from mingchu.inspection.queries import records, visits
from mingchu.kit.bodies import described, read
from mingchu.registry import domain as registry
from mingchu.registry import queries as businesses
from mingchu.registry.queries import plan_page

READ, WEIGH, CONDUCT = "inspection.read", "inspection.weigh", "inspection.conduct"
PLAN, APPROVE = "inspection.plan", "inspection.approve"
router = Router(auth=api_auth, tags=["inspection"])


class Exact(Schema):
    """A body in which an unknown field is a mistake, not a wish that is ignored."""

    model_config = ConfigDict(extra="forbid")


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


# ── Visits for programs ──


class VisitsAsked(Schema):
    """As the page asks: `state` is one of a visit, to_approve or all; without it all that wait.

    `due` is overdue, today or week, `whose` mine or unassigned.
    """

    q: str = ""
    state: str = ""
    type: str = ""
    district: str = ""
    station: str = ""
    due: str = ""
    whose: str = ""


class VisitIn(Exact):
    """A visit to be: `business` by its public id; without `items` by the full list."""

    business: str
    type: Literal["routine", "key", "special", "unannounced", "system", "licensing", "joint"] = (
        "routine"
    )
    department: Literal["market", "health", "education", "fire", "city", "other"] = "market"
    day: date | None = None
    due: date
    lead: int | None = None
    second: int | None = None
    joint: str = ""
    matter: str = ""
    origin: str = ""
    reason: str = ""
    items: list[str] = []


class WhyIn(Exact):
    why: str


@router.get("/inspections", operation_id="list_inspections")
@requires(READ)
def list_inspections(
    request: HttpRequest,
    asked: Query[VisitsAsked],
    cursor: str = "",
    limit: int = paging.LIMIT_DEFAULT,
) -> dict[str, Any]:
    """Visits that the caller may know of, the first to be due first; what is over the newest."""
    wanted = visits.Wanted(**asked.model_dump())
    rows = visits.matching(actor_of(request), wanted)
    page = visits.page(rows, wanted.order, cursor, paging.limited(limit))
    return paging.page([visit_told(one) for one in page.rows], page.next)


@router.get("/inspections/visits/{int:pk}", operation_id="one_inspection")
@requires(READ)
def one_inspection(request: HttpRequest, pk: int) -> dict[str, Any]:
    """A visit with the records that came of it."""
    one = _of_actor(request, READ, pk)
    return {
        **visit_told(one),
        "items": list(one.items) or None,
        "reason": one.reason,
        "records": [
            {
                "id": row.pk,
                "state": row.state,
                "day": row.day,
                "outcome": row.outcome,
                "results": row.results,
                "word": row.word or None,
                "met": row.met,
                "unmet": row.unmet,
                "not_applicable": row.not_applicable,
                "publish_by": row.publish_by,
                "released_at": clock.city(row.released_at) if row.released_at else None,
            }
            for row in visits.records_of(one)
        ],
    }


@router.post(
    "/inspections/visits", operation_id="plan_inspection", openapi_extra=described(VisitIn)
)
@requires(PLAN)
def plan_inspection(request: HttpRequest) -> dict[str, Any]:
    """A visit that waits for somebody else's approval."""
    actor, said = actor_of(request), read(request, VisitIn)
    number = registry.number_of(said.business)
    known = businesses.business(actor.scopes_for(PLAN), number) if number else None
    if known is None:
        raise Http404
    whole = any(scope.kind is ScopeKind.CITY for scope in actor.scopes_for(PLAN))
    new = services.NewVisit(
        business_id=known.pk,
        type=said.type,
        department=said.department,
        level=Level.CITY if whole else Level.DISTRICT,
        day=said.day,
        due=said.due,
        lead_id=said.lead,
        second_id=said.second,
        joint=said.joint[:60],
        matter=said.matter[:40],
        origin=said.origin[:60],
        reason=said.reason,
        items=tuple(said.items),
    )
    return visit_told(services.plan_visit(new=new, by=actor))


@router.post("/inspections/visits/{int:pk}/approve", operation_id="approve_inspection")
@requires(APPROVE)
def approve_inspection(request: HttpRequest, pk: int) -> dict[str, Any]:
    """It may be made from now on; by another than who planned it."""
    one = _of_actor(request, APPROVE, pk)
    return visit_told(services.approve_visits(visits=[one], by=actor_of(request))[0])


@router.post("/inspections/visits/{int:pk}/notify", operation_id="notify_inspection")
@requires(PLAN)
def notify_inspection(request: HttpRequest, pk: int) -> dict[str, Any]:
    """The notice goes out; an unannounced visit has none."""
    one = _of_actor(request, PLAN, pk)
    return visit_told(services.notify_visits(visits=[one], by=actor_of(request))[0])


@router.post(
    "/inspections/visits/{int:pk}/return",
    operation_id="return_inspection",
    openapi_extra=described(WhyIn),
)
@requires(APPROVE)
def return_inspection(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Back to who planned it, with the reason."""
    one = _of_actor(request, APPROVE, pk)
    why = read(request, WhyIn).why
    return visit_told(services.send_back_visit(visit=one, why=why, by=actor_of(request)))


@router.post(
    "/inspections/visits/{int:pk}/cancel",
    operation_id="cancel_inspection",
    openapi_extra=described(WhyIn),
)
@requires(PLAN)
def cancel_inspection(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Nobody goes there after all, with the reason."""
    one = _of_actor(request, PLAN, pk)
    why = read(request, WhyIn).why
    return visit_told(services.call_off(visit=one, why=why, by=actor_of(request)))


def _of_actor(request: HttpRequest, action: str, pk: int) -> Visit:
    """The visit where the caller may do the action; elsewhere there is none."""
    actor = actor_of(request)
    one = visits.visit(actor, pk)
    if one is None or (action != READ and not visits.some(actor, action, [pk])):
        raise Http404
    return one


def visit_told(one: Visit) -> dict[str, Any]:
    """A visit as a list tells it: no person's name, ids only."""
    return {
        "id": one.pk,
        "number": one.number,
        "business": registry.public_id(one.business_id),
        "district": one.district,
        "station": one.station,
        "level": one.level,
        "type": one.type,
        "department": one.department,
        "matter": one.matter or None,
        "joint": one.joint or None,
        "origin": one.origin or None,
        "recheck_of": one.recheck_of_id,
        "drawn": one.task_id is not None,
        "state": one.state,
        "day": one.day,
        "due": one.due,
        "lead": one.lead_id,
        "second": one.second_id,
        "planned_at": clock.city(one.planned_at),
        "approved_at": clock.city(one.approved_at) if one.approved_at else None,
        "notified_at": clock.city(one.notified_at) if one.notified_at else None,
        "started_at": clock.city(one.started_at) if one.started_at else None,
        "done_at": clock.city(one.done_at) if one.done_at else None,
    }


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
