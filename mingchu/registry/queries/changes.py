"""What happened to businesses, in the order it was sealed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from mingchu.accounts.domain import Scope
from mingchu.base import clock
from mingchu.ledger import queries as ledger
from mingchu.ledger.models import Entry
from mingchu.registry import domain
from mingchu.registry.models import Business
from mingchu.registry.queries.wanted import within

PREFIX = "registry."
ROUNDS = 20  # chunks looked through for one page of a narrow scope


class Change(NamedTuple):
    """A sealed entry about a business."""

    seq: int
    entry: Entry
    business: int


def changes(
    scopes: Iterable[Scope], since: int, *, kind: str = "", limit: int
) -> tuple[list[Change], int]:
    """Up to `limit` changes after the number `since`, and the number looked through to.

    A page may be short, even empty, and still go on: what lay outside of the scopes is left out.
    """
    scopes = tuple(scopes)
    found: list[Change] = []
    for _round in range(ROUNDS):
        chunk = ledger.sealed_after(since, kind or PREFIX, limit)
        if not chunk:
            break
        for one in _visible(scopes, chunk):
            if len(found) == limit:
                return found, since
            found.append(one)
            since = one.seq
        since = chunk[-1].seq if len(found) < limit else since
        if len(found) == limit or len(chunk) < limit:
            break
    return found, since


def _visible(scopes: tuple[Scope, ...], chunk: list[ledger.SealedEntry]) -> list[Change]:
    numbered = [
        Change(one.seq, one.entry, domain.number_of(one.entry.subject.removeprefix("business:")))
        for one in chunk
    ]
    inside = set(
        within(Business.objects.all(), scopes)
        .filter(pk__in={one.business for one in numbered})
        .values_list("pk", flat=True)
    )
    return [one for one in numbered if one.business in inside]


def change_said(one: Change) -> dict[str, Any]:
    """A change as programs get it, by feed or by hook."""
    return {
        "seq": one.seq,
        "entry": str(one.entry.id),
        "kind": one.entry.kind,
        "business": domain.public_id(one.business),
        "at": clock.city(one.entry.city_time).isoformat(),
        "data": one.entry.told,
    }
