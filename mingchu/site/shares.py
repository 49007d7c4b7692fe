"""Web processes share lasting connections evenly.

Whichever process wakes first accepts a connection and then keeps it for all its requests: of eight
connections one process easily holds five or six, whose answers then wait twice as long as those of
the other's two. So the process that holds more lets one go after its answer; who asked asks again
by a new connection. Needs Linux' /proc; elsewhere connections stay where they fell.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from time import monotonic
from typing import Any

LOOK_SECONDS = 0.25
UNEVEN = 2  # connections more than another process holds
PROC = Path("/proc")

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def shared(application: Application) -> Application:
    """The application, which now and then ends a connection with its answer."""
    looked = 0.0

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        nonlocal looked
        if monotonic() - looked < LOOK_SECONDS:
            return application(environ, start)
        looked = monotonic()
        if not holds_more():
            return application(environ, start)

        def start_and_end(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            return start(status, [*headers, ("Connection", "close")], *more)

        return application(environ, start_and_end)

    return answer


def holds_more() -> bool:
    """Whether this process clearly holds more sockets than a sibling; their others are the same."""
    try:
        mine = _sockets(os.getpid())
        return any(mine - _sockets(other) >= UNEVEN for other in _siblings())
    except OSError:  # not Linux, or a sibling that has just ended
        return False


def _siblings() -> list[int]:
    """The other children of the server that were started as this one was."""
    parent, own = os.getppid(), _command("self")
    told = (PROC / f"{parent}/task/{parent}/children").read_text()
    others = (number for number in map(int, told.split()) if number != os.getpid())
    return [number for number in others if _command(number) == own]


def _command(process: int | str) -> bytes:
    return (PROC / f"{process}/cmdline").read_bytes()


def _sockets(process: int) -> int:
    return sum(_leads_to_a_socket(one) for one in (PROC / f"{process}/fd").iterdir())


def _leads_to_a_socket(opened: Path) -> bool:
    try:
        return str(opened.readlink()).startswith("socket:")
    except FileNotFoundError:  # closed meanwhile
        return False
