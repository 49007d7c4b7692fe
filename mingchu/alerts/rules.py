"""The alerts' figures of the rulebook, each asked in one place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from mingchu.alerts import limits
from mingchu.alerts.domain import kinds
from mingchu.alerts.domain.clock import due_of
from mingchu.alerts.domain.deadlines import Deadline
from mingchu.alerts.domain.kinds import Kind
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.rulebook.domain import Ruling
from mingchu.rulebook.kinds import Shape, Unit
from mingchu.rulebook.store import by_book, rule, rulebook
from mingchu.signals.feeders import is_fed


@by_book(maxsize=4096)
def ruling(name: str, day: date) -> Ruling:
    """Asked for every alert that opens; a day's rulings never change."""
    return rule(name).on(day)


@by_book(maxsize=64)
def kinds_on(day: date) -> Mapping[str, Kind]:
    """Every kind of the table in force on the day, by code; none before there was a table."""
    try:
        return kinds.read(ruling(kinds.RULE, day).value)
    except Refusal as refusal:
        if refusal.code != "rule_not_in_force":
            raise
        return {}


def live(day: date) -> dict[str, Kind]:
    """The kinds that somebody in this house raises."""
    return {code: kind for code, kind in kinds_on(day).items() if is_fed(code)}


class Tables:
    """The kinds that are live on the day of a moment; asked for every signal, found once."""

    def __init__(self) -> None:
        self._by_moment: dict[datetime, Mapping[str, Kind]] = {}
        self._by_day: dict[date, Mapping[str, Kind]] = {}

    def __call__(self, moment: datetime) -> Mapping[str, Kind]:
        if moment not in self._by_moment:
            day = clock.city(moment).date()
            if day not in self._by_day:
                self._by_day[day] = live(day)
            self._by_moment[moment] = self._by_day[day]
        return self._by_moment[moment]


def deadline(kind: Kind, severity: int, labels: Mapping[str, str], start: datetime) -> Deadline:
    """By when an alert that opened or rose then is to be handled, and by which rule.

    A working day that crosses a year nobody has announced is provisional.
    """
    if kind.term.label:
        found = ruling(kind.basis, clock.city(start).date())
        ends = date.fromisoformat(labels[kind.term.label])
        return Deadline(end_of(ends), found.id, found.since, start)
    if kind.term.by_severity:
        return _termed(kinds.BY_SEVERITY[severity], kind.term.by_severity, severity, start)
    return _termed(kind.term.rule, kind.term.key, severity, start)


def recount(kind: str, name: str, severity: int, start: datetime) -> Deadline | None:
    """The same term counted again, as the calendar is known now; None of a kind that is gone."""
    known = kinds_on(clock.city(start).date()).get(kind)
    if known is None or known.term.label:
        return None
    return _termed(name, known.term.by_severity or known.term.key, severity, start)


def _termed(name: str, key: str, severity: int, start: datetime) -> Deadline:
    day = clock.city(start).date()
    found = ruling(name, day)
    # Days are counted from their midnight: a thousand alerts of a day have the same deadline.
    begun = start if found.unit is Unit.HOUR else clock.midnight(day)
    due, provisional = _due(name, key, severity, begun)
    return Deadline(due, found.id, found.since, start, provisional)


@by_book(maxsize=1024)
def _due(name: str, key: str, severity: int, start: datetime) -> tuple[datetime, bool]:
    """As the clock of an order reads the same term."""
    found = ruling(name, clock.city(start).date())
    amount = found.choice(key) if key else found.number()
    return due_of(limits.term(found, int(amount), severity), start, limits.office())


def end_of(day: date) -> datetime:
    """The moment at which a term whose last day it is has ended."""
    return clock.midnight(day + timedelta(days=1))


def silence_days_max(day: date) -> int:
    return int(ruling("alert.silence_days_max", day).number())


def flood_per_minute(day: date) -> int:
    return int(ruling("alert.flood_per_minute", day).number())


def calm_since(moment: datetime) -> datetime:
    """A flood whose last signal is older than this is over."""
    found = ruling("alert.flood_calm_minutes", clock.city(moment).date())
    return moment - (found.due_at(moment) - moment)


def visit_notice_days(day: date) -> int:
    return int(ruling("alert.visit_notice_days", day).number())


def training_notice_days(day: date) -> int:
    return int(ruling("alert.training_notice_days", day).number())


class Window(NamedTuple):
    """How many of something within how long are a cluster."""

    least: int
    length: timedelta


def window(cluster: kinds.Cluster, day: date) -> Window:
    """The figures of a cluster on a day; a window in days is as many times 24 hours."""
    length = ruling(cluster.window, day)
    per = timedelta(hours=1) if length.unit is Unit.HOUR else timedelta(days=1)
    return Window(int(ruling(cluster.count, day).number()), int(length.number()) * per)


class Watch(NamedTuple):
    """The parameters of the early warning on a day, and since when they are so."""

    baseline: int
    lag: int
    deviations: float
    least_deviation: float
    budget: float
    since: date


def watch(day: date) -> Watch:
    days, bounds = ruling("alert.warning_days", day), ruling("alert.warning_limits", day)
    return Watch(
        int(days.choice("baseline")),
        int(days.choice("lag")),
        float(bounds.choice("deviations")),
        float(bounds.choice("least_deviation")),
        float(bounds.choice("false_alarms_a_day")),
        bounds.since,
    )


def faults() -> list[str]:
    """What is wrong with the table of kinds, in every version of it; nothing if it may be used."""
    known = {name: _keys(name) for name in rulebook().ids()}
    return [
        f"{version.since} {wrong}"
        for one in rulebook()
        if one.id == kinds.RULE
        for version in one.versions
        if version.value is not None
        for wrong in kinds.faults(version.value, known)
    ]


def _keys(name: str) -> frozenset[str] | None:
    """Keys under which some version of a rule of choices says something."""
    voices = [one for one in rulebook() if one.id == name and one.shape is Shape.CHOICE]
    if not voices:
        return None
    return frozenset(
        key for one in voices for version in one.versions for key in version.value or ()
    )
