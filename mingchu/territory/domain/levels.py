"""Levels 包保层级 A–D: by what is known of a business, the first ground that fits decides; pure.

A scale of its own: it says whose cadre visits, the highest rank at A. It is neither the risk
grade nor the credit class nor the hygiene grade, whose letters look alike.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    A = "A"
    B = "B"
    C = "C"
    D = "D"


@dataclass(frozen=True)
class Facts:
    """What a level depends on."""

    kind: str
    scale: str = ""
    serves: str = ""
    diners: int | None = None


@dataclass(frozen=True)
class Ground:
    """One line of the rule, by its number from 1; what is empty does not limit.

    The figure of `diners` is included: 以上 counts it.
    """

    number: int
    level: Level
    kinds: Collection[str] = ()
    scales: Collection[str] = ()
    serves: Collection[str] = ()
    diners: int | None = None

    def fits(self, facts: Facts) -> bool:
        return (
            (not self.kinds or facts.kind in self.kinds)
            and (not self.scales or facts.scale in self.scales)
            and (not self.serves or facts.serves in self.serves)
            and (self.diners is None or (facts.diners or 0) >= self.diners)
        )


def ground_for(facts: Facts, grounds: Sequence[Ground]) -> Ground | None:
    """Why a business has its level; None where the rule says nothing of it.

    >>> grounds = [Ground(1, Level.B, scales=("large",)), Ground(2, Level.D)]
    >>> [ground_for(Facts("seller", scale), grounds).level.value for scale in ("large", "")]
    ['B', 'D']
    """
    return next((ground for ground in grounds if ground.fits(facts)), None)
