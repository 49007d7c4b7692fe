"""Visits: those of an office, of an officer, of a business; hidden ones for whom they are."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from mingchu.accounts.domain import Actor, Scope
from mingchu.base import clock, paging
from mingchu.inspection.models import (
    READY,
    WAITING,
    Finding,
    FindingState,
    Record,
    RecordState,
    Visit,
    VisitState,
    VisitType,
)
from mingchu.ledger.keyset import behind
from mingchu.registry.models import Business
from mingchu.registry.queries import Wanted as Sought
from mingchu.registry.queries import within
from mingchu.registry.queries.planning import PlanPage

PAGE, CALENDAR_TOP = 50, 2_000
UNMENDED = (FindingState.OPEN, FindingState.ANSWERED)
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


# ── Lists ──


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a list of visits is asked for; empty means all that wait. It round-trips by the address.

    `due`: "overdue", "today", "week"; `whose`: "mine", "unassigned"; `state` "all" for whatever
    state it is in, "to_approve" for what waits and was not sent back; `q` is a fragment of a name
    or an address, or a number such as JC2026-000123.
    """

    q: str = ""
    state: str = ""
    type: str = ""
    district: str = ""
    station: str = ""
    due: str = ""
    whose: str = ""

    def query(self) -> dict[str, str]:
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in said.items() if value}

    @property
    def order(self) -> str:
        """The first to be due first; of what is over the newest."""
        return "-day" if self.state in ENDED or self.state == ALL else "due"


ALL, TO_APPROVE = "all", "to_approve"
ENDED = (VisitState.DONE, VisitState.VOID)
EQUAL = ("type", "district", "station")
NUMBER = re.compile(r"(?:JC\d{4}-)?0*(\d{1,12})", re.IGNORECASE)


def matching(actor: Actor, wanted: Wanted) -> QuerySet[Visit]:
    """All rows of the question in its order; for exports and counts too."""
    rows = _of_state(seen_by(actor), wanted.state)
    rows = rows.filter(**{name: said for name in EQUAL if (said := getattr(wanted, name))})
    rows = _of_people(_of_days(rows, wanted.due), actor, wanted.whose)
    tie = "-pk" if wanted.order.startswith("-") else "pk"
    return _named(rows, wanted.q).order_by(wanted.order, tie)


def _of_state(rows: QuerySet[Visit], state: str) -> QuerySet[Visit]:
    if state == ALL:
        return rows
    if state == TO_APPROVE:
        return rows.filter(state=VisitState.PLANNED, returned_why="")
    return rows.filter(state=state) if state else rows.filter(state__in=WAITING)


def _of_days(rows: QuerySet[Visit], due: str) -> QuerySet[Visit]:
    today = clock.today()
    spans = {
        "overdue": Q(due__lt=today),
        "today": Q(due=today),
        "week": Q(due__gte=today, due__lte=today + timedelta(days=6)),
    }
    return rows.filter(spans[due]) if due in spans else rows


def _of_people(rows: QuerySet[Visit], actor: Actor, whose: str) -> QuerySet[Visit]:
    if whose == "mine":
        me = actor.user_id or 0
        return rows.filter(Q(lead_id=me) | Q(second_id=me))
    if whose == "unassigned":
        return rows.filter(Q(lead_id=None) | Q(second_id=None))
    return rows


def _named(rows: QuerySet[Visit], said: str) -> QuerySet[Visit]:
    if number := NUMBER.fullmatch(said.strip()):
        return rows.filter(pk=int(number[1]))
    for fragment in Sought(q=said).fragments:
        hits = Business.objects.filter(search_text__holds=fragment)
        rows = rows.filter(business__in=hits.values("pk"))
    return rows


def page(rows: QuerySet[Any], order: str, cursor: str = "", limit: int = PAGE) -> PlanPage:
    """One page of a list in the order of a day and then of numbers."""
    field = order.removeprefix("-")
    more = limit + 1
    found = behind(rows, order, _place(cursor), more) if cursor else list(rows[:more])
    if len(found) <= limit:
        return PlanPage(found, "")
    last = found[limit - 1]
    return PlanPage(found[:limit], paging.cursor(getattr(last, field).isoformat(), last.pk))


def _place(cursor: str) -> tuple[date, int]:
    """Where a page ended; what somebody made up is refused."""
    said = paging.place(cursor)
    try:
        day, number = said
        if isinstance(number, int):
            return date.fromisoformat(day), number
    except (TypeError, ValueError):
        pass
    paging.place("!")
    raise AssertionError  # the line above refuses


def some(actor: Actor, action: str, numbers: Collection[int]) -> list[Visit]:
    """Of these visits those on which the actor may act so."""
    rows = within(seen_by(actor), actor.scopes_for(action), "business__")
    return list(rows.filter(pk__in=numbers).order_by("due", "pk"))


def between(actor: Actor, first: date, last: date) -> list[Visit]:
    """What is to be made, or was made, on these days; called off ones are not."""
    rows = seen_by(actor).filter(day__gte=first, day__lte=last).exclude(state=VisitState.VOID)
    return list(rows.order_by("day", "pk")[:CALENDAR_TOP])


def together_with(actor: Actor, visit: Visit) -> list[Visit]:
    """Other departments' visits of the same joint task at the same business."""
    if not visit.joint:
        return []
    rows = seen_by(actor).filter(joint=visit.joint, business=visit.business_id)
    return list(rows.exclude(pk=visit.pk).order_by("pk"))


def waiting_at(actor: Actor, business: int) -> list[Visit]:
    """What waits at a business: another visit may go with it 合并检查."""
    rows = of_business(actor, business).filter(state__in=WAITING)
    return list(rows.order_by("due", "pk"))


def waiting_loads(people: Collection[int]) -> dict[int, int]:
    """How many visits wait for each of these officers, whoever asks."""
    rows = Visit.objects.filter(Q(lead_id__in=people) | Q(second_id__in=people))
    return loads(list(rows.filter(state__in=WAITING).only("lead_id", "second_id")))


def unmended(business: int) -> list[Finding]:
    """What of earlier visits a business has not mended."""
    rows = Finding.objects.filter(business=business, state__in=UNMENDED)
    return list(rows.select_related("record__visit", "record__sheet").order_by("due", "pk"))


def records_of(visit: Visit) -> list[Record]:
    """What came whole of a visit, the newest first."""
    states = (RecordState.ACCEPTED, RecordState.CONFLICT, RecordState.SET_ASIDE)
    rows = Record.objects.filter(visit=visit, state__in=states)
    return list(rows.select_related("visit", "business").order_by("-pk"))
