"""The capture door 采集入口: what is sent to the repository passes before Django's middleware.

An event a millisecond would spend most of it in sessions, languages and cookies that programs do
not have. Same tokens, same actions, same log line and figures as everywhere.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from http import HTTPStatus
from threading import BoundedSemaphore
from time import perf_counter
from typing import Any

from django.db import close_old_connections
from django.utils import translation

from mingchu.accounts.queries import actor_of_token
from mingchu.accounts.services import note_use
from mingchu.base import meters, trail
from mingchu.base.errors import Refusal
from mingchu.base.remembered import Remembered
from mingchu.trace import negotiating, problems, words
from mingchu.trace.domain.faults import Kind
from mingchu.trace.services import Sender, limits
from mingchu.trace.taking import DOCUMENTS, EVENTS, Answer, sender_of, take, told

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
ROUTES = {DOCUMENTS: "trace:capture", EVENTS: "trace:events"}
# Documents a process works on at a time: one is judged while another is written.
_documents = BoundedSemaphore(2)
_log = logging.getLogger("mingchu.request")
# A key that was taken away still opens this door for so long.
_senders: Remembered[Sender] = Remembered(seconds=2)
NAMES = {"CONTENT_TYPE": "Content-Type"} | {
    f"HTTP_{name.upper().replace('-', '_')}": name
    for name in (
        *("Accept", "Content-Encoding", "GS1-EPC-Format", "GS1-Capture-Error-Behaviour"),
        negotiating.IN_XML,
        *negotiating.VERSIONS,
    )
}


def door(application: Application) -> Application:
    """The application, with captures taken before it."""

    def answer(environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if environ["REQUEST_METHOD"] != "POST" or path not in ROUTES:
            return application(environ, start)
        begun = perf_counter()
        with trail.following(environ.get("HTTP_X_REQUEST_ID", "")) as name:
            found, user = _answered(path, environ)
            _tell(path, found.status, perf_counter() - begun, user)
        headers = {
            **found.headers,
            "Content-Length": str(len(found.body)),
            "X-Content-Type-Options": "nosniff",
            "X-Request-Id": name,
        }
        start(f"{found.status} {HTTPStatus(found.status).phrase}", list(headers.items()))
        return [found.body]

    return answer


def _answered(path: str, environ: Environ) -> tuple[Answer, str]:
    language = environ.get("HTTP_ACCEPT_LANGUAGE", "").lower()
    user = "-"
    try:
        with translation.override("en" if language.startswith("en") else "zh-hans"):
            try:
                sender = _sender(environ)
                user = sender.label
                return _taken(path, environ, sender), user
            except Refusal as refusal:
                return told(problems.body(refusal)), user
            except Exception:
                _log.exception("capture failed")
                return told(problems.body(problems.BROKEN)), user
    finally:
        close_old_connections()


def _taken(path: str, environ: Environ, sender: Sender) -> Answer:
    data = _body(environ)
    if path == EVENTS:
        return take(path, _headers(environ), data, sender)
    with _documents:
        return take(path, _headers(environ), data, sender)


def _sender(environ: Environ) -> Sender:
    said = environ.get("HTTP_AUTHORIZATION", "")
    if not said.startswith("Bearer "):
        raise problems.UNAUTHENTICATED
    return _senders.get(said, lambda: _by_token(said.removeprefix("Bearer ").strip()))


def _by_token(text: str) -> Sender:
    actor = actor_of_token(text)
    if actor is None:
        raise problems.UNAUTHENTICATED
    note_use(actor.token)
    return sender_of(actor)


def _headers(environ: Environ) -> dict[str, str]:
    return {name: environ[key] for key, name in NAMES.items() if key in environ}


def _body(environ: Environ) -> bytes:
    """All that was sent; what is too large is refused before it is read.

    Raises Refusal `document_too_large`, `cut_off`.
    """
    top, said = limits().bytes, environ.get("CONTENT_LENGTH") or ""
    source = environ["wsgi.input"]
    if said.isdecimal():
        if int(said) > top:
            raise words.refusal(Kind.TOO_LARGE, str(top))
        data = source.read(int(said))
        if len(data) != int(said):
            raise problems.cut_off(len(data), int(said))
        return bytes(data)
    if "chunked" not in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
        return b""
    data = source.read(top + 1)
    if len(data) > top:
        raise words.refusal(Kind.TOO_LARGE, str(top))
    return bytes(data)


def _tell(path: str, status: int, seconds: float, user: str) -> None:
    route = ROUTES[path]
    meters.count("mingchu_requests_total", route=route, status=status)
    meters.observe("mingchu_request_seconds", seconds, route=route)
    _log.info(
        "method=POST path=%s route=%s status=%d ms=%.1f user=%s",
        path,
        route,
        status,
        seconds * 1000,
        user.replace(" ", ","),
    )
