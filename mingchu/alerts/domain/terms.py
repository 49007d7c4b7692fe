"""Terms 期限: an amount of a unit by a rule, and the hours an office works in."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from operator import itemgetter
from typing import Any

from mingchu.base.clock import CITY_ZONE, city
from mingchu.base.workdays import ONE_DAY, Calendar

URGENT = 1


class Unit(StrEnum):
    """What a term is counted in."""

    HOUR = "hour"
    OFFICE_HOUR = "office_hour"
    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"


@dataclass(frozen=True)
class Term:
    """So many units, by a version of a rule; or, with `until`, a moment that is given."""

    amount: int = 0
    unit: Unit = Unit.WORKING_DAY
    rule: str = ""
    since: str = ""
    until: datetime | None = None

    def plain(self) -> dict[str, Any]:
        """As a step keeps it."""
        said = {"amount": self.amount, "unit": self.unit.value}
        if self.until:
            said = {"until": self.until.isoformat()}
        return {**said, "rule": self.rule, "since": self.since}

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Term:
        """
        >>> Term.of(Term(2, Unit.HOUR, "alert.red_hours", "2019-01-01").plain()).amount
        2
        """
        rule, since = said["rule"], said["since"]
        if "until" in said:
            return cls(rule=rule, since=since, until=datetime.fromisoformat(said["until"]))
        return cls(said["amount"], Unit(said["unit"]), rule, since)


Spans = tuple[tuple[time, time], ...]


@dataclass(frozen=True)
class Office:
    """The hours a station works in, on working days; `hours` from which day on, ascending."""

    hours: tuple[tuple[date, Spans], ...]
    calendar: Calendar

    def is_open(self, moment: datetime) -> bool:
        return any(first <= moment < last for first, last in self.spans(city(moment).date()))

    def spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The open spans of a day; none on a day off."""
        if self.calendar.is_working(day):
            for first, last in self._hours_on(day):
                yield _on(day, first), _on(day, last)

    def _hours_on(self, day: date) -> Spans:
        """Before the first rule of them, the first."""
        place = bisect_right(self.hours, day, key=itemgetter(0))
        return self.hours[max(0, place - 1)][1]

    def add(self, start: datetime, left: timedelta) -> datetime:
        """The moment at which so much office time has passed since `start`."""
        day = city(start).date()
        while True:
            for first, last in self.spans(day):
                begins = max(first, start)
                if begins < last:
                    if last - begins >= left:
                        return begins + left
                    left -= last - begins
            day += ONE_DAY

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Office time from one moment to another."""
        passed, day = timedelta(), city(start).date()
        while day <= city(end).date():
            for first, last in self.spans(day):
                passed += max(timedelta(), min(last, end) - max(first, start))
            day += ONE_DAY
        return passed


def _on(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, CITY_ZONE)
