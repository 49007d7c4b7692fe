"""The server: WebSockets at the addresses of named queries' events, each opened with a token."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import ssl
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple
from weakref import WeakKeyDictionary

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from mingchu.live.house import Answer, House
from mingchu.live.telling import CURSOR, FOUND, Pace, Telling
from mingchu.live.waking import Waker
from mingchu.live.wishes import Wish, WishWrong

MINIMUM = "GS1-Query-Min-Record-Time"
PROBLEM = "application/problem+json"
HEARD_BYTES = 4096  # nothing is expected of a subscriber
MOST = 2000
# What the subscriber says of himself and of what he wants, handed on with each question.
HANDED_ON = (
    *("Authorization", "Accept-Language", "GS1-EPC-Format", "GS1-Extensions"),
    *(f"GS1-{what}-{which}" for what in ("EPCIS", "CBV") for which in ("Version", "Min", "Max")),
)
log = logging.getLogger(__name__)


class Plan(NamedTuple):
    """Where live listens, where the house does, and by which certificate."""

    host: str
    port: int
    house_host: str
    house_port: int
    database: str
    certificate: Path | None = None
    key: Path | None = None
    pace: Pace = Pace()

    @property
    def tls(self) -> ssl.SSLContext | None:
        if self.certificate is None:
            return None
        found = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        found.load_cert_chain(self.certificate, self.key)
        return found


class _Opened(NamedTuple):
    """What was agreed when a connection was opened."""

    wish: Wish
    headers: Mapping[str, str]
    cursor: str
    minimum: str


class Live:
    """The connections of one process."""

    def __init__(self, plan: Plan):
        self.plan = plan
        self.house = House(plan.house_host, plan.house_port, tls=plan.certificate is not None)
        self.waker = Waker(plan.database)
        self.telling = Telling(self.house, self.waker, plan.pace)
        # Weakly: one that ends before it is wholly open is never told of.
        self.opened: WeakKeyDictionary[ServerConnection, _Opened] = WeakKeyDictionary()

    async def run(self, stop: asyncio.Event, ready: asyncio.Event | None = None) -> int:
        """Until told to stop; the port it listened at."""
        waking = asyncio.create_task(self.waker.run())
        try:
            async with serve(
                self._tell,
                self.plan.host,
                self.plan.port,
                ssl=self.plan.tls,
                process_request=self._open,
                process_response=self._agree,
                max_size=HEARD_BYTES,
                server_header=None,
                compression=None,  # one subscriber's page would keep the others waiting
                close_timeout=5,
            ) as server:
                self.port = _port(server)
                if ready:
                    ready.set()
                await stop.wait()
                return self.port
        finally:
            waking.cancel()

    async def _open(self, connection: ServerConnection, request: Request) -> Response | None:
        """None opens it; else what the subscriber is told instead."""
        try:
            wish = Wish.of(request.path)
        except WishWrong as wrong:
            return _wrong(wrong)
        if len(self.opened) >= MOST:
            return _told(503, "too_many_subscribers", "ImplementationException")
        said = {name: request.headers.get_all(name) for name in HANDED_ON}
        headers = {name: ", ".join(values) for name, values in said.items() if values}
        answer = await self.house.ask(wish.following(), headers)
        if answer.status != FOUND:
            return _handed_on(answer)
        minimum = answer.headers.get(MINIMUM, "")
        self.opened[connection] = _Opened(wish, headers, answer.headers[CURSOR], minimum)
        return None

    def _agree(self, connection: ServerConnection, _request: Request, response: Response) -> None:
        found = self.opened.get(connection)
        if found is not None and response.status_code == HTTPStatus.SWITCHING_PROTOCOLS:
            response.headers[MINIMUM] = found.minimum

    async def _tell(self, connection: ServerConnection) -> None:
        wish, headers, cursor, _minimum = self.opened[connection]
        log.info("opened query=%s", wish.query)
        try:
            await self.telling.run(connection, wish, headers, cursor)
        finally:
            self.opened.pop(connection, None)
            log.info(
                "closed query=%s code=%s reason=%s",
                wish.query,
                connection.close_code,
                (connection.close_reason or "-").replace(" ", "_"),
            )


def _port(server: Server) -> int:
    found: int = next(iter(server.sockets)).getsockname()[1]
    return found


def _wrong(wrong: WishWrong) -> Response:
    if not wrong.parameter:
        return _told(404, "not_found", "NoSuchResourceException")
    kind = "SubscriptionControlsException"
    return _told(400, "subscription_bad_value", kind, detail=wrong.parameter[:80])


def _told(status: int, code: str, kind: str, **more: str) -> Response:
    said = {"type": f"epcisException:{kind}", "title": code, "status": status, "code": code}
    return _response(status, json.dumps({**said, **more}).encode(), PROBLEM)


def _handed_on(answer: Answer) -> Response:
    """The house's own refusal; its answer of success would be a surprise."""
    if answer.status < 400:
        return _told(500, "server_error", "ImplementationException")
    return _response(answer.status, answer.body, answer.headers.get("Content-Type", PROBLEM))


def _response(status: int, body: bytes, kind: str) -> Response:
    headers = Headers(
        {"Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close"}
    )
    return Response(status, HTTPStatus(status).phrase, headers, body)


async def main(plan: Plan) -> None:
    """Until SIGTERM: subscribers are told that we go away (1001)."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await Live(plan).run(stop)
