"""The duty desk 值守台: what waits for an officer, all of it counted in one question."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from mingchu.accounts.domain import Actor, may
from mingchu.base import clock
from mingchu.base.remembered import Remembered
from mingchu.base.slots import TASKS, FigureValue, Task
from mingchu.ledger.composing import ANYBODY, Composed, counted, together
from mingchu.ledger.rows import Question, ask
from mingchu.registry.queries import COUNTED
from mingchu.rulebook.store import rulebook

Counted = tuple[Task, Composed]
# Good for a day and the rules of it; people of one post have the same.
COMPOSED = Remembered[list[Counted]](seconds=3600)
MANY = Remembered[bool](seconds=60)  # of which there are more than are counted


@dataclass(frozen=True)
class Waiting:
    """A number of the desk, and where its rows are."""

    title: Any
    value: FigureValue


class Desk:
    """What the tasks of an actor ask: first the question, for whoever foresees it, then the
    answer."""

    def __init__(self, actor: Actor):
        place = _place(actor)
        self._tasks = COMPOSED.get(place, partial(_composed, actor))
        self._keys = {task: (task, place, actor.user_id) for task, _count in self._tasks}
        self._counted = [one for one in self._tasks if not MANY.has(self._keys[one[0]])]
        self._asked = together([count for _task, count in self._counted], actor.user_id or 0)

    @property
    def asked(self) -> list[Question]:
        return [self._asked] if self._counted else []

    def waiting(self) -> Iterator[Waiting]:
        """In the order of the slot: what presses most first; nothing of what there is none of."""
        found = ask(self._asked)[0] if self._counted else ()
        counts = {task: n for (task, _count), n in zip(self._counted, found, strict=True)}
        for task, _count in self._tasks:
            count = counts.get(task, COUNTED + 1)
            if count > COUNTED:
                MANY.keep(self._keys[task], True)
            if count:
                yield Waiting(task.title, _shown(count, task))


def _shown(count: int, task: Task) -> FigureValue:
    return FigureValue(min(count, COUNTED), rows=task.href(), is_capped=count > COUNTED)


def _place(actor: Actor) -> Hashable:
    """All that the questions go by, but for who asks and when."""
    grants = frozenset((grant.role.code, grant.post.scope) for grant in actor.grants)
    return rulebook(), clock.today(), grants, actor.certified, actor.within


def _composed(actor: Actor) -> list[Counted]:
    anybody = replace(actor, user_id=ANYBODY, name="", token="")
    return [
        (task, counted(partial(task.rows, anybody), COUNTED + 1))
        for task in TASKS
        if may(actor, task.action)
    ]
