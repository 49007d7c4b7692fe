"""Importing 导入: a file of events into the tables, a batch a transaction, from where it stopped.

How far a file was read is kept in the transaction of its events: a house that was killed goes on
at the first event that is not there. Of a file that was read to its end nothing is kept: read
again, it changes nothing and says so.
"""

from __future__ import annotations

import gzip
import json
import os
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _noop

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.base.ids import new_id
from mingchu.trace import words
from mingchu.trace.domain.faults import Fault
from mingchu.trace.domain.reading import Judged
from mingchu.trace.domain.splitting import Piece, Torn, split
from mingchu.trace.domain.words import Broken
from mingchu.trace.domain.xml.documents import pieces as xml_pieces
from mingchu.trace.services.capturing import (
    Behaviour,
    Error,
    Sender,
    _job,
    _judged,
    _keep,
    _stored,
    limits,
)

BATCH_EVENTS, BATCH_BYTES = 500, 8_000_000
SHOWN_CHARACTERS = 10_000  # of a rejected event, beside its reason
END_BYTES = 1 << 16  # at either end of a file, by which it is known again
LINES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
# Told where the work is: what, how far, of how much; of 0 it is said where it begins.
Say = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Reached:
    """How far a file was read: pieces passed, what became of them, bytes told of the rejected."""

    passed: int = 0
    captured: int = 0
    duplicate: int = 0
    rejected: int = 0
    told: int = 0


@dataclass(frozen=True)
class Wrong:
    """A piece that was not taken."""

    piece: Piece
    error: Error


def import_file(file: Path, sender: Sender, say: Say) -> Reached:
    """What became of all events of a file, also of those an earlier run had read.

    Raises Refusal `no_file`, `file_torn` where it cannot be read on; what came before is there.
    """
    reading = _Reading(file, say)
    name = reading.name(sender)
    reached = _reached(name)
    if reached.passed:
        goes_on = gettext("上次读到第{events}条事件，接着读")
        say(goes_on.format(events=reached.passed), reached.passed, 0)
    with Rejected(rejected_file(file), reached.told) as rejected:
        try:
            for batch in _batches(islice(reading.pieces(), reached.passed, None)):
                reached = _take(name, batch, reached, sender, rejected)
                reading.tell(reached)
        except Torn as torn:
            raise _torn(torn) from None
    _forget(name)
    return reached


def rejected_file(file: Path) -> Path:
    return file.with_name(f"{file.name}.rejected.jsonl")


class _Reading:
    """A file being read, and how far."""

    def __init__(self, file: Path, say: Say):
        self.file, self.say = file, say
        self.under: BinaryIO | None = None
        try:
            found = file.stat()
            self.size, self.changed = found.st_size, found.st_mtime_ns
            with file.open("rb") as opened:
                self.is_packed = opened.read(2) == b"\x1f\x8b"
        except OSError as error:
            raise _no_file(file, error) from None

    def name(self, sender: Sender) -> str:
        """The file's sign: its size and both its ends, when it was changed, for whom it is read."""
        with self.file.open("rb") as opened:
            begin = opened.read(END_BYTES)
            opened.seek(max(0, self.size - END_BYTES))
            end = opened.read(END_BYTES)
        text = f"{self.size} {self.changed} {sender.party} {sender.district}".encode()
        return blake2b(begin + end + text, digest_size=16).hexdigest()

    def opened(self) -> BinaryIO:
        if not self.is_packed:
            self.under = self.file.open("rb")
            return self.under
        packed = gzip.GzipFile(self.file, "rb")
        self.under = cast(BinaryIO, packed.fileobj)
        return cast(BinaryIO, packed)

    def pieces(self) -> Iterator[Piece]:
        is_lines = self.file.name.endswith(LINES)
        try:
            if self._is_xml():
                yield from xml_pieces(self.opened, limits())
            else:
                yield from split(self.opened, limits(), is_lines=is_lines)
        except (OSError, EOFError, zlib.error) as error:
            raise _no_file(self.file, error) from None

    def _is_xml(self) -> bool:
        with self.opened() as source:
            return source.read(END_BYTES).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")

    def tell(self, reached: Reached) -> None:
        """Where it is, in per cent of the file; it is closed once it was read to its end."""
        here = self.size if self.under is None or self.under.closed else self.under.tell()
        share = 100 * here // self.size if self.size else 100
        self.say(gettext("已读{events}条事件，%").format(events=reached.passed), share, 100)


def _batches(pieces: Iterator[Piece]) -> Iterator[list[Piece]]:
    batch: list[Piece] = []
    size = 0
    torn: Torn | None = None
    while True:
        try:
            piece = next(pieces, None)
        except Torn as error:  # what was read before it goes in first
            piece, torn = None, error
        if piece is not None:
            batch.append(piece)
            size += len(piece.raw)
        if batch and (piece is None or len(batch) == BATCH_EVENTS or size >= BATCH_BYTES):
            yield batch
            batch, size = [], 0
        if torn is not None:
            raise torn
        if piece is None:
            return


def _take(
    name: str, batch: Sequence[Piece], before: Reached, sender: Sender, rejected: Rejected
) -> Reached:
    """One batch: its events, its job and how far the file is read now, in one transaction."""
    begun, number = clock.now(), new_id()
    sent, errors = _judged(_Batch(batch), Behaviour.PROCEED, sender, str(number))
    with transaction.atomic():
        outcomes, conflicts = _stored(sent, Behaviour.PROCEED)
        errors = sorted([*errors, *conflicts], key=lambda error: error.at)
        job = _job(number, len(batch), outcomes, errors)
        _keep(job, begun, sum(len(one.raw) for one in batch), Behaviour.PROCEED, sender)
        after = replace(
            before,
            passed=before.passed + len(batch),
            captured=before.captured + job.captured,
            duplicate=before.duplicate + job.duplicate,
            rejected=before.rejected + len(errors),
            told=rejected.tell([Wrong(batch[error.at], error) for error in errors]),
        )
        _reach(name, after)
    return after


class _Batch:
    """Pieces of a file, judged as the events of a document are."""

    def __init__(self, events: Sequence[Piece]):
        self.events = events

    def judge(self, at: int) -> Judged:
        return self.events[at].judge()

    def refused(self, at: int, broken: Broken) -> Fault:
        """Its place counts from the line or event."""
        return Fault(broken.kind, path="$" + broken.at, detail=broken.detail)


class Rejected:
    """The file that tells of what was not taken, a line each; there is none while all was taken."""

    def __init__(self, file: Path, told: int):
        self._file, self._told = file, told

    def __enter__(self) -> Rejected:
        """Lines that were told in a transaction that was never committed go."""
        try:
            if self._file.exists():
                os.truncate(self._file, min(self._told, self._file.stat().st_size))
                if not self._told:
                    self._file.unlink()
        except OSError as error:
            raise _not_written(self._file, error) from None
        self._told = self._file.stat().st_size if self._file.exists() else 0
        return self

    def __exit__(self, *_error: object) -> None:
        """Each batch was written when it was told."""

    def tell(self, wrong: Sequence[Wrong]) -> int:
        """How many bytes are told now; they are on the disk."""
        if not wrong:
            return self._told
        said = "".join(json.dumps(_line(one), ensure_ascii=False) + "\n" for one in wrong).encode()
        try:
            with self._file.open("ab") as out:
                out.write(said)
                out.flush()
                os.fsync(out.fileno())
        except OSError as error:
            raise _not_written(self._file, error) from None
        self._told += len(said)
        return self._told


def _line(one: Wrong) -> dict[str, object]:
    refusal = words.refusal(one.error.kind, one.error.detail)
    why, fix = refusal.said(gettext)
    text = one.piece.raw[: 4 * SHOWN_CHARACTERS].decode("utf-8", "replace")
    return {
        "line": one.piece.line,
        "code": refusal.code,
        "why": why,
        "fix": fix,
        "path": one.error.path,
        "byte": one.error.byte,
        "event": text[:SHOWN_CHARACTERS],
    }


REACHED = "SELECT passed, captured, duplicate, rejected, told FROM trace_import WHERE file = %s"
REACH = """
INSERT INTO trace_import (file, passed, captured, duplicate, rejected, told, kept_at)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (file) DO UPDATE SET passed = excluded.passed, captured = excluded.captured,
    duplicate = excluded.duplicate, rejected = excluded.rejected, told = excluded.told,
    kept_at = excluded.kept_at
"""
FORGET = "DELETE FROM trace_import WHERE file = %s"


def _reached(name: str) -> Reached:
    with connection.cursor() as db:
        db.execute(REACHED, [UUID(name)])
        found = db.fetchone()
    return Reached(*found) if found else Reached()


def _reach(name: str, reached: Reached) -> None:
    with connection.cursor() as db:
        db.execute(
            REACH,
            [
                UUID(name), reached.passed, reached.captured, reached.duplicate,
                reached.rejected, reached.told, clock.now(),
            ],
        )  # fmt: skip


def _forget(name: str) -> None:
    with connection.cursor() as db:
        db.execute(FORGET, [UUID(name)])


def _no_file(file: Path, error: Exception) -> Refusal:
    return Refusal(
        "no_events_file",
        _noop("读不了文件 {file}：{said}"),
        fix=_noop("请核对路径、权限，以及压缩文件是否完整；已读的事件都在"),
        status=404,
        file=file.name,
        said=str(error)[:80],
    )


def _not_written(file: Path, error: OSError) -> Refusal:
    return Refusal(
        "not_written",
        "{path} 写不进去：{said}",
        fix="请换一个可写的位置",
        path=file,
        said=error.strerror,
    )


def _torn(torn: Torn) -> Refusal:
    why, _fix = words.of_fault(torn.fault).said(gettext)
    return Refusal(
        "file_torn",
        _noop("第{line}行起读不下去：{said}"),
        fix=_noop("请改正后再导入；此前的事件都在，重复的不会再记"),
        line=torn.line,
        said=why,
    )
