"""Painted 画的: pictures of the demo, drawn line by line, that say of themselves DEMO.

PNG by hand, so that nothing has to be installed for a scribble.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from itertools import pairwise
from random import Random

WHITE, INK, PALE = 255, 40, 150
LETTERS = {
    "D": ("1110", "1001", "1001", "1001", "1110"),
    "E": ("1111", "1000", "1110", "1000", "1111"),
    "M": ("10001", "11011", "10101", "10001", "10001"),
    "O": ("0110", "1001", "1001", "1001", "0110"),
}
MARK, SCALE = "DEMO", 2
Point = tuple[float, float]


def scribble(key: str, width: int = 240, height: int = 90) -> bytes:
    """A line of a hand, the same for the same key."""
    random = Random(key)  # noqa: S311 no secret
    step = (width - 24) / 17
    points = [(12 + n * step, 14 + random.random() * (height - 40)) for n in range(18)]
    rows = [bytearray([WHITE]) * width for _line in range(height)]
    for one, other in pairwise(points):
        _line(rows, one, other)
    _mark(rows, 8, height - 5 * SCALE - 4)
    return png(rows)


def _line(rows: Sequence[bytearray], one: Point, other: Point) -> None:
    """Three points wide."""
    (x0, y0), (x1, y1) = one, other
    steps = max(1, round(max(abs(x1 - x0), abs(y1 - y0))))
    for n in range(steps + 1):
        x, y = round(x0 + (x1 - x0) * n / steps), round(y0 + (y1 - y0) * n / steps)
        for line in range(max(0, y - 1), min(len(rows), y + 2)):
            for at in range(max(0, x - 1), min(len(rows[line]), x + 2)):
                rows[line][at] = INK


def _mark(rows: Sequence[bytearray], left: int, top: int) -> None:
    for letter in MARK:
        for down, bits in enumerate(LETTERS[letter]):
            for across, bit in enumerate(bits):
                if bit == "1":
                    _dot(rows, left + across * SCALE, top + down * SCALE)
        left += (len(LETTERS[letter][0]) + 1) * SCALE


def _dot(rows: Sequence[bytearray], x: int, y: int) -> None:
    for line in rows[y : y + SCALE]:
        line[x : x + SCALE] = bytes([PALE]) * SCALE


def png(rows: Sequence[bytearray]) -> bytes:
    """Eight bits of grey a point (ISO/IEC 15948).

    >>> png([bytearray(b"\\x00\\xff")])[:8]
    b'\\x89PNG\\r\\n\\x1a\\n'
    """
    head = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 0, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows), 9)
    return b"\x89PNG\r\n\x1a\n" + _part(b"IHDR", head) + _part(b"IDAT", body) + _part(b"IEND", b"")


def _part(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)
