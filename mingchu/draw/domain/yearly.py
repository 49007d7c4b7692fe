"""The year of a bureau's draws: what the rates promised and what came, who went, with whom.

A fair draw keeps its quotas to a fraction of one; loads are even up to a step; two inspectors meet
again and again only where few may go.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from mingchu.draw.domain.quotas import MILLION

Stratum = tuple[str, str, str]
Pair = tuple[str, str]


@dataclass(frozen=True)
class Year:
    """`expected` is exact: what size and rate give before anything is rounded."""

    draws: int
    expected: Mapping[Stratum, Fraction]
    drawn: Mapping[Stratum, int]
    certain: int
    tasks: int
    alone: int
    leading: Mapping[str, int]
    second: Mapping[str, int]
    pairs: Mapping[Pair, int]

    @property
    def strata(self) -> list[Stratum]:
        return sorted(self.expected.keys() | self.drawn.keys())

    @property
    def inspectors(self) -> list[str]:
        """Whoever went most first."""
        went = self.leading.keys() | self.second.keys()
        return sorted(went, key=lambda one: (-self.load(one), one))

    def load(self, inspector: str) -> int:
        return self.leading.get(inspector, 0) + self.second.get(inspector, 0)

    @property
    def meetings(self) -> Mapping[int, int]:
        """How many pairs went together how often."""
        return dict(sorted(Counter(self.pairs.values()).items()))

    @property
    def repeated(self) -> list[tuple[Pair, int]]:
        """Pairs that met more than once, the most frequent first."""
        found = [(pair, count) for pair, count in self.pairs.items() if count > 1]
        return sorted(found, key=lambda one: (-one[1], one[0]))


@dataclass(frozen=True)
class Held:
    """One draw: its plan and result as their files have them, sizes of the strata it drew from.

    `people` tells who an inspector of its list is, since the list of another names him otherwise.
    """

    plan: Mapping[str, Any]
    sizes: Mapping[Stratum, int]
    result: Mapping[str, Any]
    people: Mapping[str, str] = field(default_factory=dict)

    @property
    def pairs(self) -> list[Pair]:
        """Who went with whom, the one who led first."""
        went = [(task["lead"], task["second"]) for task in self.result["tasks"] if task["lead"]]
        return [(self.people.get(one, one), self.people.get(two, two)) for one, two in went]


def year(draws: Iterable[Held]) -> Year:
    """All draws added up."""
    promised: Counter[Stratum] = Counter()
    drawn: Counter[Stratum] = Counter()
    pairs: list[Pair] = []
    count = certain = tasks = 0
    for held in draws:
        count, certain = count + 1, certain + len(held.result["certain"])
        promised.update(_promised(held))
        drawn.update((row[0], row[1], row[2]) for row in held.result["drawn"])
        tasks += len(held.result["tasks"])
        pairs += held.pairs
    expected = {stratum: Fraction(parts, MILLION) for stratum, parts in promised.items()}
    return Year(
        draws=count,
        expected=expected,
        drawn=drawn,
        certain=certain,
        tasks=tasks,
        alone=tasks - len(pairs),
        leading=Counter(lead for lead, _second in pairs),
        second=Counter(second for _lead, second in pairs),
        pairs=Counter((min(pair), max(pair)) for pair in pairs),
    )


def _promised(held: Held) -> dict[Stratum, int]:
    """Of each stratum so many millionths of a subject."""
    rates = {(row[0], row[1], row[2]): row[3] for row in held.plan["rates"]}
    return {one: size * rates.get(one, 0) for one, size in held.sizes.items()}
