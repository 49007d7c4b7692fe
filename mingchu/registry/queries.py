"""Reads of the registry: scoped, filtered, searched by any fragment, a page at a time.

A search first takes the hits of the index, at most COUNTED + 1 of them. If that is all, they are
counted and sorted; if not, the fragment is so common that walking the list in its order and
keeping what matches finds a page sooner than sorting every hit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from django.core.cache import cache
from django.db import models
from django.db.models import Count, Q, QuerySet

from mingchu.accounts.domain import CITY, Place, Scope, ScopeKind
from mingchu.accounts.places import Located
from mingchu.base import paging
from mingchu.base.ids import digest
from mingchu.registry import domain
from mingchu.registry.models import Business, Licence, Person, Premises

COUNTED = 10_000
COMMON_SECONDS = 60
PAGE = 30
EVERYWHERE = (CITY,)
SORTS = {"name": "name", "new": "-id", "expires": "expires"}
Row = TypeVar("Row", bound=models.Model)
# What a business is made of.
OWN = (Premises, Licence, Person)


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
        return SORTS.get(self.sort, "name")

    def query(self) -> dict[str, str]:
        """As the address says it, without what is not asked."""
        said = {
            "q": self.q,
            "district": self.district,
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
    rows = within(Business.objects.all(), scopes)
    for name in ("district", "kind", "state"):
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
        count = _counted(rows)
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


def _counted(rows: QuerySet[Business]) -> int:
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


def business(scopes: Iterable[Scope], number: int) -> Business | None:
    """One business, if it lies in the scopes."""
    return within(Business.objects.defer("search_text"), scopes).filter(pk=number).first()


def public_business(number: int) -> Business | None:
    """One business as anybody may ask for it."""
    return Business.objects.defer("search_text").filter(pk=number).first()


def licences_of(businesses: Collection[Business]) -> dict[int, list[Licence]]:
    """Licences of a page of businesses, asked once."""
    found: dict[int, list[Licence]] = {one.pk: [] for one in businesses}
    for licence in Licence.objects.filter(business__in=found).order_by("expires", "pk"):
        found[licence.business_id].append(licence)
    return found


def main_addresses(businesses: Collection[Business]) -> dict[int, str]:
    """Where an officer or a guest goes, by business."""
    numbers = [one.pk for one in businesses]
    found = Premises.objects.filter(business__in=numbers, is_main=True)
    return dict(found.values_list("business_id", "address"))


def licence_of(business: Business, number: int) -> Licence | None:
    return business.licences.filter(pk=number).first()


def premises_of(business: Business) -> list[Premises]:
    return list(business.premises.order_by("-is_main", "pk"))


def people_of(business: Business) -> list[Person]:
    """Those still there first, then by name."""
    return list(business.people.order_by("until", "name", "pk"))


def locate(codes: Collection[str]) -> dict[str, Located]:
    """Where businesses lie, for whoever is given a post in one."""
    numbers = {number: code for code in codes if (number := domain.number_of(code))}
    found = Business.objects.filter(pk__in=numbers).only("name", "district", "station")
    return {
        (code := numbers[one.pk]): Located(
            one.name, Place(district=one.district, station=one.station, business=code)
        )
        for one in found
    }


def counted_by(field: str, *, states: Sequence[str] = (domain.State.OPEN,)) -> dict[str, int]:
    """How many businesses in these states, by `kind` or `district`."""
    rows = Business.objects.filter(state__in=states).order_by()
    return dict(rows.values_list(field).annotate(n=Count("pk")))


def expiring_count(scopes: Iterable[Scope], before: date) -> int:
    """Open businesses of whom a licence runs out before the day, up to COUNTED + 1."""
    open_ones = within(Business.objects.filter(state=domain.State.OPEN), scopes)
    return _counted(open_ones.filter(expires__lt=before))


def in_use(numbers: Collection[int], own: tuple[type[models.Model], ...] = OWN) -> set[int]:
    """Which businesses something outside of the registry refers to, itself or by its parts."""
    found: set[int] = set()
    for model, path in ((Business, ""), *((part, "__business") for part in OWN)):
        for relation in model._meta.related_objects:
            if relation.related_model not in own:
                column = f"{relation.field.name}{path}"
                rows = relation.related_model._base_manager.filter(**{f"{column}__in": numbers})
                found.update(rows.values_list(column, flat=True))
    return found
