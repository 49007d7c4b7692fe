"""Routing 路线: in which order a pair goes round its visits, once the draw is over.

Neither whom chance met nor who goes there changes any more; only the way becomes shorter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Point = tuple[float, float]


def route(stops: Sequence[str], points: Mapping[str, Point]) -> list[str]:
    """From the first stop on always the nearest one left; whose place is unknown comes last, in the
    order given. The same stops give the same way.

    >>> route(["a", "b", "c", "d"], {"a": (0, 0), "b": (9, 0), "c": (1, 0)})
    ['a', 'c', 'b', 'd']
    """
    left = [one for one in stops if one in points]
    way = left[:1]
    while left := [one for one in left if one not in way]:
        here = points[way[-1]]
        way.append(min(left, key=lambda one: (_apart(here, points[one]), stops.index(one))))
    return way + [one for one in stops if one not in points]


def _apart(one: Point, other: Point) -> float:
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2
