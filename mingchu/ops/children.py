"""Children 子进程: started in groups of their own, never outliving the house, found again by pid.

A group and its start time are written down, so that what a killed supervisor left behind is ended
at the next start, and never a stranger that was given the same number.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import IO

PR_SET_PDEATHSIG = 1
BRIEF_SECONDS = 10
FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS = 0.2, 30.0
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Process:
    """A row of the supervisor's table."""

    name: str
    command: Sequence[str]
    settings: Mapping[str, str] = field(default_factory=dict)


class Child:
    """A process that is started again when it ends, later each time it ends at once."""

    def __init__(self, process: Process, log: IO[bytes] | None):
        self.process, self.log = process, log
        self.delay = FIRST_DELAY_SECONDS
        self.due = 0.0
        self.running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.began = monotonic()
        self.running = subprocess.Popen(
            self.process.command,
            env={**os.environ, **self.process.settings, "MINGCHU_PROCESS": self.process.name},
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 no thread runs in the supervisor
        )

    def tend(self) -> int | None:
        """Starts it again when that is due; its exit code when it was just found dead."""
        if self.running is None:
            if monotonic() >= self.due:
                self.start()
            return None
        code = self.running.poll()
        if code is not None:
            _end_group(self.running.pid, signal.SIGKILL)
            lived = monotonic() - self.began
            self.delay = (
                FIRST_DELAY_SECONDS
                if lived > BRIEF_SECONDS
                else min(self.delay * 2, LONGEST_DELAY_SECONDS)
            )
            self.due = monotonic() + self.delay
            self.running = None
        return code

    def ask_to_end(self) -> None:
        if self.running and self.running.poll() is None:
            self.running.terminate()

    def end(self, deadline: float) -> None:
        """Waits until the deadline, then ends the whole group."""
        if self.running is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self.running.wait(max(0.0, deadline - monotonic()))
        _end_group(self.running.pid, signal.SIGKILL)
        self.running.wait()


def _die_with_parent() -> None:
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _end_group(group: int, how: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, how)


def write_down(children: Sequence[Child], path: Path) -> None:
    """Groups that run now, with the moment each began."""
    groups = {c.running.pid: began(c.running.pid) for c in children if c.running}
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(groups))
    draft.replace(path)


def end_leftovers(path: Path) -> list[int]:
    """Ends the groups written down by a supervisor that was killed; their pids."""
    try:
        groups = json.loads(path.read_text())
    except (OSError, ValueError):
        return []
    left = [int(pid) for pid, when in groups.items() if _is_ours(int(pid), when)]
    for group in left:
        _end_group(group, signal.SIGKILL)
    end = monotonic() + BRIEF_SECONDS
    while any(map(_has_members, left)) and monotonic() < end:
        sleep(0.05)
    path.unlink()
    return left


def _is_ours(group: int, when: str) -> bool:
    """A number stays taken while its group has members; only a leader may be a stranger."""
    leader = began(group)
    return leader == when if leader else _has_members(group)


def _has_members(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except OSError:
        return False
    return True


def began(pid: int) -> str:
    """When a living process began, in the kernel's ticks; "" of one that is gone.

    >>> began(os.getpid()) != ""
    True
    >>> began(2**22 + 1)
    ''
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    # The name may hold spaces and brackets; what follows the last one is regular.
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] in {"Z", "X"} else fields[19]
