"""Packing 压缩: what came packed, unpacked within its limit, however little of it was sent."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

from mingchu.trace import problems, words
from mingchu.trace.domain.faults import Kind

PACKED = frozenset({"gzip", "x-gzip"})
PLAIN = frozenset({"", "identity"})
_GZIP = 16 + zlib.MAX_WBITS  # zlib's sign for gzip with its checksum


def encoding(headers: Mapping[str, str]) -> str:
    return headers.get("Content-Encoding", "").strip().lower()


def unpacked(headers: Mapping[str, str], data: bytes, top: int) -> bytes:
    """The body as it was before packing, of at most `top` bytes.

    Raises Refusal `document_too_large`, `bad_gzip`.
    """
    return inflated(data, top) if encoding(headers) in PACKED else data


def inflated(data: bytes, top: int) -> bytes:
    """All members of a gzip file, one after the other. What would inflate beyond `top` bytes is
    refused once that many are out: a bomb costs no more than an honest document.

    >>> import gzip
    >>> inflated(gzip.compress(b"a" * 9) + gzip.compress(b"b"), 10)
    b'aaaaaaaaab'
    """
    parts: list[bytes] = []
    left = top
    while data:
        part, data = _member(data, left + 1)
        left -= len(part)
        if left < 0:
            raise words.refusal(Kind.TOO_LARGE, str(top))
        parts.append(part)
    return b"".join(parts)


def _member(data: bytes, most: int) -> tuple[bytes, bytes]:
    """The first member, as far as `most` bytes, and what follows it."""
    inflater = zlib.decompressobj(_GZIP)
    try:
        part = inflater.decompress(data, most)
    except zlib.error as error:
        raise problems.bad_gzip(str(error)) from None
    if not inflater.eof and len(part) < most:
        raise problems.bad_gzip("unexpected end")
    return part, inflater.unused_data
