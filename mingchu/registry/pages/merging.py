"""Duplicates 疑似重复: suggested, compared side by side, merged, found to be two, parted again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import Place, may
from mingchu.base import clock
from mingchu.kit.sheets.layouts import Kind
from mingchu.kit.sheets.write import Out, OutColumn
from mingchu.registry import queries, services
from mingchu.registry.list_forms import MergeForm, UndoForm
from mingchu.registry.models import Business, Merge
from mingchu.registry.pages.common import attempt, exported
from mingchu.registry.places import district_name
from mingchu.registry.queries import Ground, Pair
from mingchu.registry.side_by_side import compare, field_name

GROUNDS: dict[Ground, Any] = {
    Ground.NAME: gettext_lazy("同一旗县区名称相同或同音"),
    Ground.PHONE: gettext_lazy("联系电话相同"),
    Ground.KEEPER: gettext_lazy("经营者身份证号相同"),
    Ground.ADDRESS: gettext_lazy("地址相同且名称相近"),
}
EXPORTED_PAGES = 50


def _ground(request: HttpRequest) -> Ground:
    said = request.GET.get("by", "")
    return Ground(said) if said in set(Ground) else Ground.NAME


@requires("registry.write")
@require_safe
def duplicates(request: HttpRequest) -> HttpResponse:
    """Suggested pairs, by one ground at a time."""
    actor, by = actor_of(request), _ground(request)
    page = queries.duplicates(
        actor.scopes_for("registry.write"), by, cursor=request.GET.get("cursor", "")
    )
    names = queries.area_names(one.station for row in page.rows for one in (row.one, row.other))
    shown = {
        "by": by,
        "grounds": list(GROUNDS.items()),
        "rows": [_shown(row, names) for row in page.rows],
        "next": f"?{urlencode({'by': by, 'cursor': page.next})}" if page.next else "",
        "first": f"?by={by}" if request.GET.get("cursor") else "",
        "can_export": may(actor, "registry.export"),
    }
    return render(request, "registry/duplicates.html", shown)


def _shown(row: Pair, names: dict[str, str]) -> dict[str, Any]:
    kept, gone = row.better_first
    return {
        "files": [_file(kept, names), _file(gone, names)],
        "kept": kept.pk,
        "gone": gone.pk,
        "grounds": [GROUNDS[ground] for ground in row.grounds],
        "likeness": round(row.likeness * 100),
    }


def _file(one: Business, names: dict[str, str]) -> dict[str, Any]:
    return {
        "row": one,
        "district": district_name(one.district),
        "station": names.get(one.station, one.station),
    }


@requires("registry.export")
@require_safe
def export_duplicates(request: HttpRequest) -> HttpResponse:
    """The pairs of one ground, as far as some pages go."""
    scopes, by = actor_of(request).scopes_for("registry.export"), _ground(request)
    columns = [
        OutColumn(_("依据")),
        *(
            OutColumn(f"{title}{side}", kind)
            for side in ("A", "B")
            for title, kind in (
                (_("档案编号"), Kind.CODE),
                (_("名称"), Kind.TEXT),
                (_("统一社会信用代码"), Kind.CODE),
                (_("旗县区"), Kind.TEXT),
                (_("地址"), Kind.TEXT),
                (_("经营状态"), Kind.TEXT),
            )
        ),
    ]

    def rows() -> Iterator[list[Out]]:
        cursor = ""
        for _page in range(EXPORTED_PAGES):
            page = queries.duplicates(scopes, by, cursor=cursor)
            for row in page.rows:
                grounds = _("、").join(str(GROUNDS[ground]) for ground in row.grounds)
                yield [grounds, *_cells(row.one), *_cells(row.other)]
            if not (cursor := page.next):
                return

    return exported(request, "duplicates", _("疑似重复档案"), columns, rows())


def _cells(one: Business) -> list[Out]:
    district = district_name(one.district)
    return [
        one.public_id, one.name, one.code, district, one.address, str(one.get_state_display()),
    ]  # fmt: skip


def _pair(request: HttpRequest, number: int, other: int) -> tuple[Business, Business]:
    """Both files, where the officer may change either."""
    scopes = actor_of(request).scopes_for("registry.write")
    found = queries.pair(scopes, number, other) if number != other else None
    if found is None:
        raise Http404
    return found


@requires("registry.write")
@require_http_methods(["GET", "POST"])
def compare_files(request: HttpRequest, number: int, other: int) -> HttpResponse:
    """Two files side by side; the first is the one that would stay. Posted, they become one."""
    kept, gone = _pair(request, number, other)
    initial = {"kept_revision": kept.revision, "gone_revision": gone.revision}
    form = MergeForm(request.POST or None, initial=initial)
    if form.is_valid() and attempt(form, lambda: _merge(form, number, other)):
        messages.success(request, _("已合并；确属误并的，可在合并记录里撤回"))
        return redirect("registry:business", number)
    shown = {
        "kept": kept,
        "gone": gone,
        "lines": compare(kept, gone),
        "pair": [GROUNDS[ground] for ground in queries.compared(kept, gone).grounds],
        "two_codes": bool(kept.code and gone.code),
        "mark": queries.mark_on(number, other),
        "form": form,
    }
    return render(request, "registry/compare.html", shown)


def _merge(form: MergeForm, kept: int, gone: int) -> Merge:
    said = form.cleaned_data
    return services.merge(
        kept=kept,
        gone=gone,
        why=said["why"],
        revisions={kept: said["kept_revision"], gone: said["gone_revision"]},
    )


@requires("registry.write")
@require_POST
def not_same(request: HttpRequest, number: int, other: int) -> HttpResponse:
    """Somebody looked: two subjects."""
    _pair(request, number, other)
    services.not_same(one=number, other=other)
    messages.success(request, _("已记下：不是同一家，今后不再提示"))
    return redirect("registry:duplicates")


@requires("registry.write")
@require_safe
def marks(request: HttpRequest) -> HttpResponse:
    """Pairs that somebody found to be two."""
    scopes = actor_of(request).scopes_for("registry.write")
    page = queries.marks(scopes, cursor=request.GET.get("cursor", ""))
    shown = {
        "rows": page.rows,
        "next": f"?{urlencode({'cursor': page.next})}" if page.next else "",
        "first": "?" if request.GET.get("cursor") else "",
    }
    return render(request, "registry/marks.html", shown)


@requires("registry.write")
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """They may be one after all."""
    mark = queries.mark_of(actor_of(request).scopes_for("registry.write"), pk)
    if mark is None:
        raise Http404
    services.take_back_not_same(mark=mark)
    messages.success(request, _("已撤回认定，两份档案仍有相同之处的会再次提示"))
    return redirect("registry:compare", mark.one_id, mark.other_id)


@requires("registry.read")
@require_safe
def merges(request: HttpRequest) -> HttpResponse:
    """What was merged, the newest first."""
    actor = actor_of(request)
    page = queries.merges(actor.scopes_for("registry.read"), cursor=request.GET.get("cursor", ""))
    shown = {
        "rows": [_line(row) for row in page.rows],
        "next": f"?{urlencode({'cursor': page.next})}" if page.next else "",
        "first": "?" if request.GET.get("cursor") else "",
        "can_write": may(actor, "registry.write"),
        "can_export": may(actor, "registry.export"),
    }
    return render(request, "registry/merges.html", shown)


def _line(row: Merge) -> dict[str, Any]:
    return {
        "row": row,
        "at": clock.city(row.at),
        "undone": clock.city(row.undone_at) if row.undone_at else None,
    }


@requires("registry.export")
@require_safe
def export_merges(request: HttpRequest) -> HttpResponse:
    columns = [
        OutColumn(_("时间")),
        OutColumn(_("保留的档案"), Kind.CODE),
        OutColumn(_("名称")),
        OutColumn(_("并入的档案"), Kind.CODE),
        OutColumn(_("原名称")),
        OutColumn(_("理由")),
        OutColumn(_("撤回时间")),
    ]
    found = queries.all_merges(actor_of(request).scopes_for("registry.export"))
    rows = ([*_said(_line(row))] for row in found.iterator(2_000))
    return exported(request, "merges", _("档案合并记录"), columns, rows)


def _said(line: dict[str, Any]) -> Iterator[Out]:
    row: Merge = line["row"]
    yield f"{line['at']:%Y-%m-%d %H:%M}"
    yield from (row.kept.public_id, row.kept.name, row.gone.public_id, row.gone.name, row.why)
    yield f"{line['undone']:%Y-%m-%d %H:%M}" if line["undone"] else ""


@requires("registry.read")
@require_safe
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """One merge: what changed hands."""
    known = _found(request, pk, "registry.read")
    return _merge_page(request, known, UndoForm(initial={"revision": known.kept.revision}))


@requires("registry.write")
@require_POST
def undo_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """The two files apart again."""
    known, form = _found(request, pk, "registry.write"), UndoForm(request.POST)
    if form.is_valid() and attempt(
        form, lambda: services.undo_merge(merge=known, **form.cleaned_data)
    ):
        messages.success(request, _("已撤回，两份档案各自恢复"))
        return redirect("registry:merge", pk)
    return _merge_page(request, known, form)


def _found(request: HttpRequest, pk: int, action: str) -> Merge:
    known = queries.merge_of(actor_of(request).scopes_for(action), pk)
    if known is None:
        raise Http404
    return known


def _merge_page(request: HttpRequest, known: Merge, form: UndoForm) -> HttpResponse:
    place = Place(
        district=known.kept.district, station=known.kept.station, business=known.kept.public_id
    )
    shown = {
        **_line(known),
        "filled": [field_name(name) for name in known.moved.get("filled", {})],
        "moved": {part: len(known.moved.get(part, [])) for part in services.PARTS},
        "form": form,
        "can_undo": known.undone_at is None and may(actor_of(request), "registry.write", place),
    }
    return render(request, "registry/merge.html", shown)
