"""One connection of the load generator, a process of its own: standard library only.

Reads a plan as JSON from standard input, asks its targets in turn over one kept-alive
connection, and writes what it saw. An answer counts only with status 200 and the marker in its
body, so that an error page can never count as fast.
"""

from __future__ import annotations

import json
import re
import socket
import sys
from collections.abc import Iterator
from itertools import cycle
from time import perf_counter
from typing import Any, NamedTuple

BYTES_AT_ONCE = 1 << 16
SHOWN_BYTES = 400
SECONDS_TO_ANSWER = 60
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
ENDS = re.compile(rb"\r\nconnection: *close\r\n", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked\r\n", re.IGNORECASE)


class Answer(NamedTuple):
    """Status line and headers, and the body as it came."""

    head: bytes
    body: bytes

    @property
    def status(self) -> int:
        return int(self.head[9:12])


class Line:
    """A kept-alive connection; asks one thing at a time. A new one is made where the house ended
    it with its last answer, and what that takes belongs to the next."""

    def __init__(self, host: str, port: int) -> None:
        self.there = (host, port)
        self._open()

    def _open(self) -> None:
        self.socket = socket.create_connection(self.there, SECONDS_TO_ANSWER)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.left, self.ended = b"", False

    def ask(self, request: bytes) -> Answer:
        if self.ended:
            self.socket.close()
            self._open()
        answer = self._asked(request)
        self.ended = ENDS.search(answer.head) is not None
        return answer

    def _asked(self, request: bytes) -> Answer:
        self.socket.sendall(request)
        head = self._until(b"\r\n\r\n")
        if length := LENGTH.search(head):
            return Answer(head, self._exactly(int(length[1])))
        return Answer(head, self._chunks() if CHUNKED.search(head) else b"")

    def _more(self) -> None:
        got = self.socket.recv(BYTES_AT_ONCE)
        if not got:
            raise ConnectionError("the server hung up")
        self.left += got

    def _until(self, mark: bytes) -> bytes:
        while (at := self.left.find(mark)) < 0:
            self._more()
        at += len(mark)
        found, self.left = self.left[:at], self.left[at:]
        return found

    def _exactly(self, length: int) -> bytes:
        while len(self.left) < length:
            self._more()
        found, self.left = self.left[:length], self.left[length:]
        return found

    def _chunks(self) -> bytes:
        body = b""
        while size := int(self._until(b"\r\n").split(b";")[0], 16):
            body += self._exactly(size)
            self._until(b"\r\n")
        self._until(b"\r\n")
        return body


def request(host: str, port: int, path: str, headers: dict[str, str]) -> bytes:
    """A GET as bytes, made once."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}:{port}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def drive(plan: dict[str, Any]) -> dict[str, Any]:
    """Warm-up, then the measured stretch; stops at the first wrong answer."""
    line = Line(plan["host"], plan["port"])
    asked = _asked(plan)
    for seconds in (plan["warm_up"], plan["seconds"]):
        seen: list[float] = []
        largest = 0
        end = perf_counter() + seconds
        while perf_counter() < end or not seen:
            path, what, marker = next(asked)
            begun = perf_counter()
            answer = line.ask(what)
            seen.append(perf_counter() - begun)
            if answer.status != 200 or marker not in answer.body:
                told = (answer.head + answer.body)[:SHOWN_BYTES].decode(errors="replace")
                return {"wrong": {"path": path, "told": told}}
            largest = max(largest, len(answer.body))
    return {"seconds": seen, "largest": largest}


def _asked(plan: dict[str, Any]) -> Iterator[tuple[str, bytes, bytes]]:
    made = [
        (path, request(plan["host"], plan["port"], path, plan["headers"]), marker.encode())
        for path, marker in plan["targets"]
    ]
    start = plan["offset"] % len(made)
    return cycle(made[start:] + made[:start])


if __name__ == "__main__":
    json.dump(drive(json.load(sys.stdin)), sys.stdout)
