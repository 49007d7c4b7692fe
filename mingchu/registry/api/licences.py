"""Acts on licences for programs; each answers with the file as it then stands."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Field

from mingchu.accounts.access import requires
from mingchu.base import clock
from mingchu.kit.bodies import described, read
from mingchu.registry import queries, rules, services
from mingchu.registry.api.acting import WRITE, Act, Exact, Revised, again, said_why, there
from mingchu.registry.api.reading import reachable, router, whole
from mingchu.registry.domain import Channel
from mingchu.registry.models import Business, Licence
from mingchu.registry.values import NewLicence


class TermIn(Exact):
    """A term: without `expires` the rule of the kind says how long it lasts."""

    issued: date
    expires: date | None = Field(
        None,
        description="The last day. Left out: by the rule of its kind, from the day of issue. "
        "null: it does not run out.",
    )

    @property
    def endless(self) -> bool:
        """Nothing said is not the same as said to be nothing."""
        return "expires" in self.model_fields_set and self.expires is None


class LicenceIn(TermIn):
    kind: str = "JY"
    number: str
    items: list[str] = []
    catalogue: str = ""
    evidence: str = ""
    committed: bool = False
    follow_up_due: date | None = None

    def new(self) -> NewLicence:
        facts = self.model_dump(exclude={"revision"})
        return NewLicence(**{**facts, "items": tuple(self.items)}, endless=self.endless)


class GrantIn(LicenceIn, Revised):
    """A licence and the revision of the file it goes into."""


class RenewalIn(TermIn, Revised):
    """The next term; without `items` it allows what it did."""

    items: list[str] = []
    catalogue: str = ""
    committed: bool = False
    follow_up_due: date | None = None

    def new(self, one: Licence) -> NewLicence:
        given = self.model_dump(exclude_unset=True, exclude={"revision"})
        known = {
            "items": one.items,
            "catalogue": rules.catalogue(clock.today())[0],
        }
        facts = {**known, **given}
        return NewLicence(
            kind=one.kind,
            number=one.number,
            evidence=one.number_evidence,
            endless=self.endless,
            **{**facts, "items": tuple(facts["items"])},
        )


class LicenceChanges(Exact):
    """What is not named stays."""

    items: list[str] = []
    catalogue: str = ""
    issued: date = Field(default_factory=clock.today)
    expires: date | None = Field(None, description="The last day; null: it does not run out.")


class LicenceChange(Act):
    changes: LicenceChanges


class LicenceStateIn(Act):
    """`suspended`, `valid` again, `revoked` or `cancelled`; the last two are for good."""

    state: str


class LicencePlacesIn(Act):
    """Ids of the premises it is for; none means the main ones."""

    premises: list[int]


class FollowUpIn(Act):
    day: date


@router.post(
    "/businesses/{str:code}/licences",
    operation_id="grant_licence",
    openapi_extra=described(GrantIn),
)
@requires(WRITE)
def grant_licence(request: HttpRequest, code: str) -> dict[str, Any]:
    """A new licence, or the next term of one the business holds already."""
    known = reachable(request, code, WRITE)
    said = read(request, GrantIn)
    new = said.new()
    services.check_commitment(new.kind, committed=new.committed, due=new.follow_up_due)
    services.grant_licence(number=known.pk, new=new, revision=said.revision, channel=Channel.API)
    return whole(again(known))


@router.post(
    "/businesses/{str:code}/licences/{int:licence_id}",
    operation_id="change_licence",
    openapi_extra=described(LicenceChange),
)
@requires(WRITE)
def change_licence(request: HttpRequest, code: str, licence_id: int) -> dict[str, Any]:
    """What it allows or its days, under the same number."""
    known, licence = _licence(request, code, licence_id)
    said = said_why(request, LicenceChange)
    services.change_licence(
        licence=licence,
        changes=said.changes.model_dump(exclude_unset=True),
        why=said.why,
        revision=said.revision,
        channel=Channel.API,
    )
    return whole(again(known))


@router.post(
    "/businesses/{str:code}/licences/{int:licence_id}/renewal",
    operation_id="renew_licence",
    openapi_extra=described(RenewalIn),
)
@requires(WRITE)
def renew_licence(request: HttpRequest, code: str, licence_id: int) -> dict[str, Any]:
    """The next term under the same kind and number."""
    known, licence = _licence(request, code, licence_id)
    said = read(request, RenewalIn)
    new = said.new(licence)
    services.check_commitment(new.kind, committed=new.committed, due=new.follow_up_due)
    services.renew_licence(licence=licence, new=new, revision=said.revision, channel=Channel.API)
    return whole(again(known))


@router.post(
    "/businesses/{str:code}/licences/{int:licence_id}/state",
    operation_id="set_licence_state",
    openapi_extra=described(LicenceStateIn),
)
@requires(WRITE)
def set_licence_state(request: HttpRequest, code: str, licence_id: int) -> dict[str, Any]:
    """Suspended, restored, revoked or cancelled."""
    known, licence = _licence(request, code, licence_id)
    said = said_why(request, LicenceStateIn)
    services.set_licence_state(licence=licence, **said.model_dump(), channel=Channel.API)
    return whole(again(known))


@router.post(
    "/businesses/{str:code}/licences/{int:licence_id}/places",
    operation_id="place_licence",
    openapi_extra=described(LicencePlacesIn),
)
@requires(WRITE)
def place_licence(request: HttpRequest, code: str, licence_id: int) -> dict[str, Any]:
    """Which premises of the business it is for."""
    known, licence = _licence(request, code, licence_id)
    said = said_why(request, LicencePlacesIn)
    chosen = [one for one in queries.premises_of(known) if one.pk in said.premises]
    if len(chosen) != len(set(said.premises)):
        raise services.premises_elsewhere()
    services.place_licence(
        licence=licence,
        premises=chosen,
        why=said.why,
        revision=said.revision,
        channel=Channel.API,
    )
    return whole(again(known))


@router.post(
    "/businesses/{str:code}/licences/{int:licence_id}/follow-up",
    operation_id="follow_up_licence",
    openapi_extra=described(FollowUpIn),
)
@requires(WRITE)
def follow_up_licence(request: HttpRequest, code: str, licence_id: int) -> dict[str, Any]:
    """The visit after it was given on notice and commitment."""
    known, licence = _licence(request, code, licence_id)
    said = said_why(request, FollowUpIn)
    services.follow_up(licence=licence, **said.model_dump(), channel=Channel.API)
    return whole(again(known))


@router.post(
    "/businesses/{str:code}/licences/{int:licence_id}/withdrawal",
    operation_id="withdraw_licence",
    openapi_extra=described(Act),
)
@requires(WRITE)
def withdraw_licence(request: HttpRequest, code: str, licence_id: int) -> dict[str, Any]:
    """Out again, because it was entered by mistake; what once was in force is cancelled instead."""
    known, licence = _licence(request, code, licence_id)
    said = said_why(request, Act)
    services.withdraw_licence(licence=licence, **said.model_dump(), channel=Channel.API)
    return whole(again(known))


def _licence(request: HttpRequest, code: str, number: int) -> tuple[Business, Licence]:
    """The file and its licence, where the caller may write it."""
    known = reachable(request, code, WRITE)
    return known, there(queries.licence_of(known, number))
