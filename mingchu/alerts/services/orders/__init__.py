"""Work orders, as the alerts ask for them: opened or joined, and called off when nothing is left.

Only what folding needs; acceptance, clocks and steps come with the orders' own services.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mingchu.alerts.domain.states import OrderState
from mingchu.alerts.models import Alert, Order, OrderStep
from mingchu.base import clock


def open_for(
    alerts: Sequence[Alert],
    *,
    groups: Mapping[int, str],
    levels: Mapping[int, str],
) -> list[Order]:
    """Orders for these alerts, one a group; each alert knows its own afterwards."""
    found: dict[str, Order] = {}
    for one in alerts:
        subject = groups[one.pk].partition(" ")[2]
        order = (
            found.get(groups[one.pk])
            or _open_one(one.kind, subject)
            or _make(one, subject, levels[one.pk])
        )
        found[groups[one.pk]] = order
        Alert.objects.filter(pk=one.pk).update(order=order)
        one.order = order
    return list(found.values())


def _open_one(kind: str, subject: str) -> Order | None:
    known = Order.objects.filter(ended_at__isnull=True, kind=kind, subject=subject)
    return known.order_by("pk").first()


def _make(one: Alert, subject: str, level: str) -> Order:
    now = clock.now()
    order = Order.objects.create(
        number=f"{clock.city(now):%Y%m%d}-{one.pk}",
        kind=one.kind,
        subject=subject,
        business_id=one.business_id,
        district=one.district,
        station=one.station,
        level=level,
        severity=one.severity,
        state=OrderState.NEW,
        opened_at=now,
        due_at=one.due_at,
        provisional=one.provisional,
    )
    OrderStep.objects.create(
        order=order, number=1, move="open", before="", after=OrderState.NEW, at=now
    )
    return order


def gone(orders: Sequence[Order]) -> None:
    """Nothing that called for these orders is so any more."""
    now = clock.now()
    for order in orders:
        before, order.state, order.ended_at = order.state, OrderState.CLOSED, now
        order.save(update_fields=["state", "ended_at"])
        OrderStep.objects.create(
            order=order,
            number=order.steps.count() + 1,
            move="gone",
            before=before,
            after=OrderState.CLOSED,
            at=now,
        )
