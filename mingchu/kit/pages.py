"""Pages of imports: upload → columns → dry run → apply → file back → undo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast
from urllib.parse import quote

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.services import log_view
from mingchu.base import paging
from mingchu.base.errors import Refusal
from mingchu.kit.models import ImportBatch, ImportState
from mingchu.kit.sheets import batches, importing, queries
from mingchu.kit.sheets.cells import shown as text_of
from mingchu.kit.sheets.importers import Importer, importer
from mingchu.kit.sheets.locate import Table
from mingchu.kit.sheets.read import FILE_BYTES_TOP
from mingchu.kit.sheets.recognise import Mapping, recognise
from mingchu.kit.sheets.write import template

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN_FAULTS = 200
SAMPLE_ROWS = 3
View = TypeVar("View", bound=Callable[..., Any])


def takes_files(view: View) -> View:
    """Lets a list of the largest size pass, with room for the form around it."""
    cast("Any", view).max_body_bytes = FILE_BYTES_TOP + 2**20
    return view


@requires("kit.import")
@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    actor, said = actor_of(request), request.GET.get("cursor", "")
    before = int(paging.place(said)[0]) if said else 0
    rows = queries.page_for(actor, before)
    more = rows[queries.PAGE :]
    shown = {
        "importers": queries.importers_for(actor),
        "chosen": request.GET.get("importer", ""),
        "batches": [_line(batch) for batch in rows[: queries.PAGE]],
        "next": f"?cursor={paging.cursor(rows[queries.PAGE - 1].pk)}" if more else "",
    }
    return render(request, "kit/imports.html", shown)


def _line(batch: ImportBatch) -> dict[str, Any]:
    return {"batch": batch, "title": importer(batch.importer).title}


@takes_files
@requires("kit.import")
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Takes a file in; whoever comes back to this address by its name finds the form."""
    if request.method != "POST":
        return redirect("kit:imports")
    found = _importer(request, request.POST.get("importer", ""))
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile) or not file.name:
        raise Refusal("no_file", "没有收到文件", fix="请选择一个 .xlsx、.xls 或 .csv 文件")
    batch = importing.start(
        key=found.key, content=file.read(), file_name=file.name, by=actor_of(request)
    )
    return redirect("kit:import", batch.pk)


@requires("kit.import")
@require_safe
def import_template(request: HttpRequest) -> HttpResponse:
    found = _importer(request, request.GET.get("importer", ""))
    return _file(template(found.layout), f"{found.title}.xlsx")


@requires("kit.import")
@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponse:
    batch = _batch(request, pk)
    if batch.state == ImportState.COLUMNS:
        return redirect("kit:import_columns", pk)
    shown = {
        "batch": batch,
        "title": importer(batch.importer).title,
        "faults": batch.faults[:SHOWN_FAULTS],
        "more_faults": max(len(batch.faults) - SHOWN_FAULTS, 0),
        "warnings": batch.warnings[:SHOWN_FAULTS],
        "more_warnings": max(len(batch.warnings) - SHOWN_FAULTS, 0),
        "good": batch.created + batch.changed,
        "skipped": importing.skipped(batch),
        "as_of": importing.as_of(batch),
        "is_dated": importing.is_dated(batch),
        "left": _left(batch) if batch.state == ImportState.UNDONE else (),
    }
    return render(request, "kit/import.html", shown)


def _left(batch: ImportBatch) -> list[dict[str, Any]]:
    """What an undoing left, by row, with its name and page where it still has one."""
    rows = batch.changes.filter(restored=False).order_by("row")[:SHOWN_FAULTS]
    found = [(change.row, change.subject_id) for change in rows]
    named = importer(batch.importer).named([subject for _row, subject in found])
    return [{"row": row, "subject": named.get(subject)} for row, subject in found]


@requires("kit.import")
@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    batch = _batch(request, pk)
    found = importer(batch.importer)
    if request.method == "POST":
        chosen = {
            int(name.removeprefix("column-")): value
            for name, value in request.POST.items()
            if name.removeprefix("column-").isdecimal() and isinstance(value, str)
        }
        importing.confirm(batch, columns=chosen, by=actor_of(request))
        return redirect("kit:import", pk)
    table = importing.located(batch)
    known = batches.remembered(found.key, batch.header_digest)
    mapping = recognise(table.titles, found.layout)
    if known:
        mapping = mapping.confirmed(known, found.layout)
    shown = {
        "batch": batch,
        "title": found.title,
        "known": [(one.key, _(one.title), one.required) for one in found.layout.columns],
        "lines": _lines(table, mapping),
        "missing": _("、").join(_(found.layout.column(key).title) for key in mapping.missing),
    }
    return render(request, "kit/columns.html", shown)


def _lines(table: Table, mapping: Mapping) -> list[dict[str, Any]]:
    """Each column of the file with samples and what it seems to be."""
    doubts = {doubt.index: doubt for doubt in mapping.doubts}
    samples = [row for _, row in table.rows[:SAMPLE_ROWS]]
    return [
        {
            "index": index,
            "title": title.said,
            "samples": [
                text_of(row[index])[:30] for row in samples if index < len(row) and row[index] != ""
            ],
            "key": mapping.columns.get(index)
            or (doubts[index].candidates[0] if index in doubts else ""),
            "doubtful": index in doubts,
        }
        for index, title in enumerate(table.titles)
        if title.name
    ]


@requires("kit.import")
@require_POST
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    batch = importing.apply(_batch(request, pk), by=actor_of(request))
    count = batch.created + batch.changed
    messages.success(
        request,
        ngettext("已导入 %(count)d 行", "已导入 %(count)d 行", count) % {"count": count},
    )
    return redirect("kit:import", pk)


@requires("kit.import")
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    undone = batches.undo_batch(_batch(request, pk), by=actor_of(request))
    messages.success(
        request,
        _("已撤销 {restored} 项，另有 {left} 项此后有改动，保持不变").format(
            restored=undone.restored, left=len(undone.left)
        ),
    )
    return redirect("kit:import", pk)


@requires("kit.import")
@require_safe
def file_back(request: HttpRequest, pk: int) -> HttpResponse:
    batch = _batch(request, pk)
    if queries.is_personal(importer(batch.importer)):
        log_view(actor_of(request), f"import:{pk}", "kit.import_file")
    stem = batch.file_name.rsplit(".", 1)[0]
    return _file(importing.file_back(batch), f"{stem}-{_('导入结果')}.xlsx")


def _importer(request: HttpRequest, key: str) -> Importer:
    found = {known.key: known for known in queries.importers_for(actor_of(request))}
    if key not in found:
        raise Http404
    return found[key]


def _batch(request: HttpRequest, pk: int) -> ImportBatch:
    batch = queries.batch_for(actor_of(request), pk)
    if batch is None:
        raise Http404
    return batch


def _file(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer["Cache-Control"] = "private, no-store"
    return answer
