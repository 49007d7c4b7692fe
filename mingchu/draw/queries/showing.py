"""What a page shows of a draw: its own files, read; before it is revealed nothing of the result."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mingchu.base import clock
from mingchu.draw.domain.assigning import Skip
from mingchu.draw.domain.frame import FILES
from mingchu.draw.domain.hashing import Hashing
from mingchu.draw.models import Draw, DrawState

PLAN, RESULT = "plan.json", "result.json"


@dataclass(frozen=True)
class Rate:
    """So many parts per million of a stratum; `drawn` is known once the draw is revealed."""

    district: str
    kind: str
    tier: str
    ppm: int
    drawn: int = 0


@dataclass(frozen=True)
class Passed:
    """Somebody before those who go, and why he does not."""

    inspector: str
    beside: str
    why: str
    detail: str


@dataclass(frozen=True)
class Row:
    """Who was drawn, in the order of the tickets, and who goes there."""

    place: int
    subject: str
    stratum: tuple[str, str, str] | None
    ticket: str
    lead: str
    second: str
    passed: tuple[Passed, ...]

    @property
    def is_certain(self) -> bool:
        return self.stratum is None


@dataclass(frozen=True)
class Shown:
    """One draw as the public sees it today."""

    draw: Draw
    plan: Mapping[str, Any]
    rates: Sequence[Rate] = ()
    digests: Sequence[tuple[str, str, int]] = ()
    rows: Sequence[Row] = ()
    passes: Mapping[str, int] = field(default_factory=dict)

    @property
    def alone(self) -> list[Row]:
        """For whom there was no qualified pair."""
        return [row for row in self.rows if not row.lead]

    @property
    def is_late(self) -> bool:
        """Revealed after the day that had been promised, or not yet although it is past."""
        return is_late(self.draw)


def is_late(draw: Draw) -> bool:
    if draw.reveal_by is None or draw.state in (DrawState.DRAFT, DrawState.FROZEN, DrawState.VOID):
        return False
    until = clock.city(draw.revealed_at).date() if draw.revealed_at else clock.today()
    return until > draw.reveal_by


def shown(draw: Draw, *, opened: bool) -> Shown:
    """`opened` says whether the result is public; the plan is from the commitment on, and of a
    void draw that had come that far."""
    files = {one.name: bytes(one.data) for one in draw.files.all()}
    if PLAN not in files:
        return Shown(draw, {})
    plan = json.loads(files[PLAN])
    hashing = Hashing(plan["algorithm"])
    digests = [(name, hashing.digest(files[name]).hex(), len(files[name])) for name in FILES]
    if not draw.commitment:
        return Shown(draw, {}, digests=digests)
    result = json.loads(files[RESULT]) if opened and RESULT in files else {}
    rows = list(_rows(result))
    return Shown(draw, plan, _rates(plan, rows), digests, rows, _passes(rows))


def _rates(plan: Mapping[str, Any], rows: Sequence[Row]) -> list[Rate]:
    drawn: dict[Any, int] = {}
    for row in rows:
        drawn[row.stratum] = drawn.get(row.stratum, 0) + 1
    return [Rate(d, k, t, ppm, drawn.get((d, k, t), 0)) for d, k, t, ppm in plan["rates"]]


def _rows(result: Mapping[str, Any]) -> Sequence[Row]:
    """Drawn and certain ones with their tasks, which stand in the order of the tickets."""
    tickets = {one: (ticket, None) for one, ticket in result.get("certain", [])}
    tickets |= {one: (ticket, (d, k, t)) for d, k, t, one, ticket in result.get("drawn", [])}
    return [
        Row(
            place,
            task["subject"],
            tickets[task["subject"]][1],
            tickets[task["subject"]][0],
            task["lead"],
            task["second"],
            tuple(Passed(who, beside, why, detail) for who, why, beside, detail in task["passed"]),
        )
        for place, task in enumerate(result.get("tasks", []), start=1)
    ]


def _passes(rows: Sequence[Row]) -> dict[str, int]:
    """How often each reason passed somebody over."""
    found = dict.fromkeys((skip.value for skip in Skip), 0)
    for row in rows:
        for one in row.passed:
            found[one.why] += 1
    return {why: count for why, count in found.items() if count}
