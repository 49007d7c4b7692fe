"""Calling 派单: alerts that call for somebody, and that nothing holds, get their work order."""

from __future__ import annotations

from django.db import transaction

from mingchu.alerts import rules
from mingchu.alerts.domain.kinds import Kind, group_of
from mingchu.alerts.models import WAITING, Alert
from mingchu.alerts.services import orders
from mingchu.base import clock
from mingchu.registry import domain as registry

AT_ONCE = 5_000


def call() -> int:
    """Opens or joins orders for whoever waits, in the caller's transaction; for how many.

    New alerts and those that were released wait alike, so that none is forgotten.
    """
    waiting = Alert.objects.filter(WAITING).order_by("pk").select_for_update(skip_locked=True)
    found = list(waiting[:AT_ONCE])
    if found:
        kinds = {one.pk: _kind(one) for one in found}
        orders.open_for(
            found,
            groups={one.pk: _group(one, kinds[one.pk]) for one in found},
            levels={pk: str(kind.level) for pk, kind in kinds.items()},
        )
    return len(found)


def _kind(one: Alert) -> Kind:
    return rules.kinds_on(clock.city(one.opened_at).date())[one.kind]


def _group(one: Alert, kind: Kind) -> str:
    """What alerts share an order by: their kind, and their business or what each is about."""
    business = registry.subject(one.business_id) if one.business_id else ""
    return f"{one.kind} {group_of(kind, one.subject, business)}"


def call_all() -> None:
    """Until nobody waits."""
    while True:
        with transaction.atomic():
            called = call()
        if called < AT_ONCE:
            return
