"""Ending 了结: an order goes, and what it was about ends with it in the same transaction.

Alerts are locked before their order, as by those who fold them, so that nobody waits in a circle.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor, may
from mingchu.alerts import events
from mingchu.alerts.domain.states import ASSIGN, Move, Need, Outcome
from mingchu.alerts.models import Alert, AlertEnd, Order
from mingchu.alerts.move_names import AUTHORITIES
from mingchu.alerts.services.ending import end_alerts, ends_by_fact
from mingchu.alerts.services.orders.handling import check_authority
from mingchu.alerts.services.orders.moving import EVIDENCE, Act, facts, moving, place_of
from mingchu.base.errors import Refusal
from mingchu.kit.models import Upload
from mingchu.ledger.services import caused_by, record

RECEIPT_TOP = 60
RECEIPT_ROLE = "receipt"
PASSED_ON = (Outcome.TRANSFERRED, Outcome.POLICE, Outcome.CASE)
# A suspected crime goes its own way.
CIVIL = tuple(code for code in AUTHORITIES if code != "police")


@contextmanager
def ending(
    order: Order,
    move: Move,
    outcome: Outcome,
    how: AlertEnd | None,
    *,
    by: Actor | None,
    note: str = "",
    files: Sequence[Upload] = (),
    role: str = EVIDENCE,
    revision: int | None = None,
) -> Iterator[Act]:
    """A move that ends the order, and with it its open alerts; with `how` None these go on.

    Where somebody else goes on with it (another authority, the police, a case), what only the
    fact itself may end stays open until it does.
    """
    with transaction.atomic():
        _open_alerts(order)
        with moving(
            order, move, by=by, note=note, files=files, role=role, revision=revision
        ) as act:
            act.outcome = outcome
            yield act
        if how is not None and act.step is not None:
            with caused_by(act.step.entry):
                left = _open_alerts(act.order)
                if outcome in PASSED_ON:
                    left = [one for one in left if not ends_by_fact(one)]
                end_alerts(alerts=left, how=how)


def _open_alerts(order: Order) -> list[Alert]:
    rows = Alert.objects.select_for_update(of=("self",)).filter(order=order.pk)
    return list(rows.filter(ended_at__isnull=True).order_by("pk"))


@transaction.atomic
def gone(orders: Sequence[Order]) -> list[Order]:
    """What they were about is no more and nothing else holds them: they end by themselves.

    Those that have ended already are left out.
    """
    done = []
    for order in sorted(orders, key=lambda one: one.pk):
        try:
            with ending(order, Move.GONE, Outcome.GONE, AlertEnd.GONE, by=None) as act:
                pass
            done.append(act.order)
        except Refusal as refusal:
            if refusal.code != "move_not_possible":
                raise
    return done


@transaction.atomic
def merge(
    *, order: Order, into: Order | None, note: str, by: Actor, revision: int | None = None
) -> Order:
    """Two orders are one: this one ends, its alerts go on under the other."""
    _open_alerts(order)
    _lock_both(order, into)
    with ending(
        order, Move.MERGE, Outcome.MERGED, None, by=by, note=note, revision=revision
    ) as act:
        act.demand({Need.TARGET: into})
        target = _target(order, into, by)
        own = [one.pk for one in _open_alerts(act.order)]
        act.data = {"into": target.pk, "alerts": own}
        act.order.merged_into = target
    Alert.objects.filter(pk__in=own).update(order=target)
    return act.order


def _lock_both(order: Order, into: Order | None) -> None:
    """In the order of numbers, so that two who merge crosswise do not wait for each other."""
    if into is not None:
        rows = Order.objects.select_for_update(of=("self",)).filter(pk__in=[order.pk, into.pk])
        list(rows.order_by("pk").values_list("pk"))


def _target(order: Order, into: Order | None, by: Actor) -> Order:
    """The other one as it is now; it has to be open and within reach."""
    found = Order.objects.filter(pk=into.pk, ended_at__isnull=True).first() if into else None
    if found is None or found.pk == order.pk:
        raise Refusal(
            "cannot_merge_into",
            _noop("不能并入这张工单：它已了结，或就是这一张"),
            fix=_noop("请选择另一张在办的工单"),
            status=422,
        )
    if not may(by, ASSIGN, place_of(found)):
        raise Refusal(
            "merge_elsewhere",
            _noop("要并入的工单不在您的范围内"),
            fix=_noop("请由上级办理合并"),
            status=403,
        )
    return found


@transaction.atomic
def transfer(
    *,
    order: Order,
    authority: str,
    receipt: str,
    note: str,
    by: Actor,
    files: Sequence[Upload] = (),
    revision: int | None = None,
) -> Order:
    """To another authority that is competent, which gave a receipt."""
    with ending(
        order, Move.TRANSFER, Outcome.TRANSFERRED, AlertEnd.HANDLED, by=by, note=note,
        files=files, role=RECEIPT_ROLE, revision=revision,
    ) as act:  # fmt: skip
        check_authority(act, authority, CIVIL)
        _received(act, authority, receipt)
    return _tell_transfer(act, authority)


@transaction.atomic
def refer_to_police(
    *,
    order: Order,
    receipt: str,
    note: str,
    by: Actor,
    files: Sequence[Upload] = (),
    revision: int | None = None,
) -> Order:
    """A suspected crime goes to the police 行刑衔接, which gave a receipt."""
    with ending(
        order, Move.REFER_TO_POLICE, Outcome.POLICE, AlertEnd.HANDLED, by=by, note=note,
        files=files, role=RECEIPT_ROLE, revision=revision,
    ) as act:  # fmt: skip
        _received(act, "police", receipt)
    return _tell_transfer(act, "police")


def _received(act: Act, authority: str, receipt: str) -> None:
    receipt = receipt.strip()[:RECEIPT_TOP]
    act.demand({Need.RECEIPT: receipt})
    act.data = {"authority": authority, "receipt": receipt}


def _tell_transfer(act: Act, authority: str) -> Order:
    assert act.step is not None  # noqa: S101 the act is made
    with caused_by(act.step.entry):
        known = facts(act.order, act.step)
        record(events.OrderTransferred(**known, authority=authority))
    return act.order


def escalate_to_case(
    *, order: Order, note: str, by: Actor, files: Sequence[Upload] = (), revision: int | None = None
) -> Order:
    """What was found calls for a case; the order ends, the case goes on from it."""
    with ending(
        order, Move.ESCALATE_TO_CASE, Outcome.CASE, AlertEnd.HANDLED, by=by, note=note,
        files=files, revision=revision,
    ) as act:  # fmt: skip
        pass
    return act.order
