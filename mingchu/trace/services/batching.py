"""Batching 并批: events sent one by one share a transaction with those that come meanwhile.

While one request waits for the disk, those that arrive wait together; the first of them then
stores all of them at once. None is answered before its own event is durable.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Generic, TypeVar

Given = TypeVar("Given")
Told = TypeVar("Told")
MOST = 500


@dataclass
class _Waiting(Generic[Given, Told]):
    given: Given
    woken: Event = field(default_factory=Event)
    told: list[Told] = field(default_factory=list)  # one answer, once there is one
    error: BaseException | None = None

    @property
    def is_done(self) -> bool:
        return bool(self.told) or self.error is not None


class Batches(Generic[Given, Told]):
    """`act` takes what came together and tells each its answer, in order; all or nothing.

    Where it raises, each is tried by itself, so that nobody suffers for another.
    """

    def __init__(self, act: Callable[[Sequence[Given]], Sequence[Told]]):
        self._act = act
        self._lock = Lock()
        self._queue: list[_Waiting[Given, Told]] = []
        self._has_leader = False

    def put(self, given: Given) -> Told:
        """The answer, once it is true."""
        mine: _Waiting[Given, Told] = _Waiting(given)
        with self._lock:
            self._queue.append(mine)
            leads, self._has_leader = not self._has_leader, True
        if not leads:
            mine.woken.wait()
        if not mine.is_done:
            self._lead()
        if mine.error is not None:
            raise mine.error
        return mine.told[0]

    def _lead(self) -> None:
        with self._lock:
            batch, self._queue = self._queue[:MOST], self._queue[MOST:]
        try:
            self._answer(batch)
        finally:
            with self._lock:
                heir = self._queue[0] if self._queue else None
                self._has_leader = heir is not None
            for one in batch:
                one.woken.set()
            if heir:
                heir.woken.set()

    def _answer(self, batch: Sequence[_Waiting[Given, Told]]) -> None:
        try:
            told = self._act([one.given for one in batch])
        except Exception as error:
            if len(batch) == 1:
                batch[0].error = error
                return
            for one in batch:
                self._answer([one])
            return
        for one, answer in zip(batch, told, strict=True):
            one.told.append(answer)
