"""How a grade is told to programs and on the command line: facts, rules and their versions."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from mingchu.registry.domain import public_id
from mingchu.risk.models import Grade
from mingchu.risk.words import behind


def grade(one: Grade | None) -> dict[str, Any]:
    """`grade` is null where there is none; `missing` then says what is lacking."""
    if one is None:
        return {"grade": None, "points": None, "missing": "never", "reasons": []}
    return {
        "grade": one.letter or None,
        "points": number(one.points),
        "static": number(one.static),
        "dynamic": number(one.dynamic),
        "conduct": number(one.conduct),
        "by_points": one.by_points or None,
        "missing": one.missing or None,
        "since": one.since,
        "as_of": one.run.as_of,
        "sheet": one.digest or None,
        "reasons": [_reason(reason, one) for reason in one.reasons],
    }


def row(one: Grade) -> dict[str, Any]:
    return {
        "business": public_id(one.business_id),
        "name": one.business.name,
        "district": one.business.district,
        "kind": one.business.kind,
        "grade": one.letter or None,
        "points": number(one.points),
        "missing": one.missing or None,
        "since": one.since,
    }


def _reason(reason: Mapping[str, Any], one: Grade) -> dict[str, Any]:
    known = {said["rule"]: said["since"] for said in one.run.rules.values()}
    stands_on = behind(reason["item"], one.sheet, one.run.rules)
    return {
        "factor": reason["item"],
        "points": reason["points"],
        "max": reason["max"],
        "why": reason["why"],
        "rule": stands_on,
        "version": known.get(stands_on),
    }


def number(value: Decimal | None) -> int | float | None:
    """As JSON has numbers."""
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)
