"""Strictness 检查宽严: how far an inspector's findings lie from those of comparable visits; pure.

For review inside the bureau. Nothing of it may enter the grade of a business: the law counts what
was found, whoever found it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any


@dataclass(frozen=True)
class Group:
    """One inspector's visits among one sort of premises, and all visits of that sort.

    Shares of points lost, in per cent: so many visits, their sum, the sum of their squares.
    """

    inspector: str
    sort: str
    visits: int
    total: float
    squares: float
    all_visits: int
    all_total: float


@dataclass(frozen=True)
class Spread:
    """`mean` is the inspector's own, `expected` what others found at comparable premises."""

    inspector: str
    visits: int
    mean: float
    expected: float
    error: float

    @property
    def off(self) -> float:
        """Percentage points; above 0 is strict."""
        return self.mean - self.expected

    @property
    def deviations(self) -> float:
        """In standard errors."""
        return self.off / self.error if self.error else 0.0

    def is_flagged(self, limits: Mapping[str, Any]) -> bool:
        return bool(
            self.visits >= limits["visits"]
            and abs(self.deviations) >= limits["deviations"]
            and abs(self.off) >= limits["percent"]
        )


def spreads(groups: Iterable[Group]) -> list[Spread]:
    """One an inspector, the strictest first; visits that nobody else made the like of are out.

    >>> [one] = spreads([Group("7", "seller", 4, 80, 1600, 10, 110)])
    >>> one.mean, one.expected, one.visits
    (20.0, 5.0, 4)
    """
    by: dict[str, list[Group]] = {}
    for one in groups:
        if one.all_visits > one.visits:
            by.setdefault(one.inspector, []).append(one)
    return sorted((_spread(name, of) for name, of in by.items()), key=lambda one: -one.off)


def _spread(inspector: str, groups: Sequence[Group]) -> Spread:
    visits = sum(one.visits for one in groups)
    mean = sum(one.total for one in groups) / visits
    expected = sum(one.visits * _others(one) for one in groups) / visits
    within = sum(max(one.squares - one.total**2 / one.visits, 0) for one in groups)
    freedom = max(visits - len(groups), 1)
    return Spread(inspector, visits, mean, expected, sqrt(within / freedom / visits))


def _others(one: Group) -> float:
    """What everybody else found there on average."""
    return (one.all_total - one.total) / (one.all_visits - one.visits)


@dataclass(frozen=True)
class Edge:
    """Grades whose points lie just below a border, and just above it."""

    border: float
    letter: str
    below: int
    above: int

    @property
    def lean(self) -> float:
        """In standard errors; above 0 more lie below than a fair coin would put there.

        >>> round(Edge(30, "A", 80, 20).lean, 1), Edge(30, "A", 0, 0).lean
        (6.0, 0.0)
        """
        both = self.below + self.above
        return (self.below - self.above) / sqrt(both) if both else 0.0
