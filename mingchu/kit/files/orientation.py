"""Orientation 拍摄方向: the one thing of EXIF without which a photo lies on its side."""

from __future__ import annotations

import struct

TAG, SHORT = 0x0112, 3
UPRIGHT, LAST = 1, 8


def orientation(tiff: bytes) -> int:
    """1 to 8 as EXIF counts; 1, upright, where the block says nothing or cannot be read.

    >>> orientation(oriented(6)), orientation(b"MM")
    (6, 1)
    """
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return UPRIGHT
    try:
        (at,) = struct.unpack_from(f"{order}I", tiff, 4)
        (entries,) = struct.unpack_from(f"{order}H", tiff, at)
        for entry in range(entries):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, at + 2 + 12 * entry)
            if (tag, kind) == (TAG, SHORT):
                return value if UPRIGHT <= value <= LAST else UPRIGHT
    except struct.error:
        pass
    return UPRIGHT


def oriented(turned: int) -> bytes:
    """A TIFF block that says the orientation and nothing else."""
    entry = struct.pack(">HHIHH", TAG, SHORT, 1, turned, 0)
    return b"MM\0*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
