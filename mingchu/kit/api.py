"""Imports for programs: send a list, see what it would do, apply it, undo it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from ninja import File, Form, Router, UploadedFile

from mingchu.accounts.access import actor_of, api_auth, requires
from mingchu.base import paging
from mingchu.base.errors import Refusal
from mingchu.kit.files.api import router as files
from mingchu.kit.messages.api import router as messages
from mingchu.kit.models import ImportBatch
from mingchu.kit.sheets import batches, importing, queries

router = Router(auth=api_auth, tags=["imports"])
router.add_router("", files)
router.add_router("", messages)


@router.get("/imports", operation_id="list_imports")
@requires("kit.import")
def list_imports(request: HttpRequest, cursor: str = "", limit: int = 30) -> dict[str, Any]:
    before = int(paging.place(cursor)[0]) if cursor else 0
    found = queries.batches_for(actor_of(request))
    top = paging.limited(limit)
    rows = list((found.filter(pk__lt=before) if before else found)[: top + 1])
    following = paging.cursor(rows[top - 1].pk) if len(rows) > top else None
    return paging.page([_short(batch) for batch in rows[:top]], following)


def _short(batch: ImportBatch) -> dict[str, Any]:
    whole = importing.answer(batch)
    return {key: value for key, value in whole.items() if key not in ("faults", "warnings")}


@router.post("/imports", operation_id="start_import")
@requires("kit.import")
def start_import(
    request: HttpRequest,
    importer: Form[str] = "",
    file: File[UploadedFile | None] = None,
) -> dict[str, Any]:
    """Takes a file in and tries it; `faults` say what is wrong with which cell.

    Both fields are looked at only here, after the guard: whoever may not import learns nothing.
    """
    actor = actor_of(request)
    if importer not in {found.key for found in queries.importers_for(actor)}:
        raise Http404
    if file is None:
        raise Refusal("no_file", "没有收到文件", fix="请选择一个 .xlsx、.xls 或 .csv 文件")
    batch = importing.run(
        key=importer, content=file.read(), file_name=file.name or "", by=actor, only_try=True
    )
    return importing.answer(batch)


@router.get("/imports/{int:pk}", operation_id="one_import")
@requires("kit.import")
def one_import(request: HttpRequest, pk: int) -> dict[str, Any]:
    return importing.answer(_batch(request, pk))


@router.post("/imports/{int:pk}/apply", operation_id="apply_import")
@requires("kit.import")
def apply_import(request: HttpRequest, pk: int) -> dict[str, Any]:
    return importing.answer(importing.apply(_batch(request, pk), by=actor_of(request)))


@router.post("/imports/{int:pk}/undo", operation_id="undo_import")
@requires("kit.import")
def undo_import(request: HttpRequest, pk: int) -> dict[str, Any]:
    batch = _batch(request, pk)
    undone = batches.undo_batch(batch, by=actor_of(request))
    left = importing.told_left(batch, undone)
    return {"batch": pk, "restored": undone.restored, "left": left}


def _batch(request: HttpRequest, pk: int) -> ImportBatch:
    batch = queries.batch_for(actor_of(request), pk)
    if batch is None:
        raise Http404
    return batch
