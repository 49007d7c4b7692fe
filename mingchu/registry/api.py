"""The registry for programs: the list and one business, each inside the caller's scope."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router

from mingchu.accounts.access import actor_of, api_auth, requires
from mingchu.base import clock, paging
from mingchu.registry import domain, queries
from mingchu.registry.models import Business, Licence
from mingchu.registry.queries import Wanted

router = Router(auth=api_auth, tags=["businesses"])


@router.get("/businesses", operation_id="list_businesses")
@requires("registry.read")
def list_businesses(
    request: HttpRequest,
    q: str = "",
    district: str = "",
    kind: str = "",
    state: str = "",
    expires_before: date | None = None,
    cursor: str = "",
    limit: int = paging.LIMIT_DEFAULT,
) -> dict[str, Any]:
    """`q` is any fragment of name, code, licence number or address; words are joined by and.

    One of the words may be the name of somebody who works there.
    """
    wanted = Wanted(q=q, district=district, kind=kind, state=state, expires_before=expires_before)
    page = queries.page(
        actor_of(request).scopes_for("registry.read"),
        wanted,
        cursor=cursor,
        limit=paging.limited(limit),
        people=True,
    )
    licences = queries.licences_of(page.rows)
    return paging.page([_said(one, licences[one.pk]) for one in page.rows], page.next)


@router.get("/businesses/{str:code}", operation_id="one_business")
@requires("registry.read")
def one_business(request: HttpRequest, code: str) -> dict[str, Any]:
    """`code` is the id of the list; a file that was merged says into which by `merged_into`."""
    scopes = actor_of(request).scopes_for("registry.read")
    found = queries.business(scopes, domain.number_of(code))
    if found is None:
        raise Http404
    premises = [
        {"address": one.address, "use": one.use, "district": one.district, "main": one.is_main}
        for one in queries.premises_of(found)
    ]
    return {
        **_said(found, queries.licences_of([found])[found.pk]),
        "sign": found.sign,
        "legal_form": found.legal_form,
        "station": found.station,
        "address": found.address,
        "opened": found.opened,
        "closed": found.closed,
        "revision": found.revision,
        "premises": premises,
        "merged_into": domain.public_id(found.merged_into_id) if found.merged_into_id else None,
    }


def _said(business: Business, licences: list[Licence]) -> dict[str, Any]:
    day = clock.today()
    return {
        "id": business.public_id,
        "code": business.code,
        "name": business.name,
        "kind": business.kind,
        "district": business.district,
        "state": business.state,
        "licences": [
            {
                "kind": one.kind,
                "number": one.number,
                "items": one.items,
                "issued": one.issued,
                "expires": one.expires,
                "state": one.standing(day),
            }
            for one in licences
        ],
    }
