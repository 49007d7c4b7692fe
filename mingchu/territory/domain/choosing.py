"""Choosing 落实到人: which cadre a business falls to, by its place and the rank it needs; pure.

A cadre answers for areas; of his rank's businesses in them each has exactly one cadre. The
narrowest area counts, and whoever visits a business already keeps it while his area stands.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

Beats = Mapping[tuple[str, str], Collection[int]]


def reach(grid: str, station: str, district: str, city: str) -> tuple[str, ...]:
    """The areas a place lies in, the narrowest first.

    >>> reach("", "150105001", "150105", "150100")
    ('150105001', '150105', '150100')
    """
    return tuple(area for area in (grid, station, district, city) if area)


def chosen(
    areas: Collection[str],
    rank: str,
    *,
    now: int | None,
    beats: Beats,
    loads: Mapping[int, int],
) -> int | None:
    """The cadre a business falls to; of several in one area whoever has fewest, None if nobody.

    >>> beats = {("150105", "county"): (7, 9), ("150105001", "village"): (3,)}
    >>> chosen(("150105001", "150105"), "county", now=None, beats=beats, loads={7: 2, 9: 1})
    9
    >>> chosen(("150105001", "150105"), "county", now=7, beats=beats, loads={7: 2, 9: 1})
    7
    """
    for area in areas:
        if candidates := beats.get((area, rank)):
            if now in candidates:
                return now
            return min(candidates, key=lambda cadre: (loads.get(cadre, 0), cadre))
    return None
