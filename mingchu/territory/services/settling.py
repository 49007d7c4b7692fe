"""Settling 落实: what level each business has and which cadre it falls to, set by set.

The rows of the registry are locked first, in the order of their numbers, as every act on a file
does; so two rounds at once, or a round and a move, come one after the other. What is already so
writes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count

from mingchu.base import clock
from mingchu.identifiers.divisions import HOHHOT
from mingchu.ledger.services import current_cause, record_many
from mingchu.registry import domain as registry
from mingchu.registry.models import Business
from mingchu.registry.queries import any_number
from mingchu.territory import events, rules
from mingchu.territory.domain.choosing import chosen, reach
from mingchu.territory.domain.levels import Facts, Ground, ground_for
from mingchu.territory.domain.quarters import quarter_of
from mingchu.territory.models import Assignment, Beat, Visit

BATCH = 2_000
FACTS = (
    "pk", "merged_into", "kind", "scale", "serves", "diners", "state", "district", "station",
    "grid",
)  # fmt: skip
CHANGED = ["level", "ground", "rule_since", "cadre", "named", "until"]

# An open visit lies where its business lies and is whose the business is.
_FOLLOW = """
    UPDATE territory_visit visit
       SET district = business.district, station = business.station, cadre_id = held.cadre_id
      FROM registry_business business
      JOIN territory_assignment held ON held.business_id = business.id AND held.until IS NULL
     WHERE visit.business_id = business.id AND visit.state = 'open' AND business.id = ANY(%s)
       AND (visit.district, visit.station, visit.cadre_id)
           IS DISTINCT FROM (business.district, business.station, held.cadre_id)
"""
_END = """
    UPDATE territory_visit visit SET state = 'ended'
     WHERE visit.state = 'open' AND visit.business_id = ANY(%s)
       AND NOT EXISTS (SELECT FROM territory_assignment held
                        WHERE held.business_id = visit.business_id AND held.until IS NULL)
 RETURNING visit.id, visit.business_id, visit.quarter
"""


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


@dataclass(frozen=True)
class Why:
    """What a settling answers: who comes after whom, and of a business the entry it follows."""

    heirs: Mapping[int, int] = field(default_factory=dict)
    causes: Mapping[int, UUID] = field(default_factory=dict)

    def cause(self, business: int) -> UUID | None:
        return self.causes.get(business) or current_cause()


def settle(
    numbers: Iterable[int],
    *,
    heirs: Mapping[int, int] | None = None,
    causes: Mapping[int, UUID] | None = None,
) -> int:
    """Puts these businesses right; how many changed."""
    waiting, changed, why = iter(sorted(set(numbers))), 0, Why(heirs or {}, causes or {})
    while batch := list(islice(waiting, BATCH)):
        changed += _settle(batch, why)
    return changed


def settle_all() -> int:
    """The whole registry, batch by batch, each in a transaction of its own."""
    last, changed = 0, 0
    while True:
        later = Business.objects.filter(pk__gt=last).order_by("pk")
        batch = list(later.values_list("pk", flat=True)[:BATCH])
        if not batch:
            return changed
        changed += _settle(batch, Why())
        last = batch[-1]


@transaction.atomic
def _settle(numbers: list[int], why: Why) -> int:
    today = clock.today()
    rows = Business.objects.select_for_update(of=("self",), no_key=True).filter(
        pk__in=any_number(numbers)
    )
    known: list[dict[str, Any]] = list(rows.order_by("pk").values(*FACTS))
    present = Assignment.objects.filter(business__in=any_number(numbers), until__isnull=True)
    held = {one.business_id: one for one in present}
    ranges = _ranges(known)
    changes: list[Assignment] = []
    fresh: list[Assignment] = []
    gone: list[Assignment] = []
    told: list[events.DutyAssigned] = []
    for row in known:
        now = held.get(row["pk"])
        wanted = _wanted(row, now, ranges, why.heirs, today)
        if _is_so(now, wanted):
            if now and wanted and now.ground != wanted.ground.number:
                changes.append(_put(now, wanted, today))
            continue
        told.append(_told(row["pk"], now, wanted))
        if now is not None:
            _count(ranges.loads, now.cadre_id, -1)
        if wanted is not None:
            _count(ranges.loads, wanted.cadre, 1)
        _change(row["pk"], now, wanted, today, changes, fresh, gone)
    _write(changes, fresh, gone)
    record_many(told, causes=[why.cause(one.business_id) for one in told])
    _follow(numbers, why)
    return len(told)


def _ranges(known: Collection[Mapping[str, Any]]) -> Ranges:
    """What concerns these businesses, and nothing else."""
    reached = {area for row in known for area in _reach(row)}
    areas: dict[tuple[str, str], list[int]] = defaultdict(list)
    found = Beat.objects.filter(area__in=reached, cadre__until__isnull=True)
    for area, rank, cadre in found.order_by("pk").values_list("area", "cadre__rank", "cadre"):
        areas[area, rank].append(cadre)
    several = {cadre for cadres in areas.values() if len(cadres) > 1 for cadre in cadres}
    counted = Assignment.objects.filter(cadre__in=several, until__isnull=True).order_by()
    return Ranges(
        areas,
        dict(
            Beat.objects.filter(business__in=any_number(row["pk"] for row in known)).values_list(
                "business", "cadre"
            )
        ),
        dict(counted.values_list("cadre").annotate(n=Count("pk"))) if several else {},
    )


def _reach(row: Mapping[str, Any]) -> tuple[str, ...]:
    return reach(row["grid"], row["station"], row["district"], HOHHOT)


def _wanted(
    row: Mapping[str, Any],
    now: Assignment | None,
    ranges: Ranges,
    heirs: Mapping[int, int],
    day: date,
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


def _is_so(now: Assignment | None, wanted: Wanted | None) -> bool:
    """Another ground of the same level is noted, and is no change."""
    if now is None or wanted is None:
        return now is None and wanted is None
    return (now.level, now.cadre_id, now.named) == (
        wanted.ground.level,
        wanted.cadre,
        wanted.named,
    )


def _change(
    business: int,
    now: Assignment | None,
    wanted: Wanted | None,
    day: date,
    changes: list[Assignment],
    fresh: list[Assignment],
    gone: list[Assignment],
) -> None:
    """What stood for a day or longer stays as the past; what began today is put right."""
    if now is not None and now.since >= day:
        if wanted is None:
            gone.append(now)
            return
        changes.append(_put(now, wanted, day))
        return
    if now is not None:
        now.until = day - timedelta(days=1)
        changes.append(now)
    if wanted is not None:
        fresh.append(_put(Assignment(business_id=business, since=day), wanted, day))


def _put(one: Assignment, wanted: Wanted, day: date) -> Assignment:
    one.level, one.ground = wanted.ground.level.value, wanted.ground.number
    one.rule_since = rules.grounds(day).since
    one.cadre_id, one.named = wanted.cadre, wanted.named
    return one


def _count(loads: dict[int, int], cadre: int | None, by: int) -> None:
    if cadre is not None:
        loads[cadre] = loads.get(cadre, 0) + by


def _told(business: int, now: Assignment | None, wanted: Wanted | None) -> events.DutyAssigned:
    return events.DutyAssigned(
        subject=registry.subject(business),
        business_id=business,
        before=now.level if now else "",
        level=wanted.ground.level.value if wanted else "",
        cadre_before=now.cadre_id if now else None,
        cadre_id=wanted.cadre if wanted else None,
    )


def _write(changes: list[Assignment], fresh: list[Assignment], gone: list[Assignment]) -> None:
    if gone:
        Assignment.objects.filter(pk__in=any_number(one.pk for one in gone)).delete()
    Assignment.objects.bulk_update(changes, CHANGED, batch_size=BATCH)
    Assignment.objects.bulk_create(fresh, batch_size=BATCH)


def _follow(numbers: list[int], why: Why) -> None:
    """Open visits go along with their businesses, or end."""
    with connection.cursor() as db:
        db.execute(_FOLLOW, [numbers])
        db.execute(_END, [numbers])
        ended = db.fetchall()
    told = list(_ended(ended))
    record_many(told, causes=[why.cause(one.business_id) for one in told])


def _ended(rows: Iterable[tuple[int, int, date]]) -> Iterator[events.VisitEnded]:
    for visit, business, quarter in rows:
        yield events.VisitEnded(
            subject=registry.subject(business),
            business_id=business,
            visit_id=visit,
            quarter=str(quarter_of(quarter)),
        )


def forget(numbers: Collection[int]) -> None:
    """Businesses that should never have been enrolled: what followed from them goes with them.

    Nothing is recorded beside the withdrawal itself: none of them was ever visited.
    """
    Visit.objects.filter(Visit.FOLLOWS, business__in=any_number(numbers)).delete()
    Assignment.objects.filter(business__in=any_number(numbers)).delete()
