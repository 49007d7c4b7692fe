"""A year's draws for the report: those whose result is public, and what became of all numbers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from mingchu.accounts.domain import Scope
from mingchu.draw import queries
from mingchu.draw.domain.lists import DRAWN_FOR
from mingchu.draw.domain.yearly import Held, Year, year
from mingchu.draw.models import Draw, DrawState, Stand
from mingchu.draw.opened import names_inside
from mingchu.draw.queries.room import steps
from mingchu.draw.queries.showing import PLAN, RESULT, is_late

SUBJECTS = "subjects.tsv"


@dataclass(frozen=True)
class Report:
    """`thaws` are lists that were taken back before a commitment; `people` tells the names of
    inspectors by the key they go under in the year, `labels` are the words of all plans."""

    number: int
    year: Year
    people: Mapping[str, str]
    labels: Mapping[str, Any]
    registered: int
    void: Sequence[Draw]
    late: Sequence[Draw]
    stands: Sequence[Stand]
    thaws: int
    waiting: int


def years(scopes: Sequence[Scope]) -> list[int]:
    """Years that have a number, the newest first."""
    numbers = _numbered(scopes).values_list("number", flat=True)
    return sorted({int(one[:4]) for one in numbers}, reverse=True)


def report(scopes: Sequence[Scope], number: int) -> Report:
    """One year of the draws of some scopes."""
    found = list(_numbered(scopes).filter(number__startswith=f"{number}-").order_by("number"))
    told = [one for one in found if one.state in queries.OPEN]
    people: dict[str, str] = {}
    labels: dict[str, Any] = {}
    return Report(
        number,
        year(_held(told, people, labels)),
        people,
        labels,
        len(found),
        [one for one in found if one.state == DrawState.VOID],
        [one for one in found if is_late(one)],
        list(Stand.objects.filter(draw__in=told).select_related("draw").order_by("pk")),
        sum(step.act == "draw_thawed" for one in found for step in steps(one)),
        sum(one.state in (DrawState.COMMITTED, DrawState.DRAWN) for one in found),
    )


def _numbered(scopes: Sequence[Scope]) -> QuerySet[Draw]:
    return queries.within(scopes).exclude(number="")


def _held(draws: Sequence[Draw], people: dict[str, str], labels: dict[str, Any]) -> Iterator[Held]:
    """One after the other: lists are long. Names and words met on the way go to the two maps."""
    for draw in draws:
        files = {one.name: bytes(one.data) for one in draw.files.all()}
        rows = (line.split("\t") for line in files[SUBJECTS].decode().splitlines())
        sizes = Counter((row[1], row[2], row[3]) for row in rows if row[5] == DRAWN_FOR)
        held = Held(json.loads(files[PLAN]), sizes, json.loads(files[RESULT]))
        known = names_inside(draw.number, {one for pair in held.pairs for one in pair})
        keys = {one: name.key or name.name for one, name in known.items()}
        labels |= held.plan["about"].get("labels", {})
        people |= {keys[one]: name.name for one, name in known.items()}
        yield replace(held, people=keys)
