"""BIFF: finds the formula and error cells of an old `.xls`, which no reader we use tells us.

Only what that takes: the file's allocation table (MS-CFB), then the records FORMULA and BOOLERR
(MS-XLS 2.4.127 and 2.4.24).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

BOUNDSHEET, FORMULA, BOOLERR, EOF = 0x0085, 0x0006, 0x0205, 0x000A
END_OF_CHAIN = 0xFFFFFFFA  # this and all above are marks, not sectors
SMALL_STREAM_BYTES = 4096
DIRECTORY_ENTRY_BYTES = 128
HEADER_FAT_ENTRIES = 109


def marks(content: bytes) -> list[dict[tuple[int, int], str]]:
    """For each sheet in the workbook's order: (row, column) from zero → "formula" or "error"."""
    stream = _workbook(content)
    starts = [
        struct.unpack_from("<L", data)[0]
        for kind, data in _records(stream, 0)
        if kind == BOUNDSHEET
    ]
    return [
        {
            struct.unpack_from("<HH", data): mark
            for kind, data in _records(stream, start)
            if (mark := _mark(kind, data))
        }
        for start in starts
    ]


def _mark(kind: int, data: bytes) -> str:
    """A formula whatever its result; an error value that stands on its own."""
    if kind == FORMULA:
        return "formula"
    return "error" if kind == BOOLERR and data[7:8] == b"\x01" else ""


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Records of one substream; embedded charts nest, so ends are counted."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length
        depth += (kind & 0xFF) == 0x09 and kind in (0x0809, 0x0409, 0x0209)
        depth -= kind == EOF
        if depth <= 0:
            return


def _workbook(content: bytes) -> bytes:
    size = 1 << struct.unpack_from("<H", content, 30)[0]
    table = _table(content, size)
    directory = _chain(content, size, table, struct.unpack_from("<L", content, 48)[0])
    for at in range(0, len(directory), DIRECTORY_ENTRY_BYTES):
        entry = directory[at : at + DIRECTORY_ENTRY_BYTES]
        length = struct.unpack_from("<H", entry, 64)[0]
        name = entry[: max(length - 2, 0)].decode("utf-16-le", "replace")
        start, whole = struct.unpack_from("<LL", entry, 116)
        if name in ("Workbook", "Book") and whole >= SMALL_STREAM_BYTES:
            return _chain(content, size, table, start)[:whole]
    return b""


def _table(content: bytes, size: int) -> list[int]:
    sectors = list(struct.unpack_from(f"<{HEADER_FAT_ENTRIES}L", content, 76))
    more, count = struct.unpack_from("<LL", content, 68)
    for _ in range(count):
        part = list(struct.unpack_from(f"<{size // 4}L", content, (more + 1) * size))
        sectors += part[:-1]
        more = part[-1]
    table: list[int] = []
    for sector in sectors:
        if sector < END_OF_CHAIN:
            table += struct.unpack_from(f"<{size // 4}L", content, (sector + 1) * size)
    return table


def _chain(content: bytes, size: int, table: list[int], sector: int) -> bytes:
    parts: list[bytes] = []
    # A damaged table may run in a circle: no chain is longer than the table.
    while sector < len(table) and len(parts) <= len(table):
        parts.append(content[(sector + 1) * size : (sector + 2) * size])
        sector = table[sector]
    return b"".join(parts)
