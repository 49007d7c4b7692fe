"""Requests to businesses 材料补正 for programs: an office asks and settles, a business answers.

An office sees those of its scope, a business under /own/ what it was asked itself.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router

from mingchu.accounts.access import actor_of, api_auth, requires
from mingchu.base import paging
from mingchu.kit.bodies import described, read
from mingchu.kit.files import queries as files
from mingchu.registry import domain, queries, services
from mingchu.registry.api.acting import READ, WRITE, Digests, Exact, sent, there
from mingchu.registry.api.reading import reachable
from mingchu.registry.models import Inquiry, InquiryState

router = Router(auth=api_auth, tags=["inquiries"])
OWN = "registry.own"


class InquiryIn(Exact):
    title: str
    asks: str
    due: date


class SettlementIn(Exact):
    """Good, or back to the business with a remark on what is still missing."""

    good: bool
    remark: str = ""


class WithdrawalIn(Exact):
    remark: str = ""


class AnswerIn(Exact):
    """A text, files, or both; an answer that came back is answered anew, its files are kept."""

    text: str = ""
    files: Digests = []


@router.get("/inquiries", operation_id="list_inquiries")
@requires(READ)
def list_inquiries(
    request: HttpRequest,
    state: InquiryState | None = None,
    cursor: str = "",
    limit: int = paging.LIMIT_DEFAULT,
) -> dict[str, Any]:
    """The most urgent first; without `state` those that are not settled."""
    return _listed(request, READ, state, cursor, limit)


@router.get("/own/inquiries", operation_id="list_own_inquiries")
@requires(OWN)
def list_own_inquiries(
    request: HttpRequest,
    state: InquiryState | None = None,
    cursor: str = "",
    limit: int = paging.LIMIT_DEFAULT,
) -> dict[str, Any]:
    """What the caller's own business was asked."""
    return _listed(request, OWN, state, cursor, limit)


def _listed(
    request: HttpRequest, action: str, state: InquiryState | None, cursor: str, limit: int
) -> dict[str, Any]:
    waiting = [state] if state else queries.UNSETTLED
    rows = queries.inquiries(actor_of(request).scopes_for(action), waiting)
    page = queries.plan_page(rows, "due", cursor, paging.limited(limit))
    return paging.page([_short(one) for one in page.rows], page.next)


@router.get("/inquiries/{int:pk}", operation_id="one_inquiry")
@requires(WRITE)
def one_inquiry(request: HttpRequest, pk: int) -> dict[str, Any]:
    return _whole(request, _one(request, WRITE, pk))


@router.get("/own/inquiries/{int:pk}", operation_id="one_own_inquiry")
@requires(OWN)
def one_own_inquiry(request: HttpRequest, pk: int) -> dict[str, Any]:
    return _whole(request, _one(request, OWN, pk))


@router.post(
    "/businesses/{str:code}/inquiries",
    operation_id="ask_business",
    openapi_extra=described(InquiryIn),
)
@requires(WRITE)
def ask_business(request: HttpRequest, code: str) -> dict[str, Any]:
    """Its desk shows it at once."""
    known = reachable(request, code, WRITE)
    said = read(request, InquiryIn)
    return _whole(request, services.ask(number=known.pk, **said.model_dump()))


@router.post(
    "/inquiries/{int:pk}/settlement",
    operation_id="settle_inquiry",
    openapi_extra=described(SettlementIn),
)
@requires(WRITE)
def settle_inquiry(request: HttpRequest, pk: int) -> dict[str, Any]:
    """What comes of the answer."""
    one = _one(request, WRITE, pk)
    said = read(request, SettlementIn)
    return _whole(request, services.settle(inquiry=one, **said.model_dump()))


@router.post(
    "/inquiries/{int:pk}/withdrawal",
    operation_id="withdraw_inquiry",
    openapi_extra=described(WithdrawalIn),
)
@requires(WRITE)
def withdraw_inquiry(request: HttpRequest, pk: int) -> dict[str, Any]:
    """The office needs it no more."""
    one = _one(request, WRITE, pk)
    said = read(request, WithdrawalIn)
    return _whole(request, services.withdraw_inquiry(inquiry=one, **said.model_dump()))


@router.post(
    "/own/inquiries/{int:pk}/answer",
    operation_id="answer_inquiry",
    openapi_extra=described(AnswerIn),
)
@requires(OWN)
def answer_inquiry(request: HttpRequest, pk: int) -> dict[str, Any]:
    """The business answers, with files that were sent before."""
    one = _one(request, OWN, pk)
    said = read(request, AnswerIn)
    answered = services.answer(
        inquiry=one, text=said.text, files=sent(request, said.files), by=actor_of(request)
    )
    return _whole(request, answered)


def _one(request: HttpRequest, action: str, pk: int) -> Inquiry:
    return there(queries.inquiry(actor_of(request).scopes_for(action), pk))


def _short(one: Inquiry) -> dict[str, Any]:
    return {
        "id": one.pk,
        "business": domain.public_id(one.business_id),
        "title": one.title,
        "due": one.due,
        "state": one.state,
        "asked_at": one.asked_at,
        "answered_at": one.answered_at,
        "settled_at": one.settled_at,
    }


def _whole(request: HttpRequest, one: Inquiry) -> dict[str, Any]:
    """`files` can be had at /files/{id}."""
    shown = files.of_ids(actor_of(request), one.files)
    return {
        **_short(one),
        "asks": one.asks,
        "answer": one.answer,
        "remark": one.remark,
        "files": [
            {"id": file.pk, "name": file.name, "type": file.blob.media_type} for file in shown
        ],
    }
