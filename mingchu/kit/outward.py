"""Outward 对外: how the house posts to other systems: signed, bounded, and nowhere else.

A signature covers time, a full stop and the body, so that a receiver knows who speaks and that it
is not a replay. Redirects are never followed: a signed body would go to a stranger.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, ip_address
from socket import SHUT_RDWR, SOCK_STREAM, create_connection, getaddrinfo, socket
from threading import Event, Timer
from typing import Any
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass
from uuid import UUID

from django.utils.translation import gettext_noop as _noop

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.ledger.services import OutOfReach

SILENT_SECONDS = 5.0
WHOLE_SECONDS = 10.0
ANSWER_BYTES = 16 * 1024
SAID_CHARACTERS = 300
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
JSON = "application/json; charset=utf-8"
# Of the answers that are no success, those that speak of the receiver and not of the message.
BUSY = {408, 425, 429}


Guard = Callable[[IPv4Address | IPv6Address], bool]


class NotTaken(Exception):
    """The receiver answered, and did not want this message."""


@dataclass(frozen=True)
class Answer:
    """What came back, cut to a size."""

    status: int
    body: bytes

    @property
    def said(self) -> str:
        """The beginning of it, for people."""
        text = self.body.decode(errors="replace")[:SAID_CHARACTERS]
        return f"HTTP {self.status} {text}".strip()

    def values(self) -> Mapping[str, Any]:
        """The JSON object it should be; who sends something else is broken."""
        try:
            found = json.loads(self.body)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise OutOfReach(f"no JSON object: {self.said}")
        return found


def check_address(url: str) -> None:
    """Only TLS carries what we say, but for a receiver on this machine itself."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    plain = url.isascii() and url.isprintable() and " " not in url and "@" not in parts.netloc
    safe = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    if not (plain and host and safe):
        raise Refusal(
            "hook_not_https",
            _noop("推送地址“{url}”不是 https 地址"),
            fix=_noop("请给出以 https:// 开头的完整地址"),
            status=422,
            url=url,
        )


def post(url: str, body: bytes, headers: Mapping[str, str], guard: Guard | None = None) -> Answer:
    """One POST; `OutOfReach` if the receiver is silent, too slow, too busy or broken, or if its
    address is none that the guard lets pass."""
    parts = urlsplit(url)
    target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    try:
        with closing(_line(parts, guard)) as line:
            line.connect()
            with _at_most(WHOLE_SECONDS, line.sock):
                line.request("POST", target, body, dict(headers))
                came = line.getresponse()
                answer = Answer(came.status, came.read(ANSWER_BYTES))
    except (OSError, HTTPException) as fault:
        raise OutOfReach(f"{parts.hostname}: {type(fault).__name__} {fault}".strip()) from fault
    if answer.status in BUSY or answer.status >= 500:
        raise OutOfReach(answer.said)
    return answer


def _line(parts: SplitResult, guard: Guard | None) -> HTTPConnection:
    """To the host, or through the proxy that this machine's environment names."""
    host = parts.hostname or ""
    proxy = urlsplit(getproxies().get("https", ""))
    if parts.scheme == "http" or not proxy.hostname or proxy_bypass(host):
        kind = HTTPConnection if parts.scheme == "http" else HTTPSConnection
        line = kind(host, parts.port, timeout=SILENT_SECONDS)
        if guard is not None:
            line._create_connection = partial(_connected, guard)  # type: ignore[attr-defined]
        return line
    if guard is not None:
        _passed(guard, host, parts.port or 443)
    line = HTTPSConnection(proxy.hostname, proxy.port, timeout=SILENT_SECONDS)
    line.set_tunnel(host, parts.port)
    return line


def _connected(guard: Guard, address: tuple[str, int], *how: Any) -> socket:
    """To the address that was looked at: a name may mean another one a moment later."""
    return create_connection(_passed(guard, *address), *how)


def _passed(guard: Guard, host: str, port: int) -> tuple[str, int]:
    """The first address of a host that may be gone to."""
    for *_kind, found in getaddrinfo(host, port, type=SOCK_STREAM):
        if guard(ip_address(str(found[0]).partition("%")[0])):
            return str(found[0]), port
    raise OSError("its address lies inside")


@contextmanager
def _at_most(seconds: float, line: socket) -> Iterator[None]:
    """Hangs up then: somebody who sends a byte now and then would hold the line for ever.

    What was understood up to there is no answer, however well it began.
    """
    over = Event()

    def hang_up() -> None:
        over.set()
        with suppress(OSError):
            line.shutdown(SHUT_RDWR)

    alarm = Timer(seconds, hang_up)
    alarm.start()
    try:
        yield
    finally:
        alarm.cancel()
    if over.is_set():
        raise TimeoutError(f"no whole answer in {seconds:g} s")


def taken(answer: Answer) -> Answer:
    """The answer if it is a success."""
    if not 200 <= answer.status < 300:
        raise NotTaken(answer.said)
    return answer


def post_signed(url: str, said: Mapping[str, Any], *, secret: str, key: UUID) -> str:
    """Posts JSON under our signature and the delivery's id; what was answered, a success."""
    body = json.dumps(said, ensure_ascii=False).encode()
    headers = {"Content-Type": JSON, "Idempotency-Key": str(key), **signed(secret, body)}
    return taken(post(url, body, headers)).said


def signed(secret: str, body: bytes) -> dict[str, str]:
    """The header by which a receiver that shares the secret knows us."""
    at = str(int(clock.wall().timestamp()))
    return {"Mingchu-Signature": f"t={at},v1={signature(secret, at, body)}"}


def signature(secret: str, at: str, body: bytes) -> str:
    """
    >>> signature("s", "1", b"{}")[:12]
    'b253639bcd70'
    """
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
