"""Acts on files for programs: the services of the pages, under the same rights and refusals.

Every act answers with the file as it then stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.access import requires
from mingchu.base.errors import Refusal
from mingchu.kit.bodies import described, read
from mingchu.registry import queries, services
from mingchu.registry.api.acting import (
    WRITE,
    Act,
    Exact,
    again,
    may_write_there,
    said_why,
)
from mingchu.registry.api.licences import LicenceIn
from mingchu.registry.api.people import PersonIn
from mingchu.registry.api.premises import PremisesIn
from mingchu.registry.api.reading import reachable, router, whole
from mingchu.registry.domain import Channel
from mingchu.registry.models import Business
from mingchu.registry.queries.parts import by_code
from mingchu.registry.values import NewBusiness, NewPremises


class BusinessIn(Exact):
    name: str
    kind: str = "seller"
    district: str
    station: str = ""
    grid: str = ""
    code: str = ""
    evidence: str = ""
    identity: str = ""
    sign: str = ""
    legal_form: str = "company"
    scale: str = ""
    serves: str = ""
    diners: int | None = None
    address: str = ""
    phone: str = ""
    state: str = "open"
    opened: date | None = None
    premises: list[PremisesIn] = []
    licences: list[LicenceIn] = []
    people: list[PersonIn] = []

    def new(self) -> NewBusiness:
        own = self.model_dump(exclude={"premises", "licences", "people"})
        return NewBusiness(
            **own,
            channel=Channel.API,
            premises=tuple(one.new() for one in self.premises),
            licences=tuple(one.new() for one in self.licences),
            people=tuple(one.new() for one in self.people),
        )


class Correction(Act):
    changes: dict[str, str | int | None]


class StateIn(Act):
    state: str
    since: date


class MoveIn(Act):
    """Where it goes; what is not named is as it was, but for the platform."""

    address: str
    day: date
    district: str = ""
    station: str = ""
    use: str = ""
    platform: str = ""
    hours: str = ""

    def new(self, known: Business) -> NewPremises:
        place = {"district": known.district, **self.model_dump(exclude_unset=True)}
        if place["district"] == known.district:
            place = {"station": known.station, **place}
        for old in queries.premises_of(known):
            if old.is_main:
                place = {"use": old.use, "hours": old.hours, **place}
        return NewPremises(
            **{name: value for name, value in place.items() if name in NewPremises.__slots__}
        )


class HeadIn(Act):
    """`head` is its credit code, its id or its whole name; empty where there is none any more."""

    head: str | None


class TakeoverIn(Act):
    business: BusinessIn
    day: date


@router.post("/businesses", operation_id="enrol_business", openapi_extra=described(BusinessIn))
@requires(WRITE)
def enrol_business(request: HttpRequest) -> dict[str, Any]:
    """A new business with its places, licences and people; all of it or nothing."""
    said = read(request, BusinessIn)
    may_write_there(request, said.district, said.station)
    return whole(services.enrol(said.new()))


@router.post(
    "/businesses/{str:code}/corrections",
    operation_id="correct_business",
    openapi_extra=described(Correction),
)
@requires(WRITE)
def correct_business(request: HttpRequest, code: str) -> dict[str, Any]:
    """Sets fields to what they should be; a move only to where the caller may write too."""
    known = reachable(request, code, WRITE)
    said = said_why(request, Correction)
    place = {"district": known.district, "station": known.station, **said.changes}
    may_write_there(request, str(place["district"]), str(place["station"] or ""))
    return whole(
        services.correct(
            number=known.pk,
            changes=_correctable(said.changes),
            why=said.why,
            revision=said.revision,
            channel=Channel.API,
        )
    )


def _correctable(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of their own kind; one that is not correctable is refused, not ignored."""
    for name in changes:
        services.check_correctable(name)
    return {
        name: value if name == "diners" else str(value or "") for name, value in changes.items()
    }


@router.post(
    "/businesses/{str:code}/state", operation_id="set_state", openapi_extra=described(StateIn)
)
@requires(WRITE)
def set_state(request: HttpRequest, code: str) -> dict[str, Any]:
    """Open, dormant, not found, closed."""
    known = reachable(request, code, WRITE)
    said = said_why(request, StateIn)
    return whole(services.change_state(number=known.pk, **said.model_dump(), channel=Channel.API))


@router.post(
    "/businesses/{str:code}/move", operation_id="move_business", openapi_extra=described(MoveIn)
)
@requires(WRITE)
def move_business(request: HttpRequest, code: str) -> dict[str, Any]:
    """To other premises, perhaps of another district, where the caller may write too."""
    known = reachable(request, code, WRITE)
    said = said_why(request, MoveIn)
    new = said.new(known)
    may_write_there(request, new.district, new.station)
    services.move(
        number=known.pk,
        new=new,
        day=said.day,
        why=said.why,
        revision=said.revision,
        channel=Channel.API,
    )
    return whole(again(known))


@router.post(
    "/businesses/{str:code}/head", operation_id="set_head", openapi_extra=described(HeadIn)
)
@requires(WRITE)
def set_head(request: HttpRequest, code: str) -> dict[str, Any]:
    """The head office it is a branch of, wherever that lies, or none."""
    known = reachable(request, code, WRITE)
    said = said_why(request, HeadIn)
    return whole(
        services.set_head(
            number=known.pk,
            head=_head(said.head).pk if said.head else None,
            why=said.why,
            revision=said.revision,
            channel=Channel.API,
        )
    )


def _head(said: str) -> Business:
    found = by_code(said)
    if found is None:
        raise Refusal(
            "head_not_found",
            _noop("没有找到总部“{said}”"),
            fix=_noop("请填统一社会信用代码、档案编号或完整名称"),
            status=404,
            said=said,
        )
    return found


@router.post(
    "/businesses/{str:code}/takeover",
    operation_id="take_over",
    openapi_extra=described(TakeoverIn),
)
@requires(WRITE)
def take_over(request: HttpRequest, code: str) -> dict[str, Any]:
    """A new owner at the same place; the answer is the new subject's file."""
    known = reachable(request, code, WRITE)
    said = said_why(request, TakeoverIn)
    may_write_there(request, said.business.district, said.business.station)
    made = services.take_over(
        number=known.pk,
        new=said.business.new(),
        day=said.day,
        why=said.why,
        revision=said.revision,
        channel=Channel.API,
    )
    return whole(made)
