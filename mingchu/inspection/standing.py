"""Standing 监管状况: what supervision asks of many businesses on a day, told by who grades them.

This context knows neither grades nor classes. What follows from them for a plan comes in by this
slot, which `flows` fills: a share, floors, a ceiling. The letters themselves do not come along.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from mingchu.base.slots import Slot


@dataclass(frozen=True, slots=True)
class Standing:
    """`yearly` is the share drawn a year in parts per million; `floor` visits a year at least;
    `key` the grounds of key supervision."""

    business: int
    yearly: int
    floor: int
    cover_due: date
    floor_due: date
    counted: int = 0
    cap: int | None = None
    last: date | None = None
    key: tuple[str, ...] = ()


@dataclass(frozen=True)
class Of:
    """Whose standing is asked for; no districts are all of them."""

    kinds: Sequence[str]
    districts: Sequence[str] = ()


SUPERVISION: Slot[Callable[[Of, date], Iterable[Standing]]] = Slot("supervision")
# The same of one business, in one question.
OF_ONE: Slot[Callable[[int, date], Standing | None]] = Slot("standing of one")
# What a ground of key supervision is called, and the rule it stands in.
GROUNDS: Slot[Callable[[Sequence[str], date], Sequence[tuple[str, str]]]] = Slot("grounds")


def standings(of: Of, day: date) -> dict[int, Standing]:
    """By business; whom nobody told of is not in it."""
    return {one.business: one for tell in SUPERVISION for one in tell(of, day)}


def standing_of(business: int, day: date) -> Standing | None:
    """How one business stands; None where nobody tells of it."""
    return next((found for tell in OF_ONE if (found := tell(business, day))), None)


def grounds_said(grounds: Sequence[str], day: date) -> list[tuple[str, str]]:
    """(name, rule) of each ground."""
    return [said for tell in GROUNDS for said in tell(grounds, day)]
