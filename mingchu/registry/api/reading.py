"""The list and one business, each inside the caller's scope."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router

from mingchu.accounts.access import actor_of, api_auth, requires
from mingchu.accounts.services import log_view
from mingchu.base import clock, paging
from mingchu.registry import domain, queries
from mingchu.registry.models import Business, Licence, Person, Premises
from mingchu.registry.queries import Wanted

router = Router(auth=api_auth, tags=["businesses"])


@router.get("/businesses", operation_id="list_businesses")
@requires("registry.read")
def list_businesses(
    request: HttpRequest,
    q: str = "",
    district: str = "",
    station: str = "",
    kind: str = "",
    state: str = "",
    expires_before: date | None = None,
    cursor: str = "",
    limit: int = paging.LIMIT_DEFAULT,
) -> dict[str, Any]:
    """`q` is any fragment of name, code, licence number or address; words are joined by and.

    One of the words may be the name of somebody who works there.
    """
    wanted = Wanted(
        q=q,
        district=district,
        station=station,
        kind=kind,
        state=state,
        expires_before=expires_before,
    )
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
    """`code` is the id of the list; of a file that was merged, `merged_into` names the kept one."""
    return whole(reachable(request, code, "registry.read"))


def reachable(request: HttpRequest, code: str, action: str) -> Business:
    """The business where the caller may do the action; elsewhere there is none."""
    found = queries.business(actor_of(request).scopes_for(action), domain.number_of(code))
    if found is None:
        raise Http404
    return found


def whole(found: Business) -> dict[str, Any]:
    """All of a file but its people, who are asked for by themselves."""
    merged = found.merged_into_id
    return {
        **_said(found, queries.licences_of([found])[found.pk]),
        **{
            name: getattr(found, name)
            for name in (
                "sign",
                "former_names",
                "legal_form",
                "scale",
                "serves",
                "diners",
                "station",
                "grid",
                "address",
                "opened",
                "closed",
                "state_since",
                "revision",
                "channel",
                "sources",
            )
        },
        "head": domain.public_id(found.head_id) if found.head_id else None,
        "merged_into": domain.public_id(merged) if merged else None,
        "premises": [_premises(one) for one in queries.premises_of(found)],
    }


def _premises(one: Premises) -> dict[str, Any]:
    return {
        "id": one.pk,
        "address": one.address,
        "use": one.use,
        "district": one.district,
        "main": one.is_main,
        "platform": one.platform,
        "hours": one.hours,
        "since": one.since,
        "until": one.until,
        "landlord": domain.public_id(one.landlord_id) if one.landlord_id else None,
    }


@router.get("/businesses/{str:code}/people", operation_id="people_of_business")
@requires("registry.read")
def people_of_business(request: HttpRequest, code: str) -> dict[str, Any]:
    """Who works there; every look at people is logged."""
    found = reachable(request, code, "registry.read")
    log_view(actor_of(request), domain.subject(found.pk), "registry.people")
    return paging.page([_person(one) for one in queries.people_of(found)], None)


def _person(one: Person) -> dict[str, Any]:
    return {
        "id": one.pk,
        "name": one.name,
        "duties": one.duties,
        "identity_tail": one.identity_tail,
        "phone": domain.masked_phone(one.phone),
        "health_until": one.health_until,
        "since": one.since,
        "until": one.until,
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
                "id": one.pk,
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
