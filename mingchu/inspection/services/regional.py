"""Regional tasks 自治区平台任务: what the platform of the region drew, by its file."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction

from mingchu.inspection import events
from mingchu.inspection.models import RegionalSubject, RegionalTask
from mingchu.ledger.services import record, record_many

FACTS = ("title", "issuer", "departments", "matter", "first", "last")
OWN = ("code", "name", "inspectors", "done_on", "results")


@dataclass(frozen=True)
class Brought:
    """A row of the file: a task, and one business of it."""

    number: str
    business: int
    task: Mapping[str, Any] = field(default_factory=dict)
    own: Mapping[str, Any] = field(default_factory=dict)
    pk: int | None = None


@transaction.atomic
def bring_regional(rows: Sequence[Brought]) -> list[int]:
    """Tasks that are new are made, rows that are known are brought up to date; ids in order."""
    tasks = _tasks(rows)
    numbers = []
    for row in rows:
        made, _new = RegionalSubject.objects.update_or_create(
            task=tasks[row.number], business_id=row.business, defaults=dict(row.own)
        )
        numbers.append(made.pk)
    counted: dict[str, int] = {}
    for row in rows:
        counted[row.number] = counted.get(row.number, 0) + 1
    record_many(
        [
            events.RegionalTaskBrought(
                subject=f"regional:{tasks[number].pk}", task=number, subjects=count
            )
            for number, count in counted.items()
        ]
    )
    return numbers


def _tasks(rows: Sequence[Brought]) -> dict[str, RegionalTask]:
    found = {}
    for row in rows:
        if row.number not in found:
            task, _new = RegionalTask.objects.update_or_create(
                number=row.number, defaults=dict(row.task)
            )
            found[row.number] = task
    return found


@transaction.atomic
def take_back_regional(numbers: Collection[int]) -> None:
    """A file was wrong: its rows go, and tasks that have none left."""
    rows = RegionalSubject.objects.filter(pk__in=numbers)
    touched = set(rows.values_list("task_id", flat=True))
    count, _each = rows.delete()
    RegionalTask.objects.filter(pk__in=touched, subjects__isnull=True).delete()
    if count:
        record(events.RegionalSubjectsTakenBack(subject="regional:undone", subjects=count))


def restore_regional(number: int, state: Mapping[str, Any]) -> None:
    """A row as it stood before a file changed it."""
    done = state.get("done_on")
    RegionalSubject.objects.filter(pk=number).update(
        **{**state, "done_on": date.fromisoformat(done) if done else None}
    )
