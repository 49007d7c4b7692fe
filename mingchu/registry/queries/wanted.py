"""What a list is asked for, and the rows it means, but for the search box."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import cached_property
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from mingchu.accounts.domain import Place, Scope, ScopeKind, covers
from mingchu.base import clock
from mingchu.registry import domain, rules
from mingchu.registry.models import Business

SORTS = {"name": "sort_key", "new": "-id", "expires": "expires"}
LISTED = Q(merged_into__isnull=True)
EQUAL = ("district", "station", "grid", "kind", "state", "legal_form", "channel")
Row = TypeVar("Row", bound=models.Model)


def any_number(keys: Iterable[int]) -> RawSQL:
    """Many numbers as one value of a question: ten thousand parameters take longer than it."""
    return RawSQL("SELECT unnest(%s::bigint[])", [f"{{{','.join(map(str, keys))}}}"])


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


def is_within(business: Business, scopes: Iterable[Scope]) -> bool:
    """The same of a row that is at hand."""
    own = Place(business.district, business.station, domain.public_id(business.pk))
    return any(covers(scope, own) for scope in scopes)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a list is asked for; empty means all. It round-trips through the page's address.

    `head` is the public id of a head office, `within` a number of days, `standing` is `expired`
    (an end has passed) or `none` (no valid licence, of those who need one).
    """

    q: str = ""
    district: str = ""
    station: str = ""
    grid: str = ""
    kind: str = ""
    state: str = ""
    legal_form: str = ""
    channel: str = ""
    head: str = ""
    standing: str = ""
    within: int | None = None
    expires_before: date | None = None
    sort: str = "name"

    @cached_property
    def fragments(self) -> tuple[str, ...]:
        """Words of the search box; each has to be found."""
        return tuple(word for word in domain.folded(self.q).split(" ") if any(domain.grams(word)))

    @property
    def order(self) -> str:
        return SORTS.get(self.sort, "sort_key")

    def query(self) -> dict[str, str]:
        """As the address says it, without what is not asked."""
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        return {
            name: str(value)
            for name, value in said.items()
            if value not in ("", None) and (name, value) != ("sort", "name")
        }


def filtered(scopes: Iterable[Scope], wanted: Wanted) -> QuerySet[Business]:
    """Everything of the question but its search box."""
    rows = within(Business.objects.filter(LISTED), scopes)
    asked: dict[str, Any] = {name: value for name in EQUAL if (value := getattr(wanted, name))}
    if wanted.head:
        asked["head"] = domain.number_of(wanted.head)
    if wanted.expires_before:
        asked["expires__lt"] = wanted.expires_before
    if wanted.order == "expires":
        asked["expires__isnull"] = False
    return rows.filter(_standing(wanted), **asked)


def _standing(wanted: Wanted) -> Q:
    """By how the licences stand today."""
    today, asked = clock.today(), Q()
    if wanted.standing == "expired":
        asked &= Q(expires__lt=today)
    if wanted.standing == "none":
        asked &= Q(licensed_until__isnull=True) | Q(licensed_until__lt=today)
        # Whoever needs one; of an unlicensed place the rule speaks by itself.
        asked &= ~Q(kind__in=rules.kinds_without_licence()) | Q(kind=domain.Kind.UNLICENSED)
        if not wanted.state:
            asked &= Q(state__in=rules.states_counted("unlicensed"))
    if wanted.within is not None:
        asked &= Q(expires__range=(today, today + timedelta(days=wanted.within)))
    return asked
