"""Changing 怎样改变: what each item could be at its best, and what the sheet would gain; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mingchu.rulebook.scoring.evaluating import VETO, Reason, capped, score
from mingchu.rulebook.scoring.items import (
    Better,
    Kind,
    Number,
    better_of,
    by_points,
    ends,
    points_of,
)


@dataclass(frozen=True)
class Change:
    """One item at its best: what it gives now, what it would give, by how much the sheet moves.

    `gain` counts in the reader's favour: fewer points of a risk, more of a mark; caps are heeded.
    `at` are the ends of the band it would have to reach, empty where no number is measured.
    """

    item: str
    points: Number
    best: Number
    gain: Number
    at: Mapping[str, Number]


def what_if(sheet: Mapping[str, Any], answers: Mapping[str, Any]) -> tuple[Change, ...]:
    """What would change the result: what sinks the sheet, then the most first.

    What could not be better is left out.
    """
    given = score(sheet, answers).reasons
    items = {item["id"]: item for item in sheet["items"]}
    changes = (
        _change(sheet, items[reason.item], reason, given)
        for reason in given
        if reason.item in items
    )
    vetoing = {one.item for one in given if one.why["is"] == VETO}
    return tuple(
        sorted(
            (one for one in changes if one.gain > 0 or one.item in vetoing),
            key=lambda one: (one.item not in vetoing, -one.gain),
        )
    )


def _change(
    sheet: Mapping[str, Any], item: Mapping[str, Any], reason: Reason, given: tuple[Reason, ...]
) -> Change:
    best, at = _best(sheet, item)
    ids = {one["id"] for one in sheet["items"]}
    others = [one for one in given if one.item in ids and one.item != item["id"]]
    changed = _sum(sheet, [*others, replace(reason, points=best)])
    moved = changed - _sum(sheet, [*others, reason])
    gain = -moved if better_of(sheet) is Better.FEWER else moved
    return Change(item["id"], reason.points, best, gain, at)


def _sum(sheet: Mapping[str, Any], given: list[Reason]) -> Number:
    return sum((one.points for one in (*given, *capped(sheet, given))), 0)


def _best(sheet: Mapping[str, Any], item: Mapping[str, Any]) -> tuple[Number, dict[str, Number]]:
    """The best points an answer can bring, and the band that brings them."""
    fewer = better_of(sheet) is Better.FEWER
    if item["kind"] == Kind.BAND:
        pick, bands = min if fewer else max, item["bands"]
        place = pick(range(len(bands)), key=lambda one: bands[one]["is"])
        return bands[place]["is"], ends(item, place)
    if item["kind"] == Kind.CHOICE:
        ranked = by_points(item)
        return ranked[-1 if fewer else 0]["is"], {}
    return 0 if fewer and item["kind"] != Kind.VETO else points_of(item), {}
