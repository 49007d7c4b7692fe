"""Wanting: how businesses should stand, by the rules of the day and the ranges of the cadres."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count

from mingchu.identifiers.divisions import HOHHOT
from mingchu.registry.queries import any_number
from mingchu.territory import rules
from mingchu.territory.domain.choosing import chosen, reach
from mingchu.territory.domain.levels import Facts, Ground, ground_for
from mingchu.territory.models import Assignment, Beat

# What is read of a business.
FACTS = (
    "pk", "merged_into", "kind", "scale", "serves", "diners", "state", "district", "station",
    "grid",
)  # fmt: skip
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Wanted:
    """How a business should stand."""

    ground: Ground
    cadre: int | None
    named: bool


@dataclass(frozen=True)
class Ranges:
    """Who answers for what: areas by rank, businesses by name, and how much each has."""

    areas: Mapping[tuple[str, str], Collection[int]]
    named: Mapping[int, int]
    loads: dict[int, int]

    def pass_on(self, before: int | None, after: int | None) -> None:
        """One business less for the one, one more for the other."""
        for cadre, by in ((before, -1), (after, 1)):
            if cadre is not None:
                self.loads[cadre] = self.loads.get(cadre, 0) + by


def ranges_for(known: Collection[Row]) -> Ranges:
    """What concerns these businesses, and nothing else; loads only where there is a choice."""
    reached = {area for row in known for area in _reach(row)}
    areas: dict[tuple[str, str], list[int]] = defaultdict(list)
    found = Beat.objects.filter(area__in=reached, cadre__until__isnull=True)
    for area, rank, cadre in found.order_by("pk").values_list("area", "cadre__rank", "cadre"):
        areas[area, rank].append(cadre)
    several = {cadre for cadres in areas.values() if len(cadres) > 1 for cadre in cadres}
    counted = Assignment.objects.filter(cadre__in=any_number(several), until__isnull=True)
    loads = counted.order_by().values_list("cadre").annotate(n=Count("pk"))
    named = Beat.objects.filter(business__in=any_number(row["pk"] for row in known))
    return Ranges(
        areas,
        dict(named.values_list("business", "cadre")),
        dict(loads) if several else {},
    )


def _reach(row: Row) -> tuple[str, ...]:
    return reach(row["grid"], row["station"], row["district"], HOHHOT)


def wanted_of(
    row: Row, now: Assignment | None, ranges: Ranges, heirs: Mapping[int, int], day: date
) -> Wanted | None:
    """None where nobody visits: not open, not of these kinds, merged into another."""
    kinds, states = rules.subjects(day)
    if row["merged_into"] or row["kind"] not in kinds or row["state"] not in states:
        return None
    facts = Facts(row["kind"], row["scale"], row["serves"], row["diners"])
    ground = ground_for(facts, rules.grounds(day).lines)
    if ground is None:
        return None
    if row["pk"] in ranges.named:
        return Wanted(ground, ranges.named[row["pk"]], named=True)
    before = now.cadre_id if now else None
    cadre = chosen(
        _reach(row),
        rules.ranks(day)[ground.level],
        now=heirs.get(before, before) if before else None,
        beats=ranges.areas,
        loads=ranges.loads,
    )
    return Wanted(ground, cadre, named=False)
