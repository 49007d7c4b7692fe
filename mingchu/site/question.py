"""The question of the list as a map: how many of it lie in each district, each a link to them."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import may
from mingchu.kit.sheets.layouts import Kind
from mingchu.kit.sheets.write import Out, OutColumn
from mingchu.registry import queries
from mingchu.registry.forms import OfficerFindForm
from mingchu.registry.pages.common import exported
from mingchu.registry.queries import Wanted
from mingchu.site import citymap


@requires("registry.read")
@require_safe
def question_map(request: HttpRequest) -> HttpResponse:
    """The map and the equal table."""
    actor = actor_of(request)
    form = OfficerFindForm(request.GET, actor=actor)
    wanted = form.wanted
    counts = queries.counted_by_district(actor.scopes_for("registry.read"), wanted)

    def rows(code: str) -> str:
        return _list(wanted, code)

    known = {
        "in_words": form.in_words,
        "asked": urlencode(wanted.query()),
        "cells": citymap.draw(counts, rows),
        "legend": citymap.legend(counts),
        "rows": citymap.table(counts, rows),
        "total": sum(counts.values()),
        "all_rows": _list(wanted),
        "box": citymap.ZONE_BOX,
        "view": citymap.VIEW,
        "can_export": may(actor, "registry.export"),
    }
    return render(request, "site/question_map.html", known)


def _list(wanted: Wanted, district: str = "") -> str:
    """The list of the same question, of one district or of all it asks for."""
    asked = {**wanted.query(), **({"district": district} if district else {})}
    return f"{reverse('registry:businesses')}?{urlencode(asked)}"


@requires("registry.export")
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The table as a file."""
    actor = actor_of(request)
    wanted = OfficerFindForm(request.GET, actor=actor, areas=()).wanted
    counts = queries.counted_by_district(actor.scopes_for("registry.export"), wanted)
    columns = [OutColumn(_("旗县区")), OutColumn(_("户数"), Kind.WHOLE)]
    rows: list[list[Out]] = [
        [str(row.name), row.value] for row in citymap.table(counts, lambda code: "")
    ]
    return exported(request, "districts", _("各旗县区户数"), columns, rows)
