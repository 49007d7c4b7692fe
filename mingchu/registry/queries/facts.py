"""Facts 到期与缺失: what is due or missing in the whole city, or in some businesses, set by set.

Each is a question in SQL, for a reader who joins it with what he knows already: its rows say what
it is about (`subject`, `key`), whose and where, in what words (`labels`), and whether a reader who
does not know it yet shall take it up (`raises`). Ids only: no name leaves the registry this way.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from mingchu.base.ids import CODE_ALPHABET
from mingchu.registry import domain, rules
from mingchu.registry.domain import Duty
from mingchu.rulebook.store import rule

# What the questions have in common; `business` is the number as the world outside spells it.
PARTS = {
    "place": "b.id AS business_id, b.district, b.station",
    "licences": """registry_licence l JOIN registry_business b ON b.id = l.business_id
 WHERE l.state = 'valid' AND b.merged_into_id IS NULL AND b.state = ANY(%(states_licences)s)
   AND (%(only)s::bigint[] IS NULL OR b.id = ANY(%(only)s::bigint[]))""",
    "people": """b.merged_into_id IS NULL AND b.state = ANY(%(states_people)s)
   AND (%(only)s::bigint[] IS NULL OR b.id = ANY(%(only)s::bigint[]))""",
    "staff": "registry_person p JOIN registry_business b ON b.id = p.business_id",
    "business": """'business:' || (
    SELECT string_agg(substr(%(letters)s, 1 + (
        (b.id::numeric * %(stride)s %% (1::bigint << 40))::bigint >> 5 * place & 31)::int, 1),
        '' ORDER BY place DESC) FROM generate_series(0, 7) place)""",
    "posted": """EXISTS (SELECT FROM registry_person p WHERE p.business_id = b.id
        AND p.until IS NULL AND p.duties @> ARRAY[{duty}]::varchar[])""",
}
_EXPIRING = """
SELECT 'licence:' || l.id AS subject, l.expires::text AS key, {place}, true AS raises,
       jsonb_build_object('until', l.expires::text, 'step',
           (SELECT min(s)::text FROM unnest(%(ladder)s::int[]) s
             WHERE s >= l.expires - %(day)s::date)) AS labels
  FROM {licences}
   AND l.expires BETWEEN %(day)s AND %(day)s::date + (SELECT max(s) FROM unnest(%(ladder)s) s)
"""
# Another licence of the kind that holds today makes an old one a matter for the files.
_EXPIRED = """
SELECT 'licence:' || l.id AS subject, l.expires::text AS key, {place}, true AS raises,
       jsonb_build_object('until', l.expires::text) AS labels
  FROM {licences} AND l.expires < %(day)s
   AND NOT EXISTS (SELECT FROM registry_licence o WHERE o.business_id = b.id AND o.kind = l.kind
        AND o.state = 'valid' AND (o.expires IS NULL OR o.expires >= %(day)s))
"""
_NUMBER_BAD = """
SELECT 'licence:' || l.id AS subject, l.number AS key, {place}, true AS raises,
       '{{}}'::jsonb AS labels
  FROM {licences} AND l.number_check = 'needs_evidence'
"""
_VISIT = """
SELECT 'licence:' || l.id AS subject, l.follow_up_due::text AS key, {place}, true AS raises,
       jsonb_build_object('until', l.follow_up_due::text, 'step',
           CASE WHEN l.follow_up_due < %(day)s THEN 'late' ELSE 'due' END) AS labels
  FROM {licences} AND l.follow_up_due IS NOT NULL AND l.followed_up IS NULL
   AND l.follow_up_due <= %(visit_before)s
"""
_HEALTH = """
SELECT 'person:' || p.id AS subject, p.health_until::text AS key, {place}, true AS raises,
       jsonb_build_object('until', p.health_until::text) AS labels
  FROM {staff}
 WHERE p.until IS NULL AND p.health_until IS NOT NULL AND 'handler' = ANY(p.duties)
   AND b.kind = ANY(%(health_kinds)s) AND {people}
"""
_DIRECTOR = """
SELECT {business} AS subject, '' AS key, {place}, true AS raises, '{{}}'::jsonb AS labels
  FROM registry_business b
 WHERE b.legal_form = ANY(%(firm_forms)s) AND {people}
   AND (b.kind || ':' || b.scale = ANY(%(director_scales)s)
     OR EXISTS (SELECT FROM unnest(%(served)s::text[], %(diners)s::int[]) n (serves, least)
         WHERE n.serves = b.serves AND b.diners >= n.least)
     OR b.kind = ANY(%(head_kinds)s)
        AND EXISTS (SELECT FROM registry_business c WHERE c.head_id = b.id))
   AND NOT {director}
"""
_OFFICER = """
SELECT {business} AS subject, '' AS key, {place}, true AS raises, '{{}}'::jsonb AS labels
  FROM registry_business b
 WHERE b.legal_form = ANY(%(firm_forms)s) AND b.kind = ANY(%(officer_kinds)s)
   AND {people} AND NOT {officer}
"""
# The hours are demanded of firms. A year that has ended is taken up no more, but stays short until
# the hours are found.
_TRAINING = """
WITH had AS (
    SELECT t.person_id, extract(year FROM t.day)::int AS year, sum(t.hours) AS hours
      FROM registry_training t WHERE t.day >= make_date(%(first_year)s, 1, 1)
       AND (%(only)s::bigint[] IS NULL OR t.person_id IN (
            SELECT id FROM registry_person WHERE business_id = ANY(%(only)s::bigint[])))
     GROUP BY 1, 2)
SELECT 'person:' || p.id AS subject, y.year::text AS key, {place},
       y.year = %(training_year)s AS raises,
       jsonb_build_object('until', make_date(y.year, 12, 31)::text) AS labels
  FROM {staff}
 CROSS JOIN unnest(%(years)s::int[]) y (year)
  LEFT JOIN had ON had.person_id = p.id AND had.year = y.year
 WHERE p.until IS NULL AND p.duties && %(leading)s::varchar[]
   AND b.legal_form = ANY(%(firm_forms)s) AND coalesce(had.hours, 0) < %(training_hours)s
   AND {people}
"""
_DORMANT = """
SELECT {business} AS subject, b.state_since::text AS key, {place}, true AS raises,
       '{{}}'::jsonb AS labels
  FROM registry_business b
 WHERE b.merged_into_id IS NULL AND b.state = 'dormant'
   AND (b.state_since + make_interval(years => %(dormant_years)s))::date < %(day)s
   AND (%(only)s::bigint[] IS NULL OR b.id = ANY(%(only)s::bigint[]))
"""

_PARTS = {
    **PARTS,
    "director": PARTS["posted"].format(duty="'director'"),
    "officer": PARTS["posted"].format(duty="'officer'"),
}
FACTS: Mapping[str, str] = {
    kind: sql.format(**_PARTS)
    for kind, sql in {
        "licence_expiring": _EXPIRING,
        "licence_expired": _EXPIRED,
        "licence_number_bad": _NUMBER_BAD,
        "commitment_visit": _VISIT,
        "health_expiring": f"{_HEALTH} AND p.health_until BETWEEN %(day)s AND %(health_before)s",
        "health_expired": f"{_HEALTH} AND p.health_until < %(day)s",
        "director_missing": _DIRECTOR,
        "officer_missing": _OFFICER,
        "training_short": _TRAINING,
        "dormant_too_long": _DORMANT,
    }.items()
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a reader decides: how early he wants to know, and which businesses he asks about.

    `years` are those whose training he still has open, besides that of the day.
    """

    day: date
    visit_notice_days: int
    training_notice_days: int
    years: Collection[int] = ()
    only: Collection[int] | None = None


def facts_parameters(asked: Asked) -> dict[str, Any]:
    """The figures of the day that the questions are asked with."""
    day, norms = asked.day, rules.norms(asked.day)
    year = day.year if _is_near(date(day.year, 12, 31), day, asked.training_notice_days) else 0
    years = sorted({*asked.years, *([year] if year else [])}) if norms.training_hours else []
    return {
        "day": day,
        "letters": CODE_ALPHABET,
        "stride": domain.STRIDE,
        "only": None if asked.only is None else list(asked.only),
        "states_licences": list(rules.states_counted("licences", day)),
        "states_people": list(rules.states_counted("people", day)),
        "ladder": list(rules.ladder(day)),
        "visit_before": day + timedelta(days=asked.visit_notice_days),
        "health_kinds": list(norms.health_kinds),
        "health_before": day + timedelta(days=norms.health_warn_days),
        "firm_forms": list(norms.firm_forms),
        "director_scales": [
            f"{kind}:{scale}" for kind, scales in norms.director_scales.items() for scale in scales
        ],
        "served": list(norms.director_diners),
        "diners": list(norms.director_diners.values()),
        "head_kinds": list(norms.head_office_kinds),
        "officer_kinds": list(norms.officer_kinds),
        "leading": [Duty.PRINCIPAL, Duty.DIRECTOR, Duty.OFFICER],
        "training_hours": norms.training_hours,
        "training_year": year,
        "first_year": min(years, default=day.year),
        "years": years,
        "dormant_years": _dormant_years(day),
    }


def _is_near(end: date, day: date, notice: int) -> bool:
    return day >= end - timedelta(days=notice)


def _dormant_years(day: date) -> int:
    return int(rule("licence.dormant_years_max").on(day).number())
