"""Acts on files for programs: the services of the pages, under the same rights and refusals.

Every act answers with the file as it then stands. `revision`, where it is sent, is the one the
caller read: somebody else's change in between is refused instead of overwritten.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django.http import Http404, HttpRequest
from ninja import Schema
from pydantic import ConfigDict

from mingchu.accounts.access import actor_of, check, requires
from mingchu.accounts.domain import Place
from mingchu.kit.bodies import described, read
from mingchu.registry import domain, queries, services
from mingchu.registry.api.reading import reachable, router, whole
from mingchu.registry.domain import Channel
from mingchu.registry.models import Business, Licence, Merge, Person, Premises
from mingchu.registry.values import NewBusiness, NewLicence, NewPerson, NewPremises

WRITE = "registry.write"


class Exact(Schema):
    """A body in which an unknown field is a mistake, not a wish that is ignored."""

    model_config = ConfigDict(extra="forbid")


class LicenceIn(Exact):
    kind: str = "JY"
    number: str
    items: list[str] = []
    catalogue: str = ""
    issued: date
    expires: date | None = None
    evidence: str = ""
    committed: bool = False
    follow_up_due: date | None = None

    def new(self) -> NewLicence:
        return NewLicence(**{**self.model_dump(), "items": tuple(self.items)})


class PersonIn(Exact):
    name: str
    duties: list[str] = ["handler"]
    identity: str = ""
    phone: str = ""
    health_number: str = ""
    health_until: date | None = None
    since: date | None = None

    def new(self) -> NewPerson:
        return NewPerson(**{**self.model_dump(), "duties": tuple(self.duties)})


class PremisesIn(Exact):
    address: str = ""
    use: str = "shop"
    district: str = ""
    station: str = ""
    platform: str = ""
    hours: str = ""
    since: date | None = None

    def new(self) -> NewPremises:
        return NewPremises(**self.model_dump())


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


class Correction(Exact):
    changes: dict[str, str | int | None]
    why: str
    revision: int | None = None


class StateIn(Exact):
    state: str
    since: date
    why: str
    revision: int | None = None


class LicenceStateIn(Exact):
    state: str
    why: str


class FollowUpIn(Exact):
    day: date
    why: str


class PlacingIn(Exact):
    premises: PremisesIn
    landlord: str = ""
    why: str


class PremisesChanges(Exact):
    """What is not named stays; `until` ends the place."""

    use: str = ""
    address: str = ""
    district: str = ""
    station: str = ""
    platform: str = ""
    hours: str = ""
    since: date | None = None
    until: date | None = None


class PremisesChange(Exact):
    changes: PremisesChanges
    why: str


class LeavingIn(Exact):
    day: date
    reason: Literal["left", "died"] = "left"


class CertificateIn(Exact):
    number: str = ""
    issued: date
    until: date


class TrainingIn(Exact):
    day: date
    hours: Decimal
    topic: str


class ExamIn(Exact):
    day: date
    passed: bool
    score: int | None = None


class TakeoverIn(Exact):
    business: BusinessIn
    day: date
    why: str


class MergeIn(Exact):
    kept: str
    gone: str
    why: str


class Why(Exact):
    why: str


def _there(request: HttpRequest, district: str, station: str) -> None:
    check(request, WRITE, Place(district=district, station=station))


@router.post("/businesses", operation_id="enrol_business", openapi_extra=described(BusinessIn))
@requires(WRITE)
def enrol_business(request: HttpRequest) -> dict[str, Any]:
    """A new business with its places, licences and people; all of it or nothing."""
    said = read(request, BusinessIn)
    _there(request, said.district, said.station)
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
    said = read(request, Correction)
    place = {"district": known.district, "station": known.station, **said.changes}
    _there(request, str(place["district"]), str(place["station"] or ""))
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
    known = reachable(request, code, WRITE)
    said = read(request, StateIn)
    return whole(services.change_state(number=known.pk, **said.model_dump(), channel=Channel.API))


@router.post(
    "/businesses/{str:code}/licences",
    operation_id="grant_licence",
    openapi_extra=described(LicenceIn),
)
@requires(WRITE)
def grant_licence(request: HttpRequest, code: str) -> dict[str, Any]:
    """A new licence, or the next term of one the business holds already."""
    known = reachable(request, code, WRITE)
    said = read(request, LicenceIn)
    services.grant_licence(number=known.pk, new=said.new(), channel=Channel.API)
    return whole(_again(known))


@router.post(
    "/businesses/{str:code}/licences/{int:licence_id}/state",
    operation_id="set_licence_state",
    openapi_extra=described(LicenceStateIn),
)
@requires(WRITE)
def set_licence_state(request: HttpRequest, code: str, licence_id: int) -> dict[str, Any]:
    known = reachable(request, code, WRITE)
    licence = _licence(known, licence_id)
    said = read(request, LicenceStateIn)
    services.set_licence_state(licence=licence, state=said.state, why=said.why)
    return whole(_again(known))


@router.post(
    "/businesses/{str:code}/licences/{int:licence_id}/follow-up",
    operation_id="follow_up_licence",
    openapi_extra=described(FollowUpIn),
)
@requires(WRITE)
def follow_up_licence(request: HttpRequest, code: str, licence_id: int) -> dict[str, Any]:
    known = reachable(request, code, WRITE)
    licence = _licence(known, licence_id)
    said = read(request, FollowUpIn)
    services.follow_up(licence=licence, day=said.day, why=said.why)
    return whole(_again(known))


@router.post(
    "/businesses/{str:code}/premises",
    operation_id="add_premises",
    openapi_extra=described(PlacingIn),
)
@requires(WRITE)
def add_premises(request: HttpRequest, code: str) -> dict[str, Any]:
    known = reachable(request, code, WRITE)
    said = read(request, PlacingIn)
    landlord = reachable(request, said.landlord, "registry.read") if said.landlord else None
    services.add_premises(
        number=known.pk,
        new=said.premises.new(),
        landlord=landlord.pk if landlord else None,
        why=said.why,
    )
    return whole(_again(known))


@router.post(
    "/businesses/{str:code}/premises/{int:premises_id}",
    operation_id="change_premises",
    openapi_extra=described(PremisesChange),
)
@requires(WRITE)
def change_premises(request: HttpRequest, code: str, premises_id: int) -> dict[str, Any]:
    known = reachable(request, code, WRITE)
    premises = _one(queries.premises_of(known), premises_id)
    said = read(request, PremisesChange)
    changes = said.changes.model_dump(exclude_unset=True)
    services.change_premises(premises=premises, changes=changes, why=said.why)
    return whole(_again(known))


@router.post(
    "/businesses/{str:code}/people", operation_id="post_person", openapi_extra=described(PersonIn)
)
@requires(WRITE)
def post_person(request: HttpRequest, code: str) -> dict[str, Any]:
    known = reachable(request, code, WRITE)
    said = read(request, PersonIn)
    made = services.post_person(number=known.pk, new=said.new(), channel=Channel.API)
    return {"id": made.pk}


@router.post(
    "/businesses/{str:code}/people/{int:person_id}/leaving",
    operation_id="person_leaves",
    openapi_extra=described(LeavingIn),
)
@requires(WRITE)
def person_leaves(request: HttpRequest, code: str, person_id: int) -> dict[str, Any]:
    person = _person(request, code, person_id)
    said = read(request, LeavingIn)
    if said.reason == "died":
        services.person_died(person=person, day=said.day)
    else:
        services.person_leaves(person=person, until=said.day)
    return {"id": person.pk}


@router.post(
    "/businesses/{str:code}/people/{int:person_id}/certificates",
    operation_id="keep_health_certificate",
    openapi_extra=described(CertificateIn),
)
@requires(WRITE)
def keep_health_certificate(request: HttpRequest, code: str, person_id: int) -> dict[str, Any]:
    person = _person(request, code, person_id)
    said = read(request, CertificateIn)
    made = services.keep_health_certificate(person=person, **said.model_dump(), channel=Channel.API)
    return {"id": made.pk}


@router.post(
    "/businesses/{str:code}/people/{int:person_id}/trainings",
    operation_id="record_training",
    openapi_extra=described(TrainingIn),
)
@requires(WRITE)
def record_training(request: HttpRequest, code: str, person_id: int) -> dict[str, Any]:
    person = _person(request, code, person_id)
    said = read(request, TrainingIn)
    made = services.record_training(person=person, **said.model_dump(), channel=Channel.API)
    return {"id": made.pk}


@router.post(
    "/businesses/{str:code}/people/{int:person_id}/exams",
    operation_id="record_exam",
    openapi_extra=described(ExamIn),
)
@requires(WRITE)
def record_exam(request: HttpRequest, code: str, person_id: int) -> dict[str, Any]:
    person = _person(request, code, person_id)
    said = read(request, ExamIn)
    return {"id": services.record_exam(person=person, **said.model_dump()).pk}


@router.post(
    "/businesses/{str:code}/takeover",
    operation_id="take_over",
    openapi_extra=described(TakeoverIn),
)
@requires(WRITE)
def take_over(request: HttpRequest, code: str) -> dict[str, Any]:
    """A new owner at the same place; the answer is the new subject's file."""
    known = reachable(request, code, WRITE)
    said = read(request, TakeoverIn)
    _there(request, said.business.district, said.business.station)
    made = services.take_over(number=known.pk, new=said.business.new(), day=said.day, why=said.why)
    return whole(made)


@router.post("/merges", operation_id="merge_businesses", openapi_extra=described(MergeIn))
@requires(WRITE)
def merge_businesses(request: HttpRequest) -> dict[str, Any]:
    said = read(request, MergeIn)
    kept, gone = (reachable(request, code, WRITE) for code in (said.kept, said.gone))
    done = services.merge(kept=kept.pk, gone=gone.pk, why=said.why)
    return {"id": done.pk, "kept": kept.public_id, "gone": gone.public_id}


@router.post("/merges/{int:pk}/undo", operation_id="undo_merge", openapi_extra=described(Why))
@requires(WRITE)
def undo_merge(request: HttpRequest, pk: int) -> dict[str, Any]:
    found = queries.merge_of(actor_of(request).scopes_for(WRITE), pk)
    if found is None:
        raise Http404
    done = services.undo_merge(merge=found, why=read(request, Why).why)
    return _merge(done)


def _merge(done: Merge) -> dict[str, Any]:
    return {
        "id": done.pk,
        "kept": domain.public_id(done.kept_id),
        "gone": domain.public_id(done.gone_id),
        "undone_at": done.undone_at,
    }


def _again(known: Business) -> Business:
    known.refresh_from_db()
    return known


def _licence(known: Business, number: int) -> Licence:
    found = queries.licence_of(known, number)
    if found is None:
        raise Http404
    return found


def _one(premises: list[Premises], number: int) -> Premises:
    found = next((one for one in premises if one.pk == number), None)
    if found is None:
        raise Http404
    return found


def _person(request: HttpRequest, code: str, number: int) -> Person:
    known = reachable(request, code, WRITE)
    found = next((one for one in queries.people_of(known) if one.pk == number), None)
    if found is None:
        raise Http404
    return found
