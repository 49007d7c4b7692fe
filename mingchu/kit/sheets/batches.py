"""Batches 批次: an import can be taken back, and what changed since is left alone and named."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection, transaction

from mingchu.accounts.domain import Actor
from mingchu.base import clock, ids
from mingchu.base.errors import Refusal
from mingchu.kit.events import ImportUndone
from mingchu.kit.models import (
    ImportBatch,
    ImportChange,
    ImportFile,
    ImportState,
    RememberedMapping,
)
from mingchu.kit.sheets.importers import State, importer
from mingchu.ledger.services import record

HOUSE = "system:house"
CHANGE = ("batch_id", "row", "subject_table", "subject_id", "before", "after", "digest")


@dataclass(frozen=True)
class Change:
    """A row's effect on a subject."""

    row: int
    subject: str
    before: State | None
    after: State


@dataclass(frozen=True)
class Undone:
    """`left` are (row, subject) that somebody changed since."""

    restored: int
    left: tuple[tuple[int, str], ...]


@transaction.atomic
def begin_batch(
    *, importer: str, content: bytes, file_name: str, header_digest: str, by: Actor | None
) -> ImportBatch:
    """Keeps the file and opens a batch for it."""
    digest = ids.digest(content)
    file, _ = ImportFile.objects.update_or_create(
        digest=digest, defaults={"content": content, "kept_at": clock.now()}
    )
    return ImportBatch.objects.create(
        importer=importer,
        file=file,
        file_name=file_name[-200:],
        file_digest=digest,
        header_digest=header_digest,
        state=ImportState.COLUMNS,
        actor=by.label if by else HOUSE,
        user_id=by.user_id if by else None,
    )


def note_changes(batch: ImportBatch, table: str, changes: Iterable[Change]) -> None:
    """Keeps what each row did, inside the transaction that did it."""
    into = f"COPY {ImportChange._meta.db_table} ({', '.join(CHANGE)}) FROM STDIN"
    with connection.cursor() as db, db.copy(into) as out:
        for change in changes:
            before = None if change.before is None else _text(change.before)
            after = _text(change.after)
            digest = ids.digest(after.encode())
            out.write_row((batch.pk, change.row, table, change.subject, before, after, digest))


def state_digest(state: State) -> str:
    """Of a state as it is kept with the change: whoever has the same stands as the list left it."""
    return ids.digest(_text(state).encode())


def _text(state: State) -> str:
    """The one text of a state, which is of JSON values already."""
    return json.dumps(state, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@transaction.atomic
def undo_batch(batch: ImportBatch, *, by: Actor | None) -> Undone:
    """Takes back every change whose subject still stands as the import left it."""
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.state != ImportState.APPLIED:
        raise Refusal(
            "not_applied",
            "这一批没有导入，或已经撤销",
            fix="只有已导入的批次可以撤销",
        )
    found = importer(batch.importer)
    changes = list(batch.changes.order_by("-row", "-pk"))
    now = found.current([change.subject_id for change in changes])
    stands = {c.subject_id: c.before for c in changes if _stands(c, now)}
    for one in found.restore(stands, by):
        del stands[one]
    left = [change for change in reversed(changes) if change.subject_id not in stands]
    batch.changes.update(restored=True)
    batch.changes.filter(pk__in=[change.pk for change in left]).update(restored=False)
    batch.state, batch.undone_at = ImportState.UNDONE, clock.now()
    batch.save(update_fields=["state", "undone_at"])
    record(
        ImportUndone(
            subject=f"import:{batch.pk}",
            batch_id=batch.pk,
            importer=batch.importer,
            restored=len(changes) - len(left),
            left=len(left),
        )
    )
    return Undone(len(changes) - len(left), tuple((one.row, one.subject_id) for one in left))


def _stands(change: ImportChange, now: Mapping[str, State]) -> bool:
    state = now.get(change.subject_id)
    return state is not None and state_digest(state) == change.digest


def remember(*, importer: str, header_digest: str, columns: Mapping[int, str], by: str) -> None:
    """From now on a list with this header is understood without asking."""
    RememberedMapping.objects.update_or_create(
        importer=importer,
        header_digest=header_digest,
        defaults={
            "columns": {str(index): key for index, key in columns.items()},
            "confirmed_by": by,
            "confirmed_at": clock.now(),
        },
    )


def remembered(importer: str, header_digest: str) -> dict[int, str] | None:
    """What a person once said of this header."""
    known = RememberedMapping.objects.filter(importer=importer, header_digest=header_digest).first()
    return {int(index): key for index, key in known.columns.items()} if known else None
