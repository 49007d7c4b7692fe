"""Outbreaks 聚集性发病: unrelated households ill after a meal at one place; an exact rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Sick:
    """People of one letter who fell ill after a meal.

    `household` tells writers apart that are known, `households` says how many the letter names.
    """

    letter: int
    household: str
    ate_at: datetime
    households: int = 1
    people: int = 1


@dataclass(frozen=True)
class Outbreak:
    """Letters whose meals lie within one window, with households and people counted."""

    letters: tuple[int, ...]
    households: int
    people: int
    first: datetime
    last: datetime


def outbreaks(sick: Iterable[Sick], households: int, hours: int) -> tuple[Outbreak, ...]:
    """Every window, as long as the rule says, that holds enough households; the earliest first.

    A window begins with a meal and is told once: one inside another is not.
    """
    ordered = sorted(sick, key=lambda one: (one.ate_at, one.letter))
    found: list[Outbreak] = []
    for at, first in enumerate(ordered):
        end = first.ate_at + timedelta(hours=hours)
        inside = [one for one in ordered[at:] if one.ate_at <= end]
        told = _told(inside)
        if told.households >= households and not _is_part(told, found):
            found.append(told)
    return tuple(found)


def _told(inside: list[Sick]) -> Outbreak:
    """One household that wrote twice counts once, with the most it said."""
    most: dict[str, Sick] = {}
    for one in inside:
        known = most.get(one.household)
        if known is None or (one.households, one.people) > (known.households, known.people):
            most[one.household] = one
    return Outbreak(
        letters=tuple(one.letter for one in inside),
        households=sum(one.households for one in most.values()),
        people=sum(one.people for one in most.values()),
        first=inside[0].ate_at,
        last=inside[-1].ate_at,
    )


def _is_part(told: Outbreak, found: list[Outbreak]) -> bool:
    return any(set(told.letters) <= set(other.letters) for other in found)
