"""Choosing 抽取: a ticket for everybody, the smallest of each stratum taken, the next in reserve.

A subject's ticket depends on the seed and on itself alone: whoever else stands on the list changes
nothing, and whoever is drawn among few is also drawn among fewer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isqrt
from operator import attrgetter

from mingchu.draw.domain.hashing import BALLS, Hashing
from mingchu.draw.domain.lists import CERTAIN, DRAWN_FOR, Stratum, Subject
from mingchu.draw.domain.quotas import quotas

ALL_TICKETS = 1 << 256
NO_BOUND = b"\xff" * 33  # above every ticket of 32 bytes
TICKET_BYTES = 32
DEVIATIONS, SLACK = 4, 8  # how far beyond the expected place tickets are kept at first
Drawn = tuple[bytes, str]  # a ticket and whose it is: sorted, ties by the id
Place = tuple[str, str, str, str]  # a standing and a stratum
PLACE = attrgetter("standing", "district", "kind", "tier")


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
    counted = Counter(map(PLACE, subjects))
    sizes = {place[1:]: count for place, count in sorted(counted.items()) if place[0] == DRAWN_FOR}
    taken = quotas(sizes, rates, total)
    wanted = {place: count for place, count in counted.items() if place[0] == CERTAIN}
    for stratum, count in taken.items():
        wanted[DRAWN_FOR, *stratum] = min(count + reserve, sizes[stratum])
    kept = _smallest(subjects, wanted, counted, seed, hashing)
    certain = [one for place, some in kept.items() if place[0] == CERTAIN for one in some]
    order = {stratum: kept[DRAWN_FOR, *stratum] for stratum in taken}
    return Chosen(
        {stratum: tuple(order[stratum][:count]) for stratum, count in taken.items()},
        tuple(sorted(certain)),
        {stratum: tuple(order[stratum][count:]) for stratum, count in taken.items()},
        sizes,
    )


def _smallest(
    subjects: Iterable[Subject],
    wanted: Mapping[Place, int],
    sizes: Mapping[Place, int],
    seed: bytes,
    hashing: Hashing,
) -> dict[Place, list[Drawn]]:
    """So many of the smallest tickets of each place, ascending.

    Most tickets are too large by far and never kept. Where chance left too few below the bound,
    the place is drawn once more without one.
    """
    bounds = {place: _bound(count, sizes[place]) for place, count in wanted.items()}
    kept = _below(bounds, subjects, seed, hashing)
    short = {place for place, count in wanted.items() if len(kept[place]) < count}
    if short:
        kept |= _below(dict.fromkeys(short, NO_BOUND), subjects, seed, hashing)
    return {place: _read(kept[place], count) for place, count in wanted.items()}


def _bound(count: int, size: int) -> bytes:
    """Beyond the place that so many smallest are expected to reach."""
    near = count + DEVIATIONS * isqrt(count) + SLACK
    if not count or near >= size:
        return NO_BOUND if count else b""
    return (near * ALL_TICKETS // size).to_bytes(TICKET_BYTES, "big")


def _below(
    bounds: Mapping[Place, bytes], subjects: Iterable[Subject], seed: bytes, hashing: Hashing
) -> dict[Place, list[bytes]]:
    """Tickets below the bound of their place, each with the id behind it.

    One loop without calls of its own, since millions pass here: the hash of what all tickets begin
    with is made once and copied; where a row stands is asked of those alone that come under the
    widest bound; and bytes are kept, which the garbage collector need not walk.
    """
    kept: dict[Place, list[bytes]] = {place: [] for place in bounds}
    widest, begun = max(bounds.values(), default=b""), hashing.new(seed + b"S").copy
    first = BALLS[0]
    for row in subjects:
        one = row.id.encode()
        if row.balls == 1:
            ball = begun()
            ball.update(one + first)
            ticket = ball.digest()
        else:
            ticket = hashing.ticket(seed, row.id, row.balls)
        if ticket < widest and ticket < bounds.get(place := PLACE(row), b""):
            kept[place].append(ticket + one)
    return kept


def _read(kept: Iterable[bytes], count: int) -> list[Drawn]:
    """So many of the smallest, parted into ticket and id."""
    first = sorted(kept)[:count]
    return [(one[:TICKET_BYTES], one[TICKET_BYTES:].decode()) for one in first]
