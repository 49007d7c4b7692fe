"""Letting go 放手: a business that should never have been enrolled is withdrawn.

What the house made of its facts by itself holds nobody to the file: it ends, since there is nobody
left whom it is about, and stays under its number. What a person did keeps the business.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from mingchu.alerts.models import Alert, AlertEnd, Order
from mingchu.alerts.services.ending import end_alerts
from mingchu.alerts.services.orders import gone
from mingchu.registry.queries import any_number
from mingchu.signals.services import forget_businesses


@transaction.atomic
def let_go(numbers: Collection[int]) -> None:
    """Orders and alerts of these businesses end as gone and refer to them no more."""
    theirs = {"business__in": any_number(numbers)}
    forget_businesses(numbers)
    gone(list(Order.objects.filter(**theirs, ended_at__isnull=True)))
    end_alerts(
        alerts=list(Alert.objects.select_for_update(of=("self",)).filter(**theirs).order_by("pk")),
        how=AlertEnd.GONE,
    )
    for model in (Order, Alert):
        model.objects.filter(**theirs).update(business=None)
