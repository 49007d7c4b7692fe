"""The machine a figure belongs to: cores, memory, Python, PostgreSQL, and how fast it syncs."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from mingchu.ops import postgres

FSYNC_SECONDS = 1.0
PAGE = b"\0" * 8192  # what a database writes at least
GIB = 1 << 30


def machine(home: Path) -> dict[str, Any]:
    return {
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1,
        "memory_gib": round(memory() / GIB, 1),
        "python": platform.python_version(),
        "postgres": postgres_version(home),
        "fsync_per_s": round(fsyncs_per_second(home)),
    }


def memory() -> int:
    """Bytes this process may use: the machine's, or less if a control group says so."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        granted = Path("/sys/fs/cgroup/memory.max").read_text().strip()
    except OSError:
        return whole
    return min(whole, int(granted)) if granted.isdigit() else whole


def postgres_version(home: Path) -> str:
    """Of the programs a house here would run on."""
    command = [postgres.find_programs(home).path("postgres"), "--version"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    number = re.search(r"\d+(\.\d+)*", said)
    return number[0] if number else said.strip()


def fsyncs_per_second(folder: Path) -> float:
    """8 kB written and forced to disk, one after another: the limit of one committing writer."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        begun, done = perf_counter(), 0
        while (spent := perf_counter() - begun) < FSYNC_SECONDS:
            os.pwrite(file.fileno(), PAGE, 0)
            os.fdatasync(file.fileno())
            done += 1
        return done / spent
