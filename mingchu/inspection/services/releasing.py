"""Releasing 公开: results are public within the days of the rule; nobody has to remember it.

Who publishes may release a result as soon as it counts; on its last day the house does.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import F

from mingchu.accounts.domain import Actor
from mingchu.base import clock
from mingchu.inspection import events
from mingchu.inspection.models import Record, RecordState
from mingchu.ledger.services import record_many
from mingchu.registry import domain as registry


@transaction.atomic
def release(*, records: Collection[Record], by: Actor | None = None) -> list[Record]:
    """These results are public from now on; again changes nothing."""
    rows = Record.objects.select_for_update(of=("self",)).filter(
        pk__in=[one.pk for one in records], state=RecordState.ACCEPTED, released_at=None
    )
    held = list(rows.order_by("pk"))
    now, today = clock.now(), clock.today()
    for one in held:
        one.released_at, one.released_by = now, by.user_id if by else None
    Record.objects.bulk_update(held, ["released_at", "released_by"])
    record_many(
        [
            events.ResultReleased(
                subject=registry.subject(one.business_id), business_id=one.business_id,
                record_id=one.pk, results=tuple(one.results), day=one.day,
                late=one.publish_by is not None and today > one.publish_by,
            )
            for one in held
        ]
    )  # fmt: skip
    return held


def release_due() -> int:
    """What has to be public today."""
    due = Record.objects.filter(
        state=RecordState.ACCEPTED, released_at=None, publish_by__lte=clock.today()
    )
    return len(release(records=due.order_by(F("publish_by"), "pk")))
