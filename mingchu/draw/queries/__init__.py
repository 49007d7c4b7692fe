"""Reads of draws: the register, one draw, its bundle once it is laid open."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.base import paging
from mingchu.draw.domain.bundle import Entry, Replacement
from mingchu.draw.models import Draw, DrawState
from mingchu.draw.queries.showing import PLAN, RESULT, shown
from mingchu.ledger import queries as ledger
from mingchu.ledger.domain import LogName

OPEN = (DrawState.REVEALED, DrawState.CLOSED)
DRAFT, ID_DIGITS = "draft-", 18
PUBLIC = (DrawState.COMMITTED, DrawState.DRAWN, *OPEN, DrawState.VOID)


class Page(NamedTuple):
    """Rows, and the cursor of what comes after them."""

    rows: list[Draw]
    next: str


def register() -> Sequence[Draw]:
    """Every draw with a number, the newest first; void ones and their reasons too."""
    return list(Draw.objects.exclude(number="").order_by("-number"))


def by_number(number: str) -> Draw | None:
    return Draw.objects.filter(number=number).first()


def page(scopes: Sequence[Scope], *, state: str = "", cursor: str = "", limit: int) -> Page:
    """Draws for programs, the newest first: those of the register, and drafts of the scopes."""
    found = Draw.objects.filter(~Q(number="") | _runs(scopes))
    return _paged(found.filter(state=state) if state else found, cursor, limit)


def _paged(found: QuerySet[Draw], cursor: str, limit: int) -> Page:
    if cursor:
        [last] = paging.place(cursor)
        found = found.filter(pk__lt=int(last))
    rows = list(found.select_related("lead").order_by("-pk")[: limit + 1])
    more = paging.cursor(rows[limit - 1].pk) if len(rows) > limit else ""
    return Page(rows[:limit], more)


def visible(scopes: Sequence[Scope], name: str) -> Draw | None:
    """By number whichever stands in the register; a draft only to whom may run it."""
    if name.startswith(DRAFT):
        return run_by(scopes, name)
    return by_number(name)


def run_by(scopes: Sequence[Scope], name: str) -> Draw | None:
    """A draw that the scopes may run, by number or, while it has none, as `draft-12`."""
    mine = Draw.objects.filter(_runs(scopes))
    if name.startswith(DRAFT):
        said = name.removeprefix(DRAFT)
        is_id = said.isascii() and said.isdecimal() and len(said) <= ID_DIGITS
        return mine.filter(number="", pk=int(said)).first() if is_id else None
    return mine.exclude(number="").filter(number=name).first()


def rooms(scopes: Sequence[Scope], *, cursor: str = "", limit: int) -> Page:
    """Draws of the scopes alone, with or without a number, the newest first."""
    return _paged(within(scopes), cursor, limit)


def within(scopes: Sequence[Scope]) -> QuerySet[Draw]:
    """Draws of the scopes alone."""
    return Draw.objects.filter(_runs(scopes))


def leads(scopes: Sequence[Scope]) -> list[Draw]:
    """Draws whose seed a new one may share: of a campaign, committed, chance still unknown; the
    city's are open to every district."""
    open_to = _runs(scopes) | Q(district="")
    found = Draw.objects.filter(open_to, state=DrawState.COMMITTED, lead=None)
    return list(found.exclude(campaign="").order_by("-number"))


def name_of(draw: Draw) -> str:
    return draw.number or f"{DRAFT}{draw.pk}"


def _runs(scopes: Sequence[Scope]) -> Q:
    """The city runs all, a district its own."""
    if any(scope.kind is ScopeKind.CITY for scope in scopes):
        return Q()
    mine = [scope.code for scope in scopes if scope.kind is ScopeKind.DISTRICT]
    return Q(district__in=mine) & ~Q(district="")


def entry_of(draw: Draw, leaf: bytes) -> Entry | None:
    """Its place in the register; None until the sealer has come by."""
    head = ledger.newest(LogName.DRAWS)
    place = ledger.place_of(LogName.DRAWS, draw.leaf) if draw.leaf else None
    if head is None or place is None or place.seq > head.size:
        return None
    path = ledger.inclusion(head, place.seq)
    return Entry(leaf, place.seq - 1, head.size, path, bytes.fromhex(head.root))


def replaced(draw: Draw) -> list[Replacement]:
    rows = draw.stands.order_by("pk").values_list("out", "into", "reason")
    return [Replacement(out, into, reason) for out, into, reason in rows]


def is_open(draw: Draw) -> bool:
    """Whether everything of it is public."""
    return draw.state in OPEN


def result_file(draw: Draw) -> bytes | None:
    row = draw.files.filter(name=RESULT).first()
    return bytes(row.data) if row else None


class Counts(NamedTuple):
    """Of a result, without telling whom it met."""

    tasks: int
    alone: int
    passed: int
    stands: int


def counts(draw: Draw) -> Counts | None:
    """How many tasks, how many without a qualified pair, passed over, stood in; None before."""
    told = result_file(draw)
    if told is None:
        return None
    tasks = json.loads(told)["tasks"]
    return Counts(
        len(tasks),
        sum(not task["lead"] for task in tasks),
        sum(len(task["passed"]) for task in tasks),
        draw.stands.count(),
    )


def announced(draw: Draw) -> list[dict[str, Any]]:
    """The sources of chance that its plan names."""
    plan = draw.files.get(name=PLAN)
    sources: list[dict[str, Any]] = json.loads(bytes(plan.data))["beacons"]
    return sources


def digests(draw: Draw) -> dict[str, str]:
    """Of each frozen file; empty before."""
    return {name: digest for name, digest, _size in shown(draw, opened=False).digests}
