"""When and how somebody is told: quiet hours, working days, digests, the one on duty.

Pure: moments are the city's, the hours and the calendar come in as values of the rulebook.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, tzinfo
from enum import IntEnum, StrEnum
from typing import Any, TypeVar

from mingchu.accounts.domain import CITY, Scope
from mingchu.base.workdays import ONE_DAY, Calendar

Who = TypeVar("Who")
NOON = time(12)


class Severity(IntEnum):
    """The lower the graver."""

    GRAVE = 1
    PRESSING = 2
    PLAIN = 3


class Pace(StrEnum):
    """How somebody wants to hear of what is not grave."""

    AT_ONCE = "at_once"
    DIGEST = "digest"


class Way(StrEnum):
    """How a person is reached beside the inbox."""

    MAIL = "mail"
    TEXT = "text"
    VOICE = "voice"


@dataclass(frozen=True)
class To:
    """Who is told: one person, or whoever has the role or may do the action in a post of `scope`.

    Posts of exactly that scope: what a district is told does not go to the city as well.
    """

    scope: Scope = CITY
    role: str = ""
    action: str = ""
    user: int | None = None


@dataclass(frozen=True, kw_only=True)
class News:
    """What is told of a subject (`order:12`), to whom; `what` and `lines` are source sentences
    with `{name}` places for `facts`, translated for each reader.

    `district` is where it happened: receivers and the duty roster of that district hear of it.
    """

    subject: str
    what: str
    to: Collection[To]
    severity: Severity
    link: str = ""
    lines: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    district: str = ""


@dataclass(frozen=True)
class Hours:
    """When it is quiet every day, and when digests go out."""

    begin: time
    end: time
    digest: time

    def is_quiet(self, at: time) -> bool:
        if self.begin <= self.end:
            return self.begin <= at < self.end
        return at >= self.begin or at < self.end


def tell_at(
    moment: datetime, severity: Severity, pace: Pace, hours: Hours, calendar: Calendar
) -> datetime:
    """When a person hears of it beside the inbox; `moment` itself means now.

    What is grave is told at once. Pressing news waits for the end of the quiet hours, plain news
    for the same on a working day; who asked for a digest gets both with the next one.
    """
    if severity is Severity.GRAVE:
        return moment
    if pace is Pace.DIGEST:
        return _next(moment, hours.digest)
    waited = moment
    if hours.is_quiet(waited.time()):
        waited = _next(waited, hours.end)
    if severity is Severity.PLAIN and not calendar.is_working(waited.date()):
        day = _next_working(waited.date(), calendar)
        waited = datetime.combine(day, hours.end, moment.tzinfo)
    return waited


def _next(moment: datetime, at: time) -> datetime:
    """The next time after the moment that the city's clocks show `at`."""
    today = datetime.combine(moment.date(), at, moment.tzinfo)
    return today if today > moment else today + ONE_DAY


def _next_working(day: date, calendar: Calendar) -> date:
    while not calendar.is_working(day):
        day += ONE_DAY
    return day


def ways(severity: Severity, chosen: Mapping[Way, int]) -> Iterator[Way]:
    """The ways chosen for news this grave: the number of a way is the mildest it carries."""
    return (way for way, mildest in chosen.items() if severity <= mildest)


def called(on_duty: Iterable[Who], told: Iterable[Who]) -> list[Who]:
    """Who is rung up about grave news: those on duty, else everybody who is told of it."""
    return list(on_duty) or list(told)


@dataclass(frozen=True)
class Span:
    """Somebody's duty, from a moment to a moment; the end is not part of it."""

    begins: datetime
    ends: datetime

    def holds(self, moment: datetime) -> bool:
        return self.begins <= moment < self.ends


@dataclass(frozen=True)
class Cover:
    """Whether a day off is attended at noon, and a night as it begins; None: nobody is needed."""

    by_day: bool | None
    by_night: bool


def cover(
    day: date, spans: Collection[Span], hours: Hours, calendar: Calendar, zone: tzinfo
) -> Cover:
    """What the roster says of one day."""

    def attended(at: time) -> bool:
        moment = datetime.combine(day, at, zone)
        return any(span.holds(moment) for span in spans)

    return Cover(None if calendar.is_working(day) else attended(NOON), attended(hours.begin))
