"""Stage: what a context is told when the demo city is played; each time it plays the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from mingchu.base import clock

OPENS = time(8, 30)
OFFICE_MINUTES = 9 * 60


@dataclass(frozen=True)
class Stage:
    """A demo city: its seed and size, the day it ends on and how many days before are played."""

    seed: int
    businesses: int
    today: date
    days: int

    def day(self, number: int) -> date:
        """The day of a number, from 0; the last one is yesterday.

        >>> Stage(1, 400, date(2026, 11, 20), 60).day(59).isoformat()
        '2026-11-19'
        """
        return self.today - timedelta(days=self.days - number)

    def number(self, day: date) -> int:
        return self.days - (self.today - day).days

    def random(self, *key: object) -> Random:
        """The same numbers for the same key, whatever was asked before."""
        return Random(f"{self.seed}:{':'.join(map(str, key))}")  # noqa: S311 no secret

    def minute(self, day: date, random: Random) -> datetime:
        """Some moment of the office hours of a day."""
        minutes = timedelta(minutes=int(random.random() * OFFICE_MINUTES))
        return datetime.combine(day, OPENS, clock.CITY_ZONE) + minutes

    def share(self, per_city: float, whole: int, day: date) -> int:
        """How many of `per_city` acts for `whole` businesses fall on this day, rounded fairly.

        >>> stage = Stage(1, 8_054, date(2026, 11, 20), 60)
        >>> [stage.share(5, 16_108, stage.day(n)) for n in range(4)]
        [2, 3, 2, 3]
        """
        rate, number = per_city * self.businesses / whole, self.number(day)
        return int(rate * (number + 1)) - int(rate * number)
