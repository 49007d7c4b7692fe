"""The index of the clocks: deadlines stand in rows only so that lists can ask by them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.db import transaction

from mingchu.alerts.models import Order, OrderStep
from mingchu.alerts.models.orders import UNDONE
from mingchu.alerts.services.orders.moving import index, read_clocks

COLUMNS = ("accept_due_at", "due_at", "provisional", "paused")
CHUNK = 1_000


def reindex() -> int:
    """Every open order's deadlines, anew from its steps and the calendar of now: how many differed.

    After a calendar has been announced or corrected; no step says so, for nothing was done.
    """
    last, changed = 0, 0
    while numbers := list(
        Order.objects.filter(UNDONE, pk__gt=last)
        .order_by("pk")
        .values_list("pk", flat=True)[:CHUNK]
    ):
        changed += _reindex(numbers)
        last = numbers[-1]
    return changed


@transaction.atomic
def _reindex(numbers: Sequence[int]) -> int:
    rows = Order.objects.select_for_update(of=("self",)).filter(UNDONE, pk__in=numbers)
    orders = list(rows.order_by("pk"))
    steps: dict[int, list[OrderStep]] = defaultdict(list)
    for one in OrderStep.objects.filter(order__in=orders).order_by("order", "number"):
        steps[one.order_id].append(one)
    different = [one for one in orders if _differs(one, steps[one.pk])]
    Order.objects.bulk_update(different, COLUMNS)
    return len(different)


def _differs(order: Order, steps: Sequence[OrderStep]) -> bool:
    before = [getattr(order, name) for name in COLUMNS]
    index(order, read_clocks(steps))
    return before != [getattr(order, name) for name in COLUMNS]
