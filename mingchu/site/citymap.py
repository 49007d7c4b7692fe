"""The schematic map of the city: nine cells in their true neighbourhood and the zone.

Our own drawing: it says who borders whom and nothing of shape, size or distance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LEVELS = 5
DARK_FROM = 3  # cells of this level and above carry white letters
VIEW = "40 8 572 726"

# Corners that cells share, so that neighbours meet exactly.
POINTS = {
    "a": (130, 30), "b": (480, 20), "c": (540, 110), "d": (500, 180), "e": (385, 190),
    "f": (280, 185), "g": (110, 175), "h": (375, 268), "i": (460, 276), "j": (580, 262),
    "k": (580, 195), "l": (280, 270), "m": (390, 352), "n": (280, 348), "o": (595, 350),
    "p": (545, 424), "q": (432, 404), "r": (330, 444), "s": (170, 424), "t": (56, 290),
    "u": (310, 545), "v": (226, 562), "w": (126, 502), "x": (560, 505), "y": (500, 594),
    "z1": (470, 692), "z2": (330, 722), "z3": (216, 652),
}  # fmt: skip


@dataclass(frozen=True)
class Cell:
    code: str
    name: Any
    corners: str
    label: tuple[int, int]
    zone: bool = False


CELLS = (
    Cell("150102", _("新城区"), "d k j i h e", (478, 232)),
    Cell("150103", _("回民区"), "f e h l", (329, 226)),
    Cell("150104", _("玉泉区"), "l h m n", (330, 308)),
    Cell("150105", _("赛罕区"), "h i j o p q m", (480, 342)),
    Cell("150121", _("土默特左旗"), "g f l n m q r s t", (190, 340)),
    Cell("150122", _("托克托县"), "s r u v w", (228, 488)),
    Cell("150123", _("和林格尔县"), "r q p x y u", (440, 492)),
    Cell("150124", _("清水河县"), "v u y z1 z2 z3", (352, 638)),
    Cell("150125", _("武川县"), "a b c d e f g", (320, 108)),
    # A functional zone without a territory of its own: drawn as a box, not as a cell.
    Cell("150172", pgettext_lazy("map", "经开区"), "", (206, 228), zone=True),
)
NAMES = {cell.code: cell.name for cell in CELLS}
ZONE_BOX = (152, 196, 108, 66)


@dataclass(frozen=True)
class Drawn:
    """A cell as the template prints it."""

    cell: Cell
    points: str
    value: int
    level: int
    href: str

    @property
    def is_dark(self) -> bool:
        return self.level >= DARK_FROM


@dataclass(frozen=True)
class Row:
    """A line of the equal table."""

    name: Any
    value: int
    share: float
    href: str


@dataclass(frozen=True)
class Step:
    """A line of the legend: the values of one colour."""

    level: int
    low: int
    high: int


def tops(values: Sequence[int]) -> list[int]:
    """Upper ends of the five colours: equal parts of the greatest value, at round numbers.

    >>> tops([3, 40, 87])
    [20, 40, 60, 80, 100]
    >>> tops([0, 0])
    [1, 2, 3, 4, 5]
    """
    part = max(1, -(-max(values, default=0) // LEVELS))
    unit = 10 ** (len(str(part)) - 1)
    part = next(unit * step for step in (1, 2, 5, 10) if unit * step >= part)
    return [part * (level + 1) for level in range(LEVELS)]


def level(value: int, bounds: Sequence[int]) -> int:
    """The first colour whose upper end the value does not exceed."""
    return next(at for at, top in enumerate(bounds) if value <= top)


def draw(counts: Mapping[str, int], rows: Callable[[str], str]) -> list[Drawn]:
    bounds = tops([counts.get(cell.code, 0) for cell in CELLS])
    return [
        Drawn(
            cell,
            " ".join("{},{}".format(*POINTS[corner]) for corner in cell.corners.split()),
            value := counts.get(cell.code, 0),
            level(value, bounds),
            rows(cell.code),
        )
        for cell in CELLS
    ]


def legend(counts: Mapping[str, int]) -> list[Step]:
    bounds = tops([counts.get(cell.code, 0) for cell in CELLS])
    lows = [0, *(top + 1 for top in bounds)]
    return [Step(at, lows[at], top) for at, top in enumerate(bounds)]


def table(counts: Mapping[str, int], rows: Callable[[str], str]) -> list[Row]:
    """What the map shows, and whatever lies in no cell, so that the sum is the city's."""
    total = sum(counts.values())
    known = [(cell.code, cell.name, counts.get(cell.code, 0)) for cell in CELLS]
    strays = sum(value for code, value in counts.items() if code not in NAMES)
    if strays:
        known.append(("", _("未划定"), strays))
    return [
        Row(name, value, 100 * value / total if total else 0, rows(code) if code else "")
        for code, name, value in known
    ]
