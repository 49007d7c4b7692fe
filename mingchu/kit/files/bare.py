"""Bare 去除拍摄信息: a photo without place, device and time of its making, its pixels untouched.

What is kept is listed, so that what a camera maker invents next is dropped too: colour profiles
and what a decoder needs stay; of EXIF only the orientation, in a block of its own.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator

from mingchu.base.errors import Refusal
from mingchu.kit.files import boxes
from mingchu.kit.files.kinds import HEIC, JPEG, PNG, WEBP, MediaType
from mingchu.kit.files.orientation import orientation, oriented

EXIF = b"Exif\0\0"
# JPEG: inside coded data FF00 is a byte FF and FFD0 to FFD7 are restarts; any other marker ends it.
AFTER_SCAN = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
SOI, EOI, SOS, COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
APP0, APP1, APP15 = 0xE0, 0xE1, 0xEF
FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# What may follow in APPn: (marker, how it begins).
KEPT_APPS = ((APP0, b"JFIF\0"), (0xE2, b"ICC_PROFILE\0"), (0xEE, b"Adobe"))
JFIF_HEAD = 12
KEPT_PNG = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT pHYs bKGD hIST sPLT cICP mDCV cLLI"
    b" acTL fcTL fdAT".split()
)
KEPT_WEBP = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
WEBP_EXIF, WEBP_XMP = 0x08, 0x04


def bare(content: bytes, media_type: MediaType) -> bytes:
    """The file without what its maker's device wrote beside the picture.

    Raises Refusal `photo_broken` where the picture does not end or its parts do not fit.
    """
    try:
        if media_type is JPEG:
            return _jpeg(content)
        if media_type is PNG:
            return _png(content)
        if media_type is WEBP:
            return _webp(content)
        return boxes.blanked(content) if media_type is HEIC else content
    except (IndexError, struct.error, ValueError) as error:
        raise Refusal(
            "photo_broken",
            "照片不完整或已损坏",
            fix="请重新拍照，或从相册选择原图",
            status=422,
        ) from error


def _jpeg(content: bytes) -> bytes:
    kept, turned, seen = [], 1, set()
    for marker, part in _segments(content):
        seen.add(marker)
        body = part[4:]
        if marker == APP1 and body.startswith(EXIF):
            turned = turned if turned > 1 else orientation(body[len(EXIF) :])
        elif marker == APP0 and body.startswith(b"JFIF\0"):
            kept.append(_without_thumbnail(body))
        elif _is_kept(marker, body):
            kept.append(part)
    if SOS not in seen or not seen & FRAMES:
        raise ValueError("no picture")
    if turned > 1:
        block = EXIF + oriented(turned)
        kept.insert(int(kept[0][1] == APP0), _segment(APP1, block))
    return b"".join((bytes((0xFF, SOI)), *kept, bytes((0xFF, EOI))))


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """(marker, whole segment) up to the end of the picture; a scan comes with its coded data.

    What follows the end (a second picture, a film, anything hidden) is not part of it.
    """
    at = 2
    while True:
        if content[at] != 0xFF:
            raise ValueError("no marker")
        while content[at + 1] == 0xFF:
            at += 1
        marker = content[at + 1]
        if marker == EOI:
            return
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if end < at + 4 or end > len(content):
            raise ValueError("a segment without end")
        if marker == SOS:
            end = _after_scan(content, end)
        yield marker, content[at:end]
        at = end


def _after_scan(content: bytes, at: int) -> int:
    found = AFTER_SCAN.search(content, at)
    if found is None:
        raise ValueError("coded data without end")
    return found.start()


def _is_kept(marker: int, body: bytes) -> bool:
    if APP0 <= marker <= APP15:
        return any(marker == app and body.startswith(head) for app, head in KEPT_APPS)
    return marker != COMMENT


def _without_thumbnail(body: bytes) -> bytes:
    """A small picture of the uncropped scene may hide in the JFIF block itself."""
    return _segment(APP0, body[:JFIF_HEAD].ljust(JFIF_HEAD, b"\0") + b"\0\0")


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _png(content: bytes) -> bytes:
    kept, turned = [content[:8]], 1
    for name, body in _png_chunks(content):
        if name == b"eXIf":
            turned = orientation(body)
        elif name in KEPT_PNG:
            if name == b"IDAT" and turned > 1:
                kept.append(_png_chunk(b"eXIf", oriented(turned)))
                turned = 1
            kept.append(_png_chunk(name, body))
    if turned > 1:  # it stood after the picture
        kept.insert(-1, _png_chunk(b"eXIf", oriented(turned)))
    return b"".join(kept)


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at, name, view = 8, b"", memoryview(content)
    while name != b"IEND":
        size, name = struct.unpack_from(">I4s", content, at)
        body = bytes(view[at + 8 : at + 8 + size])
        (crc,) = struct.unpack_from(">I", content, at + 8 + size)
        if crc != zlib.crc32(body, zlib.crc32(name)):
            raise ValueError("a chunk was altered")
        yield name, body
        at += size + 12


def _png_chunk(name: bytes, body: bytes) -> bytes:
    crc = zlib.crc32(body, zlib.crc32(name))
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", crc)


def _webp(content: bytes) -> bytes:
    kept, turned, names = [], 1, set()
    for name, body in _webp_chunks(content):
        if name == b"EXIF":
            turned = orientation(body.removeprefix(EXIF))
        elif name in KEPT_WEBP:
            names.add(name)
            kept.append((name, body))
    if not names & {b"VP8 ", b"VP8L", b"ANMF"}:
        raise ValueError("no picture")
    if kept[0][0] == b"VP8X":
        flags = kept[0][1][0] & ~(WEBP_EXIF | WEBP_XMP) | (WEBP_EXIF if turned > 1 else 0)
        kept[0] = (b"VP8X", bytes((flags,)) + kept[0][1][1:])
        if turned > 1:
            kept.append((b"EXIF", oriented(turned)))
    chunks = b"".join(
        struct.pack("<4sI", name, len(body)) + body + b"\0" * (len(body) % 2) for name, body in kept
    )
    return struct.pack("<4sI4s", b"RIFF", len(chunks) + 4, b"WEBP") + chunks


def _webp_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    end = 8 + int.from_bytes(content[4:8], "little")
    if end > len(content) + 1:  # some writers leave the last padding byte out
        raise ValueError("the file ends too soon")
    at = 12
    while at + 8 <= end:
        name, size = struct.unpack_from("<4sI", content, at)
        if at + 8 + size > len(content):
            raise ValueError("a chunk without end")
        yield name, content[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
