"""Risk grades for programs: one business with every reason, and the list, in the caller's scope."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router

from mingchu.accounts.access import actor_of, api_auth, requires
from mingchu.base import clock, paging
from mingchu.registry import domain as registry
from mingchu.registry import queries as registered
from mingchu.registry.queries import plan_page
from mingchu.risk import telling
from mingchu.risk.credit_pages import READ
from mingchu.risk.queries import grades as queries
from mingchu.risk.queries.grades import Asked

router = Router(auth=api_auth, tags=["risk"])


@router.get("/businesses/{str:code}/grade", operation_id="grade_of_business")
@requires(READ)
def grade_of_business(request: HttpRequest, code: str, on: date | None = None) -> dict[str, Any]:
    """The present grade, or that of a day, with what it is made of."""
    known = registered.business(actor_of(request).scopes_for(READ), registry.number_of(code))
    if known is None:
        raise Http404
    found = queries.grade_on(known.pk, on or clock.today())
    return {"id": known.public_id, **telling.grade(found)}


@router.get("/grades", operation_id="list_grades")
@requires(READ)
def list_grades(
    request: HttpRequest,
    district: str = "",
    group: str = "",
    grade: str = "",
    missing: str = "",
    cursor: str = "",
    limit: int = paging.LIMIT_DEFAULT,
) -> dict[str, Any]:
    """Present grades; `group` is producer, seller or caterer, `grade` a letter or none."""
    asked = Asked(district=district, group=group, letter=grade, missing=missing)
    found = queries.grades(actor_of(request).scopes_for(READ), asked, clock.today())
    page = plan_page(found, "", cursor, paging.limited(limit))
    return paging.page([telling.row(one) for one in page.rows], page.next)
