"""Sending a letter and asking how it stands need no log-in; the list is for officers' tokens."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from ninja import Router, Schema
from pydantic import ConfigDict

from mingchu.accounts.access import actor_of, api_auth, public, requires
from mingchu.base import clock, paging
from mingchu.complaints import limiting, queries, services
from mingchu.complaints import public as outside
from mingchu.complaints.domain.numbers import read_number
from mingchu.complaints.models import NEVER, Channel, Complaint
from mingchu.complaints.queries import Wanted
from mingchu.complaints.values import Contact, NewComplaint
from mingchu.kit.bodies import described, read
from mingchu.kit.files import keeping, uploads
from mingchu.kit.files.keeping import Draft
from mingchu.registry import domain as registry

READ = "complaints.read"
router = Router()


class LetterIn(Schema):
    """`business` is an id of `/p/<id>`; without it `place` and `district` say where. `draft` is
    the key under which photos were sent."""

    model_config = ConfigDict(extra="forbid")

    kinds: list[str]
    what: str
    category: str = "other"
    business: str = ""
    place: str = ""
    district: str = ""
    wants: str = ""
    happened_on: date | None = None
    ill: int = 0
    households: int = 0
    ate_at: datetime | None = None
    name: str = ""
    phone: str = ""
    draft: str = ""


@router.post(
    "/complaints",
    operation_id="send_complaint",
    openapi_extra=described(LetterIn),
    description="Kinds `complaint`, `report` or both. The number in the answer opens the state "
    "page to whoever has it.",
)
@public
def send_complaint(request: HttpRequest) -> dict[str, Any]:
    limiting.letter(request).refuse_if_over()
    said = read(request, LetterIn)
    draft = Draft(said.draft) if said.draft else None
    photos = uploads.all_of(draft) if draft else []
    origin = keeping.sender_of(draft) if draft else ""
    made = services.register(new=_new(said, origin), files=photos)
    return _public(made[0].number)


def _new(said: LetterIn, origin: str) -> NewComplaint:
    facts = said.model_dump(exclude={"kinds", "business", "name", "phone", "draft"})
    if said.ate_at and said.ate_at.tzinfo is None:
        facts["ate_at"] = said.ate_at.replace(tzinfo=clock.CITY_ZONE)
    return NewComplaint(
        **facts,
        kinds=tuple(dict.fromkeys(said.kinds)),
        business=registry.number_of(said.business) if said.business else None,
        channel=Channel.API,
        contact=Contact(name=said.name, phone=said.phone),
        origin=origin,
    )


@router.get("/complaints", operation_id="list_complaints", auth=api_auth)
@requires(READ)
def list_complaints(
    request: HttpRequest,
    state: str = "",
    kind: str = "",
    category: str = "",
    district: str = "",
    q: str = "",
    cursor: str = "",
    limit: int = paging.LIMIT_DEFAULT,
) -> dict[str, Any]:
    """What is due first comes first. `state` is a state, or open (the default), overdue,
    unhandled, visit, all. Nothing of whoever wrote is in it."""
    actor = actor_of(request)
    wanted = Wanted(q=q, show=state or "open", kind=kind, category=category, district=district)
    page = queries.page(
        actor.scopes_for(READ),
        wanted,
        user_id=actor.user_id,
        cursor=cursor,
        limit=paging.limited(limit),
    )
    return paging.page([_listed(one) for one in page.rows], page.next)


def _listed(one: Complaint) -> dict[str, Any]:
    """The number of a letter that came by our own doors is its writer's."""
    return {
        "id": one.pk,
        "number": one.number if one.channel == Channel.SHEET else None,
        "kind": one.kind,
        "state": one.state,
        "category": one.category,
        "channel": one.channel,
        "business": registry.public_id(one.business_id) if one.business_id else None,
        "place": one.place,
        "district": one.district,
        "station": one.station,
        "received": one.received_at,
        "due": one.due_on if one.due_on != NEVER else None,
        "term": one.due_term or None,
        "provisional": one.provisional,
        "ended": one.ended_at,
        "revision": one.revision,
    }


@router.get("/complaints/{str:number}", operation_id="one_complaint")
@public
def one_complaint(request: HttpRequest, number: str) -> dict[str, Any]:
    """How a letter stands, for whoever has its number; spaces and dashes in it do not matter."""
    request._mingchu_path = "/api/v1/complaints/*"  # type: ignore[attr-defined]
    limiting.check_misses(request)
    try:
        return _public(read_number(number))
    except Http404:
        limiting.miss(request)
        raise


def _public(number: str) -> dict[str, Any]:
    found = outside.shown(number)
    if found is None:
        raise Http404
    return {
        "number": found.number,
        "url": reverse("complaints:state", args=[found.number]),
        "letters": [
            {
                "kind": one.kind,
                "state": one.state,
                "received": one.received,
                "merged": one.merged,
                "done": [{"on": told.day, "what": told.move} for told in one.told],
                "due": [
                    {
                        "term": each.term,
                        "on": each.due,
                        "provisional": each.provisional,
                        "overdue": each.overdue,
                    }
                    for each in one.awaited
                ],
                "reply": one.reply or None,
            }
            for one in found.letters
        ],
    }
