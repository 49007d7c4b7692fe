"""Records for programs: results, what was not met, doubts and who decides them, what is said of it.

Nothing that a phone sent beside its answers is told: no names, no signatures, no photos.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import Http404, HttpRequest
from ninja import Router, Schema
from pydantic import ConfigDict

from mingchu.accounts.access import actor_of, api_auth, requires
from mingchu.base import paging
from mingchu.inspection import services
from mingchu.inspection.api.findings import finding_told
from mingchu.inspection.api.visits import visit_told
from mingchu.inspection.models import Conflict, Doubt, Record, Reply
from mingchu.inspection.queries import after
from mingchu.inspection.queries import records as queries
from mingchu.kit.bodies import described, read
from mingchu.registry import domain as registry
from mingchu.registry.queries import plan_page

READ, PLAN, APPROVE = "inspection.read", "inspection.plan", "inspection.approve"
ANSWER = "inspection.answer"
router = Router(auth=api_auth, tags=["inspection"])


class RecheckIn(Schema):
    """By when, and who goes: accounts."""

    model_config = ConfigDict(extra="forbid")

    due: date
    lead: int | None = None
    second: int | None = None


class ReplyIn(Schema):
    """A statement 陈述申辩 or an objection 异议 of the business."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["statement", "objection"]
    text: str


class DecisionIn(Schema):
    """`day` puts right when it was, where the phone's clock is in doubt."""

    model_config = ConfigDict(extra="forbid")

    decision: Literal["accept", "set_aside"]
    why: str
    day: date | None = None


@router.get("/inspection-records", operation_id="list_inspection_records")
@requires(READ)
def list_inspection_records(
    request: HttpRequest,
    business: str = "",
    state: str = "",
    cursor: str = "",
    limit: int = paging.LIMIT_DEFAULT,
) -> dict[str, Any]:
    """What came whole, by number. `state` is accepted, conflict or set_aside."""
    rows = queries.records(actor_of(request).scopes_for(READ)).order_by("pk")
    if business:
        rows = rows.filter(business=registry.number_of(business))
    if state:
        rows = rows.filter(state=state)
    page = plan_page(rows, "", cursor, paging.limited(limit))
    return paging.page([_listed(one) for one in page.rows], page.next)


@router.get("/inspection-records/own", operation_id="own_inspection_records")
@requires(ANSWER)
def own_inspection_records(
    request: HttpRequest, cursor: str = "", limit: int = paging.LIMIT_DEFAULT
) -> dict[str, Any]:
    """Records that count of the caller's own businesses."""
    rows = queries.counted(actor_of(request).scopes_for(ANSWER)).order_by("pk")
    page = plan_page(rows, "", cursor, paging.limited(limit))
    return paging.page([_listed(one) for one in page.rows], page.next)


@router.get("/inspection-records/{int:pk}", operation_id="one_inspection_record")
@requires(READ)
def one_inspection_record(request: HttpRequest, pk: int) -> dict[str, Any]:
    """A record with its findings, its doubts and what the business says of it."""
    one = _record(request, pk, READ)
    return {
        **_listed(one),
        "checklist": one.sheet_id,
        "met": one.met,
        "not_applicable": one.not_applicable,
        "findings": [finding_told(each) for each in one.findings.order_by("pk")],
        "conflicts": [_conflict(each) for each in one.conflicts.order_by("pk")],
        "replies": [_reply(each) for each in one.replies.order_by("pk")],
    }


@router.post(
    "/inspection-records/{int:pk}/recheck",
    operation_id="plan_inspection_recheck",
    openapi_extra=described(RecheckIn),
)
@requires(PLAN)
def plan_inspection_recheck(request: HttpRequest, pk: int) -> dict[str, Any]:
    """A visit to what is not mended yet; it waits for approval like any other."""
    one, said = _record(request, pk, PLAN), read(request, RecheckIn)
    made = services.plan_recheck(
        record=one, due=said.due, lead_id=said.lead, second_id=said.second, by=actor_of(request)
    )
    return visit_told(made)


@router.post(
    "/inspection-records/{int:pk}/reply",
    operation_id="reply_to_inspection",
    openapi_extra=described(ReplyIn),
)
@requires(ANSWER)
def reply_to_inspection(request: HttpRequest, pk: int) -> dict[str, Any]:
    """The business on a record of its own that counts."""
    one = after.own_record(actor_of(request).scopes_for(ANSWER), pk)
    if one is None:
        raise Http404
    said = read(request, ReplyIn)
    made = services.reply(record=one, kind=said.kind, text=said.text, by=actor_of(request))
    return _reply(made)


@router.post(
    "/inspection-conflicts/{int:pk}/decide",
    operation_id="decide_inspection_conflict",
    openapi_extra=described(DecisionIn),
)
@requires(APPROVE)
def decide_inspection_conflict(request: HttpRequest, pk: int) -> dict[str, Any]:
    """A person decides on a doubt about a record; when none is left the record counts."""
    one = queries.conflict(actor_of(request).scopes_for(APPROVE), pk)
    if one is None:
        raise Http404
    said = read(request, DecisionIn)
    record = services.decide(
        conflict=one, decision=said.decision, why=said.why, day=said.day, by=actor_of(request)
    )
    told = [_conflict(each) for each in record.conflicts.order_by("pk")]
    return {**_listed(record), "conflicts": told}


def _record(request: HttpRequest, pk: int, action: str) -> Record:
    """One that came whole; a draft is its writer's."""
    one = queries.record(actor_of(request).scopes_for(action), pk)
    if one is None or one.state not in queries.SEEN:
        raise Http404
    return one


def _listed(one: Record) -> dict[str, Any]:
    return {
        "id": one.pk,
        "visit": one.visit_id,
        "number": one.visit.number,
        "business": registry.public_id(one.business_id),
        "district": one.district,
        "type": one.visit.type,
        "department": one.visit.department,
        "state": one.state,
        "day": one.day,
        "outcome": one.outcome,
        "results": one.results,
        "word": one.word or None,
        "unmet": one.unmet,
        "unmet_key": one.unmet_key,
        "received": one.received_at,
        "publish_by": one.publish_by,
        "released": one.released_at,
    }


def _conflict(one: Conflict) -> dict[str, Any]:
    return {
        "id": one.pk,
        "kind": one.doubt,
        "why": str(Doubt(one.doubt).label),
        "about": one.about,
        "decision": one.decision or None,
        "decided_why": one.why,
        "decided": one.decided_at,
    }


def _reply(one: Reply) -> dict[str, Any]:
    return {
        "id": one.pk,
        "record": one.record_id,
        "kind": one.kind,
        "text": one.text,
        "sent": one.at,
        "upheld": one.upheld,
        "answer": one.answer or None,
        "answered": one.answered_at,
    }
