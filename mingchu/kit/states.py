"""States of an import, for readers; `sheets.importing` and `sheets.batches` refuse other moves."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mingchu.base.states import BEGINNING, Move, StateTable
from mingchu.kit.models import ImportState

COLUMNS, EXAMINED, APPLIED, UNDONE = map(str, ImportState.values)

IMPORT = StateTable(
    _("导入批次"),
    dict(ImportState.choices),
    (
        Move("kit.begin_batch", (BEGINNING,), COLUMNS),
        Move("kit.dry_run", (COLUMNS, EXAMINED), EXAMINED, "again after another choice of columns"),
        Move("kit.apply", (EXAMINED,), APPLIED, "all good rows or none"),
        Move("kit.undo_batch", (APPLIED,), UNDONE, "subjects changed since stay and are named"),
    ),
)
