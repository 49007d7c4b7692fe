"""Type 字体: which font sets a text, and which of its characters no font has.

The packaged Noto Sans/Serif SC always come first, so that a paper looks the same everywhere; a
folder named by `MINGCHU_FONTS` is asked only for the characters they lack. What nobody has is
named as U+xxxx, never printed as an empty box.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst
from django.conf import settings

SERIF = "Noto Serif SC"
SANS = "Noto Sans SC"
PACKAGED = Path(pylopdf_fonts_zh_cn.__file__).parent
# Line ends and tabs are layout, and joiners have no shape of their own.
SHAPELESS = frozenset({0x09, 0x0A, 0x0D, 0x200B, 0x200C, 0x200D, 0x2060, 0xFE0E, 0xFE0F, 0xFEFF})


@dataclass(frozen=True)
class Face:
    """One typeface of a file."""

    family: str
    path: str
    index: int


@dataclass(frozen=True)
class Choice:
    """Families in the order typst tries them, and the characters none of them has."""

    families: tuple[str, ...]
    missing: frozenset[str]


@lru_cache(maxsize=4)
def book(folder: str) -> typst.Fonts:
    """The fonts typst may use: packaged, and those of `folder`; never the system's."""
    paths = [str(PACKAGED), *([folder] if folder else [])]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=paths)


def installed_folder() -> str:
    """The folder of `MINGCHU_FONTS`, or empty."""
    return str(getattr(settings, "FONTS", "") or "")


@lru_cache(maxsize=4)
def faces(folder: str) -> tuple[Face, ...]:
    """Every upright regular face, packaged ones first."""
    found = [
        Face(item.family, item.path or "", item.index)
        for item in book(folder).fonts()
        if item.style == "normal" and item.path
    ]
    return tuple(sorted(found, key=lambda face: (not _packaged(face), face.family, face.index)))


def _packaged(face: Face) -> bool:
    return Path(face.path).parent == PACKAGED


def choose(text: Iterable[str], *, first: str = SERIF) -> Choice:
    """The families that set `text`, beginning with `first`."""
    wanted = {ord(sign) for sign in text} - SHAPELESS
    known = faces(installed_folder())
    families = [first, SERIF if first == SANS else SANS]
    for face in known:
        if face.family in families:
            wanted -= coverage(face.path, face.index)
    for face in known:
        if wanted and face.family not in families and wanted & coverage(face.path, face.index):
            families.append(face.family)
            wanted -= coverage(face.path, face.index)
    return Choice(tuple(families), frozenset(map(chr, wanted)))


def named(sign: str) -> str:
    """How a character that cannot be printed is called.

    >>> named("𱍏")
    'U+3134F'
    """
    return f"U+{ord(sign):04X}"


@cache
def coverage(path: str, index: int = 0) -> frozenset[int]:
    """Code points the font has a glyph for, read from its `cmap` table (ISO/IEC 14496-22)."""
    data = Path(path).read_bytes()
    start = _offset(data, index)
    tables = struct.unpack_from(">H", data, start + 4)[0]
    for number in range(tables):
        tag, _, offset, _ = struct.unpack_from(">4sLLL", data, start + 12 + 16 * number)
        if tag == b"cmap":
            return frozenset(_mapped(data, offset))
    return frozenset()


def _offset(data: bytes, index: int) -> int:
    """Where the face begins: collections list their faces first."""
    if data[:4] != b"ttcf":
        return 0
    return int(struct.unpack_from(">L", data, 12 + 4 * index)[0])


def _mapped(data: bytes, cmap: int) -> set[int]:
    found: set[int] = set()
    for number in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        offset = cmap + struct.unpack_from(">HHL", data, cmap + 4 + 8 * number)[2]
        form = struct.unpack_from(">H", data, offset)[0]
        if form == 4:
            found |= _segments(data, offset)
        elif form == 12:
            found |= _groups(data, offset)
    return found


def _segments(data: bytes, at: int) -> set[int]:
    """Format 4: ranges of the basic plane. Glyph 0 is the empty box, so it does not count."""
    count = struct.unpack_from(">H", data, at + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", data, at + 14)
    rest = at + 16 + 2 * count
    starts = struct.unpack_from(f">{count}H", data, rest)
    deltas = struct.unpack_from(f">{count}H", data, rest + 2 * count)
    ranges = rest + 4 * count
    found = set()
    for number in range(count):
        shift = struct.unpack_from(">H", data, ranges + 2 * number)[0]
        for code in range(starts[number], min(ends[number], 0xFFFE) + 1):
            glyph = code
            if shift:
                slot = ranges + 2 * number + shift + 2 * (code - starts[number])
                glyph = struct.unpack_from(">H", data, slot)[0]
            if glyph if shift else (glyph + deltas[number]) & 0xFFFF:
                found.add(code)
    return found


def _groups(data: bytes, at: int) -> set[int]:
    """Format 12: ranges of all planes."""
    found: set[int] = set()
    for number in range(struct.unpack_from(">L", data, at + 12)[0]):
        first, last, glyph = struct.unpack_from(">LLL", data, at + 16 + 12 * number)
        found.update(range(first + (glyph == 0), last + 1))
    return found
