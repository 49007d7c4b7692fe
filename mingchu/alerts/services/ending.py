"""Ending 了结: an alert is over because it is so no more, or because somebody dealt with it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from mingchu.alerts import events
from mingchu.alerts.models import Alert
from mingchu.base import clock
from mingchu.ledger.services import record_many
from mingchu.registry import domain as registry


@transaction.atomic
def end_alerts(*, alerts: Sequence[Alert], how: str) -> int:
    """Ends open alerts with their order; how many."""
    now = clock.now()
    for one in alerts:
        one.ended_at, one.end = now, how
    Alert.objects.bulk_update(alerts, ["ended_at", "end"])
    record_many(map(_ended, alerts))
    return len(alerts)


def _ended(alert: Alert) -> events.AlertEnded:
    about = registry.subject(alert.business_id) if alert.business_id else ""
    return events.AlertEnded(
        subject=about or f"alert:{alert.pk}",
        alert_id=alert.pk,
        kind_of=alert.kind,
        about=alert.subject,
        business_id=alert.business_id,
        district=alert.district,
        station=alert.station,
        severity=alert.severity,
        how=alert.end,
        count=alert.count,
    )
