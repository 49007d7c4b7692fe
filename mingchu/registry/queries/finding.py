"""Reads of the registry: scoped, filtered, searched by any fragment, a page at a time.

A search first takes the hits of the index, at most COUNTED + 1 of them. If that is all, they are
counted and sorted; if not, the fragment is so common that walking the list in its order and
keeping what matches finds a page sooner than sorting every hit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from django.core.cache import cache
from django.db import models
from django.db.models import Q, QuerySet

from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.base import paging
from mingchu.base.ids import digest
from mingchu.registry import domain
from mingchu.registry.models import Business

COUNTED = 10_000
COMMON_SECONDS = 60
PAGE = 30
EVERYWHERE = (CITY,)
SORTS = {"name": "sort_key", "new": "-id", "expires": "expires"}
Row = TypeVar("Row", bound=models.Model)
LISTED = Q(merged_into__isnull=True)


@models.TextField.register_lookup
class Holds(models.Lookup):
    """`search_text__holds="蒙饺"`: through the index of grams, each hit compared once more."""

    lookup_name = "holds"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        column, params = self.process_lhs(compiler, connection)
        fragment = str(self.rhs)
        terms = " & ".join(domain.grams(fragment))
        sql = f"(registry_grams({column}) @@ %s::tsquery AND {column} LIKE %s)"
        return sql, (*params, terms, *params, like(fragment))


def like(fragment: str) -> str:
    """The LIKE pattern of a text that holds the fragment."""
    for special in ("\\", "%", "_"):
        fragment = fragment.replace(special, f"\\{special}")
    return f"%{fragment}%"


def within(queryset: QuerySet[Row], scopes: Iterable[Scope], path: str = "") -> QuerySet[Row]:
    """Only rows inside the scopes; `path` leads from the row to its business (`business__`)."""
    wanted = Q(pk__in=[])
    for scope in scopes:
        if scope.kind is ScopeKind.CITY:
            return queryset
        if scope.kind in (ScopeKind.DISTRICT, ScopeKind.STATION):
            wanted |= Q(**{f"{path}{scope.kind.value}": scope.code})
        elif scope.kind is ScopeKind.BUSINESS:
            wanted |= Q(**{f"{path}id": domain.number_of(scope.code)})
    return queryset.filter(wanted)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a list is asked for; empty means all. It round-trips through the page's address."""

    q: str = ""
    district: str = ""
    station: str = ""
    kind: str = ""
    state: str = ""
    expires_before: date | None = None
    sort: str = "name"

    @property
    def fragments(self) -> list[str]:
        """Words of the search box; each has to be found."""
        return [word for word in domain.folded(self.q).split(" ") if any(domain.grams(word))]

    @property
    def order(self) -> str:
        return SORTS.get(self.sort, "sort_key")

    def query(self) -> dict[str, str]:
        """As the address says it, without what is not asked."""
        said = {
            "q": self.q,
            "district": self.district,
            "station": self.station,
            "kind": self.kind,
            "state": self.state,
            "expires_before": self.expires_before.isoformat() if self.expires_before else "",
            "sort": self.sort if self.sort != "name" else "",
        }
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True)
class Page:
    """One page: rows, the cursor of the next, and the count up to COUNTED."""

    rows: Sequence[Business]
    next: str
    count: int

    @property
    def is_counted(self) -> bool:
        return self.count <= COUNTED


def filtered(scopes: Iterable[Scope], wanted: Wanted) -> QuerySet[Business]:
    """Everything of the question but its search box."""
    rows = within(Business.objects.filter(LISTED), scopes)
    for name in ("district", "station", "kind", "state"):
        if value := getattr(wanted, name):
            rows = rows.filter(**{name: value})
    if wanted.expires_before:
        rows = rows.filter(expires__lt=wanted.expires_before)
    if wanted.order == "expires":
        rows = rows.filter(expires__isnull=False)
    return rows


def matching(scopes: Iterable[Scope], wanted: Wanted) -> QuerySet[Business]:
    """All rows of the question in its order; for exports, which run to the end."""
    rows = filtered(scopes, wanted)
    for fragment in wanted.fragments:
        rows = rows.filter(search_text__holds=fragment)
    return _ordered(rows, wanted)


def page(scopes: Iterable[Scope], wanted: Wanted, *, cursor: str = "", limit: int = PAGE) -> Page:
    """One page of the list."""
    scopes = tuple(scopes)
    rows, common = filtered(scopes, wanted), False
    if wanted.fragments:
        rows, count, common = _searched(rows, wanted.fragments, _key(scopes, wanted))
    else:
        count = counted(rows)
    asked = _ordered(_after(rows, wanted, cursor), wanted)
    found = _walked(asked, limit + 1) if common else list(asked[: limit + 1])
    more = len(found) > limit
    return Page(found[:limit], _cursor(found[limit - 1], wanted) if more else "", count)


def _searched(
    rows: QuerySet[Business], fragments: Sequence[str], key: str
) -> tuple[QuerySet[Business], int, bool]:
    """Rows that hold the fragments, how many, and whether they are too common to be sorted.

    That they were is remembered a minute, since the same question turns its pages.
    """
    if not cache.get(key):
        hits = rows
        for fragment in fragments:
            hits = hits.filter(search_text__holds=fragment)
        numbers = list(hits.order_by().values_list("pk", flat=True)[: COUNTED + 1])
        if len(numbers) <= COUNTED:
            return Business.objects.filter(pk__in=numbers), len(numbers), False
        cache.set(key, 1, COMMON_SECONDS)
    for fragment in fragments:
        rows = rows.filter(search_text__contains=fragment)
    return rows, COUNTED + 1, True


def _key(scopes: Iterable[Scope], wanted: Wanted) -> str:
    asked = replace(wanted, q=" ".join(wanted.fragments), sort="")
    said = repr((sorted(map(str, scopes)), asked, COUNTED))
    return f"registry:common:{digest(said.encode())}"


def _walked(asked: QuerySet[Business], limit: int) -> list[Business]:
    """Numbers first, which the index of the order knows by itself, then their rows."""
    numbers = list(asked.values_list("pk", flat=True)[:limit])
    rows = Business.objects.defer("search_text").in_bulk(numbers)
    return [rows[number] for number in numbers]


def counted(rows: QuerySet[Any]) -> int:
    """At most COUNTED + 1: nobody reads on whether it were 412,817."""
    return rows.order_by().values("pk")[: COUNTED + 1].count()


def _ordered(rows: QuerySet[Business], wanted: Wanted) -> QuerySet[Business]:
    tie = "-id" if wanted.order.startswith("-") else "id"
    order = (wanted.order,) if wanted.order == tie else (wanted.order, tie)
    return rows.order_by(*order).defer("search_text")


def _cursor(last: Business, wanted: Wanted) -> str:
    value = getattr(last, wanted.order.lstrip("-"))
    return paging.cursor(value.isoformat() if isinstance(value, date) else value, last.pk)


def _after(rows: QuerySet[Business], wanted: Wanted, cursor: str) -> QuerySet[Business]:
    """What comes after the last row of the page before."""
    if not cursor:
        return rows
    said = paging.place(cursor)
    if len(said) != 2 or not isinstance(said[1], int):
        paging.place("!")
    value, number = said
    if wanted.order == "-id":
        return rows.filter(pk__lt=number)
    field = wanted.order
    return rows.filter(Q(**{f"{field}__gte": value})).exclude(**{field: value, "pk__lte": number})
