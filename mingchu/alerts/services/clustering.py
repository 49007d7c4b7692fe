"""Clustering 聚集: alerts of one kind that add up to another, by the rule, as they open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from mingchu.alerts import rules
from mingchu.alerts.domain.clusters import Case, clustered
from mingchu.alerts.domain.folding import Line
from mingchu.alerts.domain.kinds import Cluster, marks
from mingchu.alerts.models import Alert, AlertEnd
from mingchu.base import clock
from mingchu.registry import domain as registry
from mingchu.signals.domain import Signal
from mingchu.signals.services import raise_signals


def look(opened: Sequence[Line], tables: rules.Tables) -> None:
    """Raises the clusters that new alerts complete: another signal for the next batch."""
    kinds = {line.kind: tables(line.opened_at)[line.kind] for line in opened}
    for code, kind in kinds.items():
        lines = [line for line in opened if line.kind == code and line.business]
        for cluster in kind.clusters if lines else ():
            if cluster.into in rules.live(clock.today()):
                raise_signals(_found(code, cluster, lines))


def _found(code: str, cluster: Cluster, lines: Sequence[Line]) -> Iterator[Signal]:
    newest = max(line.first_at for line in lines)
    window = rules.window(cluster, _day(newest))
    oldest = min(line.first_at for line in lines) - window.length
    businesses = {line.business for line in lines}
    rows = Alert.objects.filter(kind=code, business__in=businesses, first_at__gte=oldest)
    for business in sorted(filter(None, businesses)):
        mine = [one for one in rows if one.business_id == business and one.end != AlertEnd.FALSE]
        groups = clustered(
            map(_case, mine),
            count=window.least,
            window=window.length,
            equal=cluster.equal,
            distinct=cluster.distinct,
        )
        for words, at in groups:
            yield _signal(cluster, business, mine[0], words, at)


def _day(moment: datetime) -> date:
    return clock.city(moment).date()


def _case(one: Alert) -> Case:
    own = {"business": one.business_id, "district": one.district, "station": one.station}
    return Case(one.first_at, marks(one.labels, subject=one.subject, **own))  # type: ignore[arg-type]


def _signal(
    cluster: Cluster, business: int, one: Alert, words: tuple[str, ...], at: datetime
) -> Signal:
    """About the business; the words that are equal tell several clusters of one business apart."""
    return Signal(
        kind=cluster.into,
        subject=registry.subject(business),
        key=":".join(word for name, word in zip(cluster.equal, words, strict=True)
                     if name != "business")[:120],
        business_id=business,
        district=one.district,
        station=one.station,
        at=at,
        cause=one.entry,
    )  # fmt: skip
