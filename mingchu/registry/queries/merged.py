"""Merges that were made and files found to be two, the newest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Q, QuerySet

from mingchu.accounts.domain import Scope
from mingchu.base import paging
from mingchu.registry.models import Merge, NotSame
from mingchu.registry.queries.wanted import within

MERGES = 30
Row = TypeVar("Row", Merge, NotSame)


@dataclass(frozen=True)
class Merges:
    rows: list[Merge]
    next: str


@dataclass(frozen=True)
class Marks:
    rows: list[NotSame]
    next: str


def _newest(rows: QuerySet[Row], cursor: str, limit: int) -> tuple[list[Row], str]:
    """A page of rows that stand by their numbers, the last first."""
    if cursor:
        said = paging.place(cursor)
        if len(said) != 1 or not isinstance(said[0], int):
            paging.place("!")
        rows = rows.filter(pk__lt=said[0])
    found = list(rows[: limit + 1])
    more = len(found) > limit
    return found[:limit], paging.cursor(found[limit - 1].pk) if more else ""


def all_merges(scopes: Iterable[Scope]) -> QuerySet[Merge]:
    """By where the kept file lies."""
    rows = within(Merge.objects.all(), scopes, "kept__").select_related("kept", "gone")
    return rows.defer("kept__search_text", "gone__search_text").order_by("-pk")


def merges(scopes: Iterable[Scope], *, cursor: str = "", limit: int = MERGES) -> Merges:
    return Merges(*_newest(all_merges(scopes), cursor, limit))


def merge_of(scopes: Iterable[Scope], number: int) -> Merge | None:
    return all_merges(scopes).filter(pk=number).first()


def _marks(scopes: Iterable[Scope]) -> QuerySet[NotSame]:
    """Marks on two files that both lie in the scopes and still stand for themselves."""
    asked = tuple(scopes)
    apart = Q(one__merged_into__isnull=True, other__merged_into__isnull=True)
    rows = within(within(NotSame.objects.filter(apart), asked, "one__"), asked, "other__")
    rows = rows.select_related("one", "other").order_by("-pk")
    return rows.defer("one__search_text", "other__search_text")


def marks(scopes: Iterable[Scope], *, cursor: str = "", limit: int = MERGES) -> Marks:
    """Pairs that somebody found to be two subjects."""
    return Marks(*_newest(_marks(scopes), cursor, limit))


def mark_of(scopes: Iterable[Scope], number: int) -> NotSame | None:
    return _marks(scopes).filter(pk=number).first()


def mark_on(one: int, other: int) -> NotSame | None:
    """The mark on these two, if somebody made one."""
    first, second = sorted((one, other))
    return NotSame.objects.filter(one=first, other=second).first()
