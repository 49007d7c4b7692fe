"""Choosing 抽取: a ticket for everybody, the smallest of each stratum taken, the next in reserve.

A subject's ticket depends on the seed and on itself alone: whoever else stands on the list changes
nothing, and whoever is drawn among few is also drawn among fewer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from mingchu.draw.domain.hashing import BALLS, Hashing
from mingchu.draw.domain.lists import CERTAIN, DRAWN_FOR, Stratum, Subject
from mingchu.draw.domain.quotas import quotas

ALL_TICKETS = 1 << 256
NO_BOUND = b"\xff" * 33  # above every ticket of 32 bytes
CHUNK = 4096
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

    Who is certain takes nobody's place: quotas are of those who are drawn for. The list is gone
    through twice, to count and to draw, and never held: one that is read from a file may be of
    any length. Raises ValueError as `quotas` does.
    """
    sizes = _counted(subjects)
    certain = sizes.pop(CERTAIN_STRATUM, 0)
    taken = quotas(sizes, rates, total)
    wanted = {stratum: min(count + reserve, sizes[stratum]) for stratum, count in taken.items()}
    wanted[CERTAIN_STRATUM] = certain
    kept = _smallest(subjects, wanted, {**sizes, CERTAIN_STRATUM: certain}, seed, hashing)
    return Chosen(
        {stratum: tuple(kept[stratum][:count]) for stratum, count in taken.items()},
        tuple(kept[CERTAIN_STRATUM]),
        {stratum: tuple(kept[stratum][count:]) for stratum, count in taken.items()},
        sizes,
    )


def _counted(subjects: Iterable[Subject]) -> dict[Stratum, int]:
    """How many may be drawn of each stratum, and how many are certain."""
    sizes: defaultdict[Stratum, int] = defaultdict(int)
    for row in subjects:
        if row.standing == DRAWN_FOR:
            sizes[row.district, row.kind, row.tier] += 1
        elif row.standing == CERTAIN:
            sizes[CERTAIN_STRATUM] += 1
    return dict(sorted(sizes.items()))


def _smallest(
    subjects: Iterable[Subject],
    wanted: Mapping[Stratum, int],
    sizes: Mapping[Stratum, int],
    seed: bytes,
    hashing: Hashing,
) -> dict[Stratum, list[Drawn]]:
    """So many of the smallest tickets of each stratum, ascending.

    Most tickets are too large by far and never kept. Where chance left too few below the bound,
    the stratum is drawn once more without one.
    """
    bounds = {stratum: _bound(count, sizes[stratum]) for stratum, count in wanted.items()}
    kept = _below(bounds, subjects, seed, hashing)
    short = {stratum for stratum, count in wanted.items() if len(kept[stratum]) < count}
    if short:
        again = {stratum: NO_BOUND if stratum in short else b"" for stratum in wanted}
        kept |= {
            stratum: found
            for stratum, found in _below(again, subjects, seed, hashing).items()
            if stratum in short
        }
    return {stratum: sorted(kept[stratum])[:count] for stratum, count in wanted.items()}


def _bound(count: int, size: int) -> bytes:
    """Beyond the place that so many smallest of a stratum are expected to reach."""
    near = WIDER * count + SLACK
    if not count or near >= size:
        return NO_BOUND if count else b""
    return (near * ALL_TICKETS // size).to_bytes(32, "big")


def _below(
    bounds: Mapping[Stratum, bytes], subjects: Iterable[Subject], seed: bytes, hashing: Hashing
) -> dict[Stratum, list[Drawn]]:
    """Tickets below the bound of their stratum; so many rows at a time as a processor's cache
    holds."""
    kept: dict[Stratum, list[Drawn]] = {stratum: [] for stratum in bounds}
    rest = iter(subjects)
    while chunk := list(islice(rest, CHUNK)):
        for stratum, rows in _grouped(chunk).items():
            if bounds[stratum]:
                kept[stratum] += _tickets(rows, bounds[stratum], seed, hashing)
    return kept


def _grouped(rows: Iterable[Subject]) -> defaultdict[Stratum, list[Subject]]:
    """Those who may be drawn, by stratum, and those who are certain."""
    groups: defaultdict[Stratum, list[Subject]] = defaultdict(list)
    for row in rows:
        if row.standing == DRAWN_FOR:
            groups[row.district, row.kind, row.tier].append(row)
        elif row.standing == CERTAIN:
            groups[CERTAIN_STRATUM].append(row)
    return groups


def _tickets(rows: Iterable[Subject], bound: bytes, seed: bytes, hashing: Hashing) -> list[Drawn]:
    """One loop without calls of its own: millions pass here."""
    new, begin, first = hashing.new, seed + b"S", BALLS[0]
    return [
        (ticket, row.id)
        for row in rows
        if (
            ticket := new(begin + row.id.encode() + first).digest()
            if row.balls == 1
            else min([new(begin + row.id.encode() + ball).digest() for ball in BALLS[: row.balls]])
        )
        < bound
    ]
