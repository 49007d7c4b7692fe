"""The plan of the demo city: `city.yaml` read once, and its shares dealt out for any size."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path
from random import Random
from typing import Any, Generic, TypeVar

import yaml

from mingchu.base import clock
from mingchu.base.stage import OPENS
from mingchu.rulebook.store import rule

TABLE = Path(__file__).parent / "city.yaml"


Choice = TypeVar("Choice")


@dataclass(frozen=True, slots=True)
class Trade:
    """What businesses of a kind sell or make, and the word their names end in."""

    word: str
    items: tuple[str, ...]
    weight: int
    category: str = ""
    form: str = ""
    filed: bool = False
    serves: str = ""
    diners: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Plan:
    """The city's numbers and words, as `city.yaml` has them."""

    today: date
    played_days: int
    played: Mapping[str, float]
    handled: Mapping[str, float]
    renewal_days: int
    renewed_per_1000: int
    certified_per_1000: int
    trained_per_1000: Mapping[str, int]
    letters: Mapping[str, Any]
    cadres: Mapping[str, int]
    visited: Mapping[str, int]
    problems_per_1000: int
    graded_pct: Mapping[str, int]
    lacking_pct: Mapping[str, int]
    findings: Sequence[Mapping[str, Any]]
    supervision: Mapping[str, Any]
    census: Mapping[str, int]
    beside: Mapping[str, int]
    untidy: Mapping[str, int]
    grids: int
    districts: Mapping[str, Mapping[str, Any]]
    trades: Mapping[str, tuple[Trade, ...]]
    forms: Mapping[str, Mapping[str, int]]
    prefixes: Mapping[str, str]
    years: Mapping[str, int]
    health_years: int
    overdue_per_1000: int
    health_overdue_per_1000: int
    people: Mapping[str, tuple[int, int]]
    scales: Mapping[str, Mapping[str, int]]
    use: Mapping[str, str]
    stems: str
    branches: str
    surnames: str
    streets: tuple[str, ...]

    @property
    def size(self) -> int:
        return sum(self.census.values())

    def begins(self, today: date, days: int) -> datetime:
        """When the played days begin: the standing facts are those of this moment."""
        return self.moment(today - timedelta(days=days))

    def moment(self, day: date) -> datetime:
        """The hour the bureau opens on a day."""
        return datetime.combine(day, OPENS, clock.CITY_ZONE)


@cache
def plan() -> Plan:
    said = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    del said["status"]
    said["streets"] = tuple(said["streets"])
    said["people"] = {kind: (low, high) for kind, (low, high) in said["people"].items()}
    said["trades"] = {kind: tuple(map(_trade, rows)) for kind, rows in said["trades"].items()}
    said["years"] = {kind: _years(term, said["today"]) for kind, term in said["years"].items()}
    said["health_years"] = _years(said["health_years"], said["today"])
    return Plan(**said)


def _years(term: int | str, day: date) -> int:
    """A number of this plan, or what a rule says on its day."""
    return term if isinstance(term, int) else int(rule(term).on(day).number())


def _trade(said: dict[str, Any]) -> Trade:
    diners = tuple(said.get("diners", (0, 0)))
    return Trade(**{**said, "items": tuple(said["items"]), "diners": diners})


def share_out(total: int, weights: Sequence[int]) -> list[int]:
    """A whole number dealt out by weights, to the last one: cumulated, then rounded.

    >>> share_out(10, [1, 1, 1]), sum(share_out(16_108, [350, 7_958, 7_800]))
    ([3, 4, 3], 16108)
    """
    whole = sum(weights)
    marks = [(2 * total * sum_ + whole) // (2 * whole) for sum_ in accumulate(weights, initial=0)]
    return [high - low for low, high in pairwise(marks)]


class Wheel(Generic[Choice]):
    """Choices by weight."""

    def __init__(self, weights: Mapping[Choice, int]):
        self._choices = list(weights)
        self._marks = list(accumulate(weights.values()))

    def turn(self, random: Random) -> Choice:
        return self._choices[bisect(self._marks, random.random() * self._marks[-1])]
