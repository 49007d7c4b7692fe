"""Score sheets 评分表: one format for all of the house; answers in, points with reasons out.

Pure. An item is of one kind: `band` (points by a measured number, an absent factor scores 0),
`per_defect` (so many points off each), `all_or_nothing`, `ratio` (points by part of a whole),
`veto` (true sinks the sheet). What does not apply drops out of points and top alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from mingchu.base.errors import Refusal
from mingchu.identifiers.verdict import msgid as _
from mingchu.rulebook.bands import band, band_misfits, is_number

NOT_APPLICABLE = "not_applicable"
CENT = Decimal("0.01")
NEEDED = {"id", "zh", "en", "kind"}
OPTIONAL = {"points", "evidence", "cite", "group", "unit", "note"}
SHEET_KEYS = {"items", "passing", "vetoes_say"}
Number = int | Decimal


class Kind(StrEnum):
    """How an item turns its answer into points."""

    BAND = "band"
    PER_DEFECT = "per_defect"
    ALL_OR_NOTHING = "all_or_nothing"
    RATIO = "ratio"
    VETO = "veto"


OWN_KEYS = {Kind.BAND: {"bands", "above"}, Kind.PER_DEFECT: {"deduct"}}


@dataclass(frozen=True)
class Lost:
    """Points an item did not gain; `why` is a source sentence that `facts` fill."""

    item: str
    points: Number
    why_source: str
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def why(self) -> str:
        return self.why_source.format(**self.facts)

    def said(self, translate: Callable[[str], str]) -> str:
        """The reason in the language of `translate`."""
        return translate(self.why_source).format(**self.facts)


@dataclass(frozen=True)
class Scored:
    """What a sheet comes to; `top` is what the items that apply could have given.

    `passed` is None where the sheet names no `passing` points.
    """

    points: Number
    top: Number
    lost: tuple[Lost, ...]
    vetoed: bool
    passed: bool | None

    @property
    def share(self) -> Decimal:
        """Points of the top, from 0 to 1; a sheet of which nothing applies has lost nothing."""
        return Decimal(self.points) / Decimal(self.top) if self.top else Decimal(1)


def score(sheet: Mapping[str, Any], answers: Mapping[str, Any]) -> Scored:
    """Points, what was lost and why, in the order of the sheet.

    >>> clean = {"id": "clean", "points": 10, "kind": "per_defect", "deduct": 4}
    >>> found = score({"items": [clean]}, {"clean": 2})
    >>> found.points, found.top, found.lost[0].why
    (2, 10, '2处问题，每处扣4分')
    """
    items = [item for item in sheet["items"] if answers.get(item["id"]) != NOT_APPLICABLE]
    _refuse_unknown(sheet, answers)
    lost = tuple(found for item in items if (found := _lost(item, answers)))
    top = sum((points_of(item) for item in items), 0)
    points = top - sum((found.points for found in lost), 0)
    vetoed = any(item["kind"] == Kind.VETO and answers.get(item["id"]) for item in items)
    passing = sheet.get("passing")
    passed = None if passing is None else points >= passing and not vetoed
    return Scored(points, top, lost, vetoed, passed)


def points_of(item: Mapping[str, Any]) -> Number:
    """What an item can give; a bare veto gives nothing."""
    found: Number = item.get("points", 0)
    return found


def faultless(sheet: Mapping[str, Any]) -> dict[str, Any]:
    """Answers that lose nothing, but for bands, which have to be measured."""
    best: dict[Kind, Any] = {
        Kind.PER_DEFECT: 0,
        Kind.ALL_OR_NOTHING: True,
        Kind.RATIO: {"part": 1, "whole": 1},
        Kind.VETO: False,
    }
    return {item["id"]: best[kind] for item in sheet["items"] if (kind := item["kind"]) in best}


def _refuse_unknown(sheet: Mapping[str, Any], answers: Mapping[str, Any]) -> None:
    if strange := answers.keys() - {item["id"] for item in sheet["items"]}:
        raise Refusal(
            "unknown_item",
            "评分表里没有“{items}”",
            fix="请按评分表上的项目作答",
            items="、".join(sorted(strange)),
        )


def _lost(item: Mapping[str, Any], answers: Mapping[str, Any]) -> Lost | None:
    if item["id"] not in answers and item["kind"] != Kind.BAND:
        raise Refusal(
            "unanswered",
            "“{item}”还没有作答",
            fix="请作答，或注明不适用",
            item=item.get("zh", item["id"]),
        )
    gained, why, facts = GAINS[Kind(item["kind"])](item, answers.get(item["id"]))
    missing = points_of(item) - gained
    vetoing = item["kind"] == Kind.VETO and answers.get(item["id"])
    return Lost(item["id"], missing, why, facts) if missing or vetoing else None


Gain = tuple[Number, str, dict[str, object]]


def _band(item: Mapping[str, Any], measured: Any) -> Gain:
    if measured is None:
        return 0, _("没有这一项"), {}
    _hold(item, is_number(measured))
    return band(item, measured), _("实测{measured}"), {"measured": measured}


def _per_defect(item: Mapping[str, Any], defects: Any) -> Gain:
    _hold(item, isinstance(defects, int) and not isinstance(defects, bool) and defects >= 0)
    gained = max(points_of(item) - defects * item["deduct"], 0)
    return (
        gained,
        _("{defects}处问题，每处扣{each}分"),
        {"defects": defects, "each": item["deduct"]},
    )


def _all_or_nothing(item: Mapping[str, Any], met: Any) -> Gain:
    _hold(item, isinstance(met, bool))
    return points_of(item) if met else 0, _("不符合"), {}


def _ratio(item: Mapping[str, Any], answer: Any) -> Gain:
    fit = isinstance(answer, Mapping) and answer.keys() == {"part", "whole"}
    _hold(item, fit and 0 <= answer["part"] <= answer["whole"] and answer["whole"] > 0)
    part, whole = answer["part"], answer["whole"]
    exact = Decimal(points_of(item)) * part / whole
    facts = {"part": part, "whole": whole}
    return exact.quantize(CENT, ROUND_HALF_UP), _("{whole}中有{part}"), facts


def _veto(item: Mapping[str, Any], found: Any) -> Gain:
    _hold(item, isinstance(found, bool))
    return 0 if found else points_of(item), _("一票否决"), {}


GAINS: Mapping[Kind, Callable[[Mapping[str, Any], Any], Gain]] = {
    Kind.BAND: _band,
    Kind.PER_DEFECT: _per_defect,
    Kind.ALL_OR_NOTHING: _all_or_nothing,
    Kind.RATIO: _ratio,
    Kind.VETO: _veto,
}


def _hold(item: Mapping[str, Any], fit: bool) -> None:
    if not fit:
        raise Refusal(
            "bad_answer",
            "“{item}”的答案不合它的计分方式（{kind}）",
            fix="请按评分表的说明作答",
            status=422,
            item=item.get("zh", item["id"]),
            kind=item["kind"],
        )


def sheet_misfits(value: Any) -> Iterator[str]:
    """What is wrong with a sheet, as places and words of the format."""
    if not isinstance(value, Mapping) or not isinstance(value.get("items"), list | tuple):
        yield "value: items"
        return
    yield from (f"value.{key}: ?" for key in sorted(value.keys() - SHEET_KEYS))
    seen: set[str] = set()
    for number, item in enumerate(value["items"]):
        place = f"value.items[{number}]"
        if not isinstance(item, Mapping):
            yield f"{place}: mapping"
            continue
        yield from _item_misfits(item, f"{place} {item.get('id', '')}".rstrip())
        if item.get("id") in seen:
            yield f"{place}.id: {item['id']} twice"
        seen.add(str(item.get("id")))


def _item_misfits(item: Mapping[str, Any], place: str) -> Iterator[str]:
    kind = item.get("kind")
    if kind not in list(Kind):
        yield f"{place}.kind: {', '.join(Kind)}"
        return
    needed = NEEDED | OWN_KEYS.get(Kind(kind), set()) | ({"points"} if kind != Kind.VETO else set())
    yield from (f"{place}.{key}: missing" for key in sorted(needed - item.keys()))
    yield from (f"{place}.{key}: ?" for key in sorted(item.keys() - needed - OPTIONAL))
    if needed <= item.keys():
        yield from _points_misfits(item, place)


def _points_misfits(item: Mapping[str, Any], place: str) -> Iterator[str]:
    if not is_number(points_of(item)) or points_of(item) < 0:
        yield f"{place}.points: number, not below 0"
    elif item["kind"] == Kind.PER_DEFECT and not is_number(item["deduct"]):
        yield f"{place}.deduct: number"
    elif item["kind"] == Kind.BAND:
        wrong = list(band_misfits(item, place))
        yield from wrong
        for gained in () if wrong else [*(one["is"] for one in item["bands"]), item["above"]]:
            if not is_number(gained) or not 0 <= gained <= points_of(item):
                yield f"{place}.is: 0 to {points_of(item)}"
