"""Rates 发现率: how often an item is unmet, and how sure that is; pure.

Wilson's interval (1927): unlike the plain one it stays within 0 and 1, and few cases are told as
what they are, few.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

Z95 = 1.959963984540054  # the 97.5 % quantile of the normal distribution


def wilson(hits: int, of: int, z: float = Z95) -> tuple[float, float]:
    """The interval in which the rate lies with 95 %; of nothing all is possible.

    >>> low, high = wilson(5, 10)
    >>> round(low, 4), round(high, 4)
    (0.2366, 0.7634)
    >>> wilson(0, 0)
    (0.0, 1.0)
    """
    if not of:
        return 0.0, 1.0
    share, square = hits / of, z * z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = z / (1 + square / of) * sqrt(share * (1 - share) / of + square / (4 * of * of))
    low = 0.0 if not hits else max(0.0, middle - half)
    return low, 1.0 if hits == of else min(1.0, middle + half)


@dataclass(frozen=True)
class Rate:
    """So many of so many; `key` says of what."""

    key: str
    hits: int
    of: int

    @property
    def share(self) -> float:
        return self.hits / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.hits, self.of)


def ranked(rates: list[Rate]) -> list[Rate]:
    """By what the rate is at least: one bad case out of one does not stand first."""
    return sorted(rates, key=lambda one: (-one.interval[0], -one.hits, one.key))
