"""Opened 实名: whom a draw met, told to everybody once it is public, to its officers before."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.urls import reverse

from mingchu.draw.opened import INSIDE, OPENED, Name
from mingchu.draw.services import proof_of
from mingchu.inspection.models import PoolRow, Task
from mingchu.inspection.queries import people, plans, pools

NAMELESS = "person"  # a natural person, whom the law keeps nameless


def hang() -> None:
    OPENED.add("inspection", opened)
    INSIDE.add("inspection", inside)


def opened(number: str, ids: Collection[str]) -> Mapping[str, Name]:
    """Name, code and salt of those who were drawn or stood in; of a natural person nothing."""
    batch = plans.batch_of_number(number)
    if batch is None or batch.draw is None:
        return {}
    drawn = set(Task.objects.filter(batch=batch).values_list("pseudonym", flat=True))
    rows = [
        row
        for row in pools.of_pseudonyms(batch, drawn & set(ids))
        if row.business.legal_form != NAMELESS
    ]
    return {
        row.pseudonym: Name(row.business.name, row.code, proof_of(batch.draw, row.code).salt.hex())
        for row in rows
    }


def inside(number: str, ids: Collection[str]) -> Mapping[str, Name]:
    """Whoever runs the draw sends people somewhere: names of those drawn, and of inspectors."""
    batch = plans.batch_of_number(number)
    if batch is None or batch.draw is None:
        return {}
    found = {row.pseudonym: _known(row) for row in pools.of_pseudonyms(batch, ids)}
    who = {one: pk for one, pk in batch.inspectors.items() if one in set(ids)}
    named = people.names(list(who.values()))
    sent = {one: Name(named[pk], key=f"inspector:{pk}") for one, pk in who.items() if pk in named}
    return {**found, **sent}


def _known(row: PoolRow) -> Name:
    href = reverse("registry:business", args=[row.business_id])
    return Name(row.business.name, row.code, href=href)
