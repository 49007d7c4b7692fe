"""Supervision stations 监管所 and grid cells 网格: which there are, and what they are called."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet

from mingchu.accounts.domain import Place, Scope, ScopeKind
from mingchu.accounts.places import Located
from mingchu.base.remembered import Remembered
from mingchu.registry.models import Area, AreaKind, Business
from mingchu.registry.queries.wanted import LISTED, within


class AreaRow(NamedTuple):
    """An area as lists and boxes need it: a hundred stations are asked for on every list."""

    code: str
    kind: str
    name: str
    parent: str


AREAS = Remembered[tuple[AreaRow, ...]](seconds=10)
NAMES = Remembered[dict[str, str]](seconds=10)


def forget() -> None:
    """An area was named or dropped."""
    AREAS.forget()
    NAMES.forget()


def area_names(codes: Iterable[str]) -> dict[str, str]:
    """What some areas are called, as of a few seconds ago; a code nobody has named is left out."""
    names = NAMES.get("all", lambda: dict(Area.objects.values_list("code", "name")))
    return {code: names[code] for code in codes if code in names}


def areas(scopes: Collection[Scope], *, station: str = "") -> tuple[AreaRow, ...]:
    """The stations in the scopes, and the grid cells of one of them, as of a few seconds ago."""

    def ask() -> tuple[AreaRow, ...]:
        wanted = Q(kind=AreaKind.STATION) | Q(kind=AreaKind.GRID, parent=station or "-")
        return _rows(_inside(scopes).filter(wanted))

    return AREAS.get((frozenset(scopes), station), ask)


def all_areas(scopes: Iterable[Scope]) -> tuple[AreaRow, ...]:
    """Stations and grid cells, each station before its cells."""
    return _rows(_inside(scopes))


def _rows(areas: QuerySet[Area]) -> tuple[AreaRow, ...]:
    return tuple(AreaRow(*one) for one in areas.order_by("code").values_list(*AreaRow._fields))


def area(scopes: Iterable[Scope], code: str) -> Area | None:
    return _inside(scopes).filter(pk=code).first()


def _inside(scopes: Iterable[Scope]) -> QuerySet[Area]:
    """A district's areas begin with its code, a station's are itself and its cells."""
    wanted = Q(pk__in=[])
    for scope in scopes:
        if scope.kind is ScopeKind.CITY:
            return Area.objects.all()
        if scope.kind in (ScopeKind.DISTRICT, ScopeKind.STATION) and scope.code:
            wanted |= Q(code__startswith=scope.code)
    return Area.objects.filter(wanted)


def counted_by_area(scopes: Iterable[Scope], field: str) -> dict[str, int]:
    """Businesses of each `station` or `grid`, closed ones left out."""
    living = within(Business.objects.filter(LISTED), scopes).exclude(state="closed")
    rows = living.exclude(**{field: ""}).order_by().values_list(field)
    return dict(rows.annotate(n=Count("pk")))


def locate_stations(codes: Collection[str]) -> dict[str, Located]:
    """For accounts: a station by its name, or by its code while it has none."""
    names = area_names(codes)
    return {
        code: Located(names.get(code, code), Place(district=code[:6], station=code))
        for code in codes
    }
