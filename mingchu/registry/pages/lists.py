"""The list of businesses: found, filtered, exported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import may
from mingchu.base import clock
from mingchu.kit.sheets.write import Out, OutColumn, export_csv, export_xlsx
from mingchu.registry import exports, queries
from mingchu.registry.forms import FindForm
from mingchu.registry.pages.common import pages, said_count
from mingchu.registry.queries import Page
from mingchu.registry.words import licence_words, words

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires("registry.read")
@require_safe
def businesses(request: HttpRequest) -> HttpResponse:
    """The list; its search box, filters and place stand in the address."""
    actor = actor_of(request)
    form = FindForm(request.GET)
    wanted = form.wanted
    page = queries.page(
        actor.scopes_for("registry.read"), wanted, cursor=request.GET.get("cursor", "")
    )
    shown = {
        "form": form,
        "rows": _listed(page),
        "count": said_count(page),
        "pages": pages(request, page, wanted),
        "asked": urlencode(wanted.query()),
        "can_enrol": may(actor, "registry.write"),
        "can_export": may(actor, "registry.export"),
    }
    return render(request, "registry/businesses.html", shown)


def _listed(page: Page) -> list[dict[str, Any]]:
    """Rows in plain words: fifty rows of lazy labels would cost more than all the rest."""
    licences = queries.licences_of(page.rows)
    day, said = clock.today(), words()
    return [
        {
            "id": one.public_id,
            "name": one.name,
            "sign": one.sign,
            "code": one.code or "—",
            "kind": said.kinds[one.kind],
            "district": said.districts.get(one.district, one.district),
            "state": one.state,
            "state_name": said.states[one.state],
            "licences": [licence_words(each, day, said) for each in licences[one.pk]],
        }
        for one in page.rows
    ]


@requires("registry.export")
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The same list, all of it, as a file; scoped by the right to export."""
    wanted = FindForm(request.GET).wanted
    scopes = actor_of(request).scopes_for("registry.export")
    found = queries.matching(scopes, wanted).iterator(exports.CHUNK)
    columns, rows = exports.columns(), exports.rows(found)
    return sheet(request, "businesses", _("经营者名录"), columns, rows)


def sheet(
    request: HttpRequest,
    name: str,
    title: str,
    columns: Sequence[OutColumn],
    rows: Iterator[list[Out]],
) -> HttpResponse:
    """A list as a file, `?format=csv` or a workbook, named by the city's day."""
    stem = f"{name}-{clock.today():%Y%m%d}"
    if request.GET.get("format") == "csv":
        answer = HttpResponse(export_csv(columns, rows), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{stem}.csv"'
    else:
        answer = HttpResponse(export_xlsx(title, columns, rows), content_type=XLSX)
        answer["Content-Disposition"] = f'attachment; filename="{stem}.xlsx"'
    return answer
