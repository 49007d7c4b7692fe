"""The list and one business, each inside the caller's scope."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext_noop as _noop
from ninja import Query, Router

from mingchu.accounts.access import actor_of, api_auth, requires
from mingchu.accounts.services import log_view
from mingchu.base import clock, paging
from mingchu.base.errors import Refusal
from mingchu.registry import domain, queries
from mingchu.registry.api.as_of import said_of_day
from mingchu.registry.api.questions import Question
from mingchu.registry.models import Business, HealthCertificate, Licence, Person, Premises
from mingchu.registry.queries import past
from mingchu.registry.queries.parts import certificates_of, places_of
from mingchu.registry.queries.past import Dated

router = Router(auth=api_auth, tags=["businesses"])


@router.get("/businesses", operation_id="list_businesses")
@requires("registry.read")
def list_businesses(
    request: HttpRequest,
    question: Query[Question],
    cursor: str = "",
    limit: int = paging.LIMIT_DEFAULT,
) -> dict[str, Any]:
    """The businesses in the caller's scope that the question means."""
    page = queries.page(
        actor_of(request).scopes_for("registry.read"),
        question.wanted,
        cursor=cursor,
        limit=paging.limited(limit),
        people=True,
    )
    licences = queries.licences_of(page.rows)
    return paging.page([_said(one, licences[one.pk]) for one in page.rows], page.next)


@router.get("/businesses/{str:code}", operation_id="one_business")
@requires("registry.read")
def one_business(request: HttpRequest, code: str, on: date | None = None) -> dict[str, Any]:
    """`code` is the id of the list; of a file that was merged, `merged_into` names the kept one.

    `on` is a past day: the file as it stood at its end, by the same names.
    """
    known = reachable(request, code, "registry.read")
    then = _then(known, on)
    return said_of_day(then) if then else whole(known)


def _then(known: Business, on: date | None) -> Dated | None:
    """The file of a past day; None where it is today's that is asked for."""
    if on is None or on >= clock.today():
        return None
    dated = past.file_on(known.pk, on)
    if dated is None:
        began = clock.city(known.enrolled_at).date()
        raise Refusal(
            "not_enrolled_then",
            _noop("{day}还没有这一主体的档案"),
            fix=_noop("档案建立于{began}，请查询这一天或以后"),
            status=404,
            day=on.isoformat(),
            began=began.isoformat(),
        )
    return dated


def reachable(request: HttpRequest, code: str, action: str) -> Business:
    """The business where the caller may do the action; elsewhere there is none."""
    found = queries.business(actor_of(request).scopes_for(action), domain.number_of(code))
    if found is None:
        raise Http404
    return found


def whole(found: Business) -> dict[str, Any]:
    """All of a file but its people, who are asked for by themselves.

    `revision` counts every act on it, its premises and its licences.
    """
    merged = found.merged_into_id
    licences = queries.licences_of([found])[found.pk]
    said, places = _said(found, licences), places_of(licences)
    return {
        **said,
        "licences": [
            {**short, **_more(one), "places": places[one.pk]}
            for short, one in zip(said["licences"], licences, strict=True)
        ],
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
                "phone",
                "opened",
                "closed",
                "state_since",
                "channel",
                "sources",
            )
        },
        "head": domain.public_id(found.head_id) if found.head_id else None,
        "merged_into": domain.public_id(merged) if merged else None,
        "premises": [_premises(one) for one in queries.premises_of(found)],
    }


def _more(one: Licence) -> dict[str, Any]:
    """What a file says of a licence and a list does not."""
    return {
        "catalogue": one.catalogue,
        "committed": one.committed,
        "follow_up_due": one.follow_up_due,
        "followed_up": one.followed_up,
    }


def _premises(one: Premises) -> dict[str, Any]:
    return {
        "id": one.pk,
        "address": one.address,
        "use": one.use,
        "district": one.district,
        "station": one.station,
        "main": one.is_main,
        "platform": one.platform,
        "hours": one.hours,
        "since": one.since,
        "until": one.until,
        "landlord": domain.public_id(one.landlord_id) if one.landlord_id else None,
    }


@router.get("/businesses/{str:code}/people", operation_id="people_of_business")
@requires("registry.read")
def people_of_business(request: HttpRequest, code: str, on: date | None = None) -> dict[str, Any]:
    """Who works there; every look at people is logged. `revision` counts acts on the person.

    `on` is a past day: who worked there then, as is known today.
    """
    found = reachable(request, code, "registry.read")
    log_view(actor_of(request), domain.subject(found.pk), "registry.people")
    then = _then(found, on)
    people = then.people if then else queries.people_of(found)
    shown = certificates_of(people)
    return paging.page([_person(one, shown[one.pk]) for one in people], None)


def _person(one: Person, certificates: list[HealthCertificate]) -> dict[str, Any]:
    return {
        "id": one.pk,
        "name": one.name,
        "duties": one.duties,
        "identity_tail": one.identity_tail,
        "phone": domain.masked_phone(one.phone),
        "health_until": one.health_until,
        "since": one.since,
        "until": one.until,
        "revision": one.revision,
        "certificates": [
            {
                "id": each.pk,
                "number": each.number,
                "issued": each.issued,
                "until": each.until,
                "seen": each.seen,
            }
            for each in certificates
        ],
    }


def short(business: Business) -> dict[str, Any]:
    """What a list says of a business by itself."""
    return {
        "id": business.public_id,
        "code": business.code,
        "name": business.name,
        "kind": business.kind,
        "district": business.district,
        "state": business.state,
        "revision": business.revision,
    }


def _said(business: Business, licences: list[Licence]) -> dict[str, Any]:
    day = clock.today()
    return {
        **short(business),
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
