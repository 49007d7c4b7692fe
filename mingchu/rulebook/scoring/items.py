"""Items 项目: how one item of a sheet turns its answer into points, and why; pure.

A why is facts, never a sentence: it is kept with a grade and said in the reader's language.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from mingchu.base.errors import Refusal
from mingchu.rulebook.bands import is_number

NOT_APPLICABLE = "not_applicable"
MEASURE, PHOTO = "measure", "photo"  # evidence that a phone knows how to take
HUNDREDTHS = 2  # places to which a ratio is rounded, half up
Number = int | Decimal
Gain = tuple[Number, dict[str, Any]]


class Kind(StrEnum):
    """How an item turns its answer into points."""

    BAND = "band"
    PER_DEFECT = "per_defect"
    ALL_OR_NOTHING = "all_or_nothing"
    RATIO = "ratio"
    VETO = "veto"
    CHOICE = "choice"


class Missing(StrEnum):
    """What an item gives that nobody answered."""

    REFUSE = "refuse"
    ZERO = "zero"
    TOP = "top"


class Weight(StrEnum):
    """What an item of a checklist is: 重点项 or 一般项."""

    KEY = "key"
    GENERAL = "general"


class Better(StrEnum):
    """Whom the points speak for."""

    MORE = "more"
    FEWER = "fewer"


def points_of(item: Mapping[str, Any]) -> Number:
    """What an item can give; a bare veto gives nothing."""
    found: Number = item.get("points", 0)
    return found


def missing_of(sheet: Mapping[str, Any], item: Mapping[str, Any]) -> Missing:
    return Missing(item.get("missing", sheet.get("missing", Missing.REFUSE)))


def better_of(sheet: Mapping[str, Any]) -> Better:
    return Better(sheet.get("better", Better.MORE))


def ends(item: Mapping[str, Any], place: int) -> dict[str, Number]:
    """The ends of a band as far as it has any: beyond `from`, up to and with `to`.

    Where the line begins, that number belongs to the first band: it is its `least`.
    """
    band = item["bands"][place]
    begin = {"from" if place else "least": band["from"]} if "from" in band else {}
    return {**begin, **({"to": band["to"]} if "to" in band else {})}


def exact(answer: Any) -> Number | None:
    """An answer as an exact number, None where it is none; JSON's floats are what they print.

    >>> exact(0.1), exact(True), exact("7")
    (Decimal('0.1'), None, None)
    """
    if isinstance(answer, float):
        return Decimal(repr(answer)) if math.isfinite(answer) else None
    if not is_number(answer) or (isinstance(answer, Decimal) and not answer.is_finite()):
        return None
    number: Number = answer
    return number


def gained(item: Mapping[str, Any], answer: Any) -> Gain:
    """Points and why; Refusal `bad_answer` or `outside_bands` where the answer does not fit."""
    return GAINS[Kind(item["kind"])](item, answer)


def _band(item: Mapping[str, Any], answer: Any) -> Gain:
    measured = _number(item, answer)
    bands = item["bands"]
    inside = "from" not in bands[0] or measured >= bands[0]["from"]
    fitting = (n for n, band in enumerate(bands) if "to" not in band or measured <= band["to"])
    place = next(fitting, None) if inside else None
    if place is None:
        raise _outside(item, measured)
    return bands[place]["is"], {"is": "band", "measured": measured, **ends(item, place)}


def _outside(item: Mapping[str, Any], measured: Number) -> Refusal:
    bands = item["bands"]
    return Refusal(
        "outside_bands",
        "“{item}”填的{measured}不在任何一档里",
        fix="这一项的分档从{least}到{most}，请核对数值",
        status=422,
        item=item.get("zh", item["id"]),
        measured=measured,
        least=bands[0].get("from", "…"),
        most=bands[-1].get("to", "…"),
    )


def _per_defect(item: Mapping[str, Any], answer: Any) -> Gain:
    defects = _number(item, answer)
    _hold(item, defects >= 0 and defects == int(defects))
    off = defects * item["deduct"]
    return max(points_of(item) - off, 0), {
        "is": "defects",
        "defects": defects,
        "each": item["deduct"],
    }


def _all_or_nothing(item: Mapping[str, Any], answer: Any) -> Gain:
    _hold(item, isinstance(answer, bool))
    return (points_of(item), {"is": "met"}) if answer else (0, {"is": "unmet"})


def _ratio(item: Mapping[str, Any], answer: Any) -> Gain:
    _hold(item, isinstance(answer, Mapping) and answer.keys() == {"part", "whole"})
    part, whole = _number(item, answer["part"]), _number(item, answer["whole"])
    _hold(item, 0 <= part <= whole and whole > 0)
    share = Fraction(points_of(item)) * Fraction(part) / Fraction(whole)
    return rounded(share), {"is": "ratio", "part": part, "whole": whole}


def rounded(share: Fraction) -> Decimal:
    """To hundredths, half up, exactly: no digit is lost on the way.

    >>> rounded(Fraction(1, 200)), rounded(Fraction(2, 3))
    (Decimal('0.01'), Decimal('0.67'))
    """
    return Decimal(math.floor(share * 10**HUNDREDTHS + Fraction(1, 2))).scaleb(-HUNDREDTHS)


def _veto(item: Mapping[str, Any], answer: Any) -> Gain:
    _hold(item, isinstance(answer, bool))
    return (0, {"is": "veto"}) if answer else (points_of(item), {"is": "clear"})


def _choice(item: Mapping[str, Any], answer: Any) -> Gain:
    """Of several that are so the one of most points counts; the first of equal ones."""
    chosen = (answer,) if isinstance(answer, str) else answer
    known = {one["id"] for one in item["options"]}
    _hold(item, isinstance(chosen, list | tuple) and bool(chosen))
    _hold(item, all(isinstance(one, str) and one in known for one in chosen))
    best = next(one for one in by_points(item) if one["id"] in chosen)
    return best["is"], {"is": "choice", "chosen": best["id"]}


def by_points(item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The options of an item, the one of most points first."""
    return sorted(item["options"], key=lambda one: -one["is"])


GAINS: Mapping[Kind, Callable[[Mapping[str, Any], Any], Gain]] = {
    Kind.BAND: _band,
    Kind.PER_DEFECT: _per_defect,
    Kind.ALL_OR_NOTHING: _all_or_nothing,
    Kind.RATIO: _ratio,
    Kind.VETO: _veto,
    Kind.CHOICE: _choice,
}


def _number(item: Mapping[str, Any], answer: Any) -> Number:
    number = exact(answer)
    if number is None:
        raise _bad_answer(item)
    return number


def _hold(item: Mapping[str, Any], fit: bool) -> None:
    if not fit:
        raise _bad_answer(item)


def _bad_answer(item: Mapping[str, Any]) -> Refusal:
    return Refusal(
        "bad_answer",
        "“{item}”的答案不合它的计分方式（{kind}）",
        fix="请按评分表的说明作答",
        status=422,
        item=item.get("zh", item["id"]),
        kind=item["kind"],
    )
