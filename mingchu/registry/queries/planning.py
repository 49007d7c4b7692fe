"""What comes due 到期计划: licences, health certificates, follow-ups, training, duties, requests.

Each plan is a set of rows inside the scopes, earliest first, read a page at a time; its count is
asked up to COUNTED, since nobody plans by the last digit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from mingchu.accounts.domain import Scope
from mingchu.base import paging
from mingchu.ledger.keyset import behind
from mingchu.registry.domain import Duty, LicenceState, State
from mingchu.registry.models import Business, Inquiry, InquiryState, Licence, Person, Training
from mingchu.registry.queries.finding import PAGE, counted
from mingchu.registry.queries.wanted import within

Row = TypeVar("Row", bound=Model)
LEADING = [Duty.PRINCIPAL, Duty.DIRECTOR, Duty.OFFICER]


class Span(NamedTuple):
    """Days from `first` to `last`, both included; None is open."""

    first: date | None
    last: date | None


@dataclass(frozen=True)
class PlanPage:
    rows: Sequence[Any]
    next: str


def _alive(rows: QuerySet[Row], scopes: Iterable[Scope], states: Collection[str]) -> QuerySet[Row]:
    """Rows of files in the scopes whose state the rule counts."""
    inside = rows.filter(business__merged_into__isnull=True, business__state__in=states)
    return within(inside, scopes, "business__").select_related("business")


def _spanned(rows: QuerySet[Row], field: str, span: Span) -> QuerySet[Row]:
    if span.first:
        rows = rows.filter(**{f"{field}__gte": span.first})
    if span.last:
        rows = rows.filter(**{f"{field}__lte": span.last})
    return rows


def licences_ending(
    scopes: Iterable[Scope], states: Collection[str], span: Span
) -> QuerySet[Licence]:
    """Licences in force by decision whose term ends in the span."""
    held = Licence.objects.filter(state=LicenceState.VALID, expires__isnull=False)
    return _spanned(_alive(held, scopes, states), "expires", span).order_by("expires", "pk")


def certificates_ending(
    scopes: Iterable[Scope], states: Collection[str], span: Span
) -> QuerySet[Person]:
    """People at work whose newest health certificate ends in the span."""
    held = Person.objects.filter(until__isnull=True, health_until__isnull=False)
    return _spanned(_alive(held, scopes, states), "health_until", span).order_by(
        "health_until", "pk"
    )


def follow_ups(scopes: Iterable[Scope], states: Collection[str], span: Span) -> QuerySet[Licence]:
    """Licences given on commitment whose visit is still to be made."""
    due = Licence.objects.filter(follow_up_due__isnull=False, followed_up__isnull=True)
    return _spanned(_alive(due, scopes, states), "follow_up_due", span).order_by(
        "follow_up_due", "pk"
    )


def short_of_training(
    scopes: Iterable[Scope], states: Collection[str], year: int, hours: int, forms: Collection[str]
) -> QuerySet[Person]:
    """Principals, directors and officers at work in firms of these legal forms with fewer hours
    this year, `had` beside each."""
    trained = (
        Training.objects.filter(person=OuterRef("pk"), day__year=year)
        .order_by()
        .values("person")
        .annotate(total=Sum("hours"))
        .values("total")
    )
    leading = Person.objects.filter(
        until__isnull=True, duties__overlap=LEADING, business__legal_form__in=forms
    )
    had = Coalesce(Subquery(trained), Value(Decimal(0)))
    return _alive(leading, scopes, states).annotate(had=had).filter(had__lt=hours).order_by("pk")


def without_duty(
    scopes: Iterable[Scope],
    states: Collection[str],
    duty: str,
    needing: Sequence[Mapping[str, Any]],
) -> QuerySet[Business]:
    """Businesses that need somebody in the duty and have nobody; `needing` says who they are."""
    wanted = Q(pk__in=[])
    for each in needing:
        wanted |= Q(**each)
    there = Person.objects.filter(
        business=OuterRef("pk"), until__isnull=True, duties__contains=[duty]
    )
    rows = Business.objects.filter(wanted, merged_into__isnull=True, state__in=states)
    return within(rows.filter(~Exists(there)), scopes).defer("search_text").order_by("pk")


def dormant(scopes: Iterable[Scope]) -> QuerySet[Business]:
    """Businesses that rest, who has rested longest first."""
    resting = Business.objects.filter(
        merged_into__isnull=True, state=State.DORMANT, state_since__isnull=False
    )
    return within(resting, scopes).defer("search_text").order_by("state_since", "pk")


def head_offices() -> QuerySet[Any, int | None]:
    """Numbers of the businesses that have branches."""
    return Business.objects.filter(head__isnull=False).values_list("head", flat=True)


def inquiries(scopes: Iterable[Scope], waiting: Collection[str]) -> QuerySet[Inquiry]:
    """Requests to businesses in these states, the most urgent first."""
    rows = within(Inquiry.objects.filter(state__in=waiting), scopes, "business__")
    return rows.select_related("business").order_by("due", "pk")


UNSETTLED = (InquiryState.OPEN, InquiryState.RETURNED, InquiryState.ANSWERED)


def plan_page(rows: QuerySet[Row], field: str, cursor: str, limit: int = PAGE) -> PlanPage:
    """One page of a plan, in its own order: by `field` and number, or by number alone."""
    found = _behind(rows, field, cursor, limit + 1) if cursor else list(rows[: limit + 1])
    if len(found) <= limit:
        return PlanPage(found, "")
    last = found[limit - 1]
    key = (getattr(last, field).isoformat(), last.pk) if field else (last.pk,)
    return PlanPage(found[:limit], paging.cursor(*key))


def _behind(rows: QuerySet[Row], field: str, cursor: str, limit: int) -> list[Row]:
    said = paging.place(cursor)
    if len(said) != (2 if field else 1) or not isinstance(said[-1], int):
        paging.place("!")
    if field:
        return behind(rows, field, (said[0], said[1]), limit)
    return list(rows.filter(pk__gt=said[0])[:limit])


def plan_count(rows: QuerySet[Row]) -> int:
    """How many, up to COUNTED + 1."""
    return counted(rows)
