"""Importing 导入: a list comes in step by step - recognised, tried, applied, given back, undone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Keyed
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mingchu.accounts.domain import Actor
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.kit.events import ImportApplied
from mingchu.kit.models import ImportBatch, ImportState
from mingchu.kit.sheets import back, batches, dated, progress
from mingchu.kit.sheets.batches import Change, begin_batch, note_changes
from mingchu.kit.sheets.examine import Examined, examine
from mingchu.kit.sheets.faults import Fault
from mingchu.kit.sheets.importers import Importer, Outcome, Planned, importer
from mingchu.kit.sheets.locate import Table, locate
from mingchu.kit.sheets.read import read
from mingchu.kit.sheets.recognise import Mapping, recognise
from mingchu.ledger.services import record

SKIPPED = "skipped"  # beside the outcomes: what of the file was not taken for data


@dataclass(frozen=True)
class Tried:
    """The file read and planned: what would happen, or happened, to each row."""

    table: Table
    mapping: Mapping
    examined: Examined
    planned: tuple[Planned, ...]

    @property
    def faults(self) -> tuple[Fault, ...]:
        own = [plan.fault for plan in self.planned if plan.fault]
        both = [*self.examined.faults, *own]
        return tuple(sorted(both, key=lambda fault: (fault.row, fault.column)))

    @property
    def good(self) -> tuple[Planned, ...]:
        return tuple(plan for plan in self.planned if plan.fault is None)

    @property
    def warnings(self) -> tuple[Fault, ...]:
        return tuple(warning for plan in self.good for warning in plan.warnings)


def start(*, key: str, content: bytes, file_name: str, by: Actor | None) -> ImportBatch:
    """Takes a file in. A header that is known, or clear, is tried at once; else it waits for a
    person to say which column is which."""
    return _started(key, content, file_name, by)[0]


@transaction.atomic
def _started(
    key: str, content: bytes, file_name: str, by: Actor | None
) -> tuple[ImportBatch, Tried | None]:
    found = importer(key)
    progress.tell(_("读取文件"))
    table = locate(read(content), found.layout)
    mapping = _mapping(found, table)
    batch = begin_batch(
        importer=key,
        content=content,
        file_name=file_name,
        header_digest=mapping.digest,
        by=by,
    )
    batch.columns = {str(index): name for index, name in mapping.columns.items()}
    batch.rows = len(table.rows)
    batch.outcomes = _settled(table, {})
    tried = _tried(batch, table, mapping, by) if mapping.is_sure else None
    if tried:
        _settle(batch, tried)
        batch.state = ImportState.EXAMINED
    batch.save()
    return batch, tried


def _mapping(found: Importer, table: Table) -> Mapping:
    """A confirmed mapping counts before what the words suggest."""
    mapping = recognise(table.titles, found.layout)
    known = batches.remembered(found.key, mapping.digest)
    keys = {column.key for column in found.layout.columns}
    if known and set(known.values()) <= keys:
        return mapping.confirmed(known, found.layout)
    return mapping


@transaction.atomic
def confirm(batch: ImportBatch, *, columns: Keyed[int, str], by: Actor | None) -> ImportBatch:
    """A person says which column is which; it is remembered for every list with this header."""
    _open(batch)
    found = importer(batch.importer)
    known = {column.key for column in found.layout.columns}
    chosen = {index: key for index, key in columns.items() if key in known}
    twice = [key for key, count in Counter(chosen.values()).items() if count > 1]
    missing = found.layout.required - set(chosen.values())
    if twice or missing:
        wrong = twice or sorted(missing)
        raise Refusal(
            "columns_unclear",
            "{columns}：每个必填列要有、且只能有一列对应",
            fix="请逐列重新选择",
            columns=[found.layout.column(key).title for key in wrong],
        )
    batches.remember(
        importer=batch.importer,
        header_digest=batch.header_digest,
        columns=chosen,
        by=by.label if by else batches.HOUSE,
    )
    batch.columns = {str(index): key for index, key in chosen.items()}
    batch.save(update_fields=["columns"])
    return dry_run(batch, by=by)


@transaction.atomic
def dry_run(batch: ImportBatch, *, by: Actor | None) -> ImportBatch:
    """Says what an import would do; nothing but the batch itself is written."""
    _open(batch)
    tried = attempt(batch, by=by)
    _settle(batch, tried)
    batch.state = ImportState.EXAMINED
    batch.save()
    return batch


def attempt(batch: ImportBatch, *, by: Actor | None) -> Tried:
    """Reads the kept file again and plans every good row against what is known now."""
    progress.tell(_("读取文件"))
    table = located(batch)
    columns = {int(index): key for index, key in batch.columns.items()}
    layout = importer(batch.importer).layout
    return _tried(batch, table, recognise(table.titles, layout).confirmed(columns, layout), by)


def _tried(batch: ImportBatch, table: Table, mapping: Mapping, by: Actor | None) -> Tried:
    found = importer(batch.importer)
    examined = examine(table, found.layout, mapping)
    planned = tuple(found.plan(examined.rows, by, _as_of(table.skipped, batch)))
    return Tried(table, mapping, examined, planned)


def _as_of(lines: Iterable[tuple[int, str]], batch: ImportBatch) -> date:
    return dated.as_of((words for _row, words in lines), clock.city(batch.started_at).date())


def as_of(batch: ImportBatch) -> date:
    """The day up to which the list knows: what a person corrected later stays."""
    return _as_of(skipped(batch), batch)


def is_dated(batch: ImportBatch) -> bool:
    """Whether the list itself names its day."""
    return dated.stated(words for _row, words in skipped(batch)) is not None


def skipped(batch: ImportBatch) -> list[tuple[int, str]]:
    """Rows of the file that are no data: titles, remarks, the example of a template."""
    return [(int(row), str(words)) for row, words in batch.outcomes.get(SKIPPED, ())]


def located(batch: ImportBatch) -> Table:
    """The list in the kept file."""
    return locate(read(content_of(batch)), importer(batch.importer).layout)


def content_of(batch: ImportBatch) -> bytes:
    if batch.file is None:
        raise Refusal(
            "file_gone",
            "这一批的原表已过保存期限",
            fix="请重新上传",
            status=410,
        )
    return bytes(batch.file.content)


@transaction.atomic
def apply(batch: ImportBatch, *, by: Actor | None) -> ImportBatch:
    """Takes the good rows over, all or none, and keeps how each subject stood before."""
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.state != ImportState.EXAMINED:
        raise Refusal(
            "not_examined",
            "这一批还没有试导，或已经导入",
            fix="请先确认列的对应并试导；已导入的不能重复导入",
        )
    return _apply(batch, attempt(batch, by=by), by)


def _apply(batch: ImportBatch, tried: Tried, by: Actor | None) -> ImportBatch:
    found = importer(batch.importer)
    acting = [plan for plan in tried.good if plan.outcome is not Outcome.UNCHANGED]
    progress.tell(_("写入"), 0, len(acting))
    before = found.current([plan.subject for plan in acting if plan.subject])
    subjects = found.write(acting, by)
    progress.tell(_("记下变更"), len(acting), len(acting))
    after = found.current(subjects)
    note_changes(
        batch,
        found.table,
        (
            Change(plan.row.number, subject, before.get(plan.subject), after[subject])
            for plan, subject in zip(acting, subjects, strict=True)
        ),
    )
    _settle(batch, tried)
    batch.state, batch.applied_at = ImportState.APPLIED, clock.now()
    batch.save()
    _record_applied(batch)
    return batch


def _record_applied(batch: ImportBatch) -> None:
    record(
        ImportApplied(
            subject=f"import:{batch.pk}",
            batch_id=batch.pk,
            importer=batch.importer,
            file_digest=batch.file_digest,
            created=batch.created,
            changed=batch.changed,
            unchanged=batch.unchanged,
            faulty=batch.faulty,
        )
    )


def _open(batch: ImportBatch) -> None:
    if batch.state not in (ImportState.COLUMNS, ImportState.EXAMINED):
        raise Refusal("import_closed", "这一批已经导入或撤销", fix="如需更正，请修改表格后重新上传")


def _settle(batch: ImportBatch, tried: Tried) -> None:
    counts = Counter(plan.outcome for plan in tried.good)
    batch.rows = tried.examined.total
    batch.created = counts[Outcome.CREATED]
    batch.changed = counts[Outcome.CHANGED]
    batch.unchanged = counts[Outcome.UNCHANGED]
    batch.faulty = len({fault.row for fault in tried.faults})
    batch.faults = [fault.as_dict() for fault in tried.faults]
    batch.warnings = [warning.as_dict() for warning in tried.warnings]
    rows = {
        outcome.value: [plan.row.number for plan in tried.good if plan.outcome is outcome]
        for outcome in Outcome
    }
    batch.outcomes = _settled(tried.table, rows)


def _settled(table: Table, rows: dict[str, list[int]]) -> dict[str, object]:
    return {**rows, SKIPPED: [[row, words] for row, words in table.skipped]}


def file_back(batch: ImportBatch) -> bytes:
    """The same file with one more column: what was done with each row, or what to mend."""
    if batch.state == ImportState.COLUMNS:
        raise Refusal("not_examined", "这一批还没有试导", fix="请先确认列的对应")
    table = located(batch)
    layout = importer(batch.importer).layout
    columns = {layout.column(key).title: int(index) for index, key in batch.columns.items()}
    faults = [Fault(**fault) for fault in batch.faults]
    words = _words(batch.state == ImportState.EXAMINED)
    done = {row: said for name, said in words.items() for row in batch.outcomes.get(name, ())}
    if batch.state == ImportState.UNDONE:
        done.update(_after_undo(batch))
    back.warn(done, (Fault(**warning) for warning in batch.warnings))
    return back.give_back(content_of(batch), table, columns, back.verdicts(done, faults), faults)


def _words(tried_only: bool) -> dict[Outcome, str]:
    if tried_only:
        return {
            Outcome.CREATED: _("可导入：将新增"),
            Outcome.CHANGED: _("可导入：将更新"),
            Outcome.UNCHANGED: _("与现有一致"),
        }
    return {
        Outcome.CREATED: _("已新增"),
        Outcome.CHANGED: _("已更新"),
        Outcome.UNCHANGED: _("与现有一致"),
    }


def _after_undo(batch: ImportBatch) -> dict[int, str]:
    taken_back, left = pgettext("import", "已撤销"), _("导入后又有改动，未撤销")
    return {
        row: taken_back if restored else left
        for row, restored in batch.changes.values_list("row", "restored")
    }


def told_left(batch: ImportBatch, undone: batches.Undone) -> list[dict[str, object]]:
    """What an undoing left as it is, by the ids that programs know."""
    named = importer(batch.importer).named([subject for _row, subject in undone.left])
    return [
        {"row": row, "subject": named[subject].id if subject in named else subject}
        for row, subject in undone.left
    ]


def answer(batch: ImportBatch) -> dict[str, object]:
    """A batch as programs get it."""
    return {
        "batch": batch.pk,
        "state": batch.state,
        "rows": batch.rows,
        "created": batch.created,
        "changed": batch.changed,
        "unchanged": batch.unchanged,
        "faults": batch.faults,
        "warnings": batch.warnings,
    }


def run(
    *, key: str, content: bytes, file_name: str, by: Actor | None, only_try: bool = False
) -> ImportBatch:
    """All steps at once, for programs: a header that is not recognised is a refusal."""
    with clock.at(clock.now()), transaction.atomic():  # a list comes in at one moment
        batch, tried = _started(key, content, file_name, by)
        if tried and not only_try:
            _apply(batch, tried, by)
    if tried is None:
        raise _unrecognised(batch)
    return batch


def _unrecognised(batch: ImportBatch) -> Refusal:
    layout = importer(batch.importer).layout
    mapping = recognise(located(batch).titles, layout)
    unclear: Sequence[str] = [
        *(doubt.title for doubt in mapping.doubts),
        *(layout.column(key).title for key in mapping.missing),
    ]
    return Refusal(
        "columns_unclear",
        "有列不能确定对应关系：{columns}",
        fix="请在批量导入页确认一次，之后同样表头会自动认出",
        columns=list(unclear),
    )
