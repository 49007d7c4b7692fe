"""Telling 推送: one subscriber's WebSocket, from its opening to its end.

Every page is asked of the house anew with the subscriber's token, and not before the last one has
left for him: a slow reader costs one page, and one who does not read is dropped. Nothing is lost by
that: whoever comes back names the date of the last document he had as `initialRecordTime`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from mingchu.base import clock
from mingchu.base.schedules import Schedule
from mingchu.live.house import Answer, House
from mingchu.live.waking import Waker
from mingchu.live.wishes import Wish

CURSOR, NEXT, COUNT = "Mingchu-Cursor", "Mingchu-Next", "Mingchu-Events"
FOUND, UNKNOWN, FORBIDDEN, GONE = 200, 401, 403, 404
NORMAL, POLICY, LATER = 1000, 1008, 1013
SOON_SECONDS = 0.5
log = logging.getLogger(__name__)


class Pace(NamedTuple):
    """How long one who does not read is waited for, how often it is asked whether a subscriber
    still may, and how long a house that is away is waited for; in seconds."""

    slow: float = 30.0
    look: float = 10.0
    away: float = 60.0


class Ended(Exception):
    """The subscription is over; `code` and `reason` close the connection."""

    def __init__(self, code: int, reason: str):
        super().__init__(reason)
        self.code, self.reason = code, reason


class Telling:
    """A subscription while it is open; `headers` are what the subscriber said of himself."""

    def __init__(self, house: House, waker: Waker, pace: Pace):
        self.house, self.waker, self.pace = house, waker, pace

    async def run(
        self, connection: ServerConnection, wish: Wish, headers: Mapping[str, str], cursor: str
    ) -> None:
        one = _One(self, connection, wish, headers, cursor)
        listening = asyncio.create_task(_listen(connection))
        telling = asyncio.create_task(one.tell())
        try:
            await asyncio.wait({listening, telling}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (listening, telling):
                task.cancel()
            await asyncio.gather(listening, telling, return_exceptions=True)


async def _listen(connection: ServerConnection) -> None:
    """Nothing is expected of him; that he has gone is heard this way."""
    with suppress(ConnectionClosed):
        async for _said in connection:
            pass


class _One:
    def __init__(
        self,
        kept: Telling,
        connection: ServerConnection,
        wish: Wish,
        headers: Mapping[str, str],
        cursor: str,
    ):
        self.kept, self.connection, self.wish = kept, connection, wish
        self.headers, self.cursor = headers, cursor

    async def tell(self) -> None:
        try:
            schedule = self.wish.schedule
            await (self._stream() if schedule is None else self._on_time(schedule))
        except ConnectionClosed:
            return
        except Ended as ended:
            await self.connection.close(ended.code, ended.reason)
        except Exception:
            log.exception("telling failed")
            await self.connection.close(1011, "server_error")

    async def _stream(self) -> None:
        while True:
            turn = self.kept.waker.turn
            then, _was_told = await self._page()
            if then == "soon":
                await asyncio.sleep(SOON_SECONDS)
            elif then != "now":
                await self.kept.waker.newer(turn, self.kept.pace.look)

    async def _on_time(self, schedule: Schedule) -> None:
        while True:
            await self._until(schedule.after(clock.now()))
            then, reports = "now", self.wish.reports_if_empty
            while then == "now":
                then, was_told = await self._page(reports=reports)
                reports = reports and not was_told

    async def _until(self, moment: datetime) -> None:
        """In steps: the city's time may be put forward, and a token may be taken away."""
        while (left := (moment - clock.now()).total_seconds()) > 0:
            await asyncio.sleep(min(left, self.kept.pace.look))
            await self._asked(self.wish.query)

    async def _page(self, *, reports: bool = False) -> tuple[str, bool]:
        """When to ask again, and whether there was something to tell; `reports` that there is
        nothing, once nothing more comes."""
        answer = await self._asked(self.wish.following(self.cursor))
        then, has_events = answer.headers[NEXT], answer.headers[COUNT] != "0"
        tells = has_events or (reports and then != "now")
        if tells:
            await self._send(answer.body)
        self.cursor = answer.headers[CURSOR]
        return then, tells

    async def _send(self, body: bytes) -> None:
        try:
            await asyncio.wait_for(self.connection.send(body, text=True), self.kept.pace.slow)
        except TimeoutError:
            raise Ended(LATER, "slow_reader: begin again from the last document's date") from None

    async def _asked(self, path: str) -> Answer:
        """The house's answer, once it answers. Raises Ended."""
        wait, since = 0.2, asyncio.get_running_loop().time()
        while True:
            answer = await self.kept.house.ask(path, self.headers)
            if not answer.is_away:
                break
            if asyncio.get_running_loop().time() - since > self.kept.pace.away:
                raise Ended(LATER, "house_away: begin again from the last document's date")
            await asyncio.sleep(wait)
            wait = min(2 * wait, 5.0)
        if answer.status in (UNKNOWN, FORBIDDEN):
            raise Ended(POLICY, "unauthenticated" if answer.status == UNKNOWN else "forbidden")
        if answer.status == GONE:
            raise Ended(NORMAL, "query_deleted")
        if answer.status != FOUND:
            raise Ended(POLICY, f"refused: {answer.status}")
        return answer
