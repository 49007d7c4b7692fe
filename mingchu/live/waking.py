"""Waking 唤醒: one look at the database now and then, for all who wait for something new."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

import psycopg

EVERY_SECONDS = 0.5
AFTER_FAULT_SECONDS = 2.0
NEWEST = "SELECT max(record_time) FROM trace_event"
log = logging.getLogger(__name__)


class Waker:
    """`turn` counts up whenever there may be something new."""

    def __init__(self, database: str):
        self.database = database
        self.turn = 0
        self._waiting: set[asyncio.Future[None]] = set()

    async def newer(self, turn: int, seconds: float) -> None:
        """Returns once there may be something newer than at that turn, or after so long."""
        if self.turn != turn:
            return
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(waiting)
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(waiting, seconds)
        finally:
            self._waiting.discard(waiting)

    async def run(self) -> None:
        """Until cancelled; without a database everybody looks for himself now and then."""
        while True:
            try:
                await self._watch()
            except psycopg.Error as fault:
                log.warning("database away said=%s", str(fault).splitlines()[0])
                await asyncio.sleep(AFTER_FAULT_SECONDS)
                self._wake()

    async def _watch(self) -> None:
        before = None
        async with await psycopg.AsyncConnection.connect(self.database, autocommit=True) as db:
            while True:
                if self._waiting:
                    found = await (await db.execute(NEWEST)).fetchone()
                    if found != before:
                        before = found
                        self._wake()
                await asyncio.sleep(EVERY_SECONDS)

    def _wake(self) -> None:
        self.turn += 1
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)
