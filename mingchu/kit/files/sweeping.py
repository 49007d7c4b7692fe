"""Sweeping 清理: files nobody attached, uploads nobody went on with, drafts of the dead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import transaction

from mingchu.base import clock
from mingchu.kit.files import store
from mingchu.kit.files.keeping import lock
from mingchu.kit.models import Blob, Upload

UNUSED_HOURS = 24
PART_HOURS = 72  # a phone that was offline over a weekend goes on where it stopped


@dataclass(frozen=True)
class Swept:
    """How many of each went."""

    blobs: int
    strays: int
    uploads: int
    parts: int


def sweep() -> Swept:
    """All that is of no use any more; never what is attached or on hold."""
    uploads = _expired_uploads()
    return Swept(_unused_blobs(), _strays(), uploads, _parts())


def _since(hours: int) -> datetime:
    return clock.wall() - timedelta(hours=hours)


def _expired_uploads() -> int:
    return Upload.objects.filter(blob=None, touched_at__lt=_since(PART_HOURS)).delete()[0]


def _unused_blobs() -> int:
    unused = Blob.objects.filter(attachments=None, on_hold=False, asked_at__lt=_since(UNUSED_HOURS))
    return sum(map(_remove, list(unused.values_list("pk", "digest"))))


@transaction.atomic
def _remove(found: tuple[int, str]) -> bool:
    """The bytes first: a kill in between leaves a row, which the next sweep finds again."""
    pk, name = found
    lock(name)
    blob = Blob.objects.select_for_update().filter(pk=pk).first()
    if blob is None or blob.on_hold or blob.asked_at >= _since(UNUSED_HOURS):
        return False
    if blob.attachments.exists():
        return False
    store.place(name).unlink(missing_ok=True)
    blob.delete()
    return True


def _strays() -> int:
    """Bytes without a row: what kept them was killed before its transaction ended."""
    return sum(_remove_stray(name, path) for name, path in store.kept() if _is_old(path))


@transaction.atomic
def _remove_stray(name: str, path: Path) -> bool:
    if Blob.objects.filter(digest=name).exists():
        return False
    lock(name)
    if Blob.objects.filter(digest=name).exists():
        return False
    path.unlink(missing_ok=True)
    return True


def _is_old(path: Path, hours: int = UNUSED_HOURS) -> bool:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC) < _since(hours)
    except FileNotFoundError:
        return False


def _parts() -> int:
    """Parts of expired uploads, and drafts that no process writes any more."""
    known = {store.part(*pair) for pair in Upload.objects.values_list("sender", "sha256")}
    old = [path for path in _incoming() if path not in known]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _incoming() -> Iterator[Path]:
    for path in store.incoming().iterdir():
        hours = PART_HOURS if path.suffix == store.PART else UNUSED_HOURS
        if _is_old(path, hours):
            yield path
