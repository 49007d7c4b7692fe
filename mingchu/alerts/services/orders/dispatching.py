"""Dispatching 派单: who looks at an order, takes it, hands it on; desks and moved businesses."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor, may
from mingchu.accounts.models import User
from mingchu.accounts.queries import actor_for
from mingchu.alerts.domain import kinds
from mingchu.alerts.domain.desk import Rota
from mingchu.alerts.domain.states import HANDLE, Level, Move, Need, OrderState
from mingchu.alerts.models import Alert, Order
from mingchu.alerts.models.orders import UNDONE
from mingchu.alerts.queries import desks
from mingchu.alerts.services.orders.giving import Giving
from mingchu.alerts.services.orders.moving import Act, moving, place_of
from mingchu.alerts.services.orders.opening import opening_data
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.ledger.services import caused_by, current_cause
from mingchu.registry import domain as registry

AT_ONCE = 500


@dataclass
class Done:
    """Of many orders those that moved, and those that stayed, each with the reason."""

    done: list[Order] = field(default_factory=list)
    left: list[tuple[Order, Refusal]] = field(default_factory=list)


def triage(
    *, order: Order, severity: int, by: Actor, note: str = "", revision: int | None = None
) -> Order:
    """Somebody looked at what was reported and says how grave it is."""
    with moving(order, Move.TRIAGE, by=by, note=note, revision=revision) as act:
        _grade(act, severity)
    return act.order


def regrade(
    *, order: Order, severity: int, note: str, by: Actor | None, revision: int | None = None
) -> Order:
    """Graver from now on, or less grave than it looked; its clocks follow."""
    with moving(order, Move.REGRADE, by=by, note=note, revision=revision) as act:
        if severity == act.order.severity:
            raise Refusal(
                "severity_unchanged",
                _noop("工单已是这个级别"),
                fix=_noop("请选择其他级别，或不作调整"),
                status=422,
            )
        _grade(act, severity)
    return act.order


@transaction.atomic
def rise(numbers: Collection[int]) -> list[Order]:
    """What these alerts are about has become graver: so do their open orders, if they were less."""
    risen = []
    graver = Alert.objects.filter(
        pk__in=numbers, order__ended_at__isnull=True, severity__lt=F("order__severity")
    )
    for alert in graver.select_related("order").order_by("order", "severity"):
        order = Order.objects.get(pk=alert.order_id or 0)
        if alert.severity < order.severity:
            with caused_by(current_cause() or alert.entry):
                risen.append(regrade(order=order, severity=alert.severity, note="", by=None))
    return risen


def _grade(act: Act, severity: int) -> None:
    act.demand({Need.SEVERITY: severity})
    if severity not in kinds.SEVERITIES:
        raise Refusal(
            "unknown_severity",
            _noop("没有级别{severity}"),
            fix=_noop("1为红色，2为橙色，3为黄色"),
            status=422,
            severity=severity,
        )
    if severity != act.order.severity:
        act.data = opening_data(severity, clock.now())
        act.rule = (act.data["handle"]["rule"], act.data["handle"]["since"])
        act.order.severity = severity


def assign(
    *,
    order: Order,
    taker: User | None,
    by: Actor | None,
    note: str = "",
    revision: int | None = None,
) -> Order:
    """Gives it to somebody who may handle it there."""
    with moving(order, Move.ASSIGN, by=by, note=note, revision=revision) as act:
        _give(act, taker)
    return act.order


def hand_over(
    *,
    order: Order,
    taker: User | None,
    by: Actor | None,
    note: str = "",
    revision: int | None = None,
) -> Order:
    """To another person; what was not beyond his hands is accepted anew."""
    with moving(order, Move.HAND_OVER, by=by, note=note, revision=revision) as act:
        if taker is not None and taker.pk == act.order.assignee_id:
            raise Refusal(
                "has_it_already", _noop("工单已由此人承办"), fix=_noop("请选择另一位接手人")
            )
        _give(act, taker)
    return act.order


def _give(act: Act, taker: User | None) -> None:
    act.demand({Need.PERSON: taker})
    if taker is None or not taker.is_active or not _may_handle(taker, act.order):
        raise Refusal(
            "taker_cannot",
            _noop("所选人员不能在这里承办工单"),
            fix=_noop("请选择在这个辖区有承办权限的人员"),
            status=422,
        )
    act.data = {"person": taker.pk, "from": act.order.assignee_id}
    act.order.assignee_id = taker.pk


def _may_handle(user: User, order: Order) -> bool:
    return may(actor_for(user), HANDLE, place_of(order))


def accept(*, order: Order, by: Actor, note: str = "", revision: int | None = None) -> Order:
    """Takes it, from the station's desk or because it was given to him; of two the first has it."""
    with moving(order, Move.ACCEPT, by=by, note=note, revision=revision) as act:
        act.order.assignee_id = by.user_id
    return act.order


@transaction.atomic
def assign_many(*, orders: Sequence[Order], taker: User, by: Actor, note: str = "") -> Done:
    """Gives many to one person: new ones are assigned, others handed over."""
    _check_count(orders)
    result = Done()
    for order in sorted(orders, key=lambda one: one.pk):
        give = hand_over if order.assignee_id else assign
        _try(
            result,
            order,
            lambda one=order, does=give: does(order=one, taker=taker, by=by, note=note),
        )
    return result


@transaction.atomic
def hand_over_desk(*, giver: User, taker: User, by: Actor | None, note: str = "") -> Done:
    """All open orders of one person are another's, in one act; what he may not have stays."""
    if giver.pk == taker.pk:
        raise Refusal("same_person", _noop("交接双方是同一人"), fix=_noop("请选择另一位接手人"))
    held = list(Order.objects.filter(UNDONE, assignee=giver).order_by("pk"))
    if not held:
        raise Refusal(
            "no_orders_to_hand_over",
            _noop("此人没有在办的工单"),
            fix=_noop("请核对人员"),
        )
    result = Done()
    for order in held:
        _try(result, order, lambda one=order: hand_over(order=one, taker=taker, by=by, note=note))
    return result


def _check_count(orders: Sequence[Order]) -> None:
    if len(orders) > AT_ONCE:
        raise Refusal(
            "too_many_orders",
            _noop("一次最多处理{top}张工单"),
            fix=_noop("请分几次办理"),
            status=422,
            top=AT_ONCE,
        )


def _try(result: Done, order: Order, act: Any) -> None:
    try:
        result.done.append(act())
    except Refusal as refusal:
        result.left.append((order, refusal))


@transaction.atomic
def follow_business(*, business_id: int, district: str, station: str) -> list[Order]:
    """The business is under another station: its open orders go along, to an officer there."""
    there = Order.objects.filter(UNDONE, business=business_id).order_by("pk")
    moved = [
        _follow(order, district, station)
        for order in there
        if (order.district, order.station) != (district, station)
    ]
    return assign_waiting(moved)


def _follow(order: Order, district: str, station: str) -> Order:
    with moving(order, Move.FOLLOW_BUSINESS, by=None) as act:
        known = act.order
        act.data = {
            "from_district": known.district,
            "from_station": known.station,
            "from": known.assignee_id,
        }
        known.district, known.station, known.assignee_id = district, station, None
        if known.level == Level.STATION and not station:
            known.level = Level.DISTRICT
    return act.order


@transaction.atomic
def follow_merge(*, gone: int, kept: int) -> list[Order]:
    """Two files became one: open orders of the one that went are the kept one's."""
    return [_change_file(one, kept) for one in _open_of(gone)]


@transaction.atomic
def follow_unmerge(*, gone: int, kept: int) -> list[Order]:
    """The files are two again: what had come from the other goes back."""
    return [_change_file(one, gone) for one in _open_of(kept) if _came_from(one) == gone]


def _open_of(business_id: int) -> list[Order]:
    return list(Order.objects.filter(UNDONE, business=business_id).order_by("pk"))


def _came_from(order: Order) -> int | None:
    last = order.steps.filter(move=Move.CHANGE_FILE).order_by("-number").first()
    return last.data["from_business"] if last else None


def _change_file(order: Order, business_id: int) -> Order:
    """Further alerts join it under the other file's name, unless that has an order already."""
    with moving(order, Move.CHANGE_FILE, by=None) as act:
        known, before = act.order, act.order.business_id or 0
        group = known.group_key.replace(registry.subject(before), registry.subject(business_id))
        taken = Order.objects.filter(UNDONE, group_key=group).exclude(pk=known.pk).exists()
        known.business_id, known.group_key = business_id, "" if taken else group
        act.data = {"from_business": before, "to_business": business_id}
    return act.order


@transaction.atomic
def assign_waiting(orders: Sequence[Order]) -> list[Order]:
    """Gives what nobody has to whoever is there; at night only what is urgent. All of them, as
    they stand afterwards."""
    given = {one.pk: one for one in orders}
    waiting = [one for one in orders if one.assignee_id is None]
    giving = Giving(waiting)
    for order in waiting:
        user = giving.taker(order)
        if user is not None:
            given[order.pk] = _assign_next(order, User.objects.get(pk=user))
    return list(given.values())


def _assign_next(order: Order, taker: User) -> Order:
    """What is beyond assigning (a correction runs, a review waits) is handed over as it is; what
    somebody took meanwhile is his."""
    give = assign if order.state in (OrderState.TRIAGED, OrderState.REOPENED) else hand_over
    try:
        return give(order=order, taker=taker, by=None, revision=order.revision)
    except Refusal:
        return Order.objects.get(pk=order.pk)


def assign_overnight() -> int:
    """What came in while nobody was there, in the first office hours after: how many were given.

    What people whose posts have ended still hold goes to others too.
    """
    given = 0
    lying = Order.objects.filter(UNDONE, assignee__isnull=True, level=Level.STATION)
    # What somebody reported waits for its triage.
    lying = lying.exclude(station="").exclude(state=OrderState.NEW)
    for chunk in _chunks(list(lying.order_by("due_at", "pk")[:AT_ONCE])):
        given += sum(one.assignee_id is not None for one in assign_waiting(chunk))
    for user in desks.orphans():
        given += _redistribute(user)
    return given


def _chunks(orders: Sequence[Order], size: int = 50) -> list[Sequence[Order]]:
    return [orders[at : at + size] for at in range(0, len(orders), size)]


def _redistribute(user: int) -> int:
    """The open orders of somebody who has left go to colleagues of the station, one by one."""
    held = list(Order.objects.filter(UNDONE, assignee=user).exclude(station="").order_by("pk"))
    rota = Rota(desks.officers_at({one.station for one in held}))
    given = 0
    for order in held:
        taker = rota.give(order.station)
        if taker is not None:
            given += _assign_next(order, User.objects.get(pk=taker)).assignee_id == taker
    return given
