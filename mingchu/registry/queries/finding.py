"""Reads of the registry: scoped, filtered, searched by any fragment, a page at a time.

A search first takes the hits of the index, at most COUNTED + 1 of them, which are counted and
sorted. Where they are many, the fragment is so common that walking the list in its order and
keeping what matches finds a page sooner than sorting every hit; that is remembered for a minute.

Officers find a business by its people too: one word of the question may be a person's name. Names
of people have an index of their own, and `people` has to be asked for: the public never does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property, lru_cache
from typing import Any, NamedTuple, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from mingchu.accounts.domain import CITY, Scope
from mingchu.base import clock, paging
from mingchu.base.remembered import Remembered
from mingchu.ledger.rows import Columns, Question, ask, foreseen
from mingchu.registry import domain
from mingchu.registry.models import Business, Person
from mingchu.registry.queries.wanted import Wanted, any_number, filtered, within

COUNTED = 10_000
COMMON = Remembered[bool](seconds=60)  # questions with more hits than are counted
MANY = Remembered[bool](seconds=60)  # with so many that a walk soon meets some
SOON = 1_500
NAMED = Remembered[list[int]](seconds=60)  # who has people of a name, for turning pages
COMPOSED = Remembered[tuple[Question, Question]](seconds=60)
SHAPES = Remembered[Question](seconds=60)  # of searches, with blanks for their words
PAGE = 30
EVERYWHERE = (CITY,)
UNREAD = {"search_text"}  # long, and only ever searched
# Businesses with people of a name that are known beforehand: of more, a walk soon meets some.
PEOPLE = 50_000
Word = TypeVar("Word")
NAMED_TOP = 3  # words of one question that are looked for among people too


@models.TextField.register_lookup
class Holds(models.Lookup):
    """`search_text__holds="蒙饺"`: through the index of grams, each hit compared once more."""

    lookup_name = "holds"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        sql = f"(registry_grams({column}) @@ %s::tsquery AND {column} LIKE %s)"
        if isinstance(self.rhs, int):
            return sql, (*params, Blank(terms, self.rhs), *params, Blank(like, self.rhs))
        return sql, (*params, terms(str(self.rhs)), *params, like(str(self.rhs)))


@models.TextField.register_lookup
class Written(models.Lookup):
    """`search_text__written="蒙饺"`: the same of a row that is at hand, without the index."""

    lookup_name = "written"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        held = Blank(like, self.rhs) if isinstance(self.rhs, int) else like(str(self.rhs))
        return f"{column} LIKE %s", (*params, held)


class Blank(NamedTuple):
    """Stands in composed SQL for what is made of a fragment, so that searches for other words need
    no composing: `__holds=1` leaves the place of the second."""

    make: Callable[[str], str]
    at: int


@lru_cache(4096)
def terms(fragment: str) -> str:
    """What the index is asked for a fragment."""
    return " & ".join(domain.grams(fragment))


@models.CharField.register_lookup
class Folded(models.Transform):
    """A name as `domain.folded` compares it; the index of people's names is on this."""

    lookup_name = "folded"
    template = "upper(normalize(%(expressions)s, NFKC))"
    output_field = models.TextField()


class Each(Exists):
    """Asked row by row: what comes behind it keeps the planner from reading all people first."""

    template = "EXISTS(%(subquery)s OFFSET 0)"


def like(fragment: str) -> str:
    """The LIKE pattern of a text that holds the fragment."""
    for special in ("\\", "%", "_"):
        fragment = fragment.replace(special, f"\\{special}")
    return f"%{fragment}%"


@dataclass(frozen=True)
class Page:
    """One page: rows, the cursor of the next, and the count up to COUNTED."""

    rows: Sequence[Business]
    next: str
    count: int

    @property
    def is_counted(self) -> bool:
        return self.count <= COUNTED


def matching(
    scopes: Iterable[Scope], wanted: Wanted, *, people: bool = False
) -> QuerySet[Business]:
    """All rows of the question in its order; for exports and counts, which run to the end."""
    rows = filtered(scopes, wanted)
    if wanted.fragments:
        words = wanted.fragments
        hits = _hits(rows, words, _named(words, people))
        first, *others = (found.values("pk") for found in hits)
        rows = Business.objects.filter(pk__in=first.union(*others) if others else first)
    return _ordered(rows, wanted).defer("search_text")


def counted_by_district(scopes: Iterable[Scope], wanted: Wanted) -> dict[str, int]:
    """How many of the question lie in each district."""
    rows = matching(scopes, wanted, people=True).order_by().values_list("district")
    return dict(rows.annotate(n=Count("pk")))


def some(scopes: Iterable[Scope], numbers: Collection[int]) -> list[Business]:
    """These businesses as far as they lie in the scopes, by name."""
    rows = within(Business.objects.filter(pk__in=numbers), scopes)
    return list(rows.defer("search_text").order_by("sort_key", "pk"))


def page(
    scopes: Iterable[Scope],
    wanted: Wanted,
    *,
    cursor: str = "",
    limit: int = PAGE,
    people: bool = False,
    fields: Sequence[str] = (),
) -> Page:
    """One page of the list; with `people` a word may be the name of somebody who works there.

    `fields` are those that the rows are read for, if not for all.
    """
    asked = _Asked(tuple(scopes), wanted, cursor, limit, people, tuple(fields))
    try:
        found, count = (_searched if wanted.fragments else _listed)(asked)
    except EmptyResultSet:  # a reader without scopes, whom Django asks nothing for
        found, count = [], 0
    more = len(found) > limit
    return Page(found[:limit], _cursor(found[limit - 1], wanted) if more else "", count)


@dataclass(frozen=True)
class _Asked:
    """All that a page depends on but the rows themselves."""

    scopes: tuple[Scope, ...]
    wanted: Wanted
    cursor: str
    limit: int
    people: bool
    fields: tuple[str, ...]

    @cached_property
    def key(self) -> Hashable:
        """The question without its place and order."""
        wanted = replace(self.wanted, q=" ".join(self.wanted.fragments), sort="")
        return frozenset(self.scopes), wanted, COUNTED, self.people

    @cached_property
    def by(self) -> str:
        return self.wanted.order.lstrip("-")

    @property
    def names(self) -> tuple[str, ...]:
        """Fields that the rows are read for; none means all."""
        return (*self.fields, self.by) if self.fields else ()


def _listed(asked: _Asked) -> tuple[list[Business], int]:
    """A page of a list, and how many rows the list has; that they are too many to be counted is
    remembered a minute."""
    page, count = COMPOSED.get((asked, clock.today()), lambda: _composed(asked))
    is_common = COMMON.has(asked.key)
    with foreseen(() if is_common else (count,)):
        found = [_columns(asked.names).made(row) for row in ask(page)]
        how_many = COUNTED + 1 if is_common else ask(count)[0][0]
    if how_many > COUNTED:
        COMMON.keep(asked.key, True)
    return found, how_many


def _composed(asked: _Asked) -> tuple[Question, Question]:
    """The page and the count as SQL: most lists are asked for again within the minute."""
    rows = filtered(asked.scopes, asked.wanted)
    page = _ordered(_after(rows, asked.wanted, asked.cursor), asked.wanted)
    page = _read(page, asked.names)[: asked.limit + 1]
    count, params = rows.order_by().values("pk")[: COUNTED + 1].query.sql_with_params()
    counted = Question(f"SELECT count(*) FROM ({count}) AS n", params)  # noqa: S608
    return Question(*page.query.sql_with_params()), counted


def _searched(asked: _Asked) -> tuple[list[Business], int]:
    """A page of what holds the fragments, and how many do.

    That they are too common to be sorted is remembered a minute, since the same question turns
    its pages.
    """
    if not COMMON.has(asked.key):
        found, count = (_walked_and_counted if _is_plain(asked) else _sorted_hits)(asked)
        if SOON < count <= COUNTED:
            MANY.keep(asked.key, True)
        if count <= COUNTED:
            return found, count
        COMMON.keep(asked.key, True)
    rows = filtered(asked.scopes, asked.wanted)
    rows = rows.filter(_held(asked.wanted.fragments, asked.people))
    page = _ordered(_after(rows, asked.wanted, asked.cursor), asked.wanted)
    return _walked(page, asked.limit + 1, asked.names), COUNTED + 1


def _is_plain(asked: _Asked) -> bool:
    """The first page of many hits, none of them by the name of somebody."""
    words = asked.wanted.fragments
    return MANY.has(asked.key) and not asked.cursor and not _named(words, asked.people)


# Where the texts alone hold more than is counted, nobody is looked for among people.
HITS = """
WITH texts (id, place) AS MATERIALIZED ({texts}),
     hits (id, place) AS MATERIALIZED (SELECT * FROM texts {people}),
     page AS (SELECT id, place FROM hits {after} ORDER BY place{way}, id{way} LIMIT {limit})
SELECT (SELECT count(*) FROM hits), {columns}
  FROM page RIGHT JOIN (SELECT) AS one ON true LEFT JOIN registry_business b USING (id)
 ORDER BY place{way}, id{way}
"""
BESIDE = "UNION SELECT * FROM ({hits}) AS one WHERE (SELECT count(*) FROM texts) <= {counted}"


def _sorted_hits(asked: _Asked) -> tuple[list[Business], int]:
    """Hits of the indexes, counted and sorted where they are found: one question for both."""
    fragments = asked.wanted.fragments
    named = tuple(_named(fragments, asked.people))
    shape = replace(asked, wanted=replace(asked.wanted, q=""), cursor=asked.cursor and "after")
    known = (shape, len(fragments), named, clock.today())
    shaped = SHAPES.get(known, lambda: _shaped(asked, len(fragments), named))
    return _filled(shaped, asked, _after_sql(asked)[1])


MET = """
WITH page (id, place) AS MATERIALIZED ({page})
SELECT (SELECT count(*) FROM ({count}) AS hits), {columns}
  FROM page RIGHT JOIN (SELECT) AS one ON true LEFT JOIN registry_business b USING (id)
 ORDER BY place{way}, id{way}
"""


def _walked_and_counted(asked: _Asked) -> tuple[list[Business], int]:
    """The first page met on a walk through the list; hits of the index are counted, not sorted."""
    fragments = asked.wanted.fragments
    shape = replace(asked, wanted=replace(asked.wanted, q=""))
    known = ("met", shape, len(fragments), clock.today())
    return _filled(SHAPES.get(known, lambda: _met(asked, len(fragments))), asked)


def _met(asked: _Asked, words: int) -> Question:
    """SQL of such a search for so many words."""
    rows = filtered(asked.scopes, asked.wanted)
    met = rows.filter(_contained(range(words)))
    page = _ordered(met, asked.wanted).values_list("pk", asked.by)
    page_sql, page_params = page[: asked.limit + 1].query.sql_with_params()
    hits = _in_text(rows, range(words)).order_by().values("pk")[: COUNTED + 1]
    count_sql, count_params = hits.query.sql_with_params()
    way = " DESC" if asked.wanted.order.startswith("-") else ""
    columns = _columns(asked.names).sql("b")
    sql = MET.format(page=page_sql, count=count_sql, columns=columns, way=way)
    return Question(sql, [*page_params, *count_params])


def _filled(
    shape: Question, asked: _Asked, after: Sequence[Any] = ()
) -> tuple[list[Business], int]:
    """What a shape finds, its blanks filled with the words of a search."""
    words, columns = asked.wanted.fragments, _columns(asked.names)
    filled = [one.make(words[one.at]) if isinstance(one, Blank) else one for one in shape.params]
    (first, *_more) = found = ask(Question(shape.sql, (*filled, *after)))
    # Of a page without rows there is one, which holds the count alone.
    return [columns.made(row[1:]) for row in found if row[1] is not None], first[0]


def _shaped(asked: _Asked, words: int, named: Sequence[int]) -> Question:
    """SQL of a search for so many words, of which those `named` may be names of people."""
    rows, columns = filtered(asked.scopes, asked.wanted), _columns(asked.names)
    each = [
        hits.order_by().values_list("pk", asked.by)[: COUNTED + 1].query.sql_with_params()
        for hits in _hits(rows, range(words), named)
    ]
    after, _place = _after_sql(asked)
    sql = HITS.format(
        texts=each[0][0],
        people=" ".join(BESIDE.format(hits=one, counted=COUNTED) for one, _params in each[1:]),
        after=after,
        way=" DESC" if asked.wanted.order.startswith("-") else "",
        limit=asked.limit + 1,
        columns=columns.sql("b"),
    )
    return Question(sql, [one for _sql, params in each for one in params])


@cache
def _columns(names: tuple[str, ...]) -> Columns[Business]:
    return Columns(Business, names, without=UNREAD)


def _after_sql(asked: _Asked) -> tuple[str, list[Any]]:
    """What comes after the last row of the page before, as `_after` says it of models."""
    if not asked.cursor:
        return "", []
    value, number = _place(asked.cursor)
    if asked.wanted.order == "-id":
        return "WHERE id < %s", [number]
    return "WHERE (place, id) > (%s, %s)", [value, number]


def _hits(
    rows: QuerySet[Business], fragments: Sequence[str | int], named: Sequence[int]
) -> list[QuerySet[Business]]:
    """Through the indexes: all words in the text, then one of them among the people.

    In this order, so that what is common in the texts asks for no people.
    """
    found = [_in_text(rows, fragments)]
    for at in named:
        there = rows.filter(people__name__folded__holds=fragments[at])
        found.append(_in_text(there, _beside(fragments, at)))
    return found


def _beside(fragments: Sequence[Word], at: int) -> list[Word]:
    return [*fragments[:at], *fragments[at + 1 :]]


def _in_text(rows: QuerySet[Business], fragments: Sequence[str | int]) -> QuerySet[Business]:
    for fragment in fragments:
        rows = rows.filter(search_text__holds=fragment)
    return rows


def _held(fragments: Sequence[str], people: bool) -> Q:
    """The same of a row that is at hand, without the indexes."""
    held = _contained(fragments)
    for at in _named(fragments, people):
        held |= _works_there(fragments[at]) & _contained(_beside(fragments, at))
    return held


def _works_there(word: str) -> Q:
    """Somebody of the name works there; where that is not every twentieth business, they are known
    beforehand, so that no row is asked about its people."""
    known = NAMED.get(word, lambda: _with_people(word))
    if len(known) <= PEOPLE:
        return Q(pk__in=any_number(known))
    there = Person.objects.filter(business=OuterRef("pk"), name__folded__contains=word)
    return Q(Each(there))


def _with_people(word: str) -> list[int]:
    """Businesses with people of the name, up to PEOPLE + 1."""
    rows = Person.objects.filter(name__folded__holds=word).order_by()
    return list(rows.values_list("business_id", flat=True)[: PEOPLE + 1])


def _contained(fragments: Sequence[str | int]) -> Q:
    held = Q()
    for fragment in fragments:
        held &= Q(search_text__written=fragment)
    return held


def _named(fragments: Sequence[str], people: bool) -> list[int]:
    """Which words may be a person's name."""
    names = [at for at, word in enumerate(fragments) if people and domain.may_be_named(word)]
    return names[:NAMED_TOP]


def _place(cursor: str) -> tuple[Any, int]:
    said = paging.place(cursor)
    if len(said) != 2 or not isinstance(said[1], int):
        paging.place("!")
    return said[0], said[1]


def _walked(asked: QuerySet[Business], limit: int, fields: Sequence[str]) -> list[Business]:
    """Numbers first, which the index of the order knows by itself, then their rows."""
    numbers = list(asked.values_list("pk", flat=True)[:limit])
    rows = _read(Business.objects.all(), fields).in_bulk(numbers)
    return [rows[number] for number in numbers]


def _read(rows: QuerySet[Business], fields: Sequence[str]) -> QuerySet[Business]:
    return rows.only(*fields) if fields else rows.defer(*UNREAD)


def counted(rows: QuerySet[Any]) -> int:
    """At most COUNTED + 1: nobody reads on whether it were 412,817."""
    return rows.order_by().values("pk")[: COUNTED + 1].count()


def _ordered(rows: QuerySet[Business], wanted: Wanted) -> QuerySet[Business]:
    tie = "-id" if wanted.order.startswith("-") else "id"
    order = (wanted.order,) if wanted.order == tie else (wanted.order, tie)
    return rows.order_by(*order)


def _cursor(last: Business, wanted: Wanted) -> str:
    value = getattr(last, wanted.order.lstrip("-"))
    return paging.cursor(value.isoformat() if isinstance(value, date) else value, last.pk)


def _after(rows: QuerySet[Business], wanted: Wanted, cursor: str) -> QuerySet[Business]:
    """What comes after the last row of the page before."""
    if not cursor:
        return rows
    value, number = _place(cursor)
    if wanted.order == "-id":
        return rows.filter(pk__lt=number)
    field = wanted.order
    return rows.filter(Q(**{f"{field}__gte": value})).exclude(**{field: value, "pk__lte": number})
