"""Feeding 事实比对: what the registry says is due or missing, against the alerts that are open.

Only differences become signals: what is new, what is graver or elsewhere, and what is so no more.
The night looks at the whole city; in between, businesses of which something changed are looked
at again within the minute.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from mingchu.alerts import rules
from mingchu.alerts.domain.folding import FLOOD
from mingchu.alerts.models import OPEN, Alert, AlertEnd, Touched
from mingchu.alerts.services.folding import fold
from mingchu.alerts.services.following import follow_businesses
from mingchu.base import clock
from mingchu.registry.queries.facts import FACTS, Asked, facts_parameters
from mingchu.signals.domain import Signal
from mingchu.signals.services import raise_signals, wake

CHUNK = 10_000
TOUCHED_AT_ONCE = 5_000
TRAINING = "training_short"

_DIFFERENCE = """
WITH fact AS MATERIALIZED ({fact}), marked AS (
    SELECT *, substring(sha256(convert_to(
        %(kind)s || chr(31) || subject || chr(31) || key, 'UTF8')) FOR 16) AS fingerprint
      FROM fact
), standing AS MATERIALIZED (
    SELECT fingerprint, subject, key, business_id, district, station, labels
      FROM alerts_alert
     WHERE ended_at IS NULL AND kind = %(kind)s
       AND (%(only)s::bigint[] IS NULL OR business_id = ANY(%(only)s::bigint[]))
)
SELECT false AS over, m.subject, m.key, m.business_id, m.district, m.station, m.labels
  FROM marked m LEFT JOIN standing s USING (fingerprint)
 WHERE CASE WHEN s.fingerprint IS NULL
       THEN m.raises AND NOT EXISTS (
            SELECT FROM alerts_alert a WHERE a.fingerprint = m.fingerprint
               AND a."end" IN ('handled', 'false') AND a."end" = ANY(%(settled)s))
       ELSE (m.labels ->> 'step', m.business_id, m.district, m.station)
            IS DISTINCT FROM (s.labels ->> 'step', s.business_id, s.district, s.station) END
UNION ALL
SELECT true, s.subject, s.key, s.business_id, s.district, s.station, '{{}}'::jsonb
  FROM standing s LEFT JOIN marked m USING (fingerprint) WHERE m.fingerprint IS NULL
"""


@dataclass(frozen=True)
class Fed:
    """How many signals a run raised, and how many of them say that something is over."""

    raised: int = 0
    over: int = 0

    def __add__(self, other: Fed) -> Fed:
        return Fed(self.raised + other.raised, self.over + other.over)


def feed_all() -> Fed:
    """The nightly run over the whole city, folded; run again, it finds nothing more to say."""
    fold()
    asked = _asked(None)
    fed = sum((_feed(kind, asked, {}) for kind in _kinds()), Fed())
    fold()
    return fed


def feed_touched() -> int:
    """Looks again at the businesses of which something changed; how many."""
    looked = 0
    while Touched.objects.exists():
        # What waits is taken first: it may say already what the facts would say again.
        fold()
        taken = _feed_some()
        if not taken:  # somebody else is looking at them
            break
        looked += taken
    return looked


@transaction.atomic
def _feed_some() -> int:
    rows = list(
        Touched.objects.order_by("pk").select_for_update(skip_locked=True)[:TOUCHED_AT_ONCE]
    )
    if not rows:
        return 0
    causes = {one.business_id: one.cause for one in rows}
    follow_businesses(list(causes))
    asked = _asked(list(causes))
    for kind in _kinds():
        _feed(kind, asked, causes)
    Touched.objects.filter(pk__in=[one.pk for one in rows]).delete()
    return len(rows)


@transaction.atomic
def touch(businesses: Mapping[int, UUID | None]) -> None:
    """Something changed about these businesses, each by the entry: within the minute their open
    alerts follow them, and their facts are compared again."""
    Touched.objects.bulk_create(
        [Touched(business_id=number, cause=cause) for number, cause in businesses.items()]
    )
    wake()


def _kinds() -> list[str]:
    live = rules.live(clock.today())
    return [kind for kind in FACTS if kind in live]


def _asked(only: Collection[int] | None) -> Asked:
    today = clock.today()
    held = Alert.objects.filter(OPEN, kind=TRAINING).values_list("key", flat=True).distinct()
    return Asked(
        day=today,
        visit_notice_days=rules.visit_notice_days(today),
        training_notice_days=rules.training_notice_days(today),
        years=[int(year) for year in held],
        only=only,
    )


@transaction.atomic
def _feed(kind: str, asked: Asked, causes: Mapping[int, UUID | None]) -> Fed:
    """One kind: its differences, read and raised a chunk at a time."""
    raised = over = 0
    for rows in _differences(kind, asked):
        raise_signals(_signal(kind, row, causes) for row in rows)
        raised += len(rows)
        over += sum(row[0] for row in rows)
    return Fed(raised, over)


def _differences(kind: str, asked: Asked) -> Iterator[list[tuple[Any, ...]]]:
    settled = [AlertEnd.FALSE]
    if rules.kinds_on(asked.day)[kind].once:
        settled.append(AlertEnd.HANDLED)
    known = {**facts_parameters(asked), "kind": kind, "settled": [str(end) for end in settled]}
    with connection.cursor() as db:
        # All rows are read: a plan for the first of them would be the wrong one.
        db.execute("SET LOCAL cursor_tuple_fraction = 1")
    with connection.chunked_cursor() as db:
        db.execute(_DIFFERENCE.format(fact=FACTS[kind]), known)
        while rows := db.fetchmany(CHUNK):
            yield rows


def _signal(kind: str, row: tuple[Any, ...], causes: Mapping[int, UUID | None]) -> Signal:
    over, subject, key, business, district, station, labels = row
    return Signal(
        kind=kind,
        subject=subject,
        key=key,
        business_id=business,
        district=district,
        station=station,
        labels=json.loads(labels),
        over=over,
        cause=causes.get(business),
    )


@transaction.atomic
def calm_floods() -> int:
    """Floods whose source has been quiet for long enough are over; how many."""
    calm = Alert.objects.filter(OPEN, kind=FLOOD, last_at__lt=rules.calm_since(clock.now()))
    return raise_signals(
        Signal(kind=FLOOD, subject=subject, key=key, over=True)
        for subject, key in calm.order_by("pk").values_list("subject", "key")
    )
