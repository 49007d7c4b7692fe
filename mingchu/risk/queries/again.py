"""An old day again 按日重算: what everybody comes to by the facts and rules of a day, beside the
grades that held on it; nothing is written.

On the day of a run over the city the two are one. On other days they may differ where nobody had
looked since: a visit that has grown older than the rules look back moves no grade by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection, transaction

from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.risk.domain import set_wise
from mingchu.risk.domain.basis import Basis

_AGAIN = """
CREATE TEMP TABLE risk_again ON COMMIT DROP AS
SELECT r.business_id, r.letter, r.missing, g.letter AS held, g.missing AS held_missing
FROM ({reckoned}) r
LEFT JOIN risk_grade g ON g.business_id = r.business_id AND g.since <= %(day)s
     AND (g.until IS NULL OR g.until > %(day)s)"""
_HERE = """
FROM risk_again a JOIN registry_business b ON b.id = a.business_id
WHERE (%(city)s OR b.district = ANY(%(districts)s) OR b.station = ANY(%(stations)s))"""
_COUNTS = f"SELECT a.letter, count(*) {_HERE} GROUP BY 1 ORDER BY 1"
_OTHER = "AND a.held IS NOT NULL AND a.held <> a.letter"
_NUMBERS = f"""
SELECT count(*) FILTER (WHERE a.held = a.letter), count(*) FILTER (WHERE a.held <> a.letter),
       count(*) FILTER (WHERE a.held IS NULL) {_HERE}"""
_ROWS = f"""
SELECT b.id, b.name, b.district, a.held, a.letter, a.missing {_HERE} {_OTHER}
ORDER BY b.id LIMIT %(limit)s"""


class Other(NamedTuple):
    """Whose letter of the day is another than what it comes to now."""

    business: int
    name: str
    district: str
    held: str
    letter: str
    missing: str


@dataclass(frozen=True)
class Again:
    """How the day comes out: letters, how many are as they were held, other, or were not graded."""

    letters: Mapping[str, int]
    same: int
    other: int
    ungraded: int
    rows: list[Other]

    @property
    def subjects(self) -> int:
        return sum(self.letters.values())


def recomputed(basis: Basis) -> dict[int, tuple[str, str]]:
    """Letter and what is missing of everybody on the day of the basis."""
    with connection.cursor() as db:
        db.execute(
            "SELECT business_id, letter, missing"  # noqa: S608 the core's own words
            f" FROM ({set_wise.reckoned(basis)}) reckoned",
            set_wise.parameters(basis),
        )
        return {number: (letter, missing) for number, letter, missing in db.fetchall()}


def again(basis: Basis, scopes: Iterable[Scope], limit: int) -> Again:
    """The same beside what held on the day, inside the scopes."""
    asked = {**_reach(scopes), "limit": limit}
    with transaction.atomic(), connection.cursor() as db:
        db.execute("DROP TABLE IF EXISTS risk_again")
        db.execute(_AGAIN.format(reckoned=set_wise.reckoned(basis)), set_wise.parameters(basis))
        db.execute(_COUNTS, asked)
        letters = dict(db.fetchall())
        db.execute(_NUMBERS, asked)
        same, other, ungraded = db.fetchone()
        db.execute(_ROWS, asked)
        rows = [Other(*row) for row in db.fetchall()]
    return Again(letters, same, other, ungraded, rows)


def _reach(scopes: Iterable[Scope]) -> dict[str, Any]:
    reach = tuple(scopes)
    return {
        "city": any(one.kind is ScopeKind.CITY for one in reach),
        "districts": [one.code for one in reach if one.kind is ScopeKind.DISTRICT],
        "stations": [one.code for one in reach if one.kind is ScopeKind.STATION],
    }
