"""Credit-risk class 信用风险类别 of a firm: points in a band, not below what the lists it stands on
ask for. Internal, A is low; no framework.

It says how closely a firm is looked at, not how clean its kitchen is and not what it owes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from mingchu.rulebook.bands import band


class Letter(StrEnum):
    """The letters of this scale alone; pages say 信用 beside them."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class Roll(StrEnum):
    """The lists that lift a class."""

    ABNORMAL = "abnormal"
    SERIOUS = "serious"


@dataclass(frozen=True)
class Classed:
    """A class, what the points alone would have said, and which lists lifted it above that."""

    letter: Letter
    by_points: Letter
    lifted_by: tuple[Roll, ...] = ()


def classed(
    points: int | Decimal,
    bands: Mapping[str, Any],
    standing: Iterable[Roll],
    floors: Mapping[str, str],
) -> Classed:
    """The graver of what the points say and what each list asks for at least.

    >>> low = {"bands": ({"to": 15, "is": "A"}, {"to": 30, "is": "B"}), "above": "C"}
    >>> found = classed(3, low, [Roll.ABNORMAL], {"abnormal": "C", "serious": "D"})
    >>> found.letter.value, found.by_points.value, [roll.value for roll in found.lifted_by]
    ('C', 'A', ['abnormal'])
    """
    by_points = Letter(band(bands, points))
    asked = {roll: Letter(floors[roll]) for roll in sorted(set(standing)) if roll in floors}
    lifting = tuple(roll for roll, least in asked.items() if least > by_points)
    return Classed(max([by_points, *asked.values()]), by_points, lifting)


def by_group(
    items: Iterable[Mapping[str, Any]], reasons: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """Points by the five groups of indicators, in the order of the sheet.

    >>> sheet = [{"id": "age", "group": "basic"}, {"id": "penalties", "group": "supervision"}]
    >>> by_group(sheet, [{"item": "penalties", "points": 4}])
    {'basic': 0, 'supervision': 4}
    """
    given = {one["item"]: one["points"] for one in reasons}
    found: dict[str, Any] = {}
    for item in items:
        found[item["group"]] = found.get(item["group"], 0) + given.get(item["id"], 0)
    return found


def group_misfits(items: Iterable[Mapping[str, Any]], weights: Mapping[str, Any]) -> list[str]:
    """Groups of indicators whose points are not what the published weight of the group says."""
    whole: dict[str, Any] = dict.fromkeys(weights, 0)
    for item in items:
        whole[str(item.get("group"))] = whole.get(str(item.get("group")), 0) + item["points"]
    return [f"{key}: {sum_} ≠ {weights.get(key, '?')}" for key, sum_ in whole.items()
            if sum_ != weights.get(key)]  # fmt: skip
