"""Checking 核验: every file read again, held against its digest, and that against the ledger.

Whoever changes bytes and row alike is found by the commitment that was sealed when the file was
attached.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal

from mingchu.kit.files import store
from mingchu.kit.files.keeping import commitment
from mingchu.kit.models import Attachment, Blob, BlobState
from mingchu.ledger.services import Entry

AT_ONCE = 500
Wrong = Literal["missing", "altered", "unproven"]


@dataclass(frozen=True)
class Fault:
    """What is wrong with one file: not there, other bytes, or other than the ledger holds."""

    file: str
    kind: Wrong
    subjects: tuple[str, ...]


@dataclass
class Checked:
    """What was read, and every fault found."""

    files: int = 0
    bytes: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.faults


def verify_files() -> Checked:
    """Reads every file; what is damaged is marked and no longer given out, until it is mended."""
    checked = Checked()
    blobs = Blob.objects.order_by("pk").prefetch_related("attachments")
    rest = blobs.iterator(AT_ONCE)
    while some := list(islice(rest, AT_ONCE)):
        entries = _entries(held for blob in some for held in blob.attachments.all())
        for blob in some:
            checked.files, checked.bytes = checked.files + 1, checked.bytes + blob.size
            checked.faults += _faults(blob, entries)
    return checked


def _faults(blob: Blob, entries: dict[object, Entry]) -> Iterator[Fault]:
    held = list(blob.attachments.all())
    wrong = _read(blob)
    state = BlobState.DAMAGED if wrong else BlobState.KEPT
    if state != blob.state:
        Blob.objects.filter(pk=blob.pk).update(state=state)
    if wrong:
        yield Fault(blob.digest, wrong, tuple(each.subject for each in held))
    for each in held:
        if not _is_proven(each, blob, entries.get(each.entry)):
            yield Fault(blob.digest, "unproven", (each.subject,))


def _read(blob: Blob) -> Wrong | None:
    try:
        with store.place(blob.digest).open("rb") as file:
            found = hashlib.file_digest(file, blob.algorithm).hexdigest()
    except FileNotFoundError:
        return "missing"
    return None if found == blob.digest else "altered"


def _entries(attachments: Iterable[Attachment]) -> dict[object, Entry]:
    wanted = [each.entry for each in attachments]
    return {entry.pk: entry for entry in Entry.objects.filter(pk__in=wanted)}


def _is_proven(attachment: Attachment, blob: Blob, entry: Entry | None) -> bool:
    if entry is None or entry.subject != attachment.subject:
        return False
    said = entry.told
    proof = commitment(attachment.salt, blob.digest, blob.algorithm)
    return (said["attachment_id"], said["commitment"]) == (str(attachment.pk), proof)
