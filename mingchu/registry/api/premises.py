"""Acts on premises for programs; each answers with the file as it then stands."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest

from mingchu.accounts.access import requires
from mingchu.kit.bodies import described
from mingchu.registry import services
from mingchu.registry.api.acting import WRITE, Act, Exact, again, said_why, there
from mingchu.registry.api.reading import reachable, router, whole
from mingchu.registry.domain import Channel
from mingchu.registry.models import Business, Premises
from mingchu.registry.queries.parts import place_of
from mingchu.registry.values import NewPremises


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


class PlacingIn(Act):
    premises: PremisesIn
    landlord: str = ""


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


class PremisesChange(Act):
    changes: PremisesChanges


@router.post(
    "/businesses/{str:code}/premises",
    operation_id="add_premises",
    openapi_extra=described(PlacingIn),
)
@requires(WRITE)
def add_premises(request: HttpRequest, code: str) -> dict[str, Any]:
    """Another place; `landlord` is the id of the business that lets it."""
    known = reachable(request, code, WRITE)
    said = said_why(request, PlacingIn)
    landlord = reachable(request, said.landlord, "registry.read") if said.landlord else None
    services.add_premises(
        number=known.pk,
        new=said.premises.new(),
        landlord=landlord.pk if landlord else None,
        why=said.why,
        revision=said.revision,
        channel=Channel.API,
    )
    return whole(again(known))


@router.post(
    "/businesses/{str:code}/premises/{int:premises_id}",
    operation_id="change_premises",
    openapi_extra=described(PremisesChange),
)
@requires(WRITE)
def change_premises(request: HttpRequest, code: str, premises_id: int) -> dict[str, Any]:
    """What was entered wrongly, or the day on which the place ended."""
    known, premises = _premises(request, code, premises_id)
    said = said_why(request, PremisesChange)
    services.change_premises(
        premises=premises,
        changes=said.changes.model_dump(exclude_unset=True),
        why=said.why,
        revision=said.revision,
        channel=Channel.API,
    )
    return whole(again(known))


@router.post(
    "/businesses/{str:code}/premises/{int:premises_id}/main",
    operation_id="make_main",
    openapi_extra=described(Act),
)
@requires(WRITE)
def make_main(request: HttpRequest, code: str, premises_id: int) -> dict[str, Any]:
    """From now on an officer goes here."""
    known, premises = _premises(request, code, premises_id)
    said = said_why(request, Act)
    services.make_main(premises=premises, **said.model_dump(), channel=Channel.API)
    return whole(again(known))


def _premises(request: HttpRequest, code: str, number: int) -> tuple[Business, Premises]:
    """The file and its place, where the caller may write it."""
    known = reachable(request, code, WRITE)
    return known, there(place_of(known, number))
