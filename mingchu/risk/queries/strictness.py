"""Strictness: visits of inspectors compared with visits of others at comparable premises."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection

from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.risk import rules
from mingchu.risk.domain.strictness import Edge, Group, Spread, spreads
from mingchu.rulebook.store import rule

LIMITS = "grade.strictness"
# Comparable: the same kind, the same static sheet, of static points of the same size, in the same
# district where an officer has his place.
_GROUPS = """
WITH seen AS (
    SELECT coalesce('user:' || v.inspector_id, v.inspector) AS who,
           concat_ws('/', b.kind, g.sheet, width_bucket(coalesce(g.static, 0), 0, 40, 4)) AS sort,
           (100.0 * (v.failed_key * %(key)s + v.failed_general * %(general)s)
            / (v.applicable_key * %(key)s + v.applicable_general * %(general)s))::float8 AS share
    FROM risk_visit v JOIN registry_business b ON b.id = v.business_id
    LEFT JOIN risk_grade g ON g.business_id = b.id AND g.until IS NULL
    WHERE v.day > %(after)s AND v.day <= %(day)s AND v.department = 'market'
      AND v.applicable_key + v.applicable_general > 0
      AND (%(city)s OR b.district = ANY(%(districts)s))
), whole AS (SELECT sort, count(*) AS n, sum(share) AS total FROM seen GROUP BY sort)
SELECT who, s.sort, count(*), sum(share), sum(share * share), w.n, w.total
FROM seen s JOIN whole w USING (sort) WHERE who <> '' GROUP BY who, s.sort, w.n, w.total
"""
_EDGES = """
SELECT border, count(*) FILTER (WHERE g.points <= border),
       count(*) FILTER (WHERE g.points > border)
FROM unnest(%(borders)s::numeric[]) border
LEFT JOIN (risk_grade g JOIN registry_business b ON b.id = g.business_id
           AND (%(city)s OR b.district = ANY(%(districts)s)))
     ON g.until IS NULL AND g.points > border - %(edge)s AND g.points <= border + %(edge)s
GROUP BY border ORDER BY border
"""


def inspectors(scopes: Iterable[Scope], day: date) -> list[Spread]:
    """Everybody who made visits that year, the strictest first."""
    basis = rules.basis(day)
    asked = {
        "key": basis.key_points,
        "general": basis.general_points,
        "after": basis.visits_after,
        "day": day,
        **_reach(scopes),
    }
    with connection.cursor() as db:
        db.execute(_GROUPS, asked)
        return spreads(Group(*row) for row in db.fetchall())


def edges(scopes: Iterable[Scope], day: date) -> list[Edge]:
    """How grades lie about the borders of the bands."""
    bands = rules.basis(day).bands["bands"]
    letters = {float(one["to"]): one["is"] for one in bands}
    asked = {"borders": [one["to"] for one in bands], "edge": limits(day)["edge"], **_reach(scopes)}
    with connection.cursor() as db:
        db.execute(_EDGES, asked)
        return [
            Edge(float(border), letters[float(border)], below, above)
            for border, below, above in db.fetchall()
        ]


def limits(day: date) -> dict[str, Any]:
    """From when somebody is pointed out."""
    return dict(rule(LIMITS).on(day).value)


def _reach(scopes: Iterable[Scope]) -> dict[str, Any]:
    reach = tuple(scopes)
    return {
        "city": any(one.kind is ScopeKind.CITY for one in reach),
        "districts": [one.code for one in reach if one.kind is ScopeKind.DISTRICT],
    }
