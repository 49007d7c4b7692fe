"""Changing 怎样降低: what each factor could be at its best, and the letter that makes; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mingchu.risk.domain.basis import Number
from mingchu.risk.domain.grading import DYNAMIC, moved
from mingchu.rulebook import scoring
from mingchu.rulebook.bands import band

CONDUCT = "conduct"


@dataclass(frozen=True)
class Change:
    """`item` at its best gives `best` points instead of `points`; `letter` is what then follows.

    `at` are the ends of the band it would have to reach, where a number is measured.
    """

    item: str
    points: Number
    best: Number
    letter: str
    at: Mapping[str, Any]

    @property
    def gain(self) -> Number:
        return self.points - self.best


def changes(
    sheet: Mapping[str, Any],
    answers: Mapping[str, Any],
    *,
    static: Number,
    dynamic: Number | None,
    levels: int,
    bands: Mapping[str, Any],
    conduct: Number | None = None,
) -> list[Change]:
    """What would lower the points, the most first; `levels` is by how many grounds moved them."""
    whole = static + (dynamic or 0) + (conduct or 0)

    def letter(points: Number) -> str:
        return moved(band(bands, points), levels)

    found = [
        *_static(sheet, answers, whole, letter),
        *_whole(DYNAMIC, dynamic, whole, letter),
        *_whole(CONDUCT, conduct, whole, letter),
    ]
    return sorted(found, key=lambda one: -one.gain)


def _static(
    sheet: Mapping[str, Any], answers: Mapping[str, Any], whole: Number, letter: Any
) -> Iterator[Change]:
    for one in scoring.what_if(sheet, answers):
        yield Change(one.item, one.points, one.best, letter(whole - one.gain), one.at)


def _whole(item: str, points: Number | None, whole: Number, letter: Any) -> Iterator[Change]:
    """All of a part gone: a year of visits in which every item is met, years without a penalty."""
    if points:
        yield Change(item, points, 0, letter(whole - points), {})
