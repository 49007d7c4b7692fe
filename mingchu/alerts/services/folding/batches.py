"""One batch: from signals to alerts, what holds them, what ends with them; in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from mingchu.alerts import events, rules
from mingchu.alerts.domain import folding
from mingchu.alerts.domain.deadlines import sooner
from mingchu.alerts.domain.folding import Line, Noticed
from mingchu.alerts.domain.kinds import Kind
from mingchu.alerts.models import OPEN, Alert, AlertEnd, Order
from mingchu.alerts.services import clustering, holding, orders, telling
from mingchu.alerts.services.folding import storing
from mingchu.base import clock
from mingchu.signals.domain import SOURCE

Told = list[tuple[object, UUID | None]]
Entries = dict[int | None, UUID | None]


def fold_batch(noticed: Sequence[Noticed]) -> None:
    """Everything a batch leads to but the calls, which are made for whoever waits."""
    if not noticed:
        return
    tables = rules.Tables()
    standing = storing.standing(folding.wanted(noticed))
    tally = storing.tallies(_minutes(noticed))
    limits = {moment: rules.flood_per_minute(day) for moment, day in _days(noticed)}
    found = folding.fold(noticed, standing, tables, tally, limits.__getitem__)
    for line in (*found.changed, *found.opened):
        _date(line, tables)
    storing.change(found.changed)
    entries: Entries = {line.id: line.cause for line in found.changed}
    for pk, entry in _open(found.opened, tables).items():
        entries[pk] = entry
    _tell_rises((*found.changed, *found.opened), entries)
    _end(found.ended, entries)
    clustering.look(found.opened, tables)
    storing.count(tally)


def _minutes(noticed: Iterable[Noticed]) -> set[folding.Minute]:
    return {(one.labels[SOURCE], one.minute) for one in noticed if one.labels.get(SOURCE)}


def _days(noticed: Iterable[Noticed]) -> list[tuple[datetime, date]]:
    return [(moment, clock.city(moment).date()) for moment in {one.received for one in noticed}]


def _date(line: Line, tables: rules.Tables) -> None:
    """Its deadline by the rule of the day it opened, and the sooner one where it rose."""
    kind = tables(line.opened_at).get(line.kind) or tables(clock.now())[line.kind]
    if line.deadline is None or kind.term.label:
        line.deadline = rules.deadline(kind, line.first, line.labels, line.opened_at)
    for rise in line.rises:
        risen = rules.deadline(kind, rise.severity, line.labels, rise.at)
        line.deadline = sooner(line.deadline, risen)


def _open(lines: Sequence[Line], tables: rules.Tables) -> dict[int, UUID]:
    """Writes and records new alerts with what holds them; their entries."""
    if not lines:
        return {}
    storing.number(lines)
    kinds = {line.id: tables(line.opened_at)[line.kind] for line in lines}
    living = [line for line in lines if not line.ended_at]
    held = holding.found_for(living, _all(kinds.values()))
    calls = {pk: kind.calls for pk, kind in kinds.items() if pk}
    storing.insert(lines, calls, held.covered, held.silenced)
    entries = telling.opened([(_opened(line, held.by(line.id)), line.cause) for line in lines])
    holding.cover_others(living, entries)
    return entries


def _all(kinds: Iterable[Kind]) -> Mapping[str, Kind]:
    return {kind.code: kind for kind in kinds}


def _opened(line: Line, held_by: str) -> events.AlertOpened:
    due = line.deadline
    assert due is not None  # noqa: S101 every line is dated before it is written
    first = {**telling.said(line, line.business), "severity": line.first}
    return events.AlertOpened(
        **first, due=due.at, rule=due.rule, since=due.since.isoformat(), held_by=held_by
    )


def _tell_rises(lines: Iterable[Line], entries: Entries) -> None:
    told: Told = []
    for line in lines:
        for rise in line.rises:
            said = {**telling.said(line, line.business), "severity": rise.severity}
            due = line.deadline.at if line.deadline else None
            event = events.AlertRose(**said, before=rise.before, due=due)
            told.append((event, rise.cause or entries[line.id]))
    if told:
        telling.followed(told)


def _end(lines: Collection[Line], entries: Entries) -> None:
    """Facts that are over: recorded; what they covered is released, what they called for is off."""
    told: Told = [
        (
            events.AlertEnded(
                **telling.said(line, line.business), how=AlertEnd.GONE, count=line.count
            ),
            line.end_cause or entries[line.id],
        )
        for line in lines
    ]
    if told:
        ended = [line.id for line in lines if line.id]
        holding.release_covered(ended, telling.followed(told))
        _call_off(ended)


def _call_off(ended: Collection[int]) -> None:
    """Orders that no open alert holds any more."""
    living = Alert.objects.filter(OPEN, order=OuterRef("pk"))
    idle = Order.objects.filter(ended_at__isnull=True, alerts__in=list(ended))
    found = list(idle.exclude(Exists(living)).distinct().order_by("pk"))
    if found:
        orders.gone(found)
