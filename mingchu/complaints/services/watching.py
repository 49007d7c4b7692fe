"""Watching clocks 期限预警: what runs out is said once, what a new calendar moves is rebuilt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice

from django.db import transaction

from mingchu.base import clock
from mingchu.complaints import queries, rules
from mingchu.complaints.domain.clocks import Clock, Standing
from mingchu.complaints.models import Complaint
from mingchu.complaints.services import raising
from mingchu.signals.domain import Signal
from mingchu.signals.services import raise_signals

AT_ONCE = 1_000
INDEX = ("due_on", "due_term", "provisional")
OVERDUE = ":over"


@transaction.atomic
def warn_due() -> int:
    """Raises a signal for every term that is running out, and once more when it has; how many."""
    today = clock.today()
    letters = list(queries.due_by(rules.warn_until(today)))
    steps = queries.steps_of_many(letters)
    signals: list[Signal] = []
    for one in letters:
        signals += _warned(one, rules.ending(rules.clocks_of(one, steps[one.pk]), today), today)
    Complaint.objects.bulk_update(letters, ["warned"], batch_size=AT_ONCE)
    return raise_signals(signals)


def _warned(one: Complaint, ending: Iterable[Clock], today: date) -> Iterator[Signal]:
    for found in ending:
        overdue = found.standing(today) is Standing.OVERDUE
        said = found.term + (OVERDUE if overdue else "")
        if found.due and said not in one.warned:
            one.warned = [*one.warned, said]
            yield raising.running_out(one, found.term, found.due, overdue=overdue)


def rebuild_index() -> int:
    """Asks every clock again, for a calendar that was announced or a rule that changed."""
    waiting: Iterator[Complaint] = queries.with_clocks().iterator(AT_ONCE)
    changed = 0
    while some := list(islice(waiting, AT_ONCE)):
        changed += _rebuild(some)
    return changed


@transaction.atomic
def _rebuild(some: list[Complaint]) -> int:
    steps = queries.steps_of_many(some)
    changed = []
    for one in some:
        before = [getattr(one, name) for name in INDEX]
        rules.set_index(one, steps[one.pk])
        if before != [getattr(one, name) for name in INDEX]:
            changed.append(one)
    Complaint.objects.bulk_update(changed, INDEX)
    return len(changed)
