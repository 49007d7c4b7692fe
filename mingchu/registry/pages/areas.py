"""Stations 监管所 and grid cells 网格: what they are called and how much lies in each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import Actor, may
from mingchu.base.errors import Refusal
from mingchu.kit.sheets.layouts import Kind
from mingchu.kit.sheets.write import Out, OutColumn
from mingchu.registry import queries, services
from mingchu.registry.list_forms import AreasForm
from mingchu.registry.models import AreaKind
from mingchu.registry.pages.common import attempt, exported, told
from mingchu.registry.places import DISTRICTS, check_draws, district_name, draws


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
    can_write = any(map(partial(draws, actor), DISTRICTS))
    shown = {
        "rows": rows,
        "station": next((one for one in _known(actor) if one.code == station), None),
        "can_write": can_write,
        "can_import": can_write and may(actor, "kit.import"),
        "can_export": may(actor, "registry.export"),
    }
    return render(request, "registry/areas.html", shown)


def _known(actor: Actor) -> tuple[queries.AreaRow, ...]:
    return queries.all_areas(actor.scopes_for("registry.read"))


def _rows(actor: Actor, station: str = "", *, whole: bool = False) -> Iterator[Row]:
    """Grid cells of one station, or all stations; `whole`: each station before its cells."""
    known, scopes = _known(actor), actor.scopes_for("registry.read")
    kinds = AreaKind if whole else [AreaKind.GRID if station else AreaKind.STATION]
    counts = {kind.value: queries.counted_by_area(scopes, kind) for kind in kinds}
    names = {one.code: one.name for one in known}
    grids = Counter(one.parent for one in known)
    for one in known:
        if one.kind in counts and (not station or one.parent == station):
            yield Row(
                one,
                district_name(one.code[:6]),
                names.get(one.parent, ""),
                counts[one.kind].get(one.code, 0),
                grids[one.code],
            )


@requires("registry.export")
@require_safe
def export_areas(request: HttpRequest) -> HttpResponse:
    """What the page shows, or with `?whole=1` all of it, as a file that can be brought back."""
    columns = [
        OutColumn(_("种类")),
        OutColumn(_("代码"), Kind.CODE),
        OutColumn(_("名称")),
        OutColumn(_("旗县区")),
        OutColumn(_("所属监管所")),
        OutColumn(_("经营者户数"), Kind.WHOLE),
    ]
    station, whole = request.GET.get("station", ""), request.GET.get("whole") == "1"
    rows: list[list[Out]] = [
        [
            str(AreaKind(one.area.kind).label),
            one.area.code,
            one.area.name,
            one.district,
            one.station,
            one.count,
        ]
        for one in _rows(actor_of(request), station, whole=whole)
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
            for code, _name in rows:
                check_draws(actor, code)
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


@requires("registry.write")
@require_POST
def drop_area(request: HttpRequest, code: str) -> HttpResponse:
    """An area that was entered by mistake."""
    actor = actor_of(request)
    area = queries.area(actor.scopes_for("registry.write"), code)
    if area is None:
        raise Http404
    try:
        check_draws(actor, code)
        services.drop_area(code=code)
    except Refusal as refusal:
        messages.error(request, told(refusal))
    else:
        messages.success(request, _("已删除%(name)s") % {"name": area.name})
    return redirect("registry:areas")
