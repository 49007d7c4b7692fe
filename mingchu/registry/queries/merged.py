"""Merges that were made, the newest first, by where the kept file lies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from mingchu.accounts.domain import Scope
from mingchu.base import paging
from mingchu.registry.models import Merge
from mingchu.registry.queries.wanted import within

MERGES = 30


@dataclass(frozen=True)
class Merges:
    rows: list[Merge]
    next: str


def all_merges(scopes: Iterable[Scope]) -> QuerySet[Merge]:
    rows = within(Merge.objects.all(), scopes, "kept__").select_related("kept", "gone")
    return rows.defer("kept__search_text", "gone__search_text").order_by("-pk")


def merges(scopes: Iterable[Scope], *, cursor: str = "") -> Merges:
    rows = all_merges(scopes)
    if cursor:
        said = paging.place(cursor)
        if len(said) != 1 or not isinstance(said[0], int):
            paging.place("!")
        rows = rows.filter(pk__lt=said[0])
    found = list(rows[: MERGES + 1])
    more = len(found) > MERGES
    return Merges(found[:MERGES], paging.cursor(found[MERGES - 1].pk) if more else "")


def merge_of(scopes: Iterable[Scope], number: int) -> Merge | None:
    return all_merges(scopes).filter(pk=number).first()
