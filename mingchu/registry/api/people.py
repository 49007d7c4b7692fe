"""Acts on people for programs; each answers with ids and the person's revision, no person's data.

`revision` is the person's, as the list of people says it; when somebody is posted, the file's.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpRequest

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.services import log_view
from mingchu.base import paging
from mingchu.kit.bodies import described, read
from mingchu.registry import domain, queries, services
from mingchu.registry.api.acting import WRITE, Act, Exact, Revised, said_why, there
from mingchu.registry.api.reading import reachable, router
from mingchu.registry.domain import Channel
from mingchu.registry.models import HealthCertificate, Person
from mingchu.registry.queries.parts import person_of
from mingchu.registry.values import NewPerson


class PersonIn(Exact):
    name: str
    duties: list[str] = ["handler"]
    identity: str = ""
    phone: str = ""
    health_number: str = ""
    health_until: date | None = None
    since: date | None = None

    def new(self) -> NewPerson:
        facts = self.model_dump(exclude={"revision"})
        return NewPerson(**{**facts, "duties": tuple(self.duties)})


class PostIn(PersonIn, Revised):
    """Somebody, and the revision of the file he is entered in."""


class PersonChanges(Exact):
    """What is not named stays."""

    name: str = ""
    duties: list[str] = []
    phone: str = ""


class PersonChange(Act):
    changes: PersonChanges


class LeavingIn(Revised):
    day: date
    reason: Literal["left", "died"] = "left"


class CertificateIn(Revised):
    number: str = ""
    issued: date
    until: date


class SeenIn(Revised):
    """An officer's word on what a desk sent in; whoever sends it back says why."""

    good: bool
    why: str = ""


class TrainingIn(Revised):
    day: date
    hours: Decimal
    topic: str


class ExamIn(Revised):
    day: date
    passed: bool
    score: int | None = None


@router.get("/certificates", operation_id="list_unseen_certificates")
@requires(WRITE)
def list_unseen_certificates(
    request: HttpRequest, cursor: str = "", limit: int = paging.LIMIT_DEFAULT
) -> dict[str, Any]:
    """Health certificates that desks sent in and nobody has looked at, the oldest first."""
    actor = actor_of(request)
    waiting = queries.unseen_certificates(actor.scopes_for(WRITE))
    page = queries.plan_page(waiting, "", cursor, paging.limited(limit))
    if page.rows:
        log_view(actor, "certificates:unseen", "registry.people")
    return paging.page([_unseen(one) for one in page.rows], page.next)


def _unseen(one: HealthCertificate) -> dict[str, Any]:
    return {
        "id": one.pk,
        "business": domain.public_id(one.person.business_id),
        "person": one.person_id,
        "revision": one.person.revision,
        "number": one.number,
        "issued": one.issued,
        "until": one.until,
    }


@router.post(
    "/businesses/{str:code}/people", operation_id="post_person", openapi_extra=described(PostIn)
)
@requires(WRITE)
def post_person(request: HttpRequest, code: str) -> dict[str, Any]:
    """Somebody takes up a duty."""
    known = reachable(request, code, WRITE)
    said = read(request, PostIn)
    made = services.post_person(
        number=known.pk, new=said.new(), revision=said.revision, channel=Channel.API
    )
    return {"id": made.pk, "revision": made.revision}


@router.post(
    "/businesses/{str:code}/people/{int:person_id}",
    operation_id="correct_person",
    openapi_extra=described(PersonChange),
)
@requires(WRITE)
def correct_person(request: HttpRequest, code: str, person_id: int) -> dict[str, Any]:
    """Name, duties or telephone as they should be."""
    person = _person(request, code, person_id)
    said = said_why(request, PersonChange)
    services.correct_person(
        person=person,
        changes=said.changes.model_dump(exclude_unset=True),
        why=said.why,
        revision=said.revision,
        channel=Channel.API,
    )
    return {"id": person.pk, "revision": person.revision}


@router.post(
    "/businesses/{str:code}/people/{int:person_id}/leaving",
    operation_id="person_leaves",
    openapi_extra=described(LeavingIn),
)
@requires(WRITE)
def person_leaves(request: HttpRequest, code: str, person_id: int) -> dict[str, Any]:
    """The post ends; whoever died leaves all of his posts."""
    person = _person(request, code, person_id)
    said = read(request, LeavingIn)
    if said.reason == "died":
        services.person_died(person=person, day=said.day, revision=said.revision)
        person.refresh_from_db()
    else:
        services.person_leaves(person=person, until=said.day, revision=said.revision)
    return {"id": person.pk, "revision": person.revision}


@router.post(
    "/businesses/{str:code}/people/{int:person_id}/certificates",
    operation_id="keep_health_certificate",
    openapi_extra=described(CertificateIn),
)
@requires(WRITE)
def keep_health_certificate(request: HttpRequest, code: str, person_id: int) -> dict[str, Any]:
    """A health certificate was shown; `id` is its own, `revision` the person's."""
    person = _person(request, code, person_id)
    said = read(request, CertificateIn)
    made = services.keep_health_certificate(person=person, **said.model_dump(), channel=Channel.API)
    return {"id": made.pk, "revision": person.revision}


@router.post(
    "/businesses/{str:code}/people/{int:person_id}/certificates/{int:certificate_id}",
    operation_id="see_health_certificate",
    openapi_extra=described(SeenIn),
)
@requires(WRITE)
def see_health_certificate(
    request: HttpRequest, code: str, person_id: int, certificate_id: int
) -> dict[str, Any]:
    """What a desk sent in was looked at: it stays, or goes back with the reason."""
    person = _person(request, code, person_id)
    waiting = queries.unseen_certificates(actor_of(request).scopes_for(WRITE))
    certificate = there(waiting.filter(person=person, pk=certificate_id).first())
    said = read(request, SeenIn)
    if said.why:
        services.check_why(said.why)
    services.see_health_certificate(certificate=certificate, **said.model_dump())
    return {"id": certificate_id, "revision": certificate.person.revision}


@router.post(
    "/businesses/{str:code}/people/{int:person_id}/trainings",
    operation_id="record_training",
    openapi_extra=described(TrainingIn),
)
@requires(WRITE)
def record_training(request: HttpRequest, code: str, person_id: int) -> dict[str, Any]:
    """Hours of training; `id` is theirs, `revision` the person's."""
    person = _person(request, code, person_id)
    said = read(request, TrainingIn)
    made = services.record_training(person=person, **said.model_dump(), channel=Channel.API)
    return {"id": made.pk, "revision": person.revision}


@router.post(
    "/businesses/{str:code}/people/{int:person_id}/exams",
    operation_id="record_exam",
    openapi_extra=described(ExamIn),
)
@requires(WRITE)
def record_exam(request: HttpRequest, code: str, person_id: int) -> dict[str, Any]:
    """An exam; `id` is its own, `revision` the person's."""
    person = _person(request, code, person_id)
    made = services.record_exam(person=person, **read(request, ExamIn).model_dump())
    return {"id": made.pk, "revision": person.revision}


def _person(request: HttpRequest, code: str, number: int) -> Person:
    known = reachable(request, code, WRITE)
    return there(person_of(known, number))
