"""Findings for programs: what is to be mended, answered by the business, settled by an officer."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router, Schema
from pydantic import ConfigDict

from mingchu.accounts.access import actor_of, api_auth, requires
from mingchu.accounts.domain import Scope
from mingchu.base import clock, paging
from mingchu.inspection import rules, services
from mingchu.inspection.models import Finding
from mingchu.inspection.queries import after as queries
from mingchu.inspection.queries.after import Wanted
from mingchu.kit.bodies import described, read
from mingchu.registry import domain as registry
from mingchu.registry.queries import plan_page

READ, JUDGE, ANSWER = "inspection.read", "inspection.judge", "inspection.answer"
router = Router(auth=api_auth, tags=["inspection"])


class AnswerIn(Schema):
    """How it was put right."""

    model_config = ConfigDict(extra="forbid")

    text: str


class ReturnIn(Schema):
    """What is still lacking."""

    model_config = ConfigDict(extra="forbid")

    why: str


@router.get("/inspection-findings", operation_id="list_inspection_findings")
@requires(READ)
def list_inspection_findings(
    request: HttpRequest,
    state: str = "waiting",
    business: str = "",
    cursor: str = "",
    limit: int = paging.LIMIT_DEFAULT,
) -> dict[str, Any]:
    """By number. `state` is a state, or waiting (the default), overdue, soon, unplanned, settled,
    all."""
    scopes = actor_of(request).scopes_for(READ)
    return _page(scopes, state, business, cursor, limit)


@router.get("/inspection-findings/own", operation_id="own_inspection_findings")
@requires(ANSWER)
def own_inspection_findings(
    request: HttpRequest,
    state: str = "waiting",
    cursor: str = "",
    limit: int = paging.LIMIT_DEFAULT,
) -> dict[str, Any]:
    """What the caller's own businesses have to mend."""
    return _page(actor_of(request).scopes_for(ANSWER), state, "", cursor, limit)


def _page(
    scopes: tuple[Scope, ...], state: str, business: str, cursor: str, limit: int
) -> dict[str, Any]:
    soon = rules.remind_until(clock.today())
    rows = queries.findings(scopes, Wanted(show=state), soon=soon).order_by("pk")
    if business:
        rows = rows.filter(business=registry.number_of(business))
    page = plan_page(rows, "", cursor, paging.limited(limit))
    return paging.page([finding_told(one) for one in page.rows], page.next)


@router.post(
    "/inspection-findings/{int:pk}/answer",
    operation_id="answer_inspection_finding",
    openapi_extra=described(AnswerIn),
)
@requires(ANSWER)
def answer_inspection_finding(request: HttpRequest, pk: int) -> dict[str, Any]:
    """The business says how it was put right; photos go by its own page."""
    one, said = _held(request, pk, ANSWER), read(request, AnswerIn)
    return finding_told(services.answer_finding(finding=one, text=said.text, by=actor_of(request)))


@router.post("/inspection-findings/{int:pk}/confirm", operation_id="confirm_inspection_finding")
@requires(JUDGE)
def confirm_inspection_finding(request: HttpRequest, pk: int) -> dict[str, Any]:
    """An officer takes it as mended by what was shown; an order is looked at again on the spot."""
    one = _held(request, pk, JUDGE)
    return finding_told(services.confirm(finding=one, by=actor_of(request)))


@router.post(
    "/inspection-findings/{int:pk}/return",
    operation_id="return_inspection_finding",
    openapi_extra=described(ReturnIn),
)
@requires(JUDGE)
def return_inspection_finding(request: HttpRequest, pk: int) -> dict[str, Any]:
    """What was shown does not do; the day stays."""
    one, said = _held(request, pk, JUDGE), read(request, ReturnIn)
    return finding_told(services.return_answer(finding=one, why=said.why, by=actor_of(request)))


def _held(request: HttpRequest, pk: int, action: str) -> Finding:
    one = queries.finding(actor_of(request).scopes_for(action), pk)
    if one is None:
        raise Http404
    return one


def finding_told(one: Finding) -> dict[str, Any]:
    return {
        "id": one.pk,
        "record": one.record_id,
        "business": registry.public_id(one.business_id),
        "district": one.district,
        "item": one.item,
        "key": one.is_key,
        "affects": one.affects,
        "way": one.way,
        "text": one.text,
        "due": one.due,
        "state": one.state,
        "answer": one.answer or None,
        "answered": one.answered_at,
        "returned_why": one.returned_why or None,
        "settled": one.settled_at,
        "recheck": one.recheck_id,
    }
