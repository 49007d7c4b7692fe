"""What comes in: a profile, a visit, a ground, as the services take them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from mingchu.risk.models import Department, Purpose


@dataclass(frozen=True, kw_only=True)
class NewProfile:
    """What a static sheet asks of a business; without `known_on` the house learns it today."""

    business: int
    sheet: str
    answers: Mapping[str, Any]
    since: date
    known_on: date | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class NewVisit:
    """A visit and what it found; `failed` names items, the counts say how many of each sort."""

    business: int
    day: date
    applicable_key: int = 0
    applicable_general: int = 0
    failed_key: int = 0
    failed_general: int = 0
    failed: tuple[str, ...] = ()
    department: str = Department.MARKET
    purpose: str = Purpose.ROUTINE
    full_list: bool = True
    joint: str = ""
    inspector_id: int | None = None
    inspector: str = ""
    premises: int | None = None
    known_on: date | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class NewGround:
    """A case in which a grade may move, with where it is known from."""

    business: int
    direction: str
    ground: str
    day: date
    note: str = ""
    known_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Decision:
    """By how many levels, 0 for none, and why."""

    levels: int
    reason: str
