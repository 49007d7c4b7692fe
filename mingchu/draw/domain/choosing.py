"""Choosing 抽取: a ticket for everybody, the smallest of each stratum taken, the next in reserve.

A subject's ticket depends on the seed and on itself alone: whoever else stands on the list changes
nothing, and whoever is drawn among few is also drawn among fewer.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mingchu.draw.domain.hashing import Hashing
from mingchu.draw.domain.lists import CERTAIN, DRAWN_FOR, Stratum, Subject
from mingchu.draw.domain.quotas import quotas

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

    Who is certain takes nobody's place: quotas are of those who are drawn for. Memory is held by
    what is drawn and put in reserve, not by the list, if `subjects` can be walked twice.
    Raises ValueError as `quotas` does.
    """
    rows = subjects if isinstance(subjects, (list, tuple)) else tuple(subjects)
    sizes = Counter(row.stratum for row in rows if row.standing == DRAWN_FOR)
    taken = quotas(sizes, rates, total)
    kept = _smallest(rows, taken, seed, hashing, reserve)
    certain = sorted(
        (hashing.ticket(seed, row.id, row.balls), row.id) for row in rows if row.standing == CERTAIN
    )
    return Chosen(
        {stratum: tuple(kept[stratum][:count]) for stratum, count in taken.items()},
        tuple(certain),
        {stratum: tuple(kept[stratum][count:]) for stratum, count in taken.items()},
        dict(sorted(sizes.items())),
    )


def _smallest(
    rows: Iterable[Subject],
    taken: Mapping[Stratum, int],
    seed: bytes,
    hashing: Hashing,
    reserve: int,
) -> dict[Stratum, list[Drawn]]:
    """The tickets of each stratum that are drawn or put in reserve, ascending."""
    found: dict[Stratum, list[Drawn]] = defaultdict(list)
    for stratum, one in _tickets(rows, seed, hashing):
        found[stratum].append(one)
    return {
        stratum: heapq.nsmallest(count + reserve, found[stratum])
        for stratum, count in taken.items()
    }


def _tickets(
    rows: Iterable[Subject], seed: bytes, hashing: Hashing
) -> Iterator[tuple[Stratum, Drawn]]:
    for row in rows:
        if row.standing == DRAWN_FOR:
            yield row.stratum, (hashing.ticket(seed, row.id, row.balls), row.id)
