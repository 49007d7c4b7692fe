"""The credit class of every firm as one question to the database: what is known of each on a day,
the indicators it makes, their points and reasons, the letter.

Pure text beside numbered rules; facts that came later than the day are thought away.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from mingchu.base import clock
from mingchu.risk.credit_rules import Basis
from mingchu.risk.domain.credit import Letter, Roll
from mingchu.risk.domain.measures import months_later
from mingchu.rulebook.sheet_sql import compiled

# What of a file's changes counts as a change of what is registered.
REGISTERED = ["name", "address", "legal_form"]

# The planner takes each step for a handful of rows and would walk it anew for every firm: asked
# before and after a question over all of them, inside its transaction.
NESTED = "SELECT set_config('enable_nestloop', %s, true)"
KNOWN = """
firms AS MATERIALIZED (
 SELECT b.id, b.opened, coalesce(b.head_id, b.id) AS kin
   FROM registry_business b
  WHERE b.merged_into_id IS NULL AND b.state <> 'closed' AND b.legal_form = ANY(%(forms)s)
    AND (%(only)s::bigint[] IS NULL OR b.id = ANY(%(only)s))
),
against AS MATERIALIZED (
 SELECT business_id,
        count(*) FILTER (WHERE kind = 'penalty' AND day > %(penalties)s) AS penalties,
        count(*) FILTER (WHERE kind = 'failed_sample' AND day > %(samples)s) AS samples,
        count(*) FILTER (WHERE kind = 'report_missing' AND day > %(reports)s) AS missing,
        count(*) FILTER (WHERE kind = 'report_zero' AND day > %(reports)s) AS zero,
        count(*) FILTER (WHERE kind = 'case_reported' AND day > %(complaints)s) AS complaints,
        count(*) FILTER (WHERE kind = 'talk' AND day > %(talks)s) AS talks
   FROM risk_fact WHERE struck_at IS NULL AND day <= %(day)s GROUP BY business_id
),
listed AS MATERIALIZED (
 SELECT business_id,
        count(*) FILTER (WHERE roll = 'abnormal' AND (until IS NULL OR until > %(lists)s))
          AS abnormal,
        count(*) FILTER (WHERE roll = 'serious' AND (until IS NULL OR until > %(lists)s))
          AS serious,
        bool_or(roll = 'abnormal' AND (until IS NULL OR until >= %(day)s)) AS on_abnormal,
        bool_or(roll = 'serious' AND (until IS NULL OR until >= %(day)s)) AS on_serious
   FROM risk_listing WHERE struck_at IS NULL AND since <= %(day)s GROUP BY business_id
),
kin AS MATERIALIZED (
 SELECT coalesce(b.head_id, b.id) AS kin, sum(coalesce(a.penalties, 0)) AS penalties,
        count(*) FILTER (WHERE l.on_abnormal OR l.on_serious) AS lists
   FROM registry_business b
   LEFT JOIN against a ON a.business_id = b.id
   LEFT JOIN listed l ON l.business_id = b.id
  WHERE a.business_id IS NOT NULL OR l.business_id IS NOT NULL
  GROUP BY 1
),
changed AS MATERIALIZED (
 SELECT business_id, count(*) AS changes FROM registry_past
  WHERE until >= %(changes)s AND until < %(midnight)s AND fields && %(registered)s::varchar[]
  GROUP BY business_id
),
lapsed AS MATERIALIZED (
 SELECT l.business_id, count(*) AS lapsed FROM registry_licence l
  WHERE l.state = 'valid' AND l.expires < %(day)s
    AND NOT EXISTS (SELECT FROM registry_licence n
                     WHERE n.business_id = l.business_id AND n.kind = l.kind AND n.id <> l.id
                       AND n.state = 'valid' AND (n.expires IS NULL OR n.expires >= %(day)s))
  GROUP BY l.business_id
),
seen AS MATERIALIZED (
 SELECT business_id,
        round(100.0 * sum(failed_key * %(key)s + failed_general * %(general)s)
            / nullif(sum(applicable_key * %(key)s + applicable_general * %(general)s), 0))
          AS findings
   FROM risk_visit
  WHERE department = 'market' AND day > %(visits)s AND day <= %(day)s
  GROUP BY business_id
),
measured AS MATERIALIZED (
 SELECT f.id,
        jsonb_strip_nulls(jsonb_build_object(
          'age', greatest(0, extract(year FROM age(%(day)s::date, f.opened)) * 12
                           + extract(month FROM age(%(day)s::date, f.opened)))::int,
          'lapsed', coalesce(e.lapsed, 0), 'changes', coalesce(c.changes, 0),
          'reports_missing', coalesce(a.missing, 0), 'reports_zero', coalesce(a.zero, 0),
          'abnormal', coalesce(l.abnormal, 0), 'serious', coalesce(l.serious, 0),
          'penalties', coalesce(a.penalties, 0), 'findings', s.findings,
          'samples', coalesce(a.samples, 0), 'talks', coalesce(a.talks, 0),
          'kin_lists', coalesce(k.lists, 0)
                       - (coalesce(l.on_abnormal, false) OR coalesce(l.on_serious, false))::int,
          'kin_penalties', coalesce(k.penalties, 0) - coalesce(a.penalties, 0),
          'complaints', coalesce(a.complaints, 0))) AS answers,
        coalesce(l.on_abnormal, false) AS on_abnormal, coalesce(l.on_serious, false) AS on_serious
   FROM firms f
   LEFT JOIN against a ON a.business_id = f.id
   LEFT JOIN listed l ON l.business_id = f.id
   LEFT JOIN kin k ON k.kin = f.kin
   LEFT JOIN changed c ON c.business_id = f.id
   LEFT JOIN lapsed e ON e.business_id = f.id
   LEFT JOIN seen s ON s.business_id = f.id
)"""


def measured() -> str:
    """CTEs up to `measured`: id, answers, on which lists; needs `params`."""
    return KNOWN


def reckoned(basis: Basis) -> str:
    """CTEs up to `reckoned`: id, answers, points, reasons, letter, and what lifted it."""
    sheet = compiled(basis.sheet.value, "m.answers")
    floors = {roll: Letter(basis.floors.choice(roll)) for roll in Roll}
    lifted = ", ".join(
        f"CASE WHEN on_{roll} AND by_points < '{least}' THEN '{roll}' END"
        for roll, least in floors.items()
    )
    least = ", ".join(f"CASE WHEN on_{roll} THEN '{least}' END" for roll, least in floors.items())
    return f"""{KNOWN},
scored AS MATERIALIZED (
 SELECT m.id, m.answers, m.on_abnormal, m.on_serious, {sheet.points} AS points,
        {sheet.reasons} AS reasons
   FROM measured m
),
lettered AS (SELECT *, {_letter(basis.bands.value)} AS by_points FROM scored),
reckoned AS MATERIALIZED (
 SELECT id, answers, points, reasons, greatest(by_points, {least}) AS letter,
        array_remove(ARRAY[{lifted}]::varchar[], NULL) AS lifted_by
   FROM lettered
)"""  # noqa: S608 letters, lists and a compiled sheet: no value of anybody


def _letter(bands: Mapping[str, Any]) -> str:
    """The bands of the rule as one expression over `points`."""
    whens = "".join(
        f" WHEN points <= {one['to']} THEN '{Letter(one['is'])}'" for one in bands["bands"]
    )
    return f"CASE{whens} ELSE '{Letter(bands['above'])}' END"


def params(basis: Basis, day: date, only: list[int] | None) -> dict[str, Any]:
    """What the question is asked with."""
    back = basis.windows.choice
    cuts = {
        name: months_later(day, -int(back(name)))
        for name in ("penalties", "samples", "reports", "complaints", "talks", "lists", "visits")
    }
    return {
        **cuts,
        "day": day,
        "only": only,
        "forms": basis.forms,
        "registered": REGISTERED,
        "changes": clock.midnight(months_later(day, -int(back("changes"))) + timedelta(days=1)),
        "midnight": clock.midnight(day + timedelta(days=1)),
        "key": basis.items.choice("key"),
        "general": basis.items.choice("general"),
    }
