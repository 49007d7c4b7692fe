"""The business file: all an officer at the door needs, on one page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import Place, may
from mingchu.accounts.services import log_view
from mingchu.base import clock
from mingchu.base.slots import PANELS
from mingchu.registry import domain, queries
from mingchu.registry.models import Business, Duty, Person
from mingchu.registry.pages.common import found
from mingchu.registry.places import district_name
from mingchu.registry.words import licence_words, words


@requires("registry.read")
@require_safe
def business(request: HttpRequest, number: int) -> HttpResponse:
    """The business file: all an officer at the door needs, on one page."""
    known = found(request, number, "registry.read")
    if known.merged_into_id:
        return redirect("registry:business", known.merged_into_id)
    actor, day, said = actor_of(request), clock.today(), words()
    people = queries.people_of(known)
    if people:
        log_view(actor, domain.subject(number), "registry.people")
    place = Place(district=known.district, station=known.station, business=known.public_id)
    shown = {
        "business": known,
        "district": district_name(known.district),
        "area": _area(known),
        "licences": [
            (
                each,
                licence_words(each, day, said),
                (each.expires - day).days if each.expires and each.expires >= day else None,
            )
            for each in queries.licences_of([known])[number]
        ],
        "premises": [
            {"row": each, "district": district_name(each.district)}
            for each in queries.premises_of(known)
        ],
        "people": [_person(each) for each in people],
        "panels": [
            (panel, drawn)
            for panel in PANELS
            if may(actor, panel.action, place) and (drawn := panel.draw(request, number))
        ],
        "can_write": may(actor, "registry.write", place),
    }
    return render(request, "registry/business.html", shown)


def _area(known: Business) -> str:
    """Its station and grid cell, by their names."""
    names = queries.area_names((known.station, known.grid))
    return " · ".join(names.get(code, code) for code in (known.station, known.grid) if code)


def _person(person: Person) -> dict[str, Any]:
    return {
        "row": person,
        "duties": "、".join(str(Duty(duty).label) for duty in person.duties),
        "phone": domain.masked_phone(person.phone),
    }
