"""Visits: a cadre's own, and those of a bureau's area, by quarter, level and how they stand."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import datetime

from django.db.models import F, Q, QuerySet

from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.base import clock
from mingchu.territory.domain.quarters import Quarter, read_quarter
from mingchu.territory.models import Visit, VisitState

DUE = (VisitState.OPEN, VisitState.DONE, VisitState.MISSED)


def inside(rows: QuerySet[Visit], scopes: Iterable[Scope]) -> QuerySet[Visit]:
    """Visits by where they lie themselves: a finished one stays where it was made."""
    wanted = Q(pk__in=[])
    for scope in scopes:
        if scope.kind is ScopeKind.CITY:
            return rows
        if scope.kind in (ScopeKind.DISTRICT, ScopeKind.STATION) and scope.code:
            wanted |= Q(**{scope.kind.value: scope.code})
    return rows.filter(wanted)


# What a list of visits can be asked for, by how they stand.
STATES = ("all", "todo", "overdue", "nobody", "done", "late", "missed", "problem")


def standing(state: str) -> Q:
    """What counts is what was to be visited: what fell away does not."""
    by = {
        "todo": Q(state=VisitState.OPEN),
        "overdue": Q(state=VisitState.OPEN, due__lt=clock.today()),
        "nobody": Q(state=VisitState.OPEN, cadre__isnull=True),
        "done": Q(state=VisitState.DONE),
        "late": Q(state=VisitState.DONE, late=True),
        "missed": Q(state=VisitState.MISSED),
        "problem": Q(state=VisitState.DONE) & ~Q(problem=""),
    }
    return by.get(state, Q(state__in=DUE))


@dataclass(frozen=True, kw_only=True)
class VisitsAsked:
    """What a list is asked for; it round-trips through the page's address."""

    quarter: Quarter | None = None
    district: str = ""
    station: str = ""
    level: str = ""
    state: str = ""
    cadre: int | None = None

    @classmethod
    def read(cls, said: dict[str, str]) -> VisitsAsked:
        cadre = said.get("cadre", "")
        return cls(
            quarter=read_quarter(said.get("quarter", "")),
            district=said.get("district", ""),
            station=said.get("station", ""),
            level=said.get("level", ""),
            state=said.get("state", ""),
            cadre=int(cadre) if cadre.isdecimal() and len(cadre) < 19 else None,
        )

    def query(self) -> dict[str, str]:
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: str(value) for name, value in said.items() if value not in ("", None)}


def visits(scopes: Iterable[Scope], asked: VisitsAsked) -> QuerySet[Visit]:
    """Those asked for, the earliest due first, then by address."""
    rows = inside(Visit.objects.filter(standing(asked.state)), scopes)
    equal = {name: getattr(asked, name) for name in ("district", "station", "level", "cadre")}
    rows = rows.filter(**{name: value for name, value in equal.items() if value not in ("", None)})
    if asked.quarter:
        rows = rows.filter(quarter=asked.quarter.first)
    return rows.select_related("business", "cadre").order_by("due", "pk")


def visit(scopes: Iterable[Scope], pk: int) -> Visit | None:
    rows = inside(Visit.objects.select_related("business", "cadre"), scopes)
    return rows.filter(pk=pk).first()


def mine(scopes: Iterable[Scope], user: int) -> QuerySet[Visit]:
    """A cadre's own visits, where he still has his post."""
    held = Visit.objects.filter(cadre__user=user, cadre__until__isnull=True)
    return inside(held, scopes).select_related("business")


def to_do(scopes: Iterable[Scope], user: int) -> QuerySet[Visit]:
    """What a cadre still has to visit: what is overdue first, then street by street."""
    waiting = mine(scopes, user).filter(state=VisitState.OPEN)
    return waiting.order_by("due", "district", F("business__address"), "pk")


def my_visit(scopes: Iterable[Scope], user: int, pk: int) -> Visit | None:
    return mine(scopes, user).filter(pk=pk).first()


def own_visit_numbers(scopes: Iterable[Scope], user: int, pks: Iterable[int]) -> set[int]:
    """Which of these visits are the cadre's own."""
    return set(mine(scopes, user).filter(pk__in=list(pks)).values_list("pk", flat=True))


def over_before(numbers: Collection[int], moment: datetime) -> set[int]:
    """Which of these visits had been made by then."""
    made = Visit.objects.filter(pk__in=numbers, done_at__lt=moment)
    return set(made.values_list("pk", flat=True))


def my_counts(scopes: Iterable[Scope], user: int, quarter: Quarter) -> tuple[int, int]:
    """(done, all) of the quarter."""
    own = mine(scopes, user).filter(quarter=quarter.first, state__in=DUE)
    return own.filter(state=VisitState.DONE).count(), own.count()
