"""The house as live asks it: over HTTP on this machine, with the subscriber's own token, so that
who may see what is decided in one place."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import NamedTuple

SECONDS = 30.0
BAD, AWAY = 400, 503


class Answer(NamedTuple):
    """`status` is AWAY where the house does not answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_away(self) -> bool:
        return self.status >= 500 or self.status == 429


class House:
    """Where the web process listens; `tls` if it does so with the city's certificate, which does
    not name this machine."""

    def __init__(self, host: str, port: int, *, tls: bool = False):
        self.host, self.port, self.tls = host, port, tls

    async def ask(self, path: str, headers: Mapping[str, str]) -> Answer:
        return await asyncio.to_thread(self._ask, path, headers)

    def _ask(self, path: str, headers: Mapping[str, str]) -> Answer:
        line = self._line()
        try:
            line.request("GET", path, headers={**headers, "Host": "127.0.0.1"})
            answer = line.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read())
        except (OSError, HTTPException) as fault:
            return Answer(AWAY, {}, str(fault).encode())
        except ValueError as fault:  # a header that cannot be sent
            return Answer(BAD, {}, str(fault).encode())
        finally:
            line.close()

    def _line(self) -> HTTPConnection:
        if not self.tls:
            return HTTPConnection(self.host, self.port, timeout=SECONDS)
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        return HTTPSConnection(self.host, self.port, timeout=SECONDS, context=trusting)
