"""A subscriber's receiver on loopback: keeps what it was told, and answers as it is told to."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    """`answers` are the statuses of the next requests, then `usual`; `taken` what it took."""

    def __init__(self) -> None:
        self.usual, self.answers = 200, list[int]()
        self.taken: list[dict[str, Any]] = []
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self.server.server_port}/told"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))

    def __enter__(self) -> Receiver:
        self.thread.start()
        return self

    def __exit__(self, *_all: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def hear(self, headers: dict[str, str], body: bytes) -> int:
        self.heard.append((headers, body))
        status = self.answers.pop(0) if self.answers else self.usual
        if 200 <= status < 300:
            self.taken.append(json.loads(body))
        return status

    @property
    def events(self) -> list[str]:
        """The ids of all events it took, in order."""
        return [event["eventID"] for document in self.taken for event in listed(document)]


def listed(document: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = document["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    return found


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(receiver.hear(dict(self.headers), body))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_all: object) -> None:
            """It keeps what it heard."""

    return Handler
