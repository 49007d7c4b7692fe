"""Supervising 差异化监管: grade, class, visits and flags of a business in one question, and the
lists that follow from them: key supervision, over the ceiling, left undisturbed.

A list is one statement over the city; a test holds it equal to the pure core, business by
business.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from mingchu.accounts.domain import Place, Scope, ScopeKind
from mingchu.ledger.rows import Question, ask
from mingchu.registry.domain import public_id
from mingchu.risk import credit_rules
from mingchu.risk.domain import keysup
from mingchu.risk.domain.burden import Account, Seen, account
from mingchu.risk.domain.keysup import GROUNDS, SERIOUS_LIST, Facts
from mingchu.risk.domain.measures import Due, Measures, measures, months_later, next_visit

PAGE = 50
ONE, MANY = "b.id = %(number)s", "b.merged_into_id IS NULL AND b.state <> 'closed'"
# What the grounds ask of licences and lists; `b` is the business.
FLAGS = {
    "special_food": """EXISTS (SELECT FROM registry_licence l WHERE l.business_id = b.id
      AND l.kind = 'SC' AND l.state = 'valid'
      AND (substr(l.number, 3, 1) = '1' AND substr(l.number, 4, 2) = ANY(%(codes)s)
           OR l.items && %(words)s::varchar[]))""",
    "central_kitchen": """EXISTS (SELECT FROM registry_licence l WHERE l.business_id = b.id
      AND l.state = 'valid' AND position(%(kitchen)s IN array_to_string(l.items, ' ')) > 0)""",
    "meal_delivery": """(b.serves = 'supplier' OR EXISTS (SELECT FROM registry_licence l
      WHERE l.business_id = b.id AND l.state = 'valid'
        AND position(%(delivery)s IN array_to_string(l.items, ' ')) > 0))""",
    "serious": """EXISTS (SELECT FROM risk_listing s WHERE s.business_id = b.id
      AND s.roll = 'serious' AND s.until IS NULL AND s.struck_at IS NULL)""",
}
_FLAGS = ", ".join(f"{sql} AS {name}" for name, sql in FLAGS.items())
BUSINESSES = f"""
 SELECT b.id, b.name, b.address, b.kind, b.district, b.station, b.head_id,
        coalesce(b.opened, (b.enrolled_at AT TIME ZONE 'Asia/Shanghai')::date) AS since,
        coalesce(g.letter, '') AS grade, coalesce(c.credit, '') AS credit, {_FLAGS}
   FROM registry_business b
   LEFT JOIN risk_grade g ON g.business_id = b.id AND g.until IS NULL
   LEFT JOIN risk_creditclass c ON c.business_id = b.id AND c.until IS NULL
  WHERE {{where}}"""  # noqa: S608 our own words
STANDING = f"""
SELECT n.*,
       (SELECT max(day) FROM risk_visit v WHERE v.business_id = n.id AND v.department = 'market'),
       (SELECT max(day) FROM risk_visit v WHERE v.business_id = n.id AND v.department = 'market'
                                          AND v.full_list),
       (SELECT coalesce(jsonb_agg(jsonb_build_array(v.day, v.department, v.purpose, v.joint)
                                  ORDER BY v.day, v.id), '[]')
          FROM risk_visit v WHERE v.business_id = n.id AND v.day BETWEEN %(first)s AND %(last)s),
       (SELECT c.lifted_by FROM risk_creditclass c WHERE c.business_id = n.id AND c.until IS NULL),
       ARRAY(SELECT DISTINCT l.roll FROM risk_listing l WHERE l.business_id = n.id
                AND l.until IS NULL AND l.struck_at IS NULL ORDER BY 1),
       ARRAY(SELECT f.kind FROM risk_fact f
              WHERE f.business_id = n.id AND f.struck_at IS NULL ORDER BY 1)
  FROM ({BUSINESSES.format(where=ONE)}) n
"""  # noqa: S608
ACCOUNTS = """
 SELECT business_id, sum(visits) AS visits, count(*) AS calls,
        count(*) FILTER (WHERE counts) AS counted
   FROM (SELECT business_id, coalesce(nullif(joint, ''), '#' || id) AS call, count(*) AS visits,
                bool_or(purpose <> ALL(%(exempt)s)) AS counts
           FROM risk_visit WHERE day BETWEEN %(first)s AND %(last)s GROUP BY 1, 2) calls
  GROUP BY business_id"""


@dataclass(frozen=True)
class Supervised:
    """A business as supervision sees it on a day.

    `grade` and `credit` are letters of two scales, "" for none; they meet in `measures` alone.
    `rolls` are the lists it stands on, `held` the kind of every fact held against it.
    """

    number: int
    name: str
    district: str
    station: str
    facts: Facts
    credit: str
    measures: Measures
    key: tuple[str, ...]
    due: Due
    last: date | None
    last_full: date | None
    account: Account
    lifted_by: Sequence[str] = ()
    rolls: Sequence[str] = ()
    held: Sequence[str] = ()

    @property
    def grade(self) -> str:
        return self.facts.grade


def supervised(
    number: int, day: date, with_credit: bool | Callable[[Place], bool]
) -> Supervised | None:
    """Everything about one business in one question; None where there is no such file.

    Without credit the class is not told, and the measures are those of the grade alone: what a
    class changes would tell it. Who sees one may depend on where the business is.
    """
    row = next(iter(ask(supervised_asked(number, day))), None)
    return _supervised(row, day, with_credit) if row else None


def supervised_asked(number: int, day: date) -> Question:
    return Question(STANDING, {**flag_params(day), **year_of(day), "number": number})


def _supervised(
    row: tuple[Any, ...], day: date, with_credit: bool | Callable[[Place], bool]
) -> Supervised:
    number, name, _address, kind, district, station, _head, since, grade, held = row[:10]
    place = Place(district, station, public_id(number))
    sees = with_credit(place) if callable(with_credit) else with_credit
    credit = held if sees else ""
    facts = Facts(kind, grade, *row[10:14])
    last, last_full, visits = row[14:17]
    found = measures(credit_rules.table(day).value, grade, credit)
    return Supervised(
        number=number,
        name=name,
        district=district,
        station=station,
        facts=facts,
        credit=credit,
        measures=found,
        key=keysup.grounds(
            facts,
            credit_rules.key_grounds(day).value,
            serious_counts=credit_rules.serious_counts(day),
        ),
        due=next_visit(
            found.visits,
            credit_rules.cover_months(day),
            last=last,
            last_full=last_full,
            since=since,
        ),
        last=last,
        last_full=last_full,
        account=_account(visits, grade, day),
        lifted_by=(row[17] or ()) if sees else (),
        rolls=row[18],
        held=row[19],
    )


def _account(visits: Any, grade: str, day: date) -> Account:
    rows = json.loads(visits) if isinstance(visits, str) else visits
    seen = [
        Seen(date.fromisoformat(on), department, credit_rules.cause(purpose), joint)
        for on, department, purpose, joint in rows
    ]
    caps = credit_rules.caps(day).value
    return account(seen, year=day.year, cap=caps.get(grade), exempt=credit_rules.exempt(day))


def year_of(day: date) -> dict[str, Any]:
    return {"first": date(day.year, 1, 1), "last": date(day.year, 12, 31)}


def flag_params(day: date) -> dict[str, Any]:
    codes, words = credit_rules.special_food(day)
    return {
        "codes": codes,
        "words": words,
        "kitchen": credit_rules.KITCHEN_WORD,
        "delivery": credit_rules.DELIVERY_WORD,
    }


# ── Lists over the city ──


@dataclass(frozen=True)
class Asked:
    """What a list is asked for."""

    district: str = ""
    ground: str = ""

    def query(self) -> dict[str, str]:
        said = {"district": self.district, "ground": self.ground}
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True)
class Page:
    """Rows of one page, how many there are in all, and where the next begins (0: nowhere)."""

    rows: list[dict[str, Any]]
    count: int
    next: int


def inside(scopes: Iterable[Scope]) -> tuple[str, dict[str, Any]]:
    """Scopes as a condition on `b`."""
    scopes = tuple(scopes)
    if any(scope.kind is ScopeKind.CITY for scope in scopes):
        return "TRUE", {}
    places = {
        kind.value: [scope.code for scope in scopes if scope.kind is kind]
        for kind in (ScopeKind.DISTRICT, ScopeKind.STATION)
    }
    return (
        "(b.district = ANY(%(in_district)s) OR b.station = ANY(%(in_station)s))",
        {"in_district": places["district"], "in_station": places["station"]},
    )


def key_supervised(
    scopes: Iterable[Scope], day: date, asked: Asked = Asked(), after: int = 0
) -> Page:
    """Who is under key supervision, with every ground."""
    held = ground_sql(day)
    sql = f"SELECT id, name, address, district, kind, grade, {held} AS grounds FROM ({{}}) b"  # noqa: S608
    found = f"SELECT * FROM ({sql}) k WHERE cardinality(grounds) > 0"  # noqa: S608
    if asked.ground:
        found += " AND %(ground)s = ANY(grounds)"
    return _page(found, scopes, {**flag_params(day), "ground": asked.ground}, asked, after)


def ground_sql(day: date) -> str:
    """The grounds that hold, as text[] over the columns of BUSINESSES."""
    said = credit_rules.key_grounds(day).value
    operators = ", ".join(f"'{kind}'" for kind in keysup.OPERATORS)
    held = {
        "special_food_producer": f"kind = '{keysup.PRODUCER}' AND special_food",
        "central_kitchen": "central_kitchen",
        "meal_delivery": "meal_delivery",
        **{f"producer_{x}": f"kind = '{keysup.PRODUCER}' AND grade = '{x}'" for x in "CD"},
        **{f"operator_{x}": f"kind IN ({operators}) AND grade = '{x}'" for x in "CD"},
        SERIOUS_LIST: "serious",
    }
    counts = {**said, SERIOUS_LIST: credit_rules.serious_counts(day)}
    whens = ", ".join(
        f"CASE WHEN {held[one]} THEN '{one}' END" for one in GROUNDS if counts.get(one) is True
    )
    return f"array_remove(ARRAY[{whens}]::text[], NULL)"


def over_ceiling(
    scopes: Iterable[Scope], day: date, asked: Asked = Asked(), after: int = 0
) -> Page:
    """Who was visited more often this year than the published ceiling allows."""
    caps = credit_rules.caps(day).value
    whens = "".join(f" WHEN '{letter}' THEN {int(cap)}" for letter, cap in caps.items())
    found = f"""SELECT b.id, name, address, district, kind, visits, calls, counted, cap FROM
      (SELECT m.*, a.visits, a.calls, a.counted, CASE m.grade{whens} END AS cap
         FROM ({{}}) m JOIN ({ACCOUNTS}) a ON a.business_id = m.id) b
      WHERE counted > cap"""  # noqa: S608
    exempt = [one for one, cause in credit_rules.CAUSES.items() if credit_rules.exempt(day)[cause]]
    return _page(
        found, scopes, {**flag_params(day), **year_of(day), "exempt": exempt}, asked, after
    )


def undisturbed(scopes: Iterable[Scope], day: date, asked: Asked = Asked(), after: int = 0) -> Page:
    """Low in risk, nothing held against them, not under key supervision: 无事不扰."""
    said = credit_rules.quiet(day)
    found = f"""SELECT id, name, address, district, kind FROM ({{}}) b
      WHERE grade = ANY(%(grades)s) AND coalesce(nullif(credit, ''), 'none') = ANY(%(classes)s)
        AND cardinality({ground_sql(day)}) = 0
        AND NOT EXISTS (SELECT FROM risk_fact f WHERE f.business_id = b.id
                         AND f.struck_at IS NULL AND f.day > %(clean)s AND f.day <= %(day)s)"""  # noqa: S608
    params = {
        **flag_params(day),
        "grades": list(said.choice("grades")),
        "classes": list(said.choice("classes")),
        "clean": months_later(day, -int(said.choice("clean_months"))),
        "day": day,
    }
    return _page(found, scopes, params, asked, after)


Listing = Callable[[Iterable[Scope], date, Asked, int], Page]


def every(listing: Listing, scopes: Iterable[Scope], day: date, asked: Asked) -> Iterator[Any]:
    """All rows of a list, page by page."""
    after, scopes = 0, tuple(scopes)
    while True:
        page = listing(scopes, day, asked, after)
        yield from page.rows
        if not page.next:
            return
        after = page.next


def _page(
    found: str, scopes: Iterable[Scope], params: Mapping[str, Any], asked: Asked, after: int
) -> Page:
    where, places = inside(scopes)
    if asked.district:
        where += " AND b.district = %(district)s"
    rows = found.format(BUSINESSES.format(where=f"{MANY} AND {where}"))
    given = {**params, **places, "district": asked.district, "after": after}
    with connection.cursor() as db:
        db.execute(f"SELECT count(*) FROM ({rows}) x", given)  # noqa: S608
        count = db.fetchone()[0]
        later = f"SELECT * FROM ({rows}) x WHERE id > %(after)s ORDER BY id LIMIT {PAGE + 1}"  # noqa: S608
        db.execute(later, given)
        names = [column.name for column in db.description]
        shown = [dict(zip(names, row, strict=True)) for row in db.fetchall()]
    following = shown[PAGE - 1]["id"] if len(shown) > PAGE else 0
    return Page(shown[:PAGE], count, following)
