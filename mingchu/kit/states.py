"""States of imports, files and city rules, for readers; the services check each move themselves."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mingchu.base.states import BEGINNING, Move, StateTable
from mingchu.kit.models import BlobState, ImportState, RuleState

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

KEPT, DAMAGED = map(str, BlobState.values)

BLOB = StateTable(
    _("文件"),
    dict(BlobState.choices),
    (
        Move("kit.keep_bytes", (BEGINNING,), KEPT),
        Move("kit.verify_files", (KEPT,), DAMAGED, "its bytes are gone or other ones"),
        Move("kit.verify_files", (DAMAGED,), KEPT, "they are back, from a backup"),
        Move("kit.keep_bytes", (DAMAGED,), KEPT, "they were sent again"),
    ),
)

DRAFT, IN_REVIEW, RETURNED, APPROVED, WITHDRAWN = map(str, RuleState.values)

RULE = StateTable(
    _("本市规则版本"),
    dict(RuleState.choices),
    (
        Move("kit.draft", (BEGINNING,), DRAFT),
        Move("kit.submit", (DRAFT, RETURNED), IN_REVIEW, "only without a fault"),
        Move("kit.send_back", (IN_REVIEW,), RETURNED, "by somebody else, with a reason"),
        Move("kit.approve", (IN_REVIEW,), APPROVED, "by somebody else; speaks from its day on"),
        Move("kit.withdraw", (DRAFT, RETURNED, IN_REVIEW), WITHDRAWN),
        Move("kit.withdraw", (APPROVED,), WITHDRAWN, "only before its day"),
    ),
)
