"""Calling 派单: alerts that call for somebody, and that nothing holds, get their work order."""

from __future__ import annotations

from django.db import transaction

from mingchu.alerts.models import WAITING, Alert
from mingchu.alerts.services import orders

AT_ONCE = 5_000


def call() -> int:
    """Opens or joins orders for whoever waits, in the caller's transaction; for how many.

    New alerts and those that were released wait alike, so that none is forgotten.
    """
    waiting = Alert.objects.filter(WAITING).order_by("pk").select_for_update(skip_locked=True)
    found = list(waiting[:AT_ONCE])
    if found:
        orders.open_for(found)
    return len(found)


def call_all() -> None:
    """Until nobody waits."""
    while True:
        with transaction.atomic():
            called = call()
        if called < AT_ONCE:
            return
