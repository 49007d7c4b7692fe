"""Figures of orders inside a reader's scopes, each counted in SQL and each with its question.

Whatever is counted here is found by the list of orders: a `Counted` names the list it counts.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Aggregate, Count, DurationField, F, Q, QuerySet

from mingchu.accounts.domain import Actor
from mingchu.alerts import limits
from mingchu.alerts.domain import kinds
from mingchu.alerts.domain.desk import Officer
from mingchu.alerts.domain.figures import (
    BANDS,
    LONGER_DAYS,
    RECENT_DAYS,
    Band,
    Window,
    last_days,
    months,
    watched_days,
)
from mingchu.alerts.domain.states import OrderState, Outcome
from mingchu.alerts.models import Order
from mingchu.alerts.queries import desks
from mingchu.alerts.queries.orders import (
    NOWHERE,
    READ,
    UNMERGED,
    Wanted,
    aged,
    came_again,
    matching,
    overdue,
)
from mingchu.base import clock
from mingchu.registry.models import AreaKind
from mingchu.registry.queries import areas


@dataclass(frozen=True)
class Counted:
    """How many orders the list shows that is asked for so."""

    n: int
    wanted: Wanted


@dataclass(frozen=True)
class Aged:
    """Open orders of a band: how many, and how many of them are overdue; `band` None: of all."""

    band: Band | None
    open: Counted
    overdue: Counted

    @property
    def in_time(self) -> Counted:
        return Counted(self.open.n - self.overdue.n, replace(self.open.wanted, due="in_time"))


@dataclass(frozen=True)
class Spent:
    """How long those took from birth to closing that were closed in a window, by severity or all:
    in half of them no longer than `median`, in nine of ten than `p90`; None where there is none.
    """

    window: Window
    severity: int | None
    closed: Counted
    median: timedelta | None
    p90: timedelta | None


@dataclass(frozen=True)
class Share:
    """Of the orders of a kind (`of`) those meant (`part`); an empty kind is all of them."""

    kind: str
    of: Counted
    part: Counted

    @property
    def rate(self) -> float | None:
        """In per cent; None of none."""
        return 100 * self.part.n / self.of.n if self.of.n else None


@dataclass(frozen=True)
class Load:
    """What is open at a station, and who handles orders there; an empty station is the rest of its
    district, which no station has, and no district what only the city has."""

    district: str
    station: str
    people: frozenset[int]
    open: Counted
    overdue: Counted

    @property
    def in_time(self) -> Counted:
        return Counted(self.open.n - self.overdue.n, replace(self.open.wanted, due="in_time"))

    @property
    def officers(self) -> int:
        return len(self.people)

    @property
    def per_officer(self) -> float | None:
        return self.open.n / self.officers if self.people else None


def _rows(actor: Actor, wanted: Wanted) -> QuerySet[Order]:
    return matching(actor, wanted).order_by()


def _how_many(when: Q) -> Count:
    return Count("pk", filter=when)


def ageing(actor: Actor) -> list[Aged]:
    """Open orders by the days since they came in, then all of them."""
    late, asked = overdue(clock.now()), {}
    for band in BANDS:
        asked[f"n{band.key}"] = _how_many(aged(band.key))
        asked[f"late{band.key}"] = _how_many(aged(band.key) & late)
    every = Count("pk"), _how_many(late)
    found = _rows(actor, Wanted()).aggregate(**asked, n=every[0], late=every[1])
    return [_aged(band, found) for band in (*BANDS, None)]


def _aged(band: Band | None, found: dict[str, int]) -> Aged:
    wanted = Wanted(age=band.key if band else "")
    return Aged(
        band,
        Counted(found[f"n{wanted.age}"], wanted),
        Counted(found[f"late{wanted.age}"], replace(wanted, due="overdue")),
    )


class _Percentiles(Aggregate):
    """The middle of durations and their ninth tenth, each one that really occurred."""

    template = "PERCENTILE_DISC(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = ArrayField(DurationField())


def closing_times(actor: Actor) -> tuple[list[Spent], list[Spent]]:
    """How long closing took: of the last days, short and long, for each severity; month by month.

    Whoever was sent back after its end counts to the end it came to at last.
    """
    today = clock.today()
    windows = [last_days(today, days) for days in (RECENT_DAYS, LONGER_DAYS)]
    recent = [
        _closed(window, severity) for severity in (None, *kinds.SEVERITIES) for window in windows
    ]
    monthly = [_closed(window, None) for window in months(today)]
    found = _spent(actor, [*recent, *monthly])
    return found[: len(recent)], found[len(recent) :]


Cell = tuple[Window, int | None, Wanted]


def _closed(window: Window, severity: int | None) -> Cell:
    wanted = Wanted(
        due="ended",
        state=OrderState.CLOSED,
        severity=str(severity or ""),
        ended_from=window.first.isoformat(),
        ended_until=window.last.isoformat(),
    )
    return window, severity, wanted


def _spent(actor: Actor, cells: Sequence[Cell]) -> list[Spent]:
    """All of them by one question, over whatever ended in any of them."""
    asked: dict[str, Aggregate] = {}
    for at, (window, severity, _wanted) in enumerate(cells):
        begins, ends = window.moments()
        when = Q(ended_at__gte=begins, ended_at__lt=ends)
        when &= Q(severity=severity) if severity else Q()
        asked[f"n{at}"] = _how_many(when)
        asked[f"spent{at}"] = _Percentiles(F("ended_at") - F("opened_at"), filter=when)
    first = min(window.first for window, _severity, _wanted in cells)
    every = Wanted(due="ended", state=OrderState.CLOSED, ended_from=first.isoformat())
    found = _rows(actor, every).aggregate(**asked)
    return [
        Spent(
            window,
            severity,
            Counted(found[f"n{at}"], wanted),
            *(found[f"spent{at}"] or (None, None)),
        )
        for at, (window, severity, wanted) in enumerate(cells)
    ]


def repeats(actor: Actor) -> list[Share]:
    """Of what was closed, by kind, whose business got another order of the kind soon after.

    Of the last days whose time to come again is over.
    """
    window = watched_days(clock.today(), LONGER_DAYS, limits.repeat_days(clock.today()))
    closed = _in(window, state=OrderState.CLOSED)
    return _shares(actor, closed, came_again(), repeated="yes")


def false_alarms(actor: Actor) -> list[Share]:
    """Of what ended in the last days, by kind, what turned out to be nothing; what went into
    another order is judged there."""
    ended = _in(last_days(clock.today(), LONGER_DAYS), outcome=UNMERGED)
    return _shares(actor, ended, Q(outcome=Outcome.FALSE), outcome=Outcome.FALSE)


def _in(window: Window, **asked: str) -> Wanted:
    first, last = window.first.isoformat(), window.last.isoformat()
    return Wanted(due="ended", ended_from=first, ended_until=last, **asked)


def _shares(actor: Actor, of: Wanted, when: Any, **part: str) -> list[Share]:
    counted = _rows(actor, of).values_list("kind").annotate(n=Count("pk"), part=_how_many(when))
    found = sorted(counted.values_list("kind", "n", "part"))
    found.append(("", sum(n for _kind, n, _part in found), sum(part for *_, part in found)))
    return [
        Share(
            kind,
            Counted(n, asked := replace(of, kind=kind)),
            Counted(meant, replace(asked, **part)),
        )
        for kind, n, meant in found
    ]


def loads(actor: Actor) -> list[Load]:
    """What lies on the desk of each station, by district and station; never by how much it is."""
    counted = _rows(actor, Wanted()).values_list("district", "station")
    late = overdue(clock.now())
    found = {
        (district, station): (n, overdue_)
        for district, station, n, overdue_ in counted.annotate(
            n=Count("pk"), late=_how_many(late)
        ).values_list("district", "station", "n", "late")
    }
    named = areas(actor.scopes_for(READ))
    places = {(one.parent, one.code) for one in named if one.kind == AreaKind.STATION} | set(found)
    there = desks.officers_at({station for _district, station in places if station})
    return [
        _load(place, there.get(place[1], ()), *found.get(place, (0, 0))) for place in sorted(places)
    ]


def _load(place: tuple[str, str], officers: Collection[Officer], n: int, late: int) -> Load:
    district, station = place
    wanted = Wanted(district=district or NOWHERE, station=station or NOWHERE)
    return Load(
        district,
        station,
        frozenset(one.user_id for one in officers),
        Counted(n, wanted),
        Counted(late, replace(wanted, due="overdue")),
    )
