"""Schedules 时间表 as EPCIS writes them: which seconds, minutes, hours and days a query runs at.

A field is a number, a range `[1-5]`, a step `0/30`, `*`, or several of these with commas between. A
field that is not said fits any value, but what is finer than the finest one said is its lowest:
`{"hour": "1", "minute": "5"}` is five past one each morning, once. Times are the city's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import NamedTuple, Self

from mingchu.base.clock import CITY_ZONE, city

# Each with its lowest and highest value, the finest first. Monday is 1, Sunday 7.
FIELDS = {
    "second": (0, 59),
    "minute": (0, 59),
    "hour": (0, 23),
    "dayOfMonth": (1, 31),
    "month": (1, 12),
    "dayOfWeek": (1, 7),
}
DAYS_TOP = 8 * 366 + 2  # from one 29 February to the next one of a century
LONGEST = 400
_ELEMENT = re.compile(
    r"(?P<one>[0-9]{1,2})(?:/(?P<step>[0-9]{1,2}))?|\[(?P<low>[0-9]{1,2})-(?P<high>[0-9]{1,2})\]"
)


class ScheduleWrong(ValueError):
    """`field` cannot be read, or no day has such a time."""

    def __init__(self, field: str):
        super().__init__(field)
        self.field = field


class Schedule(NamedTuple):
    """The values that fit, ascending, of each field."""

    second: tuple[int, ...]
    minute: tuple[int, ...]
    hour: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]

    @classmethod
    def read(cls, said: Mapping[str, str]) -> Self:
        """Raises ScheduleWrong.

        >>> Schedule.read({"second": "0/30"}).second, Schedule.read({"hour": "1"}).minute
        ((0, 30), (0,))
        """
        unknown = said.keys() - FIELDS.keys()
        if unknown or not said:
            raise ScheduleWrong(min(unknown, default="schedule"))
        found: list[tuple[int, ...]] = []
        is_finer = True
        for name, (low, high) in FIELDS.items():
            is_finer = is_finer and name not in said
            is_time = name in ("second", "minute", "hour")
            usual = "0" if is_finer and is_time else "*"
            found.append(_values(name, said.get(name, usual), low, high))
        second, minute, hour, *days = found
        return cls(second, minute, hour, *map(frozenset, days))

    def after(self, moment: datetime) -> datetime:
        """The next time that fits, later than the moment. Raises ScheduleWrong if there is none."""
        begin = city(moment).replace(microsecond=0) + timedelta(seconds=1)
        for day in self._days(begin.date()):
            least = begin.time() if day == begin.date() else time()
            found = self._time(least)
            if found is not None:
                return datetime.combine(day, found, CITY_ZONE)
        raise ScheduleWrong("dayOfMonth")

    def _days(self, begin: date) -> Iterator[date]:
        for number in range(DAYS_TOP):
            day = begin + timedelta(days=number)
            if (
                day.month in self.months
                and day.day in self.days
                and day.isoweekday() in self.weekdays
            ):
                yield day

    def _time(self, least: time) -> time | None:
        """The first time of a day from `least` on."""
        for hour in self.hour:
            if hour < least.hour:
                continue
            for minute in self.minute:
                if (hour, minute) < (least.hour, least.minute):
                    continue
                for second in self.second:
                    if (hour, minute, second) >= (least.hour, least.minute, least.second):
                        return time(hour, minute, second)
        return None


def _values(name: str, said: str, low: int, high: int) -> tuple[int, ...]:
    found: set[int] = set()
    for element in said.split(",") if len(said) <= LONGEST else [""]:
        found.update(_of_element(name, element.strip(), low, high))
    if not all(low <= one <= high for one in found):
        raise ScheduleWrong(name)
    return tuple(sorted(found))


def _of_element(name: str, element: str, low: int, high: int) -> range:
    if element == "*":
        return range(low, high + 1)
    read = _ELEMENT.fullmatch(element)
    if read is None:
        raise ScheduleWrong(name)
    if read["one"] is None:
        begin, end, step = int(read["low"]), int(read["high"]), 1
    elif read["step"]:
        begin, end, step = int(read["one"]), high, int(read["step"])
    else:
        begin, end, step = int(read["one"]), int(read["one"]), 1
    if not step or begin > end:
        raise ScheduleWrong(name)
    return range(begin, end + 1, step)
