"""Grading 风险评定: facts and the rules of a day make points, a letter and every reason; pure.

Points are the static sheet's plus `dynamic_top × failed ÷ applicable` of the visits of a year, plus
those of conduct where a city has chosen the draft of 2022. The letter of the points is then moved
by grounds that a person decided, by the list of serious violations, and last by a person's
override. `set_wise` says the same in SQL over a whole city; a property test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from mingchu.risk.domain.basis import (
    CONDUCT,
    LETTERS,
    Basis,
    Letter,
    Missing,
    Number,
    Sheet,
)
from mingchu.rulebook import scoring
from mingchu.rulebook.bands import band

CENT = Decimal("0.01")
DYNAMIC = "dynamic"


@dataclass(frozen=True)
class Findings:
    """What the visits of the year found, summed."""

    visits: int = 0
    failed_key: int = 0
    failed_general: int = 0
    applicable_key: int = 0
    applicable_general: int = 0


@dataclass(frozen=True)
class Ground:
    """A case in which a grade may move; `levels` is None while nobody has decided."""

    raises: bool
    ground: str
    levels: int | None = None


@dataclass(frozen=True)
class Facts:
    """What is known of a business on the day."""

    kind: str
    opened: date | None = None
    sheet: str = ""
    answers: Mapping[str, Any] | None = None
    findings: Findings = Findings()
    grounds: Sequence[Ground] = ()
    serious: bool = False
    override: str = ""
    conduct: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Graded:
    """`letter` is "" where `missing` says what is lacking; `dynamic` is None of a new business,
    `conduct` of whoever is not graded by the draft of 2022.
    """

    letter: str = ""
    by_points: str = ""
    missing: str = ""
    points: Number | None = None
    static: Number | None = None
    dynamic: Number | None = None
    conduct: Number | None = None
    failed: Number = 0
    applicable: Number = 0
    raised: int = 0
    lowered: int = 0
    serious: bool = False
    reasons: tuple[Mapping[str, Any], ...] = ()


def grade(facts: Facts, basis: Basis) -> Graded:
    """The grade of one business, or what is lacking for it."""
    failed, applicable = sums(facts.findings, basis)
    known = Graded(failed=failed, applicable=applicable)
    if lacks := lacking(facts, basis):
        return replace(known, missing=lacks)
    scored = scoring.score(basis.sheets[facts.sheet].value, facts.answers or {})
    draft = basis.draft_of(facts.kind)
    top = draft.dynamic_top if draft else basis.dynamic_top
    dynamic = None if not applicable else ratio(top * failed, applicable)
    conduct = _conduct(facts, draft.conduct) if draft else None
    points = scored.points + (dynamic or 0) + (conduct.points if conduct else 0)
    by_points = band(draft.bands if draft else basis.bands, points)
    raised, lowered = moves(facts.grounds, basis)
    letter = moved(by_points, raised - lowered)
    if facts.serious and basis.serious_letter:
        letter = basis.serious_letter
    reasons = (
        *(one.plain() for one in scored.reasons),
        *_dynamic(facts.findings, dynamic, top),
        *(one.plain() for one in (conduct.reasons if conduct else ())),
        *_grounds(facts, raised, lowered, basis),
    )
    return replace(
        known,
        letter=facts.override or letter,
        by_points=by_points,
        points=points,
        static=scored.points,
        dynamic=dynamic,
        conduct=conduct.points if conduct else None,
        raised=raised,
        lowered=lowered,
        serious=facts.serious,
        reasons=reasons,
    )


def sums(findings: Findings, basis: Basis) -> tuple[Number, Number]:
    """Points of what failed, and of what applied."""
    key, general = basis.key_points, basis.general_points
    return (
        findings.failed_key * key + findings.failed_general * general,
        findings.applicable_key * key + findings.applicable_general * general,
    )


def lacking(facts: Facts, basis: Basis) -> str:
    """What keeps a business from being graded, "" if nothing does."""
    if facts.answers is None:
        return Missing.PROFILE
    if facts.sheet not in basis.of_kind.get(facts.kind, ()):
        return Missing.KIND
    if facts.sheet not in basis.sheets:
        return Missing.SHEET
    if scoring.lacking(basis.sheets[facts.sheet].value, facts.answers):
        return Missing.ANSWERS
    if not facts.findings.visits and not is_new(facts, basis):
        return Missing.VISITS
    return ""


def is_new(facts: Facts, basis: Basis) -> bool:
    """May be graded by its static points alone."""
    return facts.opened is not None and facts.opened > basis.new_after


def ratio(part: Number, whole: Number) -> Decimal:
    """To the hundredth, half up."""
    return (Decimal(part) / whole).quantize(CENT, ROUND_HALF_UP)


def _conduct(facts: Facts, sheet: Sheet) -> scoring.Scored:
    """What the draft adds: penalties, reports and lists, as many as there are of each."""
    known = {name: facts.conduct.get(name, 0) for name in CONDUCT}
    return scoring.score(sheet.value, scoring.answers_of(sheet.value, known))


def moves(grounds: Sequence[Ground], basis: Basis) -> tuple[int, int]:
    """Levels up and down: the most that was decided of each; a ground to raise blocks lowering."""
    raised = max((one.levels or 0 for one in grounds if one.raises), default=0)
    lowered = max((one.levels or 0 for one in grounds if not one.raises), default=0)
    blocked = basis.raise_blocks and any(one.raises for one in grounds)
    return raised, 0 if blocked else lowered


def moved(letter: str, levels: int) -> str:
    """Up or down the scale, never off it.

    >>> [str(moved(letter, 2)) for letter in "ABC"], str(moved("A", -1))
    (['C', 'D', 'D'], 'A')
    """
    place = LETTERS.index(letter) + levels
    return Letter(LETTERS[min(max(place, 0), len(LETTERS) - 1)])


def _dynamic(
    findings: Findings, dynamic: Number | None, top: Number
) -> Sequence[Mapping[str, Any]]:
    if dynamic is None:
        why: dict[str, Any] = {"is": "new"}
        return ({"item": DYNAMIC, "points": 0, "max": top, "why": why},)
    why = {
        "is": "findings",
        "visits": findings.visits,
        "failed_key": findings.failed_key,
        "failed_general": findings.failed_general,
        "applicable_key": findings.applicable_key,
        "applicable_general": findings.applicable_general,
    }
    return ({"item": DYNAMIC, "points": dynamic, "max": top, "why": why},)


def _grounds(facts: Facts, raised: int, lowered: int, basis: Basis) -> Sequence[Mapping[str, Any]]:
    """What moved the letter away from that of the points; it has no points of its own."""
    raising = sorted({one.ground for one in facts.grounds if one.raises})
    lowering = sorted({one.ground for one in facts.grounds if not one.raises})
    found: list[tuple[str, dict[str, Any]]] = []
    if raising:
        found.append(("raise", {"is": "raise", "levels": raised, "grounds": raising}))
    if lowering:
        blocked = basis.raise_blocks and bool(raising)
        why = {"is": "blocked" if blocked else "lower", "levels": lowered, "grounds": lowering}
        found.append(("lower", why))
    if facts.serious and basis.serious_letter:
        found.append(("serious", {"is": "serious", "letter": str(basis.serious_letter)}))
    if facts.override:
        found.append(("override", {"is": "override", "letter": facts.override}))
    return [{"item": item, "points": 0, "max": 0, "why": why} for item, why in found]
