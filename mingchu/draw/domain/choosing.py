"""Choosing 抽取: a ticket for everybody, the smallest of each stratum taken, the next in reserve.

A subject's ticket depends on the seed and on itself alone: whoever else stands on the list changes
nothing, and whoever is drawn among few is also drawn among fewer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mingchu.draw.domain.hashing import BALLS, Hashing
from mingchu.draw.domain.lists import CERTAIN, DRAWN_FOR, Stratum, Subject
from mingchu.draw.domain.quotas import quotas

ALL_TICKETS = 1 << 256
WIDER, SLACK = 2, 16  # how far beyond the expected place tickets are kept at first
CERTAIN_STRATUM: Stratum = ("", "", CERTAIN)
Drawn = tuple[bytes, str]  # a ticket and whose it is: sorted, ties by the id


@dataclass(frozen=True)
class Chosen:
    """What the draw gave: tickets in ascending order, within a stratum and in all.

    `certain` are those taken in any case; `reserve` are who comes next in a stratum, in order.
    """

    drawn: Mapping[Stratum, tuple[Drawn, ...]]
    certain: tuple[Drawn, ...]
    reserve: Mapping[Stratum, tuple[Drawn, ...]]
    sizes: Mapping[Stratum, int]

    def in_order(self) -> list[Drawn]:
        """All who are visited, by their tickets: the order in which inspectors are assigned."""
        return sorted([*self.certain, *(one for some in self.drawn.values() for one in some)])


def choose(
    subjects: Iterable[Subject],
    rates: Mapping[Stratum, int],
    seed: bytes,
    hashing: Hashing,
    *,
    total: int | None = None,
    reserve: int = 0,
) -> Chosen:
    """Draws so many parts per million of each stratum, `total` in all if given.

    Who is certain takes nobody's place: quotas are of those who are drawn for.
    Raises ValueError as `quotas` does.
    """
    groups = _grouped(subjects)
    certain = groups.pop(CERTAIN_STRATUM, [])
    sizes = {stratum: len(rows) for stratum, rows in sorted(groups.items())}
    taken = quotas(sizes, rates, total)
    kept = {
        stratum: _smallest(groups[stratum], count + reserve, seed, hashing)
        for stratum, count in taken.items()
    }
    return Chosen(
        {stratum: tuple(kept[stratum][:count]) for stratum, count in taken.items()},
        tuple(_smallest(certain, len(certain), seed, hashing)),
        {stratum: tuple(kept[stratum][count:]) for stratum, count in taken.items()},
        sizes,
    )


def _grouped(subjects: Iterable[Subject]) -> defaultdict[Stratum, list[Subject]]:
    """Those who may be drawn, by stratum, and those who are certain."""
    groups: defaultdict[Stratum, list[Subject]] = defaultdict(list)
    for row in subjects:
        if row.standing == DRAWN_FOR:
            groups[row.district, row.kind, row.tier].append(row)
        elif row.standing == CERTAIN:
            groups[CERTAIN_STRATUM].append(row)
    return groups


def _smallest(rows: Sequence[Subject], count: int, seed: bytes, hashing: Hashing) -> list[Drawn]:
    """The smallest tickets, ascending. Most are too large by far and never kept."""
    if not count:
        return []
    share = min((WIDER * count + SLACK) * ALL_TICKETS // len(rows), ALL_TICKETS)
    found = _below(share.to_bytes(33, "big"), rows, seed, hashing)
    if len(found) < min(count, len(rows)):
        found = _below(ALL_TICKETS.to_bytes(33, "big"), rows, seed, hashing)
    return sorted(found)[:count]


def _below(bound: bytes, rows: Iterable[Subject], seed: bytes, hashing: Hashing) -> list[Drawn]:
    """Tickets below a bound of 33 bytes. One loop without calls of its own: a million pass here."""
    new, begin, first = hashing.new, seed + b"S", BALLS[0]
    top = bound[1:] if not bound[0] else b"\xff" * 33
    return [
        (ticket, row.id)
        for row in rows
        if (
            ticket := new(begin + row.id.encode() + first).digest()
            if row.balls == 1
            else hashing.ticket(seed, row.id, row.balls)
        )
        < top
    ]
