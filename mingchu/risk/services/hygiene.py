"""Hygiene 量化等级: the mean share of points of a year's visits of every caterer, in one statement.

A scale of its own: it counts the same visits as the risk grade and shares nothing else with it.
"""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from mingchu.base import clock
from mingchu.ledger.services import record_many
from mingchu.registry import domain as registry
from mingchu.risk import events, rules

KINDS = ("caterer", "canteen")
_RATES = """
CREATE TEMP TABLE risk_rates ON COMMIT DROP AS
SELECT business_id, visits, rate, last_rate, last_day, {letter} AS letter FROM (
    SELECT v.business_id, count(*) AS visits, round(avg(share), 2) AS rate,
           round((array_agg(share ORDER BY v.day DESC, v.id DESC))[1], 2) AS last_rate,
           max(v.day) AS last_day
    FROM (
        SELECT r.id, coalesce(o.merged_into_id, o.id) AS business_id, day,
               100 - 100.0 * (failed_key * %(key)s + failed_general * %(gen)s)
               / (applicable_key * %(key)s + applicable_general * %(gen)s) AS share
        FROM risk_visit r JOIN registry_business o ON o.id = r.business_id
        WHERE day > %(after)s AND day <= %(day)s AND applicable_key + applicable_general > 0
              AND department = 'market'
    ) v JOIN registry_business b ON b.id = v.business_id
    WHERE b.kind = ANY(%(kinds)s) AND b.merged_into_id IS NULL AND b.state <> 'closed'
    GROUP BY v.business_id
) found
"""
_CLOSE = """
UPDATE risk_hygienegrade h SET until = %(day)s
WHERE h.until IS NULL AND NOT EXISTS (SELECT FROM risk_rates r WHERE r.business_id = h.business_id
      AND (r.letter, r.rate, r.visits, r.last_day) = (h.letter, h.rate, h.visits, h.last_day))
RETURNING business_id, letter
"""
_WRITE = """
INSERT INTO risk_hygienegrade (business_id, since, letter, rate, last_rate, last_day, visits,
                               rule_since)
SELECT business_id, %(day)s, letter, rate, last_rate, last_day, visits, %(rule)s FROM risk_rates r
WHERE NOT EXISTS (SELECT FROM risk_hygienegrade h
                  WHERE h.business_id = r.business_id AND h.until IS NULL)
ORDER BY business_id RETURNING business_id, letter
"""


@transaction.atomic
def grade_hygiene() -> int:
    """Brings the hygiene grade of every caterer up to today; how many letters moved."""
    day = clock.today()
    said = rules.hygiene(day)
    asked: dict[str, Any] = {
        "day": day, "after": said.after, "key": said.key, "gen": said.general,
        "kinds": list(KINDS), "rule": said.since,
    }  # fmt: skip
    with connection.cursor() as db:
        db.execute("DROP TABLE IF EXISTS risk_rates")
        db.execute(_RATES.format(letter=said.letter), asked)
        db.execute(_CLOSE, asked)
        before = dict(db.fetchall())
        db.execute(_WRITE, asked)
        written = dict(db.fetchall())
    moved = {
        number: (before.get(number, ""), written.get(number, ""))
        for number in {*before, *written}
        if before.get(number, "") != written.get(number, "")
    }
    record_many(
        events.HygieneGraded(
            subject=registry.subject(number),
            business_id=number,
            before=was,
            letter=now,
            since=day,
        )
        for number, (was, now) in sorted(moved.items())
    )
    return len(moved)
