"""Evaluating 计分: a sheet and its answers make points, and every point has its reason; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from mingchu.base.errors import Refusal
from mingchu.rulebook.scoring.items import (
    NOT_APPLICABLE,
    Gain,
    Kind,
    Missing,
    Number,
    gained,
    missing_of,
    points_of,
)
from mingchu.rulebook.scoring.saying import said

VETO = "veto"
ABSENT, ASSUMED = {"is": "absent"}, {"is": "assumed"}


@dataclass(frozen=True)
class Reason:
    """What an item gave, of how much, and why: facts, said by `saying`.

    A cap that bites is a reason too: it takes back what its items gave beyond it, so that the
    points of all reasons are the points of the sheet.
    """

    item: str
    points: Number
    max: Number
    why: Mapping[str, Any]

    @property
    def lost(self) -> Number:
        return self.max - self.points

    def plain(self) -> dict[str, Any]:
        """As it is kept with a decision; the numbers are exact still."""
        return {
            "item": self.item,
            "points": self.points,
            "max": self.max,
            "why": dict(self.why),
        }

    def said(self, translate: Callable[[str], str] = str) -> str:
        return said(self.why, translate)


@dataclass(frozen=True)
class Scored:
    """What a sheet comes to; `top` is what the items that apply could have given.

    `passed` is None where the sheet names no `passing` points.
    """

    points: Number
    top: Number
    reasons: tuple[Reason, ...]
    vetoed: bool
    passed: bool | None

    @property
    def lost(self) -> tuple[Reason, ...]:
        """The reasons that took something away, vetoes among them."""
        return tuple(one for one in self.reasons if one.lost or one.why["is"] == VETO)

    @property
    def share(self) -> Decimal:
        """Points of the top, from 0 to 1; a sheet of which nothing applies has lost nothing."""
        return Decimal(self.points) / Decimal(self.top) if self.top else Decimal(1)


def score(sheet: Mapping[str, Any], answers: Mapping[str, Any]) -> Scored:
    """Points, and what each item gave and why, in the order of the sheet.

    >>> clean = {"id": "clean", "points": 10, "kind": "per_defect", "deduct": 4}
    >>> found = score({"total": 10, "items": [clean]}, {"clean": 2})
    >>> found.points, found.top, found.lost[0].said()
    (2, 10, '2处问题，每处扣4分')
    """
    _refuse_unknown(sheet, answers)
    given = tuple(_reason(sheet, item, answers) for item in applying(sheet, answers))
    reasons = (*given, *capped(sheet, given))
    points = sum((one.points for one in reasons), 0)
    vetoed = any(one.why["is"] == VETO for one in reasons)
    passing = sheet.get("passing")
    passed = None if passing is None else points >= passing and not vetoed
    return Scored(points, sum((one.max for one in reasons), 0), reasons, vetoed, passed)


def applying(sheet: Mapping[str, Any], answers: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [item for item in sheet["items"] if answers.get(item["id"]) != NOT_APPLICABLE]


def capped(sheet: Mapping[str, Any], given: Iterable[Reason]) -> tuple[Reason, ...]:
    """What each cap takes back, of the points and of the top."""
    by_item = {one.item: one for one in given}
    found = (
        _cap(cap, [by_item[one] for one in cap["items"] if one in by_item]) for cap in caps(sheet)
    )
    return tuple(one for one in found if one.points or one.max)


def caps(sheet: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    found: Iterable[Mapping[str, Any]] = sheet.get("caps", ())
    return found


def _cap(cap: Mapping[str, Any], members: list[Reason]) -> Reason:
    points = sum((one.points for one in members), 0)
    top = sum((one.max for one in members), 0)
    most = cap["most"]
    why = {"is": "cap", "most": most, "gained": points}
    return Reason(cap["id"], min(most - points, 0), min(most - top, 0), why)


def faultless(sheet: Mapping[str, Any]) -> dict[str, Any]:
    """Answers that lose nothing, but for bands, which have to be measured."""
    best: dict[Kind, Any] = {
        Kind.PER_DEFECT: 0,
        Kind.ALL_OR_NOTHING: True,
        Kind.RATIO: {"part": 1, "whole": 1},
        Kind.VETO: False,
    }
    return {item["id"]: best[kind] for item in sheet["items"] if (kind := item["kind"]) in best}


def answers_of(sheet: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Of all that is known, what the sheet asks."""
    return {item["id"]: known[item["id"]] for item in sheet["items"] if item["id"] in known}


def lacking(sheet: Mapping[str, Any], answers: Mapping[str, Any]) -> tuple[str, ...]:
    """The items for which the sheet would be refused: not answered, or not in a way that fits."""
    return tuple(
        item["id"] for item in applying(sheet, answers) if _is_refused(sheet, item, answers)
    )


def _is_refused(
    sheet: Mapping[str, Any], item: Mapping[str, Any], answers: Mapping[str, Any]
) -> bool:
    try:
        _reason(sheet, item, answers)
    except Refusal:
        return True
    return False


def _reason(
    sheet: Mapping[str, Any], item: Mapping[str, Any], answers: Mapping[str, Any]
) -> Reason:
    answer = answers.get(item["id"])
    points, why = gained(item, answer) if answer is not None else _unanswered(sheet, item)
    return Reason(item["id"], points, points_of(item), why)


def _unanswered(sheet: Mapping[str, Any], item: Mapping[str, Any]) -> Gain:
    policy = missing_of(sheet, item)
    if policy is Missing.REFUSE:
        raise Refusal(
            "unanswered",
            "“{item}”还没有作答",
            fix="请作答，或注明不适用",
            item=item.get("zh", item["id"]),
        )
    return (points_of(item), ASSUMED) if policy is Missing.TOP else (0, ABSENT)


def _refuse_unknown(sheet: Mapping[str, Any], answers: Mapping[str, Any]) -> None:
    if strange := answers.keys() - {item["id"] for item in sheet["items"]}:
        raise Refusal(
            "unknown_item",
            "评分表里没有“{items}”",
            fix="请按评分表上的项目作答",
            items=sorted(strange),
        )
