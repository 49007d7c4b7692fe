"""The alerts' part of the played days: facts compared, orders taken up, reviewed, some left undone.

Whoever an order was given to handles it, else the district's inspector; its bureau reviews, so
nobody closes what he handled. What becomes of an order is its fate, drawn by its number: most are
done in their term, some late, some only when they have long gone up to the city and that has
urged, so that the desk has what is overdue.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from django.db.models import QuerySet

from mingchu.accounts.domain import Actor
from mingchu.alerts import services as alerts
from mingchu.alerts.domain.states import OrderState
from mingchu.alerts.models import Order
from mingchu.alerts.services import orders
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.base.stage import Stage
from mingchu.demo import evidence
from mingchu.demo.agenda import Act, Cast, as_, is_office_day, moment
from mingchu.demo.mending import mend
from mingchu.demo.plan import plan

# Said in the steps; people read it there in Chinese.
SEEN = "现场查看，已按要求更新，情形属实并已改正"
GOOD = "核查资料齐全，同意办结"
BACK = "请补充更新后的证件信息"
STILL = "情形还没有消除，请继续督促"
UNTRUE = "核实为登记滞后，不属实"
MONDAY = 0
URGENT, PAPERS = 1, 2  # severities: what has a story of its own, and up to where files are asked
UNTAKEN = (OrderState.TRIAGED, OrderState.ASSIGNED)
TAKEN = (OrderState.HANDLING, OrderState.REOPENED)
UNDONE = (*UNTAKEN, *TAKEN)
PACE = (0.1, 0.8)  # in which part of its term an order is done
TAKEN_DAYS = 2
LATE_DAYS, URGED_DAYS = 4, 18


@dataclass(frozen=True)
class Fate:
    """What becomes of an order: taken after so many days; done after which part of its term, or so
    many days late; left lying until the city has urged; found untrue, sent back, looked at by the
    bureau a day later only."""

    taken: int
    done: float
    late: int
    lies: bool
    untrue: bool
    sent_back: bool
    overnight: bool


def fate(stage: Stage, number: str) -> Fate:
    random, share = stage.random("order", number), plan().handled
    low, high = PACE
    is_late, lies, waits = (random.random() < share[name] for name in ("late", "lies", "waits"))
    late = 1 + int(random.random() * LATE_DAYS)
    return Fate(
        taken=int(random.random() * TAKEN_DAYS),
        done=low + (high - low) * random.random(),
        late=late + URGED_DAYS if lies or waits else late * is_late,
        lies=lies,
        untrue=random.random() < share["untrue"],
        sent_back=random.random() < share["sent_back"],
        overnight=random.random() < share["overnight"],
    )


def agenda(stage: Stage, day: date, cast: Cast) -> Iterator[Act]:
    """At night numbers are looked at, and facts on the first day and every Monday; on office days
    desks are given what came in, what is overdue goes up, orders are moved on, and what the day
    changed is looked at."""
    is_fed = stage.number(day) == 0 or day.weekday() == MONDAY
    yield Act(moment(day, 1, 10), partial(_night, is_fed=is_fed))
    if not is_office_day(day):
        return
    yield Act(moment(day, 8, 30), _morning)
    random = stage.random("desks", day)
    for number, code in enumerate(plan().districts):
        at = moment(day, 9) + timedelta(minutes=int(random.random() * 7 * 60))
        yield Act(at, partial(_handling, stage, code, cast))
        yield Act(moment(day, 16, 30 + number), partial(_reviews, stage, code, cast))
    yield Act(moment(day, 17, 40), look)


def _night(*, is_fed: bool) -> None:
    if is_fed:
        alerts.feed_all()
    alerts.warn()
    alerts.fold()


def _morning() -> None:
    orders.assign_overnight()
    orders.escalate_overdue()


def look() -> None:
    """What was changed and noticed meanwhile becomes alerts, and ends them."""
    alerts.feed_touched()
    alerts.fold()


def _handling(stage: Stage, district: str, cast: Cast) -> None:
    """What one district's officers get done: what was sent back, and what its time has come for."""
    waiting = list(_open_in(district).filter(state__in=UNDONE).order_by("due_at", "pk"))
    if not waiting:
        return
    chief, inspector = cast.at("district", district), cast.at("inspector", district)
    if chief is None or inspector is None:
        return
    for order in waiting:
        handler, drawn = cast.of(order.assignee_id) or inspector, fate(stage, order.number)
        is_done = clock.today() >= _done_on(order, drawn)
        is_taken = is_done or (not drawn.lies and _is_time(order, drawn.taken))
        held = _take(order, handler) if order.state in UNTAKEN and is_taken else order
        if held.state in TAKEN and is_done:
            _settle(held, handler, chief, drawn)


def _is_time(order: Order, days: int) -> bool:
    return clock.today() >= clock.city(order.opened_at).date() + timedelta(days=days)


def _take(order: Order, handler: Actor) -> Order:
    with as_(handler):
        return orders.begin(order=orders.accept(order=order, by=handler), by=handler)


def _settle(order: Order, handler: Actor, chief: Actor, drawn: Fate) -> None:
    """Submitted, also again; or found to be untrue."""
    if order.state == OrderState.REOPENED:
        _submit(order, handler, chief, is_mended=True)
    elif drawn.untrue:
        with as_(chief):
            orders.false_alarm(order=order, note=UNTRUE, by=chief)
    else:
        _submit(order, handler, chief, is_mended=not drawn.sent_back)


def _reviews(stage: Stage, district: str, cast: Cast) -> None:
    """What came in by the evening is looked at by the bureau, most of it on the day."""
    waiting = list(_open_in(district).filter(state=OrderState.SUBMITTED).order_by("pk"))
    chief = cast.at("district", district) if waiting else None
    if chief is None:
        return
    with as_(chief):
        for order in waiting:
            drawn = fate(stage, order.number)
            if not (drawn.overnight and _is_of_today(order)):
                _review(order, chief, drawn)


def _is_of_today(order: Order) -> bool:
    last = order.steps.order_by("-number").values_list("at", flat=True)[0]
    return clock.city(last).date() == clock.today()


def _open_in(district: str) -> QuerySet[Order]:
    """What is urgent has a story of its own."""
    return Order.objects.filter(district=district, ended_at__isnull=True, severity__gt=URGENT)


def _done_on(order: Order, drawn: Fate) -> date:
    """In its term, or so many days after it."""
    due = order.due_at or order.opened_at
    if drawn.late:
        return clock.city(due).date() + timedelta(days=drawn.late)
    return clock.city(order.opened_at + drawn.done * (due - order.opened_at)).date()


def _review(order: Order, chief: Actor, drawn: Fate) -> None:
    """Approved, or sent back once, as is whatever only the fact itself may end while it is still
    so."""
    was_sent_back = order.steps.filter(after=OrderState.REOPENED).exists()
    if drawn.sent_back and not was_sent_back:
        orders.send_back(order=order, note=BACK, by=chief)
        return
    try:
        orders.close(order=order, note=GOOD, by=chief)
    except Refusal as refusal:
        if refusal.code != "fact_still_holds":
            raise
        orders.send_back(order=order, note=STILL, by=chief)


def _submit(order: Order, handler: Actor, chief: Actor, *, is_mended: bool) -> None:
    """The business has put it right, the bureau's desk has entered that, and the handler says so;
    of what is sent back it had not."""
    if is_mended:
        with as_(chief):
            mend(order)
    files = [evidence.seen(handler)] if order.severity <= PAPERS else []
    with as_(handler):
        orders.submit(order=order, note=SEEN, by=handler, files=files)
