"""Kinds 文件类型: what a file is by its first bytes, whatever its name and its sender say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mingchu.base.errors import Refusal

HEAD_BYTES = 64  # enough of a file to know it by
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis"}
# What senders write for the same thing, and what says nothing.
ALIASES = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/heif": "image/heic",
    "application/x-pdf": "application/pdf",
    "application/octet-stream": "",
}


class Kind(StrEnum):
    """What the size limits tell apart."""

    PHOTO = "photo"
    DOCUMENT = "document"


@dataclass(frozen=True)
class MediaType:
    """A type that is taken in; a browser shows it in the page only if `is_shown`."""

    name: str
    kind: Kind
    ending: str
    is_shown: bool


JPEG = MediaType("image/jpeg", Kind.PHOTO, "jpg", is_shown=True)
PNG = MediaType("image/png", Kind.PHOTO, "png", is_shown=True)
WEBP = MediaType("image/webp", Kind.PHOTO, "webp", is_shown=True)
HEIC = MediaType("image/heic", Kind.PHOTO, "heic", is_shown=False)
PDF = MediaType("application/pdf", Kind.DOCUMENT, "pdf", is_shown=False)
TYPES = {found.name: found for found in (JPEG, PNG, WEBP, HEIC, PDF)}


def sniff(head: bytes) -> MediaType | None:
    """The type of a file that begins so; None for every type that is not taken.

    >>> sniff(b"%PDF-1.7 ").name, sniff(b"<svg onload=...>")
    ('application/pdf', None)
    """
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith(b"%PDF-"):
        return PDF
    return HEIC if _is_heic(head) else None


def _is_heic(head: bytes) -> bool:
    """`mif1` says only "a picture in boxes"; the brands after it say which."""
    if head[4:8] != b"ftyp":
        return False
    end = min(int.from_bytes(head[:4], "big"), HEAD_BYTES)
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, end, 4))}
    return bool(brands & HEIC_BRANDS)


def told(head: bytes, claimed: str) -> MediaType:
    """The type by the bytes, which must be taken and must be what the sender says it is.

    >>> told(b"%PDF-1.7 ", "application/pdf; charset=binary").ending
    'pdf'
    """
    found = sniff(head)
    if found is None:
        raise Refusal(
            "type_not_taken",
            "这种文件不能作附件",
            fix="请上传照片（JPEG、PNG、WebP、HEIC）或 PDF",
            status=415,
        )
    said = claimed.partition(";")[0].strip().lower()
    said = ALIASES.get(said, said)
    if said and said != found.name:
        raise Refusal(
            "type_differs",
            "文件内容是{found}，与所报类型{said}不符",
            fix="请选择原文件上传，不要改扩展名",
            status=415,
            found=found.name,
            said=said[:60],
        )
    return found
