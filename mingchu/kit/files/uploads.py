"""Uploads 续传: a file comes in pieces over a bad connection, and is kept when its digest fits.

How much is here is asked of the disk, never of a row, so that no kill between the two can lie.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from mingchu.base import clock, ids
from mingchu.base.errors import Refusal
from mingchu.kit.files import store
from mingchu.kit.files.keeping import (
    CLAIM_TOP,
    Sender,
    check_day,
    check_size,
    keep_bytes,
    not_here,
    sender_of,
)
from mingchu.kit.files.kinds import HEAD_BYTES, told
from mingchu.kit.models import Blob, BlobState, Upload

SHA256 = re.compile(r"[0-9a-f]{64}")
RANGE = re.compile(r"bytes (?:(\d{1,18})-(\d{1,18})|\*)/(\d{1,18})")


@dataclass(frozen=True)
class Piece:
    """Bytes `start` up to `start + length` of a file of `total`; an empty piece only asks."""

    start: int
    length: int
    total: int


@dataclass(frozen=True)
class Progress:
    """How far an upload is: `partial` with `received` bytes of `size`, or `kept`."""

    upload: Upload
    received: int

    @property
    def is_kept(self) -> bool:
        return _blob_stands(self.upload)

    @property
    def missing(self) -> list[str]:
        """What is still to be sent, as first and last byte."""
        size = self.upload.size
        return [] if self.received >= size else [f"{self.received}-{size - 1}"]


def read_piece(said: str, length: int) -> Piece:
    """What a request brings, by its Content-Range and Content-Length; without a range, all.

    >>> read_piece("bytes 100-149/500", 50), read_piece("bytes */500", 0).length
    (Piece(start=100, length=50, total=500), 0)
    """
    if not said:
        return Piece(0, length, length)
    found = RANGE.fullmatch(said.strip())
    if found is None:
        raise _bad_range()
    first, last, total = (int(part) if part else -1 for part in found.groups())
    if first < 0:
        return Piece(0, 0, total)
    if not first <= last < total or last - first + 1 != length:
        raise _bad_range()
    return Piece(first, length, total)


def _bad_range() -> Refusal:
    return Refusal(
        "bad_range",
        "Content-Range 与所发内容不符",
        fix="请写成 bytes 起-止/总长，并与 Content-Length 一致",
        status=400,
    )


def checked_name(sha256: str) -> str:
    """The digest a sender names his file by, in the one way of writing it."""
    name = sha256.lower()
    if not SHA256.fullmatch(name):
        raise Refusal(
            "not_a_digest",
            "网址里应是文件的 SHA-256 摘要",
            fix="请用64位十六进制数",
            status=422,
        )
    return name


def progress_of(by: Sender, sha256: str) -> Progress | None:
    """How far the actor's own upload is; None of what he never began."""
    upload = sent(by, sha256)
    if upload is None:
        return None
    if _blob_stands(upload):
        return Progress(upload, upload.size)
    return Progress(upload, min(upload.size, store.length_of(_part(upload))))


def sent(by: Sender | None, sha256: str) -> Upload | None:
    """What the actor himself has sent under this digest, whole or in part."""
    found = Upload.objects.select_related("blob")
    return found.filter(sender=sender_of(by), sha256=sha256.lower()).first()


def sent_under(by: Sender | None, digests: Iterable[str]) -> dict[str, Upload]:
    """`sent` of many digests in lower case, in one question."""
    rows = Upload.objects.select_related("blob").filter(sender=sender_of(by))
    return {one.sha256: one for one in rows.filter(sha256__in=list(digests))}


def whole(by: Sender | None, sha256: str) -> Upload:
    """The actor's own upload, all of which is here and in order; else a Refusal."""
    found = sent(by, sha256)
    if found is None or not _blob_stands(found):
        raise not_here()
    return found


def all_of(by: Sender) -> list[Upload]:
    """Everything whole and in order that the sender has sent of late, the earliest first."""
    found = Upload.objects.select_related("blob").filter(sender=sender_of(by)).order_by("pk")
    return [upload for upload in found if _blob_stands(upload)]


def drop(by: Sender, sha256: str) -> None:
    """The sender does not want it after all; the bytes go by themselves."""
    Upload.objects.filter(sender=sender_of(by), sha256=sha256).delete()


def _part(upload: Upload) -> Path:
    return store.part(upload.sender, upload.sha256)


def _blob_stands(upload: Upload) -> bool:
    """A damaged file is asked for again: whoever sends it mends it."""
    return upload.blob is not None and upload.blob.state == BlobState.KEPT


def receive(
    *, sha256: str, piece: Piece, stream: store.Stream, claimed: str, by: Sender
) -> Progress:
    """Takes one piece in; the last one makes the file. Sent again, nothing changes."""
    name = checked_name(sha256)
    known = progress_of(by, name)
    if known and known.is_kept:
        _touch(known.upload)
        return known
    received = known.received if known else 0
    check_size(piece.total)
    if piece.length:
        if piece.start > received:
            raise _gap(received)
        # Room for the rest of the part and for the whole file beside it.
        store.check_room(2 * piece.total - received)
    upload = known.upload if known else _begin(name, piece, claimed, by)
    if piece.total != upload.size:
        raise _other_size(upload.size)
    part = _part(upload)
    if piece.length:
        received = store.extend(part, piece.start, piece.length, stream)
    _touch(upload)
    if received:
        _check_head(upload, part, received)
    return _finish(upload) if received >= upload.size else Progress(upload, received)


def _begin(name: str, piece: Piece, claimed: str, by: Sender) -> Upload:
    sender = sender_of(by)
    check_day(sender, piece.total)
    made, _ = Upload.objects.select_related("blob").get_or_create(
        sender=sender, sha256=name, defaults={"size": piece.total, "claimed": claimed[:CLAIM_TOP]}
    )
    return made


def _gap(received: int) -> Refusal:
    return Refusal(
        "upload_gap",
        "前面还有内容没有收到",
        fix="请从第{received}字节接着传",
        received=received,
    )


def _other_size(size: int) -> Refusal:
    return Refusal(
        "upload_size_changed",
        "总长与先前所报不符",
        fix="先前所报为{size}字节；换了文件请重新计算摘要",
        size=size,
    )


def _touch(upload: Upload) -> None:
    now = clock.wall()
    Upload.objects.filter(pk=upload.pk).update(touched_at=now)
    if upload.blob:
        Blob.objects.filter(pk=upload.blob.pk).update(asked_at=now)


def _check_head(upload: Upload, part: Path, received: int) -> None:
    """A wrong type is told with the first bytes, not after fifty megabytes."""
    try:
        head = store.head_of(part, HEAD_BYTES)
    except FileNotFoundError:  # another request has just finished it
        return
    if len(head) < min(HEAD_BYTES, upload.size):
        return
    try:
        check_size(upload.size, told(head, upload.claimed).kind)
    except Refusal:
        _drop(upload)
        raise


def _drop(upload: Upload) -> None:
    """Nothing of it is of use."""
    _part(upload).unlink(missing_ok=True)
    Upload.objects.filter(pk=upload.pk, blob=None).delete()


def _finish(upload: Upload) -> Progress:
    """All bytes are here: they are read once, held against the digest, and kept."""
    part = _part(upload)
    try:
        content = part.read_bytes()
    except FileNotFoundError:
        return _finished_elsewhere(upload)
    if ids.digest(content) != upload.sha256:
        _drop(upload)
        raise Refusal(
            "bytes_do_not_match",
            "收到的内容与摘要不符，已丢弃",
            fix="请从头重新上传",
            status=422,
        )
    try:
        with transaction.atomic():
            upload.blob = keep_bytes(content, upload.claimed)
            upload.save(update_fields=["blob"])
    except Refusal as no:
        if no.status < 500:
            _drop(upload)
        raise
    part.unlink(missing_ok=True)
    return Progress(upload, upload.size)


def _finished_elsewhere(upload: Upload) -> Progress:
    found = Upload.objects.select_related("blob").filter(pk=upload.pk).first()
    if found is None or not _blob_stands(found):
        raise Refusal(
            "upload_gone",
            "同一文件的另一次上传没有成功",
            fix="请从头重新上传",
        )
    return Progress(found, found.size)
