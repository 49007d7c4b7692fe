"""Grades: the present one of a business with all it stands on, lists of them, runs and movers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.ledger.rows import Columns, Question, ask
from mingchu.registry import domain as registry
from mingchu.registry.queries import within
from mingchu.risk import rules
from mingchu.risk.domain import set_wise
from mingchu.risk.domain.basis import Basis
from mingchu.risk.models import (
    Grade,
    Ground,
    Objection,
    ObjectionState,
    Override,
    Profile,
    Run,
    Visit,
)

UNGRADED = "none"
_COLUMNS = Columns(Grade)
# Grade, its run, the answers it was made of, and what a person said: one question.
_STANDING = """
SELECT b.kind, b.district, b.station, r.as_of, r.rules, p.answers, p.since,
       o.why, o.until, o.id,
       (SELECT count(*) FROM risk_ground u WHERE u.business_id = b.id AND u.levels IS NULL),
       (SELECT j.id FROM risk_objection j WHERE j.business_id = b.id AND j.state = 'open'),
       {columns}
FROM registry_business b
LEFT JOIN risk_grade g ON g.business_id = b.id AND g.until IS NULL
LEFT JOIN risk_run r ON r.id = g.run_id
LEFT JOIN risk_profile p ON p.id = g.profile_id
LEFT JOIN risk_override o ON o.id = g.override
WHERE b.id = %s"""
_BEFORE = 12  # columns before those of the grade


@dataclass(frozen=True)
class Standing:
    """How a business stands: `grade` is None before the first run that knew it."""

    number: int
    kind: str
    district: str
    station: str
    grade: Grade | None
    as_of: date | None = None
    rules: Mapping[str, Any] | None = None
    answers: Mapping[str, Any] | None = None
    profile_since: date | None = None
    override_why: str = ""
    override_until: date | None = None
    override: int | None = None
    undecided: int = 0
    objection: int | None = None


@cache
def _standing() -> str:
    return _STANDING.format(columns=_COLUMNS.sql("g"))


def standing_asked(number: int) -> Question:
    return Question(_standing(), (number,))


def standing(number: int) -> Standing | None:
    """One business in one question; None where there is no such file."""
    row = next(iter(ask(standing_asked(number))), None)
    if row is None:
        return None
    kind, district, station, as_of, run_rules, answers, since, why, until, override, n, open_ = row[
        :_BEFORE
    ]
    found = _COLUMNS.made(row[_BEFORE:]) if as_of else None
    return Standing(
        number, kind, district, station, found, as_of, _json(run_rules), _json(answers), since,
        why or "", until, override, n, open_,
    )  # fmt: skip


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


# ── Lists ──


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a list of grades is asked; `letter` may be `none` for those without."""

    district: str = ""
    station: str = ""
    group: str = ""
    letter: str = ""
    missing: str = ""

    @classmethod
    def read(cls, said: Mapping[str, str]) -> Asked:
        return cls(**{one.name: said.get(one.name, "") for one in fields(cls)})

    def query(self) -> dict[str, str]:
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in said.items() if value}


def grades(scopes: Iterable[Scope], asked: Asked, day: date) -> QuerySet[Grade]:
    """Present grades, in the order of their businesses."""
    rows = within(Grade.objects.filter(until__isnull=True), scopes, "business__")
    equal = {
        "business__district": asked.district,
        "business__station": asked.station,
        "missing": asked.missing,
        "letter": "" if asked.letter == UNGRADED else asked.letter,
    }
    rows = rows.filter(**{name: value for name, value in equal.items() if value})
    if asked.letter == UNGRADED:
        rows = rows.filter(letter="")
    if asked.group:
        rows = rows.filter(business__kind__in=rules.basis(day).groups.get(asked.group, ()))
    return rows.select_related("business").defer("reasons", "business__search_text").order_by("pk")


def one(scopes: Iterable[Scope], number: int) -> Grade | None:
    rows = within(Grade.objects.filter(until__isnull=True), scopes, "business__")
    return rows.filter(business=number).select_related("business", "run").first()


def past(number: int, limit: int = 20) -> list[Grade]:
    """Every grade a business has had, the newest first."""
    rows = Grade.objects.filter(business=number).select_related("run").defer("reasons")
    return list(rows.order_by("-since", "-pk")[:limit])


def grade_on(number: int, day: date) -> Grade | None:
    """The grade that held on a day."""
    rows = Grade.objects.filter(business=number, since__lte=day).select_related("run")
    return rows.filter(Q(until__isnull=True) | Q(until__gt=day)).order_by("-since", "-pk").first()


def runs(limit: int = 30) -> list[Run]:
    """Runs over the whole city, the newest first."""
    return list(Run.objects.filter(whole=True).order_by("-pk")[:limit])


def run(pk: int) -> Run | None:
    return Run.objects.filter(pk=pk).first()


def last_run() -> Run | None:
    return Run.objects.filter(whole=True).order_by("-pk").first()


def movers(
    scopes: Iterable[Scope], found: Run, before: str = "", letter: str = ""
) -> QuerySet[Grade]:
    """Whose letter a run changed; by what it was and what it is."""
    rows = within(Grade.objects.filter(run=found), scopes, "business__").exclude(before=F("letter"))
    asked = {"before": before, "letter": letter}
    for name, value in asked.items():
        if value:
            rows = rows.filter(**{name: "" if value == UNGRADED else value})
    return rows.select_related("business").defer("reasons", "business__search_text").order_by("pk")


_DIGEST = """
SELECT encode(sha256(convert_to(coalesce(string_agg(concat_ws(':', business_id, since, letter,
           missing, points, static, dynamic, digest,
           encode(sha256(convert_to(reasons::text, 'UTF8')), 'hex')),
       ',' ORDER BY id), ''), 'UTF8')), 'hex')
FROM risk_grade WHERE run_id = %s
"""


def digest_of(found: Run) -> str:
    """Over every grade a run wrote, as the rows stand now."""
    with connection.cursor() as db:
        db.execute(_DIGEST, [found.pk])
        said: str = db.fetchone()[0]
    return said


# ── What is known of a business ──


def profiles_of(number: int) -> list[Profile]:
    return list(Profile.objects.filter(business=number).order_by("-since", "-pk")[:20])


def visits_of(number: int, limit: int = 50) -> list[Visit]:
    return list(Visit.objects.filter(business=number).order_by("-day", "-pk")[:limit])


def grounds_of(number: int) -> list[Ground]:
    return list(Ground.objects.filter(business=number).order_by("-day", "-pk")[:50])


def overrides_of(number: int) -> list[Override]:
    return list(Override.objects.filter(business=number).order_by("-pk")[:20])


def objections_of(number: int) -> list[Objection]:
    rows = Objection.objects.filter(business=number).select_related("grade")
    return list(rows.defer("grade__reasons").order_by("-pk")[:20])


def undecided(scopes: Iterable[Scope]) -> QuerySet[Ground]:
    """Grounds that wait for a person's decision, the oldest first."""
    rows = within(Ground.objects.filter(levels__isnull=True), scopes, "business__")
    return rows.select_related("business").defer("business__search_text").order_by("pk")


def ground(scopes: Iterable[Scope], pk: int) -> Ground | None:
    rows = within(Ground.objects.all(), scopes, "business__")
    return rows.select_related("business").filter(pk=pk).first()


def objections(scopes: Iterable[Scope], state: str = "") -> QuerySet[Objection]:
    rows = within(Objection.objects.all(), scopes, "business__")
    rows = rows.filter(state=state) if state in ObjectionState.values else rows
    return rows.select_related("business", "grade").defer("business__search_text").order_by("pk")


def objection(scopes: Iterable[Scope], pk: int) -> Objection | None:
    return objections(scopes).filter(pk=pk).first()


def override(scopes: Iterable[Scope], pk: int) -> Override | None:
    rows = within(Override.objects.all(), scopes, "business__")
    return rows.select_related("business").filter(pk=pk).first()


def of_business(scopes: Iterable[Scope], number: int) -> bool:
    """Whether a scope reaches a business: its own desk, or an officer's place."""
    return any(
        scope.kind is ScopeKind.BUSINESS and registry.number_of(scope.code) == number
        for scope in scopes
    )


# ── What if ──


class Mover(NamedTuple):
    """A business whose letter would be another."""

    business: int
    name: str
    district: str
    before: str
    after: str
    points_before: Decimal | None
    points_after: Decimal | None


@dataclass(frozen=True)
class Movers:
    """How many by letters, and the first of them."""

    counts: Mapping[tuple[str, str], int]
    rows: list[Mover]


def would_move(now: Basis, then: Basis, limit: int) -> Movers:
    """Whose letter two readings of the rules see otherwise, by the same facts."""
    with transaction.atomic(), connection.cursor() as db:
        for name, basis in (("risk_now", now), ("risk_then", then)):
            db.execute(f"DROP TABLE IF EXISTS {name}")
            db.execute(
                f"CREATE TEMP TABLE {name} ON COMMIT DROP AS"  # noqa: S608 the core's own words
                f" SELECT business_id, letter, points FROM ({set_wise.reckoned(basis)}) reckoned",
                set_wise.parameters(basis),
            )
        db.execute(_WOULD.format(what=_HOW) + " GROUP BY 1, 2 ORDER BY 1, 2")
        counts = {(before, after): n for before, after, n in db.fetchall()}
        db.execute(_WOULD.format(what=_WHO) + " ORDER BY b.id LIMIT %s", [limit])
        rows = [Mover(*row) for row in db.fetchall()]
    return Movers(counts, rows)


_HOW = "n.letter, t.letter, count(*)"
_WHO = "b.id, b.name, b.district, n.letter, t.letter, n.points, t.points"
_WOULD = """
SELECT {what} FROM risk_now n JOIN risk_then t USING (business_id)
JOIN registry_business b ON b.id = n.business_id WHERE n.letter <> t.letter"""
