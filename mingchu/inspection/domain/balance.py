"""Balance 下限与上限: what stands a business in a batch, and where two rules collide; no framework.

A floor says that it has to be visited (two years at the latest, so many times a year by its grade),
a ceiling that it may not (the published number of a year, three months after a higher office,
another task that goes there anyway). Both are looked at together, before anything is drawn.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

CERTAIN, DRAWN_FOR = "certain", ""  # as the lists of a draw say it


class Why(StrEnum):
    """How a business stands in a batch, as the house knows it."""

    DRAWN_FOR = ""
    COVER = "cover"
    NOT_OPEN = "not_open"
    KEY = "key_supervision"
    REGIONAL = "regional_task"
    JOINT = "joint_task"
    DRAWN_BEFORE = "drawn_before"
    THREE_MONTHS = "three_months"
    CEILING = "ceiling"


# As the public list says it. What rests on a grade, or tells of a task that has not begun, is said
# in one word for all of them.
SAID_OUTSIDE: Mapping[Why, str] = {
    Why.DRAWN_FOR: DRAWN_FOR,
    Why.COVER: CERTAIN,
    Why.NOT_OPEN: "not_open",
    Why.KEY: "other_plan",
    Why.REGIONAL: "other_plan",
    Why.JOINT: "other_plan",
    Why.DRAWN_BEFORE: "drawn_before",
    Why.THREE_MONTHS: "three_months",
    Why.CEILING: "ceiling",
}


class Clash(StrEnum):
    """Two rules that cannot both be kept, or a floor that this draw does not meet."""

    COVER_OR_CEILING = "cover_or_ceiling"
    COVER_OR_THREE_MONTHS = "cover_or_three_months"
    FLOOR_OR_CEILING = "floor_or_ceiling"
    FLOOR_BEYOND = "floor_beyond"
    MATTER_RATIO = "matter_ratio"
    NO_PAIR = "no_pair"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a business on the day a batch is reckoned.

    `cover_due` and `floor_due` are by when the two years and the grade ask for a visit; `counted`
    what of this year the ceiling holds, `pending` visits that are drawn and not yet made; `barred`
    says that a higher office inspected it so lately that its items are not inspected again.
    """

    is_open: bool
    cover_due: date
    floor_due: date
    counted: int = 0
    pending: int = 0
    cap: int | None = None
    key: bool = False
    regional: bool = False
    joint: bool = False
    drawn_before: bool = False
    barred: bool = False

    @property
    def is_full(self) -> bool:
        """The published ceiling is used up."""
        return self.cap is not None and self.counted + self.pending >= self.cap


@dataclass(frozen=True, slots=True)
class Weighed:
    """Where a business stands, and what collided on the way."""

    why: Why
    clash: Clash | None = None


def weigh(facts: Facts, *, until: date, cover_first: bool) -> Weighed:
    """`until` is the last day of the batch; `cover_first` what a person decided of the two-year
    cover against the ceiling.

    >>> day = date(2026, 11, 30)
    >>> weigh(Facts(True, date(2026, 11, 5), date(2027, 1, 1)), until=day, cover_first=True).why
    <Why.COVER: 'cover'>
    """
    elsewhere = _elsewhere(facts)
    if elsewhere:
        return Weighed(elsewhere)
    if facts.cover_due <= until:
        return _covered(facts, cover_first=cover_first)
    if facts.barred:
        return Weighed(Why.THREE_MONTHS)
    is_due = facts.floor_due <= until
    if facts.is_full:
        return Weighed(Why.CEILING, Clash.FLOOR_OR_CEILING if is_due else None)
    return Weighed(Why.DRAWN_FOR, Clash.FLOOR_BEYOND if is_due else None)


def _elsewhere(facts: Facts) -> Why | None:
    """Nobody to visit, or somebody visits anyway: then this draw does not."""
    if not facts.is_open:
        return Why.NOT_OPEN
    if facts.regional:
        return Why.REGIONAL
    if facts.drawn_before:
        return Why.DRAWN_BEFORE
    if facts.joint:
        return Why.JOINT
    return Why.KEY if facts.key else None


def _covered(facts: Facts, *, cover_first: bool) -> Weighed:
    """Its two years run out in this batch. The law's three months stand against it as law against
    law, and the items were inspected; the ceiling is the city's own."""
    if facts.barred:
        return Weighed(Why.THREE_MONTHS, Clash.COVER_OR_THREE_MONTHS)
    if facts.is_full:
        return Weighed(Why.COVER if cover_first else Why.CEILING, Clash.COVER_OR_CEILING)
    return Weighed(Why.COVER)


def rate(yearly: int, parts: int, top: int | None) -> int:
    """The share of one batch, in parts per million: the year's, not above what the matter list
    allows, dealt out over the batches of the year.

    >>> rate(300_000, 12, None), rate(300_000, 4, 50_000)
    (25000, 12500)
    """
    whole = yearly if top is None else min(yearly, top)
    return whole // max(parts, 1)


def tiers(rates: Collection[int]) -> dict[int, str]:
    """An opaque name for each rate: rows of one tier have one rate, and that is all it says.

    >>> tiers([50, 20, 50])
    {20: 't1', 50: 't2'}
    """
    return {one: f"t{number}" for number, one in enumerate(sorted(set(rates)), start=1)}
