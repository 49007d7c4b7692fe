"""Releasing 公开: results are public within the days of the rule; nobody has to remember it.

Who publishes may release a result as soon as it counts; on its last day the house does. A record to
which the business objected with reason is not released by itself: another than who wrote it
releases it, and the answer to the objection stands beside the result as its correction 更正.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.inspection import events
from mingchu.inspection.models import Record, RecordState
from mingchu.inspection.queries.after import disputed
from mingchu.ledger.services import record_many
from mingchu.registry import domain as registry


@transaction.atomic
def release(*, records: Collection[Record], by: Actor | None = None) -> list[Record]:
    """These results are public from now on; again changes nothing. By the house, those that are
    disputed with reason stay as they are."""
    rows = Record.objects.select_for_update(of=("self",)).filter(
        pk__in=[one.pk for one in records], state=RecordState.ACCEPTED, released_at=None
    )
    marked = disputed(rows.defer("body").order_by("pk"))
    held = [one for one in marked if by is not None or not is_disputed(one)]
    for one in held:
        _check_corrected(one, by)
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
        ],
        causes=[one.entry for one in held],
    )  # fmt: skip
    return held


def _check_corrected(one: Record, by: Actor | None) -> None:
    writers = (one.user_id, one.second_id)
    if by is not None and is_disputed(one) and by.user_id in writers:
        raise Refusal(
            "own_record",
            _noop("异议成立的记录不能由检查人员自己公开"),
            fix=_noop("请由另一位负责人核对更正说明后公开"),
            status=409,
        )


def is_disputed(one: Record) -> bool:
    """Of a row that was asked for with `queries.after.disputed`."""
    return bool(getattr(one, "upheld", False))


def release_due() -> int:
    """What has to be public today."""
    due = Record.objects.filter(
        state=RecordState.ACCEPTED, released_at=None, publish_by__lte=clock.today()
    )
    return len(release(records=due.only("pk").order_by(F("publish_by"), "pk")))
