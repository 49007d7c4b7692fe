"""Files that may be of one subject 疑似重复: candidates by one ground, a page at a time.

Each ground has a key by which an index is walked in order; rows of one key stand together, by
name, and each is paired with the few before it. A page reads at most WINDOW rows and says where to
go on, so that it takes as long in a million as in ten thousand. Two files that both have a credit
code are two subjects; neither are pairs suggested again that somebody found to be two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet

from mingchu.accounts.domain import Scope
from mingchu.base import paging
from mingchu.registry import rules
from mingchu.registry.domain import folded
from mingchu.registry.models import Business
from mingchu.registry.queries.wanted import LISTED, within
from mingchu.registry.similar import SIMILAR_FROM, similarity

WINDOW = 20_000  # rows one page reads at most
EXAMINED = 200  # pairs one page looks at
PAIRS = 20


class Ground(StrEnum):
    """Why two files may be one."""

    NAME = "name"
    PHONE = "phone"
    KEEPER = "keeper"
    ADDRESS = "address"


KEYS = {
    Ground.NAME: ("district", "sort_key"),
    Ground.PHONE: ("phone",),
    Ground.KEEPER: ("identity_digest",),
    Ground.ADDRESS: ("address",),
}


Near = tuple[int, int, int]  # a row, the row behind it, where a window for it begins


@dataclass(frozen=True)
class Pair:
    """Two files, the older first, with every ground that holds between them."""

    one: Business
    other: Business
    grounds: tuple[Ground, ...]
    likeness: float

    @property
    def better_first(self) -> tuple[Business, Business]:
        """The file proposed to stay first: with a code, else the living one, else the older."""
        first, second = sorted(
            (self.one, self.other), key=lambda each: (not each.code, each.state != "open", each.pk)
        )
        return first, second


@dataclass(frozen=True)
class Pairs:
    """A page of them; `next` goes on even from a page where nothing was found."""

    rows: list[Pair]
    next: str


def duplicates(
    scopes: Iterable[Scope], ground: Ground, *, cursor: str = "", limit: int = 0
) -> Pairs:
    """The next pairs by one ground; a page may end a pair or two behind its limit."""
    top = limit or PAIRS
    after, begin = _place(cursor)
    seen = _seen(scopes, KEYS[ground], begin)
    last, found = _near(seen, KEYS[ground], after)
    rows = Business.objects.defer("search_text").in_bulk(
        {number for one, other, _begin in found for number in (one, other)}
    )
    shown: list[Pair] = []
    for at, (one, other, _begin) in enumerate(found):
        if len(shown) >= top and other != found[at - 1][1]:
            return Pairs(shown, paging.cursor(*found[at - 1][1:]))
        pair = compared(rows[one], rows[other])
        if ground in pair.grounds:
            shown.append(pair)
    return Pairs(shown, paging.cursor(*last) if last else "")


def _place(cursor: str) -> tuple[int, int]:
    """The last row that was paired, and where the window of the next page begins."""
    if not cursor:
        return 0, 0
    said = paging.place(cursor)
    if len(said) != 2 or not all(isinstance(part, int) for part in said):
        paging.place("!")
    return said[0], said[1]


def _seen(scopes: Iterable[Scope], key: Sequence[str], begin: int) -> QuerySet[Any, Any]:
    """The window: rows that have the key, in its order, from a row on."""
    rows = within(Business.objects.filter(LISTED), scopes)
    rows = rows.filter(state__in=rules.states_counted("duplicate")).exclude(**{key[-1]: ""})
    order = (*dict.fromkeys((*key, "sort_key")), "id")
    if begin:
        values = Business.objects.filter(pk=begin).values_list(*order).first()
        rows = rows.filter(_from(order, values or paging.place("!")))
    return rows.order_by(*order).values_list("id", "code", "sort_key", *_apart(key))[:WINDOW]


def _apart(key: Sequence[str]) -> list[str]:
    return [name for name in key if name != "sort_key"]


def _from(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows at this place of the order and behind; the first bound is for the index."""
    asked = Q(**{f"{order[-1]}__gte": values[-1]})
    for name, value in list(zip(order, values, strict=True))[-2::-1]:
        asked = Q(**{f"{name}__gt": value}) | (Q(**{name: value}) & asked)
    return Q(**{f"{order[0]}__gte": values[0]}) & asked


_NEAR = """
WITH seen AS MATERIALIZED ({seen}), placed AS (
  SELECT id, code, row_number() OVER w AS n, lag(id, 3) OVER w AS begin, lag(id, 1) OVER same AS a1,
         lag(id, 2) OVER same AS a2, lag(id, 3) OVER same AS a3
  FROM seen
  WINDOW w AS (ORDER BY {order}, id), same AS (PARTITION BY {key} ORDER BY sort_key, id)
), pairs AS (
  SELECT v.one, placed.id AS other, coalesce(begin, v.one) AS begin, n, v.back
  FROM placed CROSS JOIN LATERAL (VALUES (a1, 1), (a2, 2), (a3, 3)) v (one, back)
  JOIN registry_business earlier ON earlier.id = v.one
  WHERE (placed.code = '' OR earlier.code = '')
    AND n > coalesce((SELECT n FROM placed WHERE id = %s), 0)
    AND NOT EXISTS (
      SELECT FROM registry_notsame found
      WHERE found.one_id = least(v.one, placed.id) AND found.other_id = greatest(v.one, placed.id)
    )
  ORDER BY n, v.back LIMIT %s
), ended AS (SELECT id, coalesce(begin, id) AS begin, n FROM placed ORDER BY n DESC LIMIT 1)
SELECT ended.id, ended.begin, ended.n, pairs.one, pairs.other, pairs.begin
FROM ended LEFT JOIN pairs ON true ORDER BY pairs.n, pairs.back
"""


def _near(
    seen: QuerySet[Any, Any], key: Sequence[str], after: int
) -> tuple[tuple[int, int] | None, list[Near]]:
    """Pairs of the window behind the row `after`, and where to go on if there is more."""
    try:
        inner, given = seen.query.sql_with_params()
    except EmptyResultSet:  # in no scope at all
        return None, []
    order = ", ".join(dict.fromkeys((*key, "sort_key")))
    query = _NEAR.format(seen=inner, order=order, key=", ".join(key))
    with connection.cursor() as db:
        db.execute(query, [*given, after, EXAMINED])
        rows = db.fetchall()
    if not rows:
        return None, []
    last, begin, count = rows[0][:3]
    found: list[Near] = [tuple(row[3:]) for row in rows if row[3] is not None]
    if len(found) == EXAMINED:  # the last row may have neighbours left
        found = [one for one in found if one[1] != found[-1][1]]
        return found[-1][1:], found
    return ((last, begin) if count == WINDOW and last != after else None), found


def compared(one: Business, other: Business) -> Pair:
    """A pair with all that speaks for it."""
    first, second = sorted((one, other), key=lambda each: each.pk)
    likeness = similarity(first.name, second.name)
    return Pair(first, second, tuple(_grounds(first, second, likeness)), likeness)


def _grounds(one: Business, other: Business, likeness: float) -> Iterator[Ground]:
    # Typed by its sound, a name goes wrong by its sound: the key of pinyin is compared.
    alike = folded(one.name) == folded(other.name) or one.sort_key == other.sort_key
    if one.district == other.district and alike:
        yield Ground.NAME
    if one.phone and one.phone == other.phone:
        yield Ground.PHONE
    if one.identity_digest and one.identity_digest == other.identity_digest:
        yield Ground.KEEPER
    if one.address and one.address == other.address and likeness >= SIMILAR_FROM:
        yield Ground.ADDRESS


def pair(scopes: Iterable[Scope], one: int, other: int) -> tuple[Business, Business] | None:
    """Two files, if both lie in the scopes and neither was merged."""
    rows = (
        within(Business.objects.filter(LISTED), scopes).defer("search_text").in_bulk([one, other])
    )
    return (rows[one], rows[other]) if len(rows) == 2 else None
