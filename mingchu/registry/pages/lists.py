"""The list of businesses: found, filtered, kept as a view, exported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import Actor, may
from mingchu.base import clock
from mingchu.kit.messages.queries import unread_asked
from mingchu.ledger.rows import foreseen
from mingchu.registry import exports, queries
from mingchu.registry.asking import question
from mingchu.registry.forms import OfficerFindForm
from mingchu.registry.models import Business
from mingchu.registry.pages.common import exported, pages, said_count
from mingchu.registry.words import LicenceWords, licence_words, words

LISTED = ("name", "sign", "code", "kind", "district", "station", "state")


@requires("registry.read")
@require_safe
def businesses(request: HttpRequest) -> HttpResponse:
    """The list; its search box, filters and place stand in the address."""
    actor = actor_of(request)
    with foreseen((*queries.views_asked(actor.user_id), *unread_asked(actor.user_id))):
        return _businesses(request, actor)


def _businesses(request: HttpRequest, actor: Actor) -> HttpResponse:
    asks = question(request.GET, actor)
    wanted = asks.wanted
    page = queries.page(
        actor.scopes_for("registry.read"),
        wanted,
        cursor=request.GET.get("cursor", ""),
        people=True,
        fields=LISTED,
    )
    asked = urlencode(wanted.query())
    shown = {
        "question": asks,
        "rows": listed(page.rows, {area.code: area.name for area in asks.areas}),
        "count": said_count(page),
        "pages": pages(request, page, wanted),
        "asked": asked,
        "asked_for": wanted.query(),
        "views": queries.views_of(actor.user_id),
        "can_write": may(actor, "registry.write"),
        "can_export": may(actor, "registry.export"),
    }
    return render(request, "registry/businesses.html", shown)


class Line(NamedTuple):
    """A row in plain words: thirty rows of lazy labels would cost more than all the rest."""

    id: str
    name: str
    sign: str
    code: str
    kind: str
    district: str
    station: str
    state: str
    state_name: str
    licences: list[LicenceWords]


def listed(rows: Iterable[Business], areas: Mapping[str, str]) -> list[Line]:
    """Rows in words; licences of all of them are asked for at once."""
    rows = list(rows)
    licences = queries.licence_rows([one.pk for one in rows])
    day, said = clock.today(), words()
    return [
        Line(
            id=one.public_id,
            name=one.name,
            sign=one.sign,
            code=one.code or "—",
            kind=said.kinds[one.kind],
            district=said.districts.get(one.district, one.district),
            station=areas.get(one.station, one.station),
            state=one.state,
            state_name=said.states[one.state],
            licences=[licence_words(each, day, said) for each in licences[one.pk]],
        )
        for one in rows
    ]


@requires("registry.export")
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The same list, all of it, as a file; scoped by the right to export."""
    actor = actor_of(request)
    wanted = OfficerFindForm(request.GET, actor=actor, areas=()).wanted
    scopes = actor.scopes_for("registry.export")
    found = queries.matching(scopes, wanted, people=True).iterator(exports.CHUNK)
    columns, rows = exports.columns(), exports.rows(found)
    return exported(request, "businesses", _("经营者名录"), columns, rows)
