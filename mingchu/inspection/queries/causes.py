"""Causes 起因: the entry of the ledger that a visit began with, which what it leads to answers."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from mingchu.inspection.events import VisitPlanned
from mingchu.inspection.models import Visit
from mingchu.ledger.models import Entry
from mingchu.registry import domain as registry


def beginnings_of(visits: Collection[Visit]) -> dict[int, UUID]:
    """By visit the entry by which it was planned, in one question."""
    subjects = {registry.subject(one.planned_for_id) for one in visits}
    subjects |= {f"inspection:{one.pk}" for one in visits}
    wanted = {one.pk for one in visits}
    return {number: pk for pk, number in _planned(subjects) if number in wanted}


def _planned(subjects: Collection[str]) -> list[tuple[UUID, int]]:
    rows = Entry.objects.filter(kind=VisitPlanned.kind, subject__in=list(subjects))
    return [(one.pk, one.told["visit_id"]) for one in rows.only("data").order_by("id")]
