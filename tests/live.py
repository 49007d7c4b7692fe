"""The house served on loopback, with a database of its own, for tests that need a browser."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.core.wsgi import get_wsgi_application
from django.db import connections

from mingchu.trace.door import door


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """The house keeps its own log."""


@contextmanager
def served(
    host: str = "127.0.0.1", around: Callable[[Any], Any] = lambda house: house
) -> Iterator[str]:
    """Serves the house in threads of this process, so that a stopped clock holds there too.

    `around` puts something in front of it: a line that breaks, a page that is another.
    """
    application = around(door(get_wsgi_application()))

    def answer(environ: dict, start: object) -> object:
        try:
            return application(environ, start)
        finally:
            connections["default"].close()

    server = make_server(host, 0, answer, _Server, _Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
