"""Lists of letters: scoped, filtered, what is overdue first, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from mingchu.accounts.domain import Scope
from mingchu.base import clock, paging
from mingchu.complaints.domain.numbers import is_ours, read_number
from mingchu.complaints.domain.states import OPEN
from mingchu.complaints.models import Complaint, State
from mingchu.ledger.keyset import behind
from mingchu.registry.queries import within

COUNTED = 10_000
PAGE = 30
EQUAL = ("kind", "channel", "category", "district", "station")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a list is asked for; empty means all. It round-trips through the page's address.

    `show` is `open` (the first answer), `overdue`, `unhandled`, `visit`, `all`, or one state.
    """

    q: str = ""
    show: str = "open"
    kind: str = ""
    channel: str = ""
    category: str = ""
    district: str = ""
    station: str = ""
    mine: bool = False
    since: date | None = None
    until: date | None = None

    def query(self) -> dict[str, str]:
        """As the address says it, without what is not asked."""
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        return {
            name: "1" if value is True else str(value)
            for name, value in said.items()
            if value not in ("", None, False) and (name, value) != ("show", "open")
        }


@dataclass(frozen=True)
class Page:
    """One page: rows, the cursor of the next, and the count up to COUNTED."""

    rows: Sequence[Complaint]
    next: str
    count: int


def matching(
    scopes: Iterable[Scope], wanted: Wanted, user_id: int | None = None
) -> QuerySet[Complaint]:
    """All letters of the question, what is due first before what is due later."""
    found = within(Complaint.objects.select_related("business", "handler"), scopes)
    found = _shown(found, wanted.show)
    found = found.filter(**{name: said for name in EQUAL if (said := getattr(wanted, name))})
    if wanted.mine:
        found = found.filter(handler=user_id)
    if wanted.since:
        found = found.filter(received_at__gte=clock.midnight(wanted.since))
    if wanted.until:
        found = found.filter(received_at__lt=_after(wanted.until))
    if wanted.q.strip():
        found = found.filter(_holds(wanted.q.strip()))
    return found.order_by("due_on", "pk").defer("business__search_text")


def _after(day: date) -> datetime:
    return clock.midnight(day + timedelta(days=1))


def _shown(found: QuerySet[Complaint], show: str) -> QuerySet[Complaint]:
    if show == "overdue":
        return found.filter(due_on__lt=clock.today())
    if show == "unhandled":
        return found.filter(state__in=OPEN, handler=None)
    if show == "visit":
        return found.filter(state=State.CLOSED)
    if show == "answer":
        return found.filter(state__in=OPEN, order_ended_at__isnull=False)
    if show in State.values:
        return found.filter(state=show)
    return found if show == "all" else found.filter(state__in=OPEN)


def _holds(text: str) -> Q:
    """A number, typed as it is printed, or a part of the place's or the business's name."""
    number = read_number(text)
    if number and is_ours(number):
        return Q(number=number)
    return (
        Q(number__startswith=text)
        | Q(place__icontains=text)
        | Q(business__name__icontains=text)
        | Q(business__sign__icontains=text)
    )


def page(
    scopes: Iterable[Scope],
    wanted: Wanted,
    *,
    user_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE,
) -> Page:
    """One page of the list."""
    asked = matching(scopes, wanted, user_id)
    rows = following(asked, cursor, limit + 1)
    more = len(rows) > limit
    last = rows[limit - 1] if more else None
    onward = paging.cursor(last.due_on.isoformat(), last.pk) if last else ""
    return Page(rows[:limit], onward, count(asked))


def following(asked: QuerySet[Complaint], cursor: str, limit: int) -> list[Complaint]:
    """What comes after the last row of the page before."""
    if not cursor:
        return list(asked[:limit])
    said = paging.place(cursor)
    try:
        day, number = date.fromisoformat(said[0]), int(said[1])
    except (TypeError, ValueError, IndexError):
        paging.place("!")  # refuses, as it does whatever was made up
        raise
    return behind(asked, "due_on", (day, number), limit)


def count(asked: QuerySet[Complaint]) -> int:
    """At most COUNTED + 1."""
    return asked.order_by().values("pk")[: COUNTED + 1].count()


def to_follow_up(scopes: Iterable[Scope]) -> QuerySet[Complaint]:
    return within(Complaint.objects.filter(state=State.CLOSED), scopes)
