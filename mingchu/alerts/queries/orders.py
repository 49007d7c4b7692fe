"""Reads of orders, each inside a scope: lists from the most pressing on, one order, counts.

An order that is paused has no due: lists show them after all others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db.models import Exists, OuterRef, Q, QuerySet

from mingchu.accounts.domain import Actor, Scope, ScopeKind
from mingchu.accounts.models import User
from mingchu.alerts import limits
from mingchu.alerts.domain.figures import BY_KEY
from mingchu.alerts.domain.states import ENDS, OrderState, Outcome
from mingchu.alerts.models import Alert, Order, OrderStep
from mingchu.alerts.models.orders import UNDONE
from mingchu.base import clock, paging
from mingchu.base.remembered import Remembered
from mingchu.ledger.composing import ANYBODY, Composed, composed, counted, together
from mingchu.ledger.keyset import behind
from mingchu.ledger.rows import Joined, Question, Rows, ask, foreseen
from mingchu.registry import domain as registry
from mingchu.registry.models import Business
from mingchu.registry.queries import COUNTED
from mingchu.rulebook.store import rulebook

PAGE = 30
MANY = Remembered[bool](seconds=60)  # questions with more rows than are counted
READ = "alerts.read"
LISTED = Joined(
    Order,
    (
        "number", "kind", "severity", "state", "level", "district", "station", "due_at",
        "accept_due_at", "provisional", "paused", "opened_at", "ended_at", "outcome",
        "reporter_id", "business_id", "assignee_id", "revision",
    ),
    related={"business": ("name",), "assignee": ("name",)},
)  # fmt: skip
COMPOSED = Remembered[tuple[Composed, Composed]](seconds=3600)
SHOWN_OF_BUSINESS = 8
EQUAL = ("state", "kind", "level", "district", "station")
NOWHERE = "-"  # what lies in no district, or on no station's desk
UNMERGED = "unmerged"  # however it ended, but by going into another one
# What is asked only of orders that have ended.
OF_ENDED = ("outcome", "repeated", "ended_from", "ended_until")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a list is asked for; empty means all that are open. It round-trips by the address.

    `whose`: "mine", "nobody"; `due`: "overdue", "in_time", "today", "untaken", "paused", "ended";
    `age`: a band of days since it came in; `outcome` how it ended, or "unmerged"; `repeated` "yes"
    if its business got another one of the kind soon after, "no" if not; days as in 2026-11-20.
    """

    whose: str = ""
    due: str = ""
    state: str = ""
    kind: str = ""
    severity: str = ""
    level: str = ""
    district: str = ""
    station: str = ""
    age: str = ""
    outcome: str = ""
    repeated: str = ""
    ended_from: str = ""
    ended_until: str = ""

    @property
    def is_ended(self) -> bool:
        """Whether it asks for those that have ended; else for those that are open."""
        asks = self.due == "ended" or any(getattr(self, name) for name in OF_ENDED)
        return asks or self.state in ENDS

    def query(self) -> dict[str, str]:
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True)
class Page:
    """One page: rows, the cursor of the next, and the count up to COUNTED."""

    rows: Sequence[Order]
    next: str
    count: int


def within(scopes: Iterable[Scope]) -> Q:
    """Orders inside the scopes."""
    wanted = Q(pk__in=[])
    for scope in scopes:
        if scope.kind is ScopeKind.CITY:
            return Q()
        if scope.kind in (ScopeKind.DISTRICT, ScopeKind.STATION):
            wanted |= Q(**{scope.kind.value: scope.code})
        elif scope.kind is ScopeKind.BUSINESS:
            wanted |= Q(business=registry.number_of(scope.code))
    return wanted


def matching(actor: Actor, wanted: Wanted, *, action: str = READ) -> QuerySet[Order]:
    """All rows of the question in its order, for exports and counts too."""
    rows = Order.objects.filter(within(actor.scopes_for(action)))
    asked = {
        name: "" if value == NOWHERE else value
        for name in EQUAL
        if (value := getattr(wanted, name))
    }
    if wanted.severity:
        asked["severity"] = wanted.severity
    rows = rows.filter(_whose(actor, wanted.whose), _due(wanted.due), aged(wanted.age), **asked)
    if not wanted.is_ended:
        return rows.filter(UNDONE).order_by("due_at", "pk")
    return _ended(rows.filter(ended_at__isnull=False), wanted).order_by("-ended_at", "-pk")


def aged(band: str) -> Q:
    """Those that came in so many days ago."""
    if band not in BY_KEY:
        return Q()
    begins, ends = BY_KEY[band].came(clock.today())
    since = Q(opened_at__gte=begins) if begins else Q()
    return since & Q(opened_at__lt=ends) if ends else since


def _ended(rows: QuerySet[Order], wanted: Wanted) -> QuerySet[Order]:
    """Of those that have ended, how and when."""
    if wanted.outcome == UNMERGED:
        rows = rows.filter(~MERGED)
    elif wanted.outcome:
        rows = rows.filter(outcome=wanted.outcome)
    if wanted.repeated:
        rows = rows.filter(came_again() if wanted.repeated == "yes" else ~came_again())
    if wanted.ended_from:
        rows = rows.filter(ended_at__gte=clock.midnight(date.fromisoformat(wanted.ended_from)))
    if wanted.ended_until:
        after = date.fromisoformat(wanted.ended_until) + timedelta(days=1)
        rows = rows.filter(ended_at__lt=clock.midnight(after))
    return rows


MERGED = Q(outcome=Outcome.MERGED)
NO_REPEAT = (Outcome.MERGED, Outcome.FALSE)


def came_again() -> Exists:
    """Whether its business got another order of the kind within the days of the rule after it had
    ended; one that was nothing, or the same as another, does not count."""
    span = timedelta(days=limits.repeat_days(clock.today()))
    later = Order.objects.filter(
        business=OuterRef("business"),
        kind=OuterRef("kind"),
        opened_at__gt=OuterRef("ended_at"),
        opened_at__lte=OuterRef("ended_at") + span,
    )
    return Exists(later.exclude(outcome__in=NO_REPEAT))


def _whose(actor: Actor, whose: str) -> Q:
    if whose == "mine":
        return Q(assignee=actor.user_id or 0)
    return Q(assignee__isnull=True) if whose == "nobody" else Q()


def _due(due: str) -> Q:
    now = clock.now()
    tomorrow = clock.midnight(clock.today() + timedelta(days=1))
    return {
        "overdue": overdue(now),
        "in_time": ~overdue(now),
        # What ends with today is due at the coming midnight.
        "today": Q(due_at__gt=now, due_at__lte=tomorrow),
        "untaken": Q(accept_due_at__isnull=False),
        "paused": Q(due_at__isnull=True, paused=True),
    }.get(due, Q())


def overdue(now: datetime) -> Q:
    """Whatever should have been done by now; never what is paused, which has no due."""
    return Q(due_at__isnull=False, due_at__lte=now)


def page(actor: Actor, wanted: Wanted, *, cursor: str = "", limit: int = PAGE) -> Page:
    """One page of the list, the most pressing first, of those that ended the latest."""
    asker = actor.user_id or 0
    scopes, day = frozenset(actor.scopes_for(READ)), clock.today()
    try:
        first, count = COMPOSED.get(
            (scopes, wanted, limit, day, rulebook()), lambda: _composed(actor, wanted, limit + 1)
        )
    except EmptyResultSet:  # a reader without scopes, whom Django asks nothing for
        return Page([], "", 0)
    many = (scopes, wanted, asker if wanted.whose == "mine" else 0)
    counting = together([count], asker)
    with foreseen(() if MANY.has(many) else (counting,)):
        if cursor:
            found = _after(matching(actor, wanted), wanted, cursor, limit + 1)
        else:
            found = [LISTED.made(row) for row in ask(first.asked(asker))]
        n = COUNTED + 1 if MANY.has(many) else ask(counting)[0][0]
    if n > COUNTED:
        MANY.keep(many, True)
    more = len(found) > limit
    return Page(found[:limit], _cursor(found[limit - 1], wanted) if more else "", n)


def _composed(actor: Actor, wanted: Wanted, limit: int) -> tuple[Composed, Composed]:
    """The first page, and how many there are: most lists are asked for again within the hour."""
    anybody = replace(actor, user_id=ANYBODY)
    rows = partial(matching, anybody, wanted)
    return (
        composed(lambda: rows().values_list(*LISTED.paths)[:limit]),
        counted(rows, COUNTED + 1),
    )


def _after(rows: QuerySet[Order], wanted: Wanted, cursor: str, limit: int) -> list[Order]:
    """What comes after a page. What stands still has no due and comes after all that has one."""
    at, number = _place(cursor)
    if wanted.is_ended:
        return behind(rows, "-ended_at", (at, number), limit, LISTED.read)
    found: list[Order] = []
    if at:
        running = rows.filter(due_at__isnull=False)
        found = behind(running, "due_at", (at, number), limit, LISTED.read)
        number = 0
    if len(found) < limit:
        still = rows.filter(due_at__isnull=True, pk__gt=number).order_by("pk")
        found += LISTED.read(still[: limit - len(found)])
    return found


def _cursor(last: Order, wanted: Wanted) -> str:
    at = last.ended_at if wanted.is_ended else last.due_at
    return paging.cursor(at.isoformat() if at else "", last.pk)


def _place(cursor: str) -> tuple[datetime | None, int]:
    said = paging.place(cursor)
    try:
        at, number = said
        return (datetime.fromisoformat(at) if at else None), int(number)
    except (TypeError, ValueError):
        paging.place("!")
        raise


def one(scopes: Iterable[Scope], pk: int) -> Order | None:
    """One order, if it lies in the scopes."""
    rows = Order.objects.select_related("business", "assignee", "merged_into")
    return rows.filter(within(scopes), pk=pk).first()


def some(scopes: Iterable[Scope], numbers: Collection[int]) -> list[Order]:
    """These orders as far as they lie in the scopes."""
    rows = Order.objects.filter(within(scopes), pk__in=numbers)
    return list(rows.select_related("business", "assignee").order_by("due_at", "pk"))


def by_number(scopes: Iterable[Scope], said: str) -> Order | None:
    return Order.objects.filter(within(scopes), number=said.strip().upper()).first()


def alerts_of(order: Order) -> list[Alert]:
    """What it is about, what is open first."""
    rows = list(order.alerts.order_by("pk"))
    return sorted(rows, key=lambda alert: alert.ended_at is not None)


def subjects_of(order: Order, alerts: Iterable[Alert]) -> list[str]:
    """What it is about, each once; of an order of one alert that is the alert's."""
    return list(dict.fromkeys([order.subject, *(one.subject for one in alerts)]))


def merged_with(order: Order) -> list[Order]:
    """Orders that were merged into it."""
    return list(order.merged.order_by("pk"))


def of_business(number: int) -> list[Order]:
    """The orders of a business and of the files that became part of it: open ones, then the
    latest that ended."""
    return _of_business(number, SHOWN_OF_BUSINESS)


def of_business_asked(number: int) -> Question:
    return _of_business.asked(number, SHOWN_OF_BUSINESS)


_of_business = Rows(
    Order,
    """WHERE business_id IN (SELECT id FROM registry_business WHERE %s IN (id, merged_into_id))
       ORDER BY ended_at DESC NULLS FIRST, due_at, alerts_order.id LIMIT %s""",
    related={"business": ("name",), "assignee": ("name",)},
)


def noticed(subject: str, business: int) -> list[Alert]:
    """Alerts of something about a business, which may be another's file by now; with their
    orders."""
    kept = Business.objects.filter(pk=business).values("merged_into")
    files = Q(business=business) | Q(business__in=kept)
    known = Alert.objects.filter(files, subject=subject)
    return list(known.select_related("order__business", "order__assignee").order_by("pk"))


def awaiting(number: int) -> list[tuple[Order, OrderStep]]:
    """What a business has to correct, each with the step that told it."""
    rows = Order.objects.filter(UNDONE, business=number, state=OrderState.AWAITING_BUSINESS)
    return [(order, told) for order in rows.order_by("due_at", "pk") if (told := told_in(order))]


def answered(number: int) -> list[tuple[Order, OrderStep]]:
    """What a business answered last, each with its answer."""
    rows = OrderStep.objects.filter(order__business=number, move="answer")
    latest = rows.select_related("order").order_by("-at")[:SHOWN_OF_BUSINESS]
    return [(step.order, step) for step in latest]


def told_in(order: Order) -> OrderStep | None:
    """The step by which the business was told last."""
    return order.steps.filter(move="await_business").order_by("-number").first()


def reported_by(user: int | None) -> list[Order]:
    """What somebody reported, the latest first."""
    rows = Order.objects.filter(reporter=user or 0).select_related("business")
    return list(rows.order_by("-pk")[:PAGE])


def entries_of(order: Order) -> list[UUID]:
    """The entries of its steps."""
    known = order.steps.order_by("number").values_list("entry", flat=True)
    return list(dict.fromkeys(entry for entry in known if entry))


def newest_entry(number: int) -> UUID | None:
    """The entry of its last step, which is what somebody answers who acts on it now."""
    steps = OrderStep.objects.filter(order=number, entry__isnull=False)
    return steps.order_by("-number").values_list("entry", flat=True).first()


def over_before(numbers: Collection[int], moment: datetime) -> set[int]:
    """Which of these had ended by then."""
    ended = Order.objects.filter(pk__in=numbers, ended_at__lt=moment)
    return set(ended.values_list("pk", flat=True))


def answers_of(order: Order) -> list[OrderStep]:
    """What the business sent in, the latest first."""
    return list(order.steps.filter(move="answer").order_by("-number"))


def person(number: int) -> User | None:
    return User.objects.filter(pk=number).first()


def is_reporter(user: int | None, pk: int) -> bool:
    return user is not None and Order.objects.filter(pk=pk, reporter=user).exists()


def others_of(order: Order, scopes: Iterable[Scope]) -> list[Order]:
    """Other open orders of its business: what it could be merged into."""
    if order.business_id is None:
        return []
    rows = Order.objects.filter(UNDONE, within(scopes), business=order.business_id)
    return list(rows.exclude(pk=order.pk).order_by("pk")[:PAGE])
