"""Coverage 分级覆盖率: graded of registered, by kind and district, and how letters are spread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.risk import rules
from mingchu.risk.domain.basis import LETTERS

NEVER = "never"  # enrolled since the last run
_COUNTED = """
SELECT b.district, b.kind, coalesce(g.letter, ''), coalesce(g.missing, %(never)s), count(*)
FROM registry_business b LEFT JOIN risk_grade g ON g.business_id = b.id AND g.until IS NULL
WHERE b.merged_into_id IS NULL AND b.kind = ANY(%(kinds)s) AND b.state = ANY(%(states)s)
      AND (%(city)s OR b.district = ANY(%(districts)s) OR b.station = ANY(%(stations)s))
GROUP BY 1, 2, 3, 4
"""


@dataclass(frozen=True)
class Spread:
    """How many of what is registered have which letter; `missing` says what the others lack."""

    letters: Mapping[str, int] = field(default_factory=Counter)
    missing: Mapping[str, int] = field(default_factory=Counter)

    @property
    def graded(self) -> int:
        return sum(self.letters.values())

    @property
    def registered(self) -> int:
        return self.graded + sum(self.missing.values())

    @property
    def share(self) -> int:
        """Whole per cent, cut: 100 only when nobody is left.

        >>> Spread({"A": 329}, {"visits": 21}).share, Spread({"A": 1999}, {"visits": 1}).share
        (94, 99)
        """
        return self.graded * 100 // self.registered if self.registered else 0

    def percent(self, letter: str) -> float:
        """Of what is graded, to one decimal."""
        return round(self.letters.get(letter, 0) * 100 / self.graded, 1) if self.graded else 0.0


@dataclass(frozen=True)
class Coverage:
    """By group of the rules, by district, by both, and all together."""

    groups: Mapping[str, Spread]
    districts: Mapping[str, Spread]
    cells: Mapping[tuple[str, str], Spread]
    whole: Spread


def coverage(scopes: Iterable[Scope], day: date) -> Coverage:
    """As it stands now, inside the scopes."""
    basis = rules.basis(day)
    cells: dict[tuple[str, str], Spread] = {}
    for district, kind, letter, missing, n in _counted(scopes, basis.kinds, basis.states):
        cell = cells.setdefault((basis.group_of(kind), district), Spread(Counter(), Counter()))
        target: Any = cell.letters if letter else cell.missing
        target[letter or missing] += n
    groups = {
        name: _sum(one for (g, _), one in cells.items() if g == name) for name in basis.groups
    }
    places = sorted({district for _, district in cells})
    return Coverage(
        groups=groups,
        districts={
            code: _sum(one for (_, d), one in cells.items() if d == code) for code in places
        },
        cells=cells,
        whole=_sum(cells.values()),
    )


def _counted(
    scopes: Iterable[Scope], kinds: Iterable[str], states: Iterable[str]
) -> list[tuple[str, str, str, str, int]]:
    reach = tuple(scopes)
    asked: dict[str, Any] = {
        "never": NEVER,
        "kinds": list(kinds),
        "states": list(states),
        "city": any(one.kind is ScopeKind.CITY for one in reach),
        "districts": [one.code for one in reach if one.kind is ScopeKind.DISTRICT],
        "stations": [one.code for one in reach if one.kind is ScopeKind.STATION],
    }
    with connection.cursor() as db:
        db.execute(_COUNTED, asked)
        rows: list[tuple[str, str, str, str, int]] = db.fetchall()
    return rows


def _sum(spreads: Iterable[Spread]) -> Spread:
    letters: Counter[str] = Counter()
    missing: Counter[str] = Counter()
    for one in spreads:
        letters.update(one.letters)
        missing.update(one.missing)
    return Spread({name: letters[name] for name in LETTERS}, missing)
