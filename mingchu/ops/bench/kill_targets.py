"""What the kill bench kills: processes of a running house, found as anybody with a shell would."""

from __future__ import annotations

import json
import os
import random
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from mingchu.ops.postgres import Server


class Process(NamedTuple):
    pid: int
    parent: int
    group: int
    command: bytes


def processes() -> list[Process]:
    """Those that live now."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            with suppress(OSError):
                # The name may hold spaces and brackets; what follows the last one is regular.
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                command = (folder / "cmdline").read_bytes()
                found.append(Process(int(folder.name), int(fields[1]), int(fields[2]), command))
    return found


def web(home: Path) -> list[int]:
    """The server and all its processes."""
    return _group(home, b"granian")


def web_process(home: Path) -> list[int]:
    """One process that answers."""
    alive, leaders = processes(), web(home)[:1]
    return _one([one.pid for one in alive if one.parent in leaders])


def worker(home: Path) -> list[int]:
    return _group(home, b"\0worker")


def database(home: Path) -> list[int]:
    """The server; its own processes end without it."""
    try:
        return [int((Server(home).data / "postmaster.pid").read_text().splitlines()[0])]
    except (OSError, ValueError, IndexError):
        return []


def backend(home: Path) -> list[int]:
    """One connection of the house: the server then ends all others and recovers."""
    server = database(home)
    return _one(
        [one.pid for one in processes() if one.parent in server and b"mingchu_app" in one.command]
    )


TARGETS: dict[str, Callable[[Path], list[int]]] = {
    "web": web,
    "database": database,
    "web process": web_process,
    "worker": worker,
    "database connection": backend,
}


def kill(pids: list[int]) -> int:
    """How many were there to be killed."""
    killed = 0
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            killed += 1
    return killed


def _group(home: Path, mark: bytes) -> list[int]:
    """The leader of the group whose command has the mark, first, then its members."""
    try:
        groups = [int(pid) for pid in json.loads((home / "run" / "groups.json").read_text())]
    except (OSError, ValueError):
        return []
    alive = processes()
    leaders = [one.pid for one in alive if one.pid in groups and mark in one.command]
    members = [one.pid for one in alive if one.group in leaders and one.pid not in leaders]
    return [*leaders, *members]


def _one(pids: list[int]) -> list[int]:
    return [random.choice(pids)] if pids else []  # noqa: S311 no secret
