"""Stations 监管所 and grid cells 网格: what they are called and how much lies in each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import Actor, Place, may
from mingchu.base.errors import Refusal
from mingchu.kit.sheets.layouts import Kind
from mingchu.kit.sheets.write import Out, OutColumn
from mingchu.registry import queries, services
from mingchu.registry.list_forms import AreasForm
from mingchu.registry.models import AreaKind
from mingchu.registry.pages.common import attempt, exported, told
from mingchu.registry.places import DISTRICTS, district_name


@dataclass(frozen=True)
class Row:
    area: queries.AreaRow
    district: str
    station: str
    count: int
    grids: int


@requires("registry.read")
@require_safe
def areas(request: HttpRequest) -> HttpResponse:
    """The stations; with `station`, its grid cells."""
    actor, station = actor_of(request), request.GET.get("station", "")
    rows = list(_rows(actor, station))
    shown = {
        "rows": rows,
        "station": next((one for one in _known(actor) if one.code == station), None),
        "can_write": any(map(partial(_draws, actor), DISTRICTS)),
        "can_export": may(actor, "registry.export"),
    }
    return render(request, "registry/areas.html", shown)


def _known(actor: Actor) -> tuple[queries.AreaRow, ...]:
    return queries.all_areas(actor.scopes_for("registry.read"))


def _rows(actor: Actor, station: str = "") -> Iterator[Row]:
    """Grid cells of one station, or all stations."""
    known = _known(actor)
    kind = AreaKind.GRID if station else AreaKind.STATION
    counts = queries.counted_by_area(actor.scopes_for("registry.read"), kind)
    names = {one.code: one.name for one in known}
    for one in known:
        if one.kind == kind and (not station or one.parent == station):
            yield Row(
                one,
                district_name(one.code[:6]),
                names.get(one.parent, ""),
                counts.get(one.code, 0),
                sum(other.parent == one.code for other in known),
            )


@requires("registry.export")
@require_safe
def export_areas(request: HttpRequest) -> HttpResponse:
    """What the page shows, as a file that can be pasted back."""
    columns = [
        OutColumn(_("代码"), Kind.CODE),
        OutColumn(_("名称")),
        OutColumn(_("旗县区")),
        OutColumn(_("监管所")),
        OutColumn(_("经营者户数"), Kind.WHOLE),
    ]
    found = _rows(actor_of(request), request.GET.get("station", ""))
    rows: list[list[Out]] = [
        [one.area.code, one.area.name, one.district, one.station, one.count] for one in found
    ]
    return exported(request, "areas", _("监管所和网格"), columns, rows)


@requires("registry.write")
@require_http_methods(["GET", "POST"])
def name_areas(request: HttpRequest) -> HttpResponse:
    """Adds areas or names them anew, as many lines as one likes."""
    actor = actor_of(request)
    form = AreasForm(request.POST or None, initial=_initial(request))
    if form.is_valid():
        rows, kind = form.cleaned_data["lines"], form.cleaned_data["kind"]
        done = services.Named()

        def act() -> None:
            nonlocal done
            _check(actor, [code for code, _name in rows])
            done = services.name_areas(kind=kind, rows=rows)

        if attempt(form, act):
            said = _("新增%(added)s个，改名%(renamed)s个") % {
                "added": len(done.added),
                "renamed": len(done.renamed),
            }
            messages.success(request, said)
            return redirect("registry:areas")
    shown = {"form": form, "title": _("登记监管所和网格"), "does": _("保存")}
    return render(request, "registry/form.html", shown)


def _initial(request: HttpRequest) -> dict[str, str]:
    """One known area, when it is to be named anew."""
    code = request.GET.get("code", "")
    area = queries.area(actor_of(request).scopes_for("registry.write"), code) if code else None
    return {"kind": area.kind, "lines": f"{area.code} {area.name}"} if area else {}


def _draws(actor: Actor, district: str) -> bool:
    return may(actor, "registry.write", Place(district=district))


def _check(actor: Actor, codes: list[str]) -> None:
    """Areas are drawn by the district's bureau or the city's, not by a station."""
    for code in codes:
        if not _draws(actor, code[:6]):
            raise Refusal(
                "areas_by_district",
                _noop("{area}不能由您登记"),
                fix=_noop("监管所和网格由所在旗县区局或市局登记"),
                status=403,
                area=code,
            )


@requires("registry.write")
@require_POST
def drop_area(request: HttpRequest, code: str) -> HttpResponse:
    """An area that was entered by mistake."""
    actor = actor_of(request)
    area = queries.area(actor.scopes_for("registry.write"), code)
    if area is None:
        raise Http404
    try:
        _check(actor, [code])
        services.drop_area(code=code)
    except Refusal as refusal:
        messages.error(request, told(refusal))
    else:
        messages.success(request, _("已删除%(name)s") % {"name": area.name})
    return redirect("registry:areas")
