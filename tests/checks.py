"""The checks behind `./x test`: lint, types, import contracts, tests; each says how long it took.

`--peers` first installs the programs from outside that tests talk to, then runs the suite twice:
where the system's PostgreSQL, Pango and fonts are covered, and on Debian's PostgreSQL 15.
"""

# ruff: noqa: T201
from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
WORKERS = "2"
Stages = dict[str, Callable[[], int]]


class Peer(NamedTuple):
    """A program from outside: its name in `pytest.mark.peer`, how it is seen, Debian's package."""

    name: str
    program: str
    package: str


PEERS = (
    Peer("chromium", "chromium", "chromium"),
    Peer("node", "node", "nodejs"),
    Peer("postgresql", "/usr/lib/postgresql/15/bin/postgres", "postgresql-15"),
)
# What the house must not need, covered in a mount namespace of the run's own.
HIDE = """
set -e
for folder in /usr/lib/postgresql /usr/share/fonts /usr/local/share/fonts ~/.fonts ~/.local/share/fonts
do if [ -d "$folder" ]; then mount -t tmpfs tmpfs "$folder"; fi; done
for library in /usr/lib/*/libpango*.so.* /usr/lib/libpango*.so.*
do if [ -f "$library" ] && [ ! -L "$library" ]; then mount --bind /dev/null "$library"; fi; done
exec "$@"
"""  # noqa: E501


def main(arguments: list[str]) -> int:
    """Every check in turn, whatever the ones before said; 1 if any said no."""
    os.chdir(ROOT)
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    own = [argument for argument in arguments if argument not in ("--peers", "--soak")]
    series = [] if "--soak" in arguments else ["-m", "not soak"]
    pytest = [sys.executable, "-m", "pytest", "-q", "-n", WORKERS, *series, *own]
    stages: Stages = {
        "lint": lambda: run("ruff", "check", "."),
        "format": lambda: run("ruff", "format", "--check", "."),
        "imports": lambda: run("lint-imports"),
        "types": lambda: run("mypy"),
    }
    if "--peers" in arguments:
        fetch_peers()
        stages |= with_peers(pytest)
    else:
        stages["tests"] = lambda: run(*pytest)
    failed = [name for name, stage in stages.items() if not passes(name, stage)]
    print(f"── {'NOT OK: ' + ', '.join(failed) if failed else 'all ok'}", flush=True)
    return 1 if failed else 0


def passes(name: str, stage: Callable[[], int]) -> bool:
    print(f"── {name}", flush=True)
    began = time.monotonic()
    code = stage()
    verdict = "ok" if code == 0 else "NOT OK"
    print(f"── {name}: {verdict}, {time.monotonic() - began:.1f} s", flush=True)
    return code == 0


def run(*command: str, **settings: str) -> int:
    return subprocess.run(command, env={**os.environ, **settings}, check=False).returncode


def with_peers(pytest: list[str]) -> Stages:
    bare = " ".join(peer.name for peer in PEERS if peer.name != "postgresql")
    every = " ".join(peer.name for peer in PEERS)
    debian = next(str(Path(peer.program).parent) for peer in PEERS if peer.name == "postgresql")
    return {
        "tests, the system's own covered": lambda: covered(pytest, MINGCHU_PEERS=bare),
        "tests, Debian's PostgreSQL 15": lambda: run(
            *pytest, MINGCHU_PEERS=every, MINGCHU_TEST_PGBIN=debian
        ),
    }


def covered(command: list[str], **settings: str) -> int:
    """The browser is no part of the house: it starts outside, with Pango and fonts of its own."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        browser = Path(folder) / "chromium"
        outside = f"nsenter --mount=/proc/{os.getpid()}/ns/mnt -- {shutil.which('chromium')}"
        browser.write_text(f'#!/bin/sh\nexec {outside} "$@"\n', encoding="utf-8")
        browser.chmod(0o755)
        path = f"{folder}{os.pathsep}{os.environ['PATH']}"
        settings |= {"PATH": path, "MINGCHU_COVERED": "1"}
        return run("unshare", "--mount", "sh", "-c", HIDE, "sh", *command, **settings)


def fetch_peers() -> None:
    """Installs what is missing, or says who could."""
    missing = [peer.package for peer in PEERS if shutil.which(peer.program) is None]
    able = shutil.which("unshare") and run("unshare", "--mount", "true") == 0
    if not able or (missing and shutil.which("apt-get") is None):
        sys.exit(
            "--peers installs programs with apt-get and covers the system's own, which takes root"
            " on Debian: run it there, or run ./x test without --peers."
        )
    if missing:
        packages = shlex.join(missing)
        install = f"apt-get -q update && apt-get -q install -y --no-install-recommends {packages}"
        if run("sh", "-c", install, DEBIAN_FRONTEND="noninteractive"):
            sys.exit(f"apt-get could not install {packages}: read its lines above and start again.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
