"""Reads of draws: the register, one draw, its bundle once it is laid open."""

from __future__ import annotations

from collections.abc import Sequence

from mingchu.draw.domain.bundle import Entry, Replacement
from mingchu.draw.models import Draw, DrawState
from mingchu.ledger import queries as ledger
from mingchu.ledger.domain import LogName

OPEN = (DrawState.REVEALED, DrawState.CLOSED)
PUBLIC = (DrawState.COMMITTED, DrawState.DRAWN, *OPEN, DrawState.VOID)


def register() -> Sequence[Draw]:
    """Every draw with a number, the newest first; void ones and their reasons too."""
    return list(Draw.objects.exclude(number="").order_by("-number"))


def by_number(number: str) -> Draw | None:
    return Draw.objects.filter(number=number).first()


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
