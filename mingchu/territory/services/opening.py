"""Opening 下达走访: each quarter one visit for each business, and giving up what was missed.

Both may be asked as often as one likes and by several at once: a business has one row a quarter.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django.db import connection, transaction

from mingchu.base import clock
from mingchu.ledger.services import record
from mingchu.territory import events, rules
from mingchu.territory.domain.levels import Level
from mingchu.territory.domain.quarters import Quarter, quarter_of

# A visit that fell away opens again when its business is to be visited after all.
_OPEN = """
    INSERT INTO territory_visit (business_id, quarter, level, district, station, cadre_id, due,
                                 state, opened_at, late, answers, problem, note)
    SELECT held.business_id, %(quarter)s, held.level, business.district, business.station,
           held.cadre_id, terms.due, 'open', %(now)s, false, '{}', '', ''
      FROM territory_assignment held
      JOIN registry_business business ON business.id = held.business_id
      JOIN unnest(%(levels)s::text[], %(dues)s::date[]) AS terms(level, due)
        ON terms.level = held.level
     WHERE held.until IS NULL
       AND greatest((business.enrolled_at AT TIME ZONE %(zone)s)::date, business.state_since)
           <= %(there_by)s
     ORDER BY held.business_id
    ON CONFLICT (business_id, quarter) DO UPDATE
       SET state = 'open', level = excluded.level, district = excluded.district,
           station = excluded.station, cadre_id = excluded.cadre_id, due = excluded.due
     WHERE territory_visit.state = 'ended'
 RETURNING id
"""
_MISS = """
    UPDATE territory_visit SET state = 'missed'
     WHERE state = 'open' AND due < %s RETURNING quarter
"""


@transaction.atomic
def open_visits() -> int:
    """The visits of the present quarter that are not there yet; how many were opened."""
    today = clock.today()
    quarter = quarter_of(today)
    dues = {level.value: rules.due(quarter, level.value) for level in Level}
    terms = {level: due for level, due in dues.items() if due is not None}
    with connection.cursor() as db:
        db.execute(_OPEN, _asked(quarter, terms, today))
        opened = int(db.rowcount)
    if opened:
        record(
            events.VisitsOpened(subject=f"quarter:{quarter}", quarter=str(quarter), visits=opened)
        )
    return opened


def _asked(quarter: Quarter, terms: dict[str, date], today: date) -> dict[str, Any]:
    return {
        "quarter": quarter.first,
        "levels": list(terms),
        "dues": list(terms.values()),
        "now": clock.now(),
        "zone": str(clock.CITY_ZONE),
        "there_by": rules.there_by(quarter, today),
    }


@transaction.atomic
def give_up_missed() -> int:
    """Visits whose days of grace have passed too; how many."""
    with connection.cursor() as db:
        db.execute(_MISS, [rules.missed_before(clock.today())])
        missed = Counter(str(quarter_of(day)) for (day,) in db.fetchall())
    for quarter, visits in sorted(missed.items()):
        record(events.VisitsMissed(subject=f"quarter:{quarter}", quarter=quarter, visits=visits))
    return sum(missed.values())
