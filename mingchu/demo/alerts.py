"""The alerts' part of the played days: facts compared, orders taken up, reviewed, some left undone.

A district's inspector handles what lies in the district, its bureau reviews; so nobody closes what
he handled. A share stays undone, so that the desk has what is overdue and what has gone up.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta

from mingchu.accounts.domain import Actor
from mingchu.accounts.queries import actor_for, holders
from mingchu.alerts import services as alerts
from mingchu.alerts.domain.states import OrderState
from mingchu.alerts.models import Order
from mingchu.alerts.services import orders
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.base.stage import OPENS, Stage
from mingchu.demo.plan import plan
from mingchu.ledger.services import acting

# Said in the steps; people read it there in Chinese.
SEEN = "现场查看，已按要求更新，情形属实并已改正"
GOOD = "核查资料齐全，同意办结"
BACK = "请补充更新后的证件信息"
STILL = "情形还没有消除，请继续督促"
UNTRUE = "核实为登记滞后，不属实"
MONDAY, FRIDAY = 0, 4
NIGHT, EVENING = time(1, 10), time(17, 30)


def begin(stage: Stage, day: date) -> None:
    """Before anybody acts: facts are compared on the first day and every Monday, and each morning
    desks are given what came in, and what is overdue goes up."""
    if stage.number(day) == 0 or day.weekday() == MONDAY:
        with clock.at(_at(day, NIGHT)):
            alerts.feed_all()
            alerts.fold()
    if day.weekday() <= FRIDAY:
        with clock.at(_at(day, OPENS)):
            orders.assign_overnight()
            orders.escalate_overdue()


def end(stage: Stage, day: date) -> None:
    """When the day's acts are done: what they changed is looked at, and orders are moved on."""
    if day.weekday() > FRIDAY:
        return
    with clock.at(_at(day, EVENING)):
        alerts.feed_touched()
        alerts.fold()
    for number, code in enumerate(plan().districts):
        _office_day(stage, day, code, _at(day, EVENING) + timedelta(minutes=number))


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, clock.CITY_ZONE)


def _office_day(stage: Stage, day: date, district: str, moment: datetime) -> None:
    """What one district gets done: reviews first, then what is due next."""
    handler, chief = (_holder(role, district) for role in ("inspector", "district"))
    if handler is None or chief is None:
        return
    random = stage.random("alerts", day, district)
    share = plan().districts[district]["share"] / 1000
    count = max(1, round(stage.share(plan().played["orders"], plan().size, day) * share))
    submitted = list(_some(district, OrderState.SUBMITTED, count))
    waiting = list(_some(district, OrderState.TRIAGED, count))
    with clock.at(moment):
        for order in submitted:
            with _as(chief):
                _review(order, chief, random.random())
        for order in waiting:
            with _as(handler):
                _handle(order, handler, chief, random.random())


def _holder(role: str, district: str) -> Actor | None:
    post = holders(role, district).first()
    return actor_for(post.user) if post else None


def _as(actor: Actor) -> AbstractContextManager[None]:
    return acting(actor.label, f"post:{actor.grants[0].post.id}")


def _some(district: str, state: str, count: int) -> Iterator[Order]:
    """The most urgent of a district in a state; what needs a file is left to people."""
    found = Order.objects.filter(district=district, state=state, ended_at__isnull=True, severity=3)
    return iter(found.order_by("due_at", "pk")[:count])


def _review(order: Order, chief: Actor, dice: float) -> None:
    """Approved, or sent back, as is whatever only the fact itself may end while it is still so."""
    if dice < plan().handled["sent_back"]:
        orders.send_back(order=order, note=BACK, by=chief)
        return
    try:
        orders.close(order=order, note=GOOD, by=chief)
    except Refusal as refusal:
        if refusal.code != "fact_still_holds":
            raise
        orders.send_back(order=order, note=STILL, by=chief)


def _handle(order: Order, handler: Actor, chief: Actor, dice: float) -> None:
    order = orders.accept(order=order, by=handler)
    order = orders.begin(order=order, by=handler)
    share = plan().handled
    if dice < share["untrue"]:
        with _as(chief):
            orders.false_alarm(order=order, note=UNTRUE, by=chief)
    elif dice >= share["untrue"] + share["unfinished"]:
        orders.submit(order=order, note=SEEN, by=handler)
