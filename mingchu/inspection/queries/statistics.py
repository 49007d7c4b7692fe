"""Counts of what inspections found, one statement each; nothing in them says who inspected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from mingchu.accounts.domain import Scope
from mingchu.base import clock
from mingchu.inspection.domain.rates import Rate, ranked
from mingchu.inspection.models import Finding, Record, RecordState, VisitType
from mingchu.registry.queries import within


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which records are counted; what is empty asks for all. `quarter` as `2026-4`."""

    since: date
    until: date
    district: str = ""
    kind: str = ""
    type: str = ""
    result: str = ""
    item: str = ""
    quarter: str = ""
    found: bool = False

    def query(self) -> dict[str, str]:
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: "1" if v is True else str(v) for name, v in said.items() if v}


@dataclass(frozen=True)
class Spent:
    """Minutes on site of a type of visit: a quarter took at most `low`, half, three quarters."""

    type: str
    count: int
    low: float
    median: float
    high: float


@dataclass(frozen=True)
class Closed:
    """Corrections with a day that were settled or are over: in time, and in how many days."""

    in_time: int
    of: int
    median_days: float | None


def records(scopes: Iterable[Scope], asked: Asked) -> QuerySet[Record]:
    """Records that count, the newest first."""
    rows = Record.objects.filter(
        state=RecordState.ACCEPTED, day__gte=asked.since, day__lte=asked.until
    )
    for name, path in (
        ("district", "district"),
        ("kind", "business__kind"),
        ("type", "visit__type"),
    ):
        if value := getattr(asked, name):
            rows = rows.filter(**{path: value})
    if asked.result:
        rows = rows.filter(results__contains=[asked.result])
    if asked.item:
        rows = rows.filter(unmet__contains=[asked.item])
    if asked.found:
        rows = rows.exclude(unmet=[])
    if asked.quarter:
        year, _dash, quarter = asked.quarter.partition("-")
        rows = rows.filter(day__year=int(year), day__quarter=int(quarter))
    return within(rows, scopes, "business__").order_by("-day", "-pk")


def first_looks(scopes: Iterable[Scope], asked: Asked) -> QuerySet[Record]:
    """Visits that looked; a recheck looks at what was found already, which would count it twice."""
    rows = records(scopes, asked).filter(outcome="inspected")
    return rows.exclude(visit__type=VisitType.RECHECK).order_by()


ITEMS = """
WITH r(met, unmet) AS MATERIALIZED ({records}),
     a(item, bad) AS (SELECT unnest(met), 0 FROM r UNION ALL SELECT unnest(unmet), 1 FROM r)
SELECT item, sum(bad)::int, count(*)::int FROM a GROUP BY item
"""
WHERE = """
SELECT grouping(kind, district, quarter), coalesce(kind, district, quarter),
       count(*) FILTER (WHERE cardinality(unmet) > 0)::int, count(*)::int
  FROM (SELECT kind, district, unmet,
               extract(year FROM day)::int || '-' || extract(quarter FROM day)::int
          FROM ({records}) r(kind, district, day, unmet)) s(kind, district, unmet, quarter)
 GROUP BY GROUPING SETS ((kind), (district), (quarter), ())
"""
TIMES = """
SELECT type, count(*)::int, percentile_cont(ARRAY[0.25, 0.5, 0.75])
         WITHIN GROUP (ORDER BY extract(epoch FROM ended - started) / 60.0)
  FROM ({records}) r(type, started, ended) GROUP BY type ORDER BY type
"""
RESULTS = """
SELECT code, count(*)::int FROM ({records}) r(results)
 CROSS JOIN LATERAL unnest(r.results) code GROUP BY code ORDER BY 2 DESC, 1
"""
TYPES = "SELECT type, count(*)::int FROM ({records}) r(type) GROUP BY type ORDER BY type"
CLOSED = """
SELECT count(*) FILTER (WHERE settled <= due)::int, count(*)::int,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY (settled - day))
  FROM (SELECT due, day, (settled_at AT TIME ZONE %s)::date FROM ({records})
          r(due, day, settled_at)) s(due, day, settled)
 WHERE settled IS NOT NULL OR due < %s
"""
BY = {3: "kind", 5: "district", 6: "quarter", 7: "all"}


def items(scopes: Iterable[Scope], asked: Asked) -> list[Rate]:
    """How often each item was unmet where it applied; what is worst at least stands first."""
    rows = first_looks(scopes, asked).values_list("met", "unmet")
    return ranked([Rate(*row) for row in _asked(ITEMS, rows)])


def shares(scopes: Iterable[Scope], asked: Asked) -> dict[str, list[Rate]]:
    """Visits that found anything: by kind, district, quarter and in `all`."""
    rows = first_looks(scopes, asked).values_list("business__kind", "district", "day", "unmet")
    found: dict[str, list[Rate]] = {name: [] for name in BY.values()}
    for grouping, key, hits, of in _asked(WHERE, rows):
        found[BY[grouping]].append(Rate(key or "", hits, of))
    for name in ("kind", "district", "quarter"):
        found[name].sort(key=lambda one: one.key)
    return found


def times(scopes: Iterable[Scope], asked: Asked) -> list[Spent]:
    """Minutes on site by type of visit."""
    rows = records(scopes, asked).filter(outcome="inspected").order_by()
    asked_for = rows.values_list("visit__type", "started_at", "ended_at")
    return [Spent(kind, count, *parts) for kind, count, parts in _asked(TIMES, asked_for)]


def results(scopes: Iterable[Scope], asked: Asked) -> list[tuple[str, int]]:
    """Records by kind of result; one that has several counts with each."""
    return list(_asked(RESULTS, records(scopes, asked).order_by().values_list("results")))


def types(scopes: Iterable[Scope], asked: Asked) -> list[tuple[str, int]]:
    return list(_asked(TYPES, records(scopes, asked).order_by().values_list("visit__type")))


def corrections(scopes: Iterable[Scope], asked: Asked) -> Closed:
    """Of what had a day in these records: whether it was settled by then."""
    rows = Finding.objects.filter(
        due__isnull=False, record__day__gte=asked.since, record__day__lte=asked.until
    )
    if asked.district:
        rows = rows.filter(district=asked.district)
    if asked.kind:
        rows = rows.filter(business__kind=asked.kind)
    wanted = within(rows, scopes, "business__").values_list("due", "record__day", "settled_at")
    zone, today = clock.CITY_ZONE.key, clock.today()
    [row] = _asked(CLOSED, wanted, (zone,), (today,)) or [(0, 0, None)]
    return Closed(*row)


def _asked(
    sql: str, rows: QuerySet[Any, Any], before: tuple[Any, ...] = (), after: tuple[Any, ...] = ()
) -> list[tuple[Any, ...]]:
    """The statement over these rows; places of its own stand before and behind theirs."""
    try:
        inner, params = rows.query.sql_with_params()
    except EmptyResultSet:
        return []
    with connection.cursor() as db:
        db.execute(sql.format(records=inner), (*before, *params, *after))
        return list(db.fetchall())
