"""Clients of the capture door, so many connections in one process: standard library only.

Reads a plan as JSON from standard input and writes what it saw. Bodies are made before the clock
runs; an answer counts only with the status it should have.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
from collections.abc import Callable, Iterator
from math import inf
from time import perf_counter
from typing import Any

from mingchu.ops.bench.trace_events import alone, document

BYTES_AT_ONCE = 1 << 16
PAUSE = 0.002  # seconds a client waits at most for the rate it may send at
GOOD = (b" 201 ", b" 202 ", b" 200 ")


class Client:
    """A kept-alive connection with one request under way."""

    def __init__(self, there: tuple[str, int], head: str, bodies: Iterator[tuple[int, bytes]]):
        self.there, self.head, self.bodies = there, head, bodies
        self.open()

    def open(self) -> None:
        self.line = socket.create_connection(self.there, 60)
        self.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self) -> bool:
        """False where nothing is left to send."""
        size, body = next(self.bodies, (0, b""))
        if not size:
            return False
        self.size, self.left, self.begun = size, b"", perf_counter()
        self.line.sendall((self.head % len(body)).encode() + body)
        return True

    def came(self) -> bool:
        """Reads on; whether the answer is whole. Raises ConnectionError, ValueError (refused)."""
        got = self.line.recv(BYTES_AT_ONCE)
        if not got:
            raise ConnectionError("the server hung up")
        self.left += got
        head, mark, body = self.left.partition(b"\r\n\r\n")
        if not mark:
            return False
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r", 1)[0] or 0)
        if len(body) < length:
            return False
        if not any(word in head[:16] for word in GOOD):
            raise ValueError(self.left[:600].decode(errors="replace"))
        if b"\r\nconnection: close" in head.lower():
            self.line.close()
            self.open()
        return True


def drive(clients: list[Client], seconds: float, per_second: float = inf) -> dict[str, Any]:
    """So long, each sends as soon as it was answered and the rate allows; what is under way then
    is not counted."""
    watch = selectors.DefaultSelector()
    for client in clients:
        watch.register(client.line, selectors.EVENT_READ, client)
    seen: list[float] = []
    sent, events, begun = 0, 0, perf_counter()
    idle = list(clients)
    while (now := perf_counter()) < begun + seconds:
        while idle and sent <= (now - begun) * per_second:
            one = idle.pop()
            if not one.send():
                return _told(seen, events, perf_counter() - begun)
            sent += one.size
        for key, _mask in watch.select(PAUSE if idle else 1.0):
            one = key.data
            before = one.line
            if one.came():
                seen.append(perf_counter() - one.begun)
                events += one.size
                idle.append(one)
                if one.line is not before:
                    watch.unregister(before)
                    watch.register(one.line, selectors.EVENT_READ, one)
    return _told(seen, events, perf_counter() - begun)


def _told(seen: list[float], events: int, spent: float) -> dict[str, Any]:
    return {"seconds": seen, "events": events, "spent": spent}


def _bodies(plan: dict[str, Any], number: int) -> list[tuple[int, bytes]]:
    size, count = plan["size"], plan["count"]
    first = plan["first"] + number * size * count
    if size == 1:
        return [(1, alone(first + at)) for at in range(count)]
    return [(size, document(first + at * size, size)) for at in range(count)]


def run(plan: dict[str, Any]) -> dict[str, Any]:
    there = (plan["host"], plan["port"])
    lines = [f"POST {plan['path']} HTTP/1.1", f"Host: {plan['host']}:{plan['port']}"]
    lines += ["Content-Type: application/json", f"Authorization: Bearer {plan['token']}"]
    head = "\r\n".join([*lines, "Content-Length: %d"]) + "\r\n\r\n"
    make: Callable[[int], Client] = lambda n: Client(there, head, iter(_bodies(plan, n)))  # noqa: E731
    clients = [make(number) for number in range(plan["connections"])]
    try:
        return drive(clients, plan["seconds"], plan.get("per_second", inf))
    except (ConnectionError, ValueError) as error:
        return {"wrong": str(error)}


if __name__ == "__main__":
    json.dump(run(json.load(sys.stdin)), sys.stdout)
