"""Boxes: HEIC pictures are nested boxes (ISO/IEC 14496-12, 23008-12), addressed by their offsets.

So nothing is cut out: what tells of the making is overwritten where it lies, and every offset
still holds. The orientation of such a picture is a property of its own, not in the EXIF.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

# Top-level boxes a picture is made of; any other (a film, a maker's own) is emptied.
PICTURE = {b"ftyp", b"meta", b"mdat", b"moov", b"free", b"skip"}
EMPTIED = {b"free", b"skip"}
IN_FILE, IN_META = 0, 1  # what an item's offset counts from
TELLING = {b"Exif", b"mime", b"uri "}
# No tags at all, as readers of EXIF items want it: where the block begins, then an empty block.
NO_TAGS = bytes(4) + b"MM\0*" + struct.pack(">IHI", 8, 0, 0)


class Box(NamedTuple):
    name: bytes
    start: int
    body: int
    end: int


def blanked(content: bytes) -> bytes:
    """The same file, of the same length, without EXIF, XMP and foreign boxes."""
    result = bytearray(content)
    top = list(_boxes(content, 0, len(content)))
    for box in top:
        if box.name not in PICTURE or box.name in EMPTIED:
            result[box.start + 4 : box.start + 8] = b"free"
            result[box.body : box.end] = bytes(box.end - box.body)
    meta = [box for box in top if box.name == b"meta"]
    if len(meta) != 1:
        raise ValueError("no picture")
    for start, end, name in _telling(content, meta[0]):
        blank = NO_TAGS if name == b"Exif" and end - start >= len(NO_TAGS) else b""
        result[start:end] = blank.ljust(end - start, b"\0")
    return bytes(result)


def _boxes(content: bytes, at: int, end: int) -> Iterator[Box]:
    while at < end:
        size, name = struct.unpack_from(">I4s", content, at)
        body = at + 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", content, body)
            body += 8
        stop = at + size if size else end
        if not body <= stop <= end:
            raise ValueError("a box that does not fit")
        yield Box(name, at, body, stop)
        at = stop


def _telling(content: bytes, meta: Box) -> Iterator[tuple[int, int, bytes]]:
    """Where the items that tell of the making lie, and what they are."""
    parts = {box.name: box for box in _boxes(content, meta.body + 4, meta.end)}
    names = dict(_items(content, parts[b"iinf"])) if b"iinf" in parts else {}
    held = parts[b"idat"].body if b"idat" in parts else 0
    for place in _places(content, parts[b"iloc"]) if b"iloc" in parts else ():
        if names.get(place.item) not in TELLING:
            continue
        start = place.offset + (held if place.method == IN_META else 0)
        known = place.method in (IN_FILE, IN_META) and place.length
        if not known or start + place.length > len(content):
            raise ValueError("an item that does not fit")
        yield start, start + place.length, names[place.item]


def _items(content: bytes, iinf: Box) -> Iterator[tuple[int, bytes]]:
    """(number, kind) of every item."""
    first = iinf.body + (6 if content[iinf.body] == 0 else 8)
    for box in _boxes(content, first, iinf.end):
        version = content[box.body]
        number, at = _number(content, box.body + 4, 2 if version < 3 else 4)
        yield number, content[at + 2 : at + 6] if version >= 2 else b"mime"


class Place(NamedTuple):
    item: int
    method: int
    offset: int
    length: int


@dataclass
class _Cursor:
    content: bytes
    at: int

    def take(self, size: int) -> int:
        value, self.at = _number(self.content, self.at, size)
        return value


def _number(content: bytes, at: int, size: int) -> tuple[int, int]:
    if at + size > len(content):
        raise ValueError("the file ends too soon")
    return int.from_bytes(content[at : at + size], "big"), at + size


def _places(content: bytes, iloc: Box) -> Iterator[Place]:
    """Every extent of every item."""
    read = _Cursor(content, iloc.body)
    version = read.take(4) >> 24
    sizes = read.take(2)
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_size = sizes & 15 if version else 0
    for _ in range(read.take(4 if version == 2 else 2)):
        item = read.take(4 if version == 2 else 2)
        method = read.take(2) & 15 if version else 0
        read.take(2)
        base = read.take(base_size)
        for _extent in range(read.take(2)):
            read.take(index_size)
            offset, length = read.take(offset_size), read.take(length_size)
            yield Place(item, method, base + offset, length)
