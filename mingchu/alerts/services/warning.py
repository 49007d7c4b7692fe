"""Early warning 早期预警: each night, the numbers of the day before, by district and kind.

A day that stands out is kept with its numbers and raised as a signal, so that somebody of the
district looks into it until a day. Internal: no warning is ever published.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from django.db import connection, transaction

from mingchu.alerts import rules
from mingchu.alerts.domain.warning import Compared, Limits, compare
from mingchu.alerts.models import EarlyWarning
from mingchu.base import clock
from mingchu.registry.places import DISTRICTS
from mingchu.signals.domain import Signal
from mingchu.signals.services import raise_signals

KIND = "early_warning"
SHOWN_DAYS = 60
Series = tuple[str, str]

_COUNTS = """
SELECT district, kind, (opened_at AT TIME ZONE 'Asia/Shanghai')::date AS day, count(*)
  FROM alerts_alert
 WHERE kind = ANY(%s) AND opened_at >= %s AND opened_at < %s AND district <> ''
 GROUP BY 1, 2, 3
"""


@transaction.atomic
def warn(day: date | None = None) -> list[EarlyWarning]:
    """Looks at a day, yesterday unless one is said; asked again, it warns of nothing twice."""
    day = day or clock.today() - timedelta(days=1)
    watch = rules.watch(clock.today())
    kinds = watched(day)
    if not kinds:
        return []
    series = counts(kinds, day, max(SHOWN_DAYS, watch.baseline + watch.lag + 1))
    chance = watch.budget / len(series)
    limits = Limits(watch.baseline, watch.lag, watch.deviations, watch.least_deviation, chance)
    compared = ((key, row, compare(row, limits)) for key, row in series.items())
    rows = [
        _made(day, key, row, one, chance, watch.since)
        for key, row, one in compared
        if one.stands_out
    ]
    known = set(EarlyWarning.objects.filter(day=day).values_list("district", "kind"))
    fresh = [one for one in rows if (one.district, one.kind) not in known]
    EarlyWarning.objects.bulk_create(fresh)
    raise_signals(_signals(fresh))
    return fresh


def watched(day: date) -> list[str]:
    """The kinds whose daily numbers are looked at."""
    return sorted(code for code, kind in rules.live(day).items() if kind.watched)


def counts(kinds: Sequence[str], day: date, days: int) -> Mapping[Series, list[int]]:
    """Alerts that opened, for every district and kind day by day, `day` the last."""
    first = day - timedelta(days=days - 1)
    found: dict[Series, list[int]] = {
        (district, kind): [0] * days for district in DISTRICTS for kind in kinds
    }
    end = clock.midnight(day + timedelta(days=1))
    with connection.cursor() as db:
        db.execute(_COUNTS, [list(kinds), clock.midnight(first), end])
        for district, kind, at, count in db.fetchall():
            if (district, kind) in found:
                found[district, kind][(at - first).days] = count
    return found


def _made(
    day: date, key: Series, row: list[int], one: Compared, chance: float, since: date
) -> EarlyWarning:
    district, kind = key
    return EarlyWarning(
        day=day,
        district=district,
        kind=kind,
        count=one.count,
        mean=one.mean,
        deviation=one.deviation,
        deviations=one.deviations,
        chance=one.chance,
        allowed=chance,
        counts=row,
        rule_since=since,
        made_at=clock.now(),
    )


def _signals(warnings: Sequence[EarlyWarning]) -> Iterator[Signal]:
    for one in warnings:
        yield Signal(
            kind=KIND,
            subject=f"series:{one.district}:{one.kind}"[:60],
            key=one.day.isoformat(),
            district=one.district,
            labels={"warning": str(one.pk), "kind": one.kind},
        )
