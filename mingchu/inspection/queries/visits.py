"""Visits: those of an office, of an officer, of a business; hidden ones for whom they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from django.db.models import Q, QuerySet

from mingchu.accounts.domain import Actor, Scope
from mingchu.inspection.models import (
    READY,
    WAITING,
    Record,
    RecordState,
    Visit,
    VisitState,
    VisitType,
)
from mingchu.registry.queries import within

READ, APPROVE = "inspection.read", "inspection.approve"
HIDDEN = Q(type=VisitType.UNANNOUNCED, started_at=None)


def seen_by(actor: Actor) -> QuerySet[Visit]:
    """Visits that the actor may see: an unannounced one, before it begins, only if he makes it,
    asked for it, or approves such visits there."""
    rows = Visit.objects.select_related("business").defer("business__search_text")
    open_ones = within(rows, actor.scopes_for(READ), "business__").filter(~HIDDEN)
    known = Q(pk__in=[])
    if actor.user_id is not None:
        me = actor.user_id
        known = Q(lead_id=me) | Q(second_id=me) | Q(planned_by=me)
    hidden = Visit.objects.filter(HIDDEN)
    his = hidden.filter(known) | within(hidden, actor.scopes_for(APPROVE), "business__")
    return rows.filter(Q(pk__in=open_ones.values("pk")) | Q(pk__in=his.values("pk")))


def visit(actor: Actor, pk: int) -> Visit | None:
    return seen_by(actor).select_related("recheck_of", "task__batch").filter(pk=pk).first()


def mine(user: int, *, until: date | None = None) -> QuerySet[Visit]:
    """What waits for an officer, the first to be due first."""
    rows = Visit.objects.filter(Q(lead_id=user) | Q(second_id=user), state__in=READY)
    if until is not None:
        rows = rows.filter(day__lte=until)
    return rows.select_related("business", "recheck_of").order_by("due", "pk")


def waiting(actor: Actor) -> QuerySet[Visit]:
    """What is not made yet, the first to be due first."""
    return seen_by(actor).filter(state__in=WAITING).order_by("due", "pk")


def to_approve(scopes: Iterable[Scope]) -> QuerySet[Visit]:
    rows = Visit.objects.filter(state=VisitState.PLANNED, returned_why="")
    return within(rows, scopes, "business__").select_related("business").order_by("due", "pk")


def of_business(actor: Actor, business: int) -> QuerySet[Visit]:
    return seen_by(actor).filter(business=business).order_by("-day", "-pk")


def counted_this_year(business: int, year: int) -> int:
    """Visits of the house that were made this year, the recheck not counted."""
    rows = Record.objects.filter(
        business=business, state=RecordState.ACCEPTED, day__year=year
    ).exclude(visit__type=VisitType.RECHECK)
    return rows.count()


def last_records(businesses: Collection[int]) -> dict[int, Record]:
    """The newest record that counts of each business."""
    rows = (
        Record.objects.filter(business__in=list(businesses), state=RecordState.ACCEPTED)
        .order_by("business_id", "-day", "-pk")
        .distinct("business_id")
    )
    return {one.business_id: one for one in rows}


def loads(rows: Sequence[Visit]) -> dict[int, int]:
    """How many of these visits each officer has."""
    found: dict[int, int] = {}
    for one in rows:
        for person in one.pair:
            found[person] = found.get(person, 0) + 1
    return found
