"""What happened to alerts goes into the ledger, and its entries stand with the alerts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from django.db import connection

from mingchu.ledger.services import record_many
from mingchu.registry import domain as registry

_ENTRY = """
UPDATE alerts_alert a SET entry = u.entry
  FROM unnest(%s::bigint[], %s::uuid[]) AS u (id, entry) WHERE a.id = u.id
"""
_LATER = """
UPDATE alerts_alert a SET later = later || u.entries::uuid[]
  FROM unnest(%s::bigint[], %s::text[]) AS u (id, entries) WHERE a.id = u.id
"""


class Facts(Protocol):
    """Of an alert or of a line of a batch: what every event says."""

    id: Any
    kind: str
    subject: str
    district: str
    station: str
    severity: int


def said(one: Facts, business: int | None) -> dict[str, Any]:
    """What every event of an alert holds."""
    return {
        "subject": registry.subject(business) if business else f"alert:{one.id}",
        "alert_id": one.id,
        "kind_of": one.kind,
        "about": one.subject,
        "business_id": business,
        "district": one.district,
        "station": one.station,
        "severity": one.severity,
    }


def opened(told: Sequence[tuple[Any, UUID | None]]) -> dict[int, UUID]:
    """Records that alerts opened, each after its cause; their entries by alert."""
    entries = record_many([event for event, _ in told], causes=[cause for _, cause in told])
    found = {event.alert_id: one.id for (event, _), one in zip(told, entries, strict=True)}
    if found:
        with connection.cursor() as db:
            db.execute(_ENTRY, [list(found), list(found.values())])
    return found


def followed(told: Sequence[tuple[Any, UUID | None]]) -> dict[int, UUID]:
    """Records what alerts met with; the newest entry by alert."""
    entries = record_many([event for event, _ in told], causes=[cause for _, cause in told])
    by_alert: Mapping[int, list[UUID]] = defaultdict(list)
    for (event, _cause), entry in zip(told, entries, strict=True):
        by_alert[event.alert_id].append(entry.id)
    if by_alert:
        arrays = ["{" + ",".join(map(str, ids)) + "}" for ids in by_alert.values()]
        with connection.cursor() as db:
            db.execute(_LATER, [list(by_alert), arrays])
    return {alert: ids[-1] for alert, ids in by_alert.items()}
