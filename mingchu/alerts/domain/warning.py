"""Early warning 早期预警: whether a day's number stands out of the weeks before it; pure.

EARS C2: the day is compared with a baseline that ends some days before it. Small numbers make
C2 alone cry wolf, so that the exact chance of such a day has to be small as well: of all events of
baseline and day together, as many or more would fall on the day by luck with a chance that no
rate has to be known for. With a budget of false alarms a day shared out among the series that are
watched, the whole city keeps to it whatever the rates are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, sqrt


@dataclass(frozen=True)
class Limits:
    """`chance` is what one series may spend on one day."""

    baseline: int
    lag: int
    deviations: float
    least_deviation: float
    chance: float

    @property
    def days(self) -> int:
        """How many days have to be known, the day itself included."""
        return self.baseline + self.lag + 1


@dataclass(frozen=True)
class Compared:
    """A day beside its baseline, and whether it is to be looked at."""

    count: int
    mean: float
    deviation: float
    deviations: float
    chance: float
    stands_out: bool


def compare(counts: Sequence[int], limits: Limits) -> Compared:
    """The last of the counts against the baseline; there have to be `limits.days` or more.

    >>> limits = Limits(baseline=7, lag=2, deviations=3, least_deviation=0.5, chance=0.01)
    >>> compare([1, 0, 1, 0, 1, 0, 1, 5, 5, 1], limits).stands_out
    False
    >>> compare([1, 0, 1, 0, 1, 0, 1, 0, 0, 9], limits).stands_out
    True
    """
    if len(counts) < limits.days:
        raise ValueError("a baseline needs all its days")
    today = counts[-1]
    end = len(counts) - 1 - limits.lag
    before = counts[end - limits.baseline : end]
    mean = sum(before) / limits.baseline
    spread = sqrt(sum((one - mean) ** 2 for one in before) / (limits.baseline - 1))
    above = (today - mean) / max(spread, limits.least_deviation)
    chance = luck(today, sum(before), limits.baseline)
    stands_out = above > limits.deviations and chance <= limits.chance
    return Compared(today, mean, spread, above, chance, stands_out)


def luck(today: int, before: int, days: int) -> float:
    """The chance that of all events so many or more fall on the last of `days` + 1 like days.

    Given their sum, equal Poisson days share events out by lot, whatever their rate is.

    >>> luck(1, 0, 28) == 1 / 29
    True
    >>> luck(0, 5, 28)
    1.0
    """
    whole = today + before
    return float(_tail(today, whole, Fraction(1, days + 1)))


def _tail(least: int, whole: int, share: Fraction) -> Fraction:
    """P(Binomial(whole, share) ≥ least), exactly, by the shorter side."""
    top, bottom = share.numerator, share.denominator
    rest = bottom - top
    if least <= whole - least:
        below = sum(comb(whole, n) * top**n * rest ** (whole - n) for n in range(least))
        return 1 - Fraction(below, bottom**whole)
    above = sum(comb(whole, n) * top**n * rest ** (whole - n) for n in range(least, whole + 1))
    return Fraction(above, bottom**whole)
