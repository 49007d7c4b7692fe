"""Redating 时限重算: a deadline counted over a year nobody had announced is counted again."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from mingchu.alerts import events, rules
from mingchu.alerts.domain.deadlines import Deadline
from mingchu.alerts.models import OPEN, Alert
from mingchu.alerts.services import telling


def _anew(one: Alert) -> Deadline | None:
    """An alert counts from when it rose last, by the severity it has had since then."""
    if one.due_from is None:
        return None
    return rules.recount(one.kind, one.rule, one.severity, one.due_from)


@transaction.atomic
def redate() -> int:
    """Provisional deadlines by the calendar as it is known now; how many are settled."""
    rows = Alert.objects.filter(OPEN, provisional=True).order_by("pk").select_for_update()
    told: list[tuple[events.AlertRedated, UUID | None]] = []
    settled = 0
    for one in rows:
        found = _anew(one)
        if found is None or (found.at, found.provisional) == (one.due_at, one.provisional):
            continue
        before, one.due_at, one.provisional = one.due_at, found.at, found.provisional
        one.save(update_fields=["due_at", "provisional"])
        settled += not found.provisional
        if before and before != found.at:
            said = telling.said(one, one.business_id)
            event = events.AlertRedated(**said, due=found.at, before=before)
            told.append((event, one.entry))
    if told:
        telling.followed(told)
    return settled
