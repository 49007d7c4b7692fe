"""`mingchu import …`: lists come in from the command line; a list of another context adds a row."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from django.utils.translation import gettext as _

from mingchu.base.errors import Refusal
from mingchu.kit.models import ImportBatch
from mingchu.kit.sheets import batches, importing, progress
from mingchu.ledger.services import acting
from mingchu.ops.commands import Result
from mingchu.ops.commands.accounts import ACTOR

SHOWN_FAULTS = 20
QUIET_SECONDS = 2


def people_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help=".xlsx, .xls or .csv")
    parser.add_argument("--dry-run", action="store_true", help="say what would happen, do nothing")
    parser.add_argument("--back", type=Path, metavar="OUT", help="write the file with its verdicts")


def people(arguments: argparse.Namespace) -> Result:
    """People and their posts, from a roster."""
    return bring("people", arguments)


registry_arguments = people_arguments


def registry(arguments: argparse.Namespace) -> Result:
    """Businesses and their licences, from an official list."""
    return bring("registry", arguments)


def bring(key: str, arguments: argparse.Namespace) -> Result:
    """A list of any importer; a header nobody confirmed is a refusal."""
    try:
        content = arguments.file.read_bytes()
    except OSError as error:
        raise Refusal(
            "no_file", "没有收到文件", fix="请选择一个 .xlsx、.xls 或 .csv 文件"
        ) from error
    with acting(ACTOR), progress.heard_by(News()), _uncollected():
        batch = importing.run(
            key=key,
            content=content,
            file_name=arguments.file.name,
            by=None,
            only_try=arguments.dry_run,
        )
    if arguments.back:
        _write_back(batch, arguments.back)
    return Result(importing.answer(batch), _lines(batch))


@contextmanager
def _uncollected() -> Iterator[None]:
    """A list makes some millions of objects and no circles: looking for those costs a tenth."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _write_back(batch: ImportBatch, path: Path) -> None:
    try:
        path.write_bytes(importing.file_back(batch))
    except OSError as error:
        raise Refusal(
            "not_written",
            "{path} 写不进去：{said}",
            fix="请换一个可写的位置",
            path=path,
            said=error.strerror,
        ) from error


class News:
    """Where the work is, on standard error, for whoever has waited longer than a moment."""

    def __init__(self) -> None:
        self.due = monotonic() + QUIET_SECONDS

    def __call__(self, stage: str, done: int, total: int) -> None:
        if monotonic() >= self.due:
            self.due = monotonic() + QUIET_SECONDS
            print(f"{stage} {done} / {total}" if total else stage, file=sys.stderr, flush=True)


def _lines(batch: ImportBatch) -> list[str]:
    counts = _("{created} 新增 · {changed} 更新 · {unchanged} 未变 · {faulty} 有问题").format(
        created=batch.created,
        changed=batch.changed,
        unchanged=batch.unchanged,
        faulty=batch.faulty,
    )
    told = [*batch.faults[:SHOWN_FAULTS], *batch.warnings[:SHOWN_FAULTS]]
    return [f"{batch.pk}: {counts}", *map(_line, told)]


def _line(fault: Mapping[str, Any]) -> str:
    return " ".join((str(fault["row"]), fault["column"], f"{fault['why']}。", fault["fix"]))


def undo_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("batch", type=int, metavar="BATCH", help="number of the import")


def undo(arguments: argparse.Namespace) -> Result:
    """Takes an import back; what changed since stays and is listed."""
    batch = ImportBatch.objects.filter(pk=arguments.batch).first()
    if batch is None:
        raise Refusal(
            "unknown_import",
            "没有编号为{batch}的导入",
            fix="请用导入时给出的编号",
            status=404,
            batch=arguments.batch,
        )
    with acting(ACTOR), progress.heard_by(News()):
        undone = batches.undo_batch(batch, by=None)
    left = importing.told_left(batch, undone)
    said = _("已撤销 {restored} 项，另有 {left} 项此后有改动，保持不变").format(
        restored=undone.restored, left=len(left)
    )
    lines = [said, *(f"{one['row']} {one['subject']}" for one in left)]
    return Result({"batch": batch.pk, "restored": undone.restored, "left": left}, lines)
