"""Hearing 随抽取: a batch goes where its draw goes; what chance gave becomes tasks."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.db import transaction

from mingchu.base import clock
from mingchu.draw import queries as draws
from mingchu.draw.models import Draw, DrawState
from mingchu.inspection import events
from mingchu.inspection.models import Batch, BatchState, PoolRow, Task, Visit
from mingchu.inspection.queries import plans
from mingchu.inspection.services import visiting
from mingchu.ledger.services import record
from mingchu.registry.queries import any_number


@transaction.atomic
def hear(*, draw: int) -> None:
    """Something was done with a draw; one that no batch opened is none of ours."""
    batch = plans.batch_of_draw(draw)
    if batch is None:
        return
    held = Batch.objects.select_for_update(of=("self",)).select_related("plan").get(pk=batch.pk)
    now = Draw.objects.get(pk=draw)
    if now.state == DrawState.VOID:
        _let_go(held)
    elif now.state == DrawState.DRAWN:
        _take_result(held, now)
    elif now.state in draws.OPEN:
        held.state = BatchState.REVEALED
        held.save(update_fields=["state"])


def _let_go(batch: Batch) -> None:
    """A void draw stays in the register; its batch can be drawn again, by a new one."""
    visiting.drop_draw(batch=batch)
    batch.tasks.all().delete()
    batch.pool.all().delete()
    batch.draw, batch.drawn_on, batch.checked_on = None, None, None
    batch.found, batch.inspectors = {}, {}
    batch.state = BatchState.PLANNED
    batch.save()


def _take_result(batch: Batch, draw: Draw) -> None:
    """Tasks, once; afterwards whoever stands in."""
    if batch.state == BatchState.DRAWN:
        _take_stands(batch, draw)
        return
    told = draws.result_file(draw)
    assert told is not None  # noqa: S101 a draw that is drawn has its result
    made = Task.objects.bulk_create(_tasks(batch, json.loads(told)))
    batch.state, batch.drawn_on = BatchState.DRAWN, clock.today()
    batch.save(update_fields=["state", "drawn_on"])
    visiting.visits_of_draw(batch=batch, tasks=made)
    record(
        events.BatchDrawn(
            subject=f"batch:{batch.pk}",
            batch_id=batch.pk,
            draw=draw.number,
            tasks=len(made),
            without_pair=sum(one.lead_id is None for one in made),
        )
    )


def _tasks(batch: Batch, result: Mapping[str, Any]) -> Iterator[Task]:
    ids = [task["subject"] for task in result["tasks"]]
    known = dict(batch.pool.filter(pseudonym__in=ids).values_list("pseudonym", "business_id"))
    certain = {one for one, _ticket in result["certain"]}
    who = batch.inspectors
    for place, task in enumerate(result["tasks"], start=1):
        yield Task(
            batch=batch,
            business_id=known[task["subject"]],
            pseudonym=task["subject"],
            place=place,
            certain=task["subject"] in certain,
            lead_id=who.get(task["lead"]),
            second_id=who.get(task["second"]),
        )


def _take_stands(batch: Batch, draw: Draw) -> None:
    """The next ticket has the pair and the place of whom it stands in for."""
    own = {task.pseudonym: task for task in batch.tasks.all()}
    for one in draws.replaced(draw):
        gone = own[one.out]
        if gone.replaced:
            continue
        gone.replaced = True
        gone.save(update_fields=["replaced"])
        visiting.drop_task(task=gone)
        row = batch.pool.get(pseudonym=one.into)
        own[one.into] = made = Task.objects.create(
            batch=batch, business_id=row.business_id, pseudonym=one.into, place=gone.place,
            lead_id=gone.lead_id, second_id=gone.second_id, stands_for_id=gone.business_id,
        )  # fmt: skip
        visiting.visits_of_draw(batch=batch, tasks=[made])


def forget(numbers: Collection[int]) -> None:
    """Businesses that should never have been enrolled: pools that nobody drew from lose them, and
    with them goes what was called off. A visit that waits keeps the file until it is."""
    theirs = {"business__in": any_number(numbers)}
    PoolRow.objects.filter(PoolRow.FOLLOWS, **theirs).delete()
    Visit.objects.filter(Visit.FOLLOWS, **theirs).delete()
