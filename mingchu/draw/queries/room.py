"""What the draw room shows: each step as the ledger keeps it, who did it, who signed it.

The ledger is the record: nothing of the room is kept twice.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from mingchu.draw.domain.frame import FILES
from mingchu.draw.domain.lists import CERTAIN, DRAWN_FOR, ON_DUTY
from mingchu.draw.domain.quotas import quotas
from mingchu.draw.models import Draw
from mingchu.draw.queries.showing import PLAN
from mingchu.ledger import queries as ledger
from mingchu.ledger.models import Entry

PREFIX, SIGNED = "draw.", "draw_witnessed"
STEPS_TOP = 500


@dataclass(frozen=True)
class Signature:
    """Somebody who was there."""

    actor: str
    post: str
    at: datetime

    @property
    def person(self) -> str:
        return person(self.actor)


@dataclass(frozen=True)
class Step:
    """An act on a draw: `data` is what it fixed, `digest` that of its entry."""

    entry: UUID
    act: str
    actor: str
    post: str
    at: datetime
    data: Mapping[str, Any]
    digest: str
    signatures: Sequence[Signature]

    @property
    def person(self) -> str:
        return person(self.actor)


def person(actor: str) -> str:
    """Whoever it is, whether he came by himself or a program of his did."""
    return actor.partition(" ")[0]


def steps(draw: Draw) -> list[Step]:
    """Every act on a draw, the first one first."""
    entries = ledger.story([f"draw:{draw.pk}"], limit=STEPS_TOP)[::-1]
    signatures: dict[str, list[Signature]] = {}
    for one in entries:
        if _act(one) == SIGNED:
            said = Signature(one.actor, one.post, one.city_time)
            signatures.setdefault(one.told["step"], []).append(said)
    return [_step(one, signatures.get(str(one.id), [])) for one in entries if _act(one) != SIGNED]


def _act(entry: Entry) -> str:
    return entry.kind.removeprefix(PREFIX)


def _step(entry: Entry, signatures: Sequence[Signature]) -> Step:
    return Step(
        entry.id,
        _act(entry),
        entry.actor,
        entry.post,
        entry.city_time,
        entry.told,
        bytes(entry.digest).hex(),
        signatures,
    )


@dataclass(frozen=True)
class StratumRow:
    """So many stand in a stratum, so many parts per million are drawn, so many that makes."""

    stratum: tuple[str, str, str]
    size: int
    ppm: int
    count: int


@dataclass(frozen=True)
class Pool:
    """The frozen lists in numbers: no row of them."""

    plan: Mapping[str, Any]
    strata: Sequence[StratumRow]
    certain: int
    left_out: Mapping[str, int]
    on_duty: int
    leading: int
    absent: Mapping[str, int]
    recusals: int

    @property
    def drawn(self) -> int:
        """How many are drawn, besides those who are certain."""
        return sum(row.count for row in self.strata)


def pool(draw: Draw) -> Pool | None:
    """What was frozen; None before."""
    files = {one.name: bytes(one.data) for one in draw.files.filter(name__in=FILES)}
    if PLAN not in files:
        return None
    plan = json.loads(files[PLAN])
    _plan, subjects, inspectors, recusals = (_rows(files[name]) for name in FILES)
    places = Counter((row[5], row[1], row[2], row[3]) for row in subjects)
    people = Counter((row[5], row[3]) for row in inspectors)
    return Pool(
        plan,
        _strata(plan, places),
        sum(count for place, count in places.items() if place[0] == CERTAIN),
        _reasons(places, besides=CERTAIN),
        sum(count for (absent, _leads), count in people.items() if absent == ON_DUTY),
        people[ON_DUTY, "1"],
        _reasons(people),
        len(recusals),
    )


def _rows(data: bytes) -> list[list[str]]:
    """The file was read through when it was frozen."""
    return [line.split("\t") for line in data.decode().splitlines()]


def _strata(plan: Mapping[str, Any], places: Counter[Any]) -> list[StratumRow]:
    sizes = {place[1:]: count for place, count in places.items() if place[0] == DRAWN_FOR}
    rates = {tuple(row[:3]): row[3] for row in plan["rates"]}
    counts = quotas(sizes, rates, plan["total"])
    return [StratumRow(one, sizes[one], rates.get(one, 0), counts[one]) for one in sorted(sizes)]


def _reasons(counted: Counter[Any], besides: str = "") -> dict[str, int]:
    """How many for each reason, which stands in the first place of a key; none is no reason."""
    found: Counter[str] = Counter()
    for key, count in counted.items():
        found[key[0]] += count
    return {why: count for why, count in sorted(found.items()) if why not in ("", besides)}
