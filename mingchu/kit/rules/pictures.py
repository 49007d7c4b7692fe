"""Pictures of bands: steps of equal width, as high as their points; a table beside each says the
same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from mingchu.kit.papers.charts import BRAND, GRID, INK, MUTED
from mingchu.rulebook.scoring import Number, bands_of, told

WIDTH, HEIGHT, STEP_TOP, LINE = 320, 92, 20, 72
SIDE = 8


def bands_picture(item: Mapping[str, Any], here: int | None = None) -> SafeString:
    """The bands of an item; `here` is the place of the one that a measured number fell into."""
    rows = bands_of(item)
    ends = [one["to"] for one in item["bands"] if "to" in one]
    begin = item["bands"][0].get("from")
    said = gettext("；").join(f"{row.said}: {told(row.points)}" for row in rows)
    points = [row.points for row in rows]
    marks = [*_steps(points, here), *_ends(begin, ends, len(rows))]
    line = f'<path d="M0 {LINE}H{WIDTH}" stroke="{GRID}"/>'
    return _drawn(said, line + "".join(marks))


def _steps(points: Sequence[Number], here: int | None) -> list[str]:
    wide, top = (WIDTH - 2 * SIDE) / len(points), max([*points, 0]) or 1
    marks = []
    for place, one in enumerate(points):
        tall = float((LINE - STEP_TOP) * one / top)
        x, middle = SIDE + place * wide, SIDE + (place + 0.5) * wide
        look = f'fill="{BRAND}"' + ("" if here in (None, place) else ' opacity="0.3"')
        marks.append(
            f'<rect x="{x + 1:.1f}" y="{LINE - tall:.1f}" width="{wide - 2:.1f}"'
            f' height="{tall:.1f}" {look}/>'
            f'<text x="{middle:.1f}" y="{LINE - tall - 5:.1f}" text-anchor="middle"'
            f' fill="{INK}">{escape(told(one))}</text>'
        )
    return marks


def _ends(begin: Number | None, ends: Sequence[Number], count: int) -> list[str]:
    """Each end under the border it draws."""
    wide = (WIDTH - 2 * SIDE) / count
    known = [(0, begin)] if begin is not None else []
    known += [(place, end) for place, end in enumerate(ends, start=1)]
    return [
        f'<text x="{SIDE + place * wide:.1f}" y="{LINE + 15}" text-anchor="{_anchor(place, count)}"'
        f' fill="{MUTED}">{escape(told(end))}</text>'
        for place, end in known
    ]


def _anchor(place: int, count: int) -> str:
    return "start" if place == 0 else "end" if place == count else "middle"


def _drawn(said: str, body: str) -> SafeString:
    return mark_safe(  # noqa: S308 made here, every text in it escaped
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-size="11"'
        f' aria-label="{escape(said)}">{body}</svg>'
    )
