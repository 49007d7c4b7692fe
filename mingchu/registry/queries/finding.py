"""Reads of the registry: scoped, filtered, searched by any fragment, a page at a time.

A search first takes the hits of the index, at most COUNTED + 1 of them. If that is all, they are
counted and sorted; if not, the fragment is so common that walking the list in its order and
keeping what matches finds a page sooner than sorting every hit.

Officers find a business by its people too: one word of the question may be a person's name. Names
of people have an index of their own, and `people` has to be asked for: the public never does.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from mingchu.accounts.domain import CITY, Scope
from mingchu.base import paging
from mingchu.base.remembered import Remembered
from mingchu.registry import domain
from mingchu.registry.models import Business, Person
from mingchu.registry.queries.wanted import Wanted, any_number, filtered, within

COUNTED = 10_000
COMMON = Remembered[bool](seconds=60)  # questions with more hits than are counted
PAGE = 30
EVERYWHERE = (CITY,)
NAMED_TOP = 3  # words of one question that are looked for among people too


@models.TextField.register_lookup
class Holds(models.Lookup):
    """`search_text__holds="蒙饺"`: through the index of grams, each hit compared once more."""

    lookup_name = "holds"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        column, params = self.process_lhs(compiler, connection)
        fragment = str(self.rhs)
        terms = " & ".join(domain.grams(fragment))
        sql = f"(registry_grams({column}) @@ %s::tsquery AND {column} LIKE %s)"
        return sql, (*params, terms, *params, like(fragment))


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
        first, *others = (found.values("pk") for found in _hits(rows, wanted.fragments, people))
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
    scopes = tuple(scopes)
    rows, common = filtered(scopes, wanted), False
    key = _key(scopes, wanted, people)
    if wanted.fragments:
        rows, count, common = _searched(rows, wanted.fragments, key, people)
    else:
        count = _counted(rows, key)
    asked = _ordered(_after(rows, wanted, cursor), wanted)
    read = (*fields, wanted.order.lstrip("-")) if fields else ()
    found = _walked(asked, limit + 1, read) if common else list(_read(asked, read)[: limit + 1])
    more = len(found) > limit
    return Page(found[:limit], _cursor(found[limit - 1], wanted) if more else "", count)


def _searched(
    rows: QuerySet[Business], fragments: Sequence[str], key: Hashable, people: bool
) -> tuple[QuerySet[Business], int, bool]:
    """Rows that hold the fragments, how many, and whether they are too common to be sorted.

    That they were is remembered a minute, since the same question turns its pages.
    """
    if not COMMON.has(key):
        numbers: set[int] = set()
        for hits in _hits(rows, fragments, people):
            found = hits.order_by().values_list("pk", flat=True)[: COUNTED + 1]
            numbers.update(found)
            if len(numbers) > COUNTED:
                COMMON.keep(key, True)
                break
        else:
            found_rows = Business.objects.filter(pk__in=any_number(numbers))
            return found_rows, len(numbers), False
    return rows.filter(_held(fragments, people)), COUNTED + 1, True


def _hits(
    rows: QuerySet[Business], fragments: Sequence[str], people: bool
) -> list[QuerySet[Business]]:
    """Through the indexes: all words in the text, then one of them among the people.

    In this order, so that what is common in the texts asks for no people.
    """
    found = [_in_text(rows, fragments)]
    for word, others in _named(fragments, people):
        found.append(_in_text(rows.filter(people__name__folded__holds=word), others))
    return found


def _in_text(rows: QuerySet[Business], fragments: Sequence[str]) -> QuerySet[Business]:
    for fragment in fragments:
        rows = rows.filter(search_text__holds=fragment)
    return rows


def _held(fragments: Sequence[str], people: bool) -> Q:
    """The same of a row that is at hand, without the indexes."""
    held = _contained(fragments)
    for word, others in _named(fragments, people):
        there = Person.objects.filter(business=OuterRef("pk"), name__folded__contains=word)
        held |= Q(Each(there)) & _contained(others)
    return held


def _contained(fragments: Sequence[str]) -> Q:
    held = Q()
    for fragment in fragments:
        held &= Q(search_text__contains=fragment)
    return held


def _named(fragments: Sequence[str], people: bool) -> list[tuple[str, list[str]]]:
    """Each word that may be a person's name, with the words beside it."""
    names = [at for at, word in enumerate(fragments) if people and domain.may_be_named(word)]
    return [(fragments[at], [*fragments[:at], *fragments[at + 1 :]]) for at in names[:NAMED_TOP]]


def _key(scopes: Iterable[Scope], wanted: Wanted, people: bool) -> Hashable:
    asked = replace(wanted, q=" ".join(wanted.fragments), sort="")
    return frozenset(scopes), asked, COUNTED, people


def _walked(asked: QuerySet[Business], limit: int, fields: Sequence[str]) -> list[Business]:
    """Numbers first, which the index of the order knows by itself, then their rows."""
    numbers = list(asked.values_list("pk", flat=True)[:limit])
    rows = _read(Business.objects.all(), fields).in_bulk(numbers)
    return [rows[number] for number in numbers]


def _read(rows: QuerySet[Business], fields: Sequence[str]) -> QuerySet[Business]:
    return rows.only(*fields) if fields else rows.defer("search_text")


def _counted(rows: QuerySet[Business], key: Hashable) -> int:
    """How many, as far as they are counted; that they are too many is remembered a minute."""
    if COMMON.has(key):
        return COUNTED + 1
    count = counted(rows)
    if count > COUNTED:
        COMMON.keep(key, True)
    return count


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
    said = paging.place(cursor)
    if len(said) != 2 or not isinstance(said[1], int):
        paging.place("!")
    value, number = said
    if wanted.order == "-id":
        return rows.filter(pk__lt=number)
    field = wanted.order
    return rows.filter(Q(**{f"{field}__gte": value})).exclude(**{field: value, "pk__lte": number})
