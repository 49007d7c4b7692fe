"""Drawing 供抽查: what grade, class and visits ask of many businesses on a day, for whoever plans.

The letters stay here: what leaves is a share a year, floors, and what the ceiling allows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from mingchu.risk import credit_rules
from mingchu.risk.domain.measures import MONTHS_A_YEAR, Measures, measures, months_later
from mingchu.risk.queries.supervising import (
    ACCOUNTS,
    BUSINESSES,
    MANY,
    flag_params,
    ground_sql,
    year_of,
)

CHUNK = 5_000
OF = """b.kind = ANY(%(kinds)s::text[])
  AND (cardinality(%(districts)s::text[]) = 0
       OR b.district = ANY(%(districts)s::text[]))"""
VISITS = """
 SELECT business_id, max(day) AS last, max(day) FILTER (WHERE full_list) AS last_full
   FROM risk_visit WHERE department = 'market' AND day <= %(day)s GROUP BY business_id"""
ASKED = """
SELECT b.id, b.grade, b.credit, {grounds} AS key, b.since, v.last, v.last_full,
       coalesce(a.counted, 0)
  FROM ({businesses}) b
  LEFT JOIN ({visits}) v ON v.business_id = b.id
  LEFT JOIN ({accounts}) a ON a.business_id = b.id
 ORDER BY b.id"""


@dataclass(frozen=True, slots=True)
class Asked:
    """Share a year in per cent, visits a year at least, by when two years and the grade ask for
    one, this year's visits against the ceiling (None: no ceiling), grounds of key supervision."""

    business: int
    measures: Measures
    cover_due: date
    floor_due: date
    counted: int
    cap: int | None
    last: date | None
    key: tuple[str, ...]


def asked(kinds: Sequence[str], districts: Sequence[str], day: date) -> Iterator[Asked]:
    """Every business of the kinds that is not closed; no districts are all of them."""
    exempt = credit_rules.exempt(day)
    params = {
        **flag_params(day),
        **year_of(day),
        "kinds": list(kinds),
        "districts": list(districts),
        "day": day,
        "exempt": [one for one, cause in credit_rules.CAUSES.items() if exempt[cause]],
    }
    sql = ASKED.format(
        grounds=ground_sql(day),
        businesses=BUSINESSES.format(where=f"{MANY} AND {OF}"),
        visits=VISITS,
        accounts=ACCOUNTS,
    )
    table, caps = credit_rules.table(day).value, credit_rules.caps(day).value
    cover = credit_rules.cover_months(day)
    with connection.cursor() as db:
        db.execute(sql, params)
        while rows := db.fetchmany(CHUNK):
            yield from (_asked(row, table, caps, cover) for row in rows)


def _asked(row: tuple[Any, ...], table: Any, caps: Any, cover: int) -> Asked:
    number, grade, credit, key, since, last, last_full, counted = row
    found = measures(table, grade, credit)
    return Asked(
        business=number,
        measures=found,
        cover_due=months_later(last_full or since, cover),
        floor_due=months_later(last or since, MONTHS_A_YEAR // max(found.visits, 1)),
        counted=counted,
        cap=caps.get(grade),
        last=last,
        key=tuple(key),
    )
