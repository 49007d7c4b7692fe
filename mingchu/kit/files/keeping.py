"""Keeping 存档: bytes become a file of the house, and a file becomes evidence of something."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, Sum

from mingchu.accounts.domain import Actor
from mingchu.base import clock, ids
from mingchu.base.errors import Refusal
from mingchu.kit import events
from mingchu.kit.files import guards, store
from mingchu.kit.files.bare import bare
from mingchu.kit.files.kinds import HEAD_BYTES, TYPES, MediaType, told
from mingchu.kit.models import Attachment, Blob, BlobState, Upload, new_salt
from mingchu.ledger.services import record, record_many

HOUSE = "system:house"
DRAFT, DRAFT_DIGITS = "draft:", 32
NAME_TOP, NOTE_TOP, CLAIM_TOP = 120, 200, 80
# What no file name may bring along: folders, line ends, signs that turn the reading direction.
UNFIT = re.compile(r"[\x00-\x1f\x7f<>:\"|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True)
class Draft:
    """A form for everybody while somebody fills it in: who holds its key sends for it, nobody
    else finds what came."""

    key: str

    @property
    def label(self) -> str:
        return f"{DRAFT}{ids.digest(self.key.encode())[:DRAFT_DIGITS]}"


Sender = Actor | Draft


def sender_of(sender: Sender | None) -> str:
    """The person, whichever of his tokens he comes with; a form by a digest of its key."""
    return sender.label.split()[0] if sender else HOUSE


def check_size(size: int, kind: str = "") -> None:
    """Whether a file of this kind (of any, where it is not known yet) may be so large."""
    if size <= 0:
        raise Refusal("empty_file", "文件是空的", fix="请重新选择文件", status=422)
    top = settings.FILE_BYTES[kind] if kind else max(settings.FILE_BYTES.values())
    if size > top:
        raise Refusal(
            "file_too_large",
            "文件超过{mib} MiB",
            fix="请缩小照片尺寸，或分成几个文件上传",
            status=413,
            mib=top >> 20,
        )


def check_day(sender: str, size: int) -> None:
    """Nobody fills the disk alone; the house itself may, and forms for all count together."""
    if not sender.startswith(("user:", DRAFT)):
        return
    since = clock.wall() - timedelta(days=1)
    same = Q(sender__startswith=DRAFT) if sender.startswith(DRAFT) else Q(sender=sender)
    sent = Upload.objects.filter(same, begun_at__gt=since).aggregate(all=Sum("size"))
    if (sent["all"] or 0) + size > settings.SENDER_DAY_BYTES:
        raise Refusal(
            "too_much_today",
            "一天内上传的文件太多",
            fix="请明天再传，或联系管理员",
            status=429,
        )


def keep(*, file: store.Stream, claimed: str = "", by: Sender | None) -> Upload:
    """Takes a whole file in, as a form sends it; the same bytes again are the same file."""
    content = file.read(max(settings.FILE_BYTES.values()) + 1)
    check_size(len(content))
    check_day(sender_of(by), len(content))
    store.check_room(len(content))
    known = {
        "size": len(content),
        "claimed": claimed[:CLAIM_TOP],
        "touched_at": clock.wall(),
    }
    with transaction.atomic():
        blob = keep_bytes(content, claimed)
        upload, _ = Upload.objects.update_or_create(
            sender=sender_of(by), sha256=ids.digest(content), defaults={**known, "blob": blob}
        )
    return upload


def keep_bytes(content: bytes, claimed: str) -> Blob:
    """The blob of a file as sent, checked and bare; inside a transaction.

    Row and bytes come and go under one lock on the digest, so that no sweep removes what
    another request has just found there.
    """
    media_type = told(content[:HEAD_BYTES], claimed)
    check_size(len(content), media_type.kind)
    stored = bare(content, media_type)
    name = ids.digest(stored, settings.DIGEST)
    lock(name)
    blob, _ = Blob.objects.get_or_create(
        digest=name,
        algorithm=settings.DIGEST,
        defaults={"size": len(stored), "media_type": media_type.name},
    )
    store.put(stored, name, anew=blob.state != BlobState.KEPT)
    blob.state, blob.asked_at = BlobState.KEPT, clock.wall()
    blob.save(update_fields=["state", "asked_at"])
    return blob


def lock(name: str) -> None:
    """One at a time for each digest, until the transaction ends."""
    with connection.cursor() as db:
        db.execute("SELECT pg_advisory_xact_lock(%s)", [int(name[:15], 16)])


@transaction.atomic
def attach(
    *, upload: Upload, subject: str, role: str, name: str, by: Actor | None, note: str = ""
) -> Attachment:
    """A file that was sent becomes evidence of the subject, in a role its context declared."""
    made = evidence(upload=upload, subject=subject, role=role, name=name, by=by, note=note)
    attach_many([made])
    return made


def evidence(
    *, upload: Upload, subject: str, role: str, name: str, by: Actor | None, note: str = ""
) -> Attachment:
    """The attachment as `attach_many` will keep it: an act that it shows names it in its own
    entry first."""
    guards.role_of(subject, role)
    if upload.blob is None:
        raise not_here()
    return Attachment(
        blob=upload.blob,
        subject=subject,
        role=role,
        name=clean_name(name, TYPES[upload.blob.media_type]),
        note=note[:NOTE_TOP],
        sent_sha256=upload.sha256,
        actor=by.label if by else HOUSE,
        salt=new_salt(),
    )


@transaction.atomic
def attach_many(made: Sequence[Attachment]) -> None:
    """`attach` of each; the blobs stay locked until the end, so that no sweep takes one away."""
    if not made:
        return
    wanted = {one.blob_id for one in made}
    held = Blob.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    if wanted - set(held.values_list("pk", flat=True)):
        raise not_here()
    entries = record_many(
        events.FileAttached(
            subject=one.subject,
            attachment_id=str(one.pk),
            blob_id=one.blob_id,
            role=one.role,
            commitment=commitment_of(one),
            algorithm=one.blob.algorithm,
        )
        for one in made
    )
    for one, entry in zip(made, entries, strict=True):
        one.entry = entry.pk
    Attachment.objects.bulk_create(made)


def not_here() -> Refusal:
    return Refusal(
        "file_not_here", "文件还没有传完，或已过期清除", fix="请把文件重新上传一次后再提交"
    )


def commitment_of(made: Attachment) -> str:
    return commitment(made.salt, made.blob.digest, made.blob.algorithm)


def commitment(salt: bytes | memoryview, name: str, algorithm: str) -> str:
    """What the ledger holds of a file: it proves the digest to whoever has the salt."""
    return ids.digest(bytes(salt) + bytes.fromhex(name), algorithm)


def clean_name(name: str, media_type: MediaType) -> str:
    """A name for people, which is never a path, with the ending that the bytes deserve.

    >>> clean_name("../../etc/证.jpg.exe", TYPES["image/png"])
    '证.jpg.png'
    """
    last = UNFIT.sub("", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .")
    stem, dot, ending = last.rpartition(".")
    stem = stem if dot and len(ending) <= 5 else last
    return f"{stem[: NAME_TOP - 5] or 'file'}.{media_type.ending}"


@transaction.atomic
def detach(*, attachment: Attachment) -> None:
    """A file is no longer evidence of its subject; what is on hold stays."""
    blob = Blob.objects.select_for_update().get(pk=attachment.blob_id)
    if blob.on_hold:
        raise Refusal(
            "file_on_hold", "这份文件已依法保全，不能撤下", fix="请先由有权限的人员解除保全"
        )
    said: dict[str, Any] = {
        "subject": attachment.subject,
        "attachment_id": str(attachment.pk),
        "blob_id": blob.pk,
        "role": attachment.role,
    }
    attachment.delete()
    record(events.FileDetached(**said))


@transaction.atomic
def hold(*, blob: Blob) -> None:
    """Nothing removes the file any more."""
    if Blob.objects.filter(pk=blob.pk, on_hold=False).update(on_hold=True):
        record(events.FileHeld(subject=f"file:{blob.pk}", blob_id=blob.pk))


@transaction.atomic
def release(*, blob: Blob) -> None:
    """The hold ends; the file goes when its term does."""
    if Blob.objects.filter(pk=blob.pk, on_hold=True).update(on_hold=False):
        record(events.FileReleased(subject=f"file:{blob.pk}", blob_id=blob.pk))
