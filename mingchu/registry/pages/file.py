"""The business file: all an officer at the door needs, on one page, of today or of a past day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import Actor, Place, may
from mingchu.accounts.services import log_view
from mingchu.base import clock
from mingchu.base.slots import PANELS
from mingchu.kit.messages.queries import unread_asked
from mingchu.ledger.rows import Question, foreseen
from mingchu.registry import domain, dossier, queries, timeline
from mingchu.registry.dossier import Dossier
from mingchu.registry.dossier.lines import PersonLine
from mingchu.registry.models import Business
from mingchu.registry.pages import licences, people, premises
from mingchu.registry.pages.common import found
from mingchu.registry.queries import parts, past

PEOPLE_SHOWN = 30
LINES_SHOWN = 8
LACKS_SHOWN = 6


@requires("registry.read")
@require_safe
def business(request: HttpRequest, number: int) -> HttpResponse:
    """The business file; `?on=` shows it as it stood at the end of a past day."""
    day = _asked_day(request)
    if day is not None and day < clock.today():
        return _of_day(request, found(request, number, "registry.read"), day)
    with foreseen(_foreseen(actor_of(request), number)):
        known = found(request, number, "registry.read")
        if known.merged_into_id:
            return redirect("registry:business", known.merged_into_id)
        return _of_today(request, known)


def _foreseen(actor: Actor, number: int) -> Iterator[Question]:
    """All that the page of a file is going to ask about it; what its panels ask among it."""
    yield queries.business_asked(number)
    yield from past.now_asked(number)
    yield parts.present_asked(number)
    yield timeline.told_asked(number, LINES_SHOWN)
    for panel in PANELS:
        if may(actor, panel.action):
            yield from panel.foresees(number)
    yield from unread_asked(actor.user_id)


def _of_today(request: HttpRequest, known: Business) -> HttpResponse:
    actor, number = actor_of(request), known.pk
    scopes = actor.scopes_for("registry.read")
    file = dossier.write(past.file_now(known), scopes)
    _looked(actor, file)
    place = Place(district=known.district, station=known.station, business=known.public_id)
    writes = may(actor, "registry.write", place)
    shown = {
        **_shown(request, file),
        "lines": timeline.told({known.pk: "", **file.merged_names}, actor, limit=LINES_SHOWN),
        "warns": dossier.warns(file),
        "licences": [
            (one, licences.acts_for(one.state, to_follow_up=one.to_follow_up) if writes else ())
            for one in file.licences
        ],
        "premises": [
            (one, premises.acts_for(is_main=one.is_main, ended=bool(one.until)) if writes else ())
            for one in file.premises
        ],
        "person_acts": [(key, str(act.title)) for key, act in people.ACTS.items()]
        if writes
        else (),
        "panels": [
            (panel, drawn)
            for panel in PANELS
            if may(actor, panel.action, place) and (drawn := panel.draw(request, number))
        ],
        "handed_on": any(one.before or one.after for one in file.premises),
        "can_write": writes,
        "living": known.state != domain.State.CLOSED,
        "yesterday": clock.today() - timedelta(days=1),
    }
    return render(request, "registry/business.html", shown)


def _of_day(request: HttpRequest, known: Business, day: date) -> HttpResponse:
    """The same page without acts; before the file began it says so."""
    dated = past.file_on(known.pk, day)
    shown: dict[str, Any] = {"day": day, "business": known, "began": _began(known)}
    if dated is None:
        return render(request, "registry/business_before.html", shown)
    actor = actor_of(request)
    scopes = actor.scopes_for("registry.read")
    file = dossier.write(dated, scopes, as_of=True)
    _looked(actor, file)
    end = clock.midnight(day + timedelta(days=1))
    shown |= {
        **_shown(request, file),
        "lines": timeline.told({known.pk: ""}, actor, until=end, limit=LINES_SHOWN),
        "licences": [(one, ()) for one in file.licences],
        "premises": [(one, ()) for one in file.premises],
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
    }
    return render(request, "registry/business.html", shown)


def _shown(request: HttpRequest, file: Dossier) -> dict[str, Any]:
    """What both views have; of very many people the first are enough for the door."""
    everybody = request.GET.get("people") == "all"
    shown: tuple[PersonLine, ...] = file.people if everybody else file.people[:PEOPLE_SHOWN]
    return {
        "file": file,
        "business": file.business,
        "code": file.business.public_id,
        "people": shown,
        "lacks": file.lacks[:LACKS_SHOWN],
        "lacks_more": file.lacks[LACKS_SHOWN:],
        "people_left_out": len(file.people) - len(shown),
        "today": clock.today(),
    }


def _looked(actor: Actor, file: Dossier) -> None:
    if file.people or file.gone:
        log_view(actor, domain.subject(file.business.pk), "registry.people")


def _began(known: Business) -> date:
    return clock.city(known.enrolled_at).date()


def _asked_day(request: HttpRequest) -> date | None:
    """The day in the address; one that is none asks nothing."""
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return None
