"""Visits for programs: listed, planned, approved, notified, called off."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema
from pydantic import ConfigDict

from mingchu.accounts.access import actor_of, api_auth, requires
from mingchu.accounts.domain import ScopeKind
from mingchu.base import clock, paging
from mingchu.inspection import services
from mingchu.inspection.models import Level, Visit
from mingchu.inspection.queries import people, visits
from mingchu.kit.bodies import described, read
from mingchu.registry import domain as registry
from mingchu.registry import queries as businesses

READ, PLAN, APPROVE = "inspection.read", "inspection.plan", "inspection.approve"
ASSIGN = "inspection.assign"
router = Router(auth=api_auth, tags=["inspection"])


class Exact(Schema):
    """A body in which an unknown field is a mistake, not a wish that is ignored."""

    model_config = ConfigDict(extra="forbid")


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


class PairIn(Exact):
    """Who goes, by account; without days they stay."""

    lead: int
    second: int
    day: date | None = None
    due: date | None = None
    why: str = ""


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


@router.get("/inspections/visits/{int:pk}/officers", operation_id="inspection_officers")
@requires(ASSIGN)
def inspection_officers(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Who may be sent: in the pool, there on its day, certified, not recused; who has least to do
    first. `waiting` counts what he is to make already."""
    able = people.able_for([_of_actor(request, ASSIGN, pk)])
    waiting = visits.waiting_loads([one.user.pk for one in able])
    rows = [
        {
            "id": one.user.pk,
            "leads": one.leads,
            "waiting": waiting.get(one.user.pk, 0),
            "certificate_until": one.user.certificate_until,
        }
        for one in able
    ]
    return paging.page(sorted(rows, key=lambda row: (row["waiting"], row["id"])), "")


@router.post(
    "/inspections/visits/{int:pk}/assign",
    operation_id="assign_inspection",
    openapi_extra=described(PairIn),
)
@requires(ASSIGN)
def assign_inspection(request: HttpRequest, pk: int) -> dict[str, Any]:
    """A pair, or another one, and the days; of whom chance sent only with a reason."""
    one, said = _of_actor(request, ASSIGN, pk), read(request, PairIn)
    made = services.reassign(
        visit=one,
        lead_id=said.lead,
        second_id=said.second,
        day=said.day,
        due=said.due,
        why=said.why,
        by=actor_of(request),
    )
    return visit_told(made)


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
