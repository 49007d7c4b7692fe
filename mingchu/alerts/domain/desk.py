"""Who gets the next order 派单: of those at a station whoever has the fewest; when it goes up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from mingchu.alerts.domain.clock import Clocks, Reading
from mingchu.alerts.domain.states import LADDER, Level
from mingchu.alerts.domain.terms import URGENT, Office
from mingchu.base.clock import city
from mingchu.base.workdays import working_days_between


@dataclass(frozen=True)
class Officer:
    """Somebody who may handle orders at a station; `reviews`: he may close what others handled."""

    user_id: int
    reviews: bool
    load: int


class Rota:
    """Gives orders out one after another, each to whoever has the fewest at that moment."""

    def __init__(self, officers: Mapping[str, Iterable[Officer]]):
        self._reviews = {one.user_id: one.reviews for each in officers.values() for one in each}
        self._loads = {one.user_id: one.load for each in officers.values() for one in each}
        self._there = {
            station: sorted(one.user_id for one in each) for station, each in officers.items()
        }

    def give(self, station: str) -> int | None:
        """The next one's turn at the station; None if nobody is there.

        Of those with equally few whoever reviews comes last: somebody else has to close it.

        >>> rota = Rota({"s": [Officer(7, False, 1), Officer(8, True, 0)]})
        >>> [rota.give("s") for _ in range(4)], rota.give("t")
        ([8, 7, 8, 7], None)
        """
        there = self._there.get(station, ())
        if not there:
            return None
        found = min(there, key=lambda one: (self._loads[one], self._reviews[one], one))
        self._loads[found] += 1
        return found


@dataclass(frozen=True)
class Ladder:
    """How long an order is overdue when it goes up a level: working days, hours for severity 1."""

    days: Mapping[str, int]
    hours: Mapping[str, int]


def level_due(
    clocks: Clocks, severity: int, now: datetime, ladder: Ladder, office: Office
) -> Level:
    """The level an order should be on by now; what is overdue outside of office hours goes up in
    the next ones, but for severity 1."""
    if severity != URGENT and not office.is_open(now):
        return Level.STATION
    late = [one for one in (clocks.accept, clocks.handle) if one and _is_open_and_late(one, now)]
    reached = Level.STATION
    for level in LADDER[1:]:
        if any(_is_overdue_by(one, severity, level, now, ladder, office) for one in late):
            reached = level
    return reached


def _is_open_and_late(reading: Reading, now: datetime) -> bool:
    return reading.is_running and reading.is_late(now)


def _is_overdue_by(
    reading: Reading, severity: int, level: Level, now: datetime, ladder: Ladder, office: Office
) -> bool:
    assert reading.due is not None  # noqa: S101 it is late
    if severity == URGENT:
        return now >= reading.due + timedelta(hours=ladder.hours[level])
    first = reading.day or city(reading.due).date()
    passed = working_days_between(first, city(now).date(), office.calendar)
    return passed >= ladder.days[level]
