"""A house to measure: `./x demo` in a home of its own, as anybody would start it.

Only what the contracts promise is used (its lines, its links, its signals), so that a bench
measures the shipped thing with its shipped settings.
"""

from __future__ import annotations

import http.client
import json
import os
import queue
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

from mingchu.base.errors import Refusal
from mingchu.ops.bench import KEEP

ROOT = Path(__file__).parents[3]
SMALL_CITY = 100_000  # a larger one holds its standing facts alone
CITY = 16_108  # the census of the demo city; larger ones are asked for by number
READY_SECONDS = 1800
COMPLETE_SECONDS = 3600
STOP_SECONDS = 60
SHOWN_LINES = 20
LOGIN = re.compile(r"^login (\S+) (\S+)$")
READY = re.compile(r"^ready (\S+)$")
COMPLETE = "city complete"
PROGRAMS = "MINGCHU_PGBIN"
OWN_SETTINGS = "MINGCHU_"  # of the house that asks; the one measured has its own


@dataclass
class House:
    """A running demo: its address, one-time links by role, and when each line came."""

    process: subprocess.Popen[str]
    home: Path
    begun: float
    url: str = ""
    links: dict[str, str] = field(default_factory=dict)
    seconds_to_ready: float = 0.0
    said: list[str] = field(default_factory=list)
    lines: queue.Queue[str | None] = field(default_factory=queue.Queue)

    def wait_until_ready(self) -> None:
        for line in self._until(READY.match, READY_SECONDS):
            if login := LOGIN.match(line):
                self.links[login[1]] = login[2]
            elif ready := READY.match(line):
                self.url, self.seconds_to_ready = ready[1], monotonic() - self.begun

    def wait_until_complete(self) -> float:
        """Seconds from the start to `city complete`."""
        for _line in self._until(lambda line: line.startswith(COMPLETE), COMPLETE_SECONDS):
            pass
        return monotonic() - self.begun

    def _until(self, is_last: object, seconds: float) -> Iterator[str]:
        """Lines as they come, up to and with the one waited for."""
        end = monotonic() + seconds
        while True:
            line = self._next(end)
            self.said.append(line)
            yield line
            if is_last(line):  # type: ignore[operator]
                return

    def _next(self, end: float) -> str:
        try:
            line = self.lines.get(timeout=max(0.0, end - monotonic()))
        except queue.Empty:
            line = None
        if line is None:
            raise Refusal(
                "bench_no_house",
                "测速用的演示城市没有启动：{said}",
                fix="请先让 ./x demo 能够启动，再重新测速",
                said=" / ".join(self.said[-SHOWN_LINES:]),
            )
        return line

    def session(self, role: str) -> dict[str, str]:
        """Headers of a browser signed in as the role, by its one-time link."""
        link = urlsplit(self.links.get(role, ""))
        answer, _body = fetch(self.url, link.path) if link.path else (None, b"")
        cookies = SimpleCookie()
        for said in answer.headers.get_all("Set-Cookie") or [] if answer else []:
            cookies.load(said)
        if "sessionid" not in cookies:
            raise Refusal(
                "bench_no_session",
                "没有能以“{role}”登录测速用的演示城市",
                fix="请确认 ./x demo 打印了这个角色的登录链接",
                role=role,
            )
        return {"Cookie": "; ".join(f"{k}={c.value}" for k, c in cookies.items())}

    def stop(self) -> None:
        """As from a terminal; whatever does not end is ended."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def fetch(
    url: str, path: str, headers: dict[str, str] | None = None
) -> tuple[http.client.HTTPResponse, bytes]:
    """One GET of the house, redirects not followed."""
    parts = urlsplit(url)
    line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    try:
        line.request("GET", path, headers=headers or {})
        answer = line.getresponse()
        return answer, answer.read()
    finally:
        line.close()


@contextmanager
def house(businesses: int = CITY, *, keep: bool = True) -> Iterator[House]:
    """A complete demo city of that many businesses, gone afterwards unless it is to be kept.

    A very large one holds the standing facts alone: two months of its days would take days.
    """
    kept = KEEP.get() if keep else ""
    home = Path(kept).absolute() if kept else folder("mingchu-bench-")
    try:
        unplayed = ["--days", "0"] if businesses > SMALL_CITY else []
        with demo(ROOT, home, ["--businesses", str(businesses), *unplayed]) as found:
            found.wait_until_ready()
            found.wait_until_complete()
            yield found
    finally:
        if not kept:
            shutil.rmtree(home, ignore_errors=True)


def folder(prefix: str) -> Path:
    """A folder the server's unprivileged account can pass through."""
    made = Path(tempfile.mkdtemp(prefix=prefix))
    made.chmod(0o755)
    return made


@contextmanager
def demo(
    root: Path, home: Path | None, arguments: Sequence[str] = (), python: str = sys.executable
) -> Iterator[House]:
    """`./x demo` of a checkout, in a process group of its own, stopped on the way out."""
    home_setting = {"MINGCHU_HOME": str(home)} if home else {}
    command = [python, str(root / "x"), "demo", "--port", str(free_port()), *arguments]
    with _started(command, root, home or root / "var", home_setting) as found:
        yield found


@contextmanager
def up(home: Path, settings: Mapping[str, str]) -> Iterator[House]:
    """`mingchu up` in a home, an empty city, once it answers; stopped on the way out."""
    command = [sys.executable, "-m", "mingchu", "up", "--port", str(free_port())]
    with _started(command, ROOT, home, {"MINGCHU_HOME": str(home), **settings}) as found:
        found.wait_until_ready()
        yield found


@contextmanager
def _started(
    command: Sequence[str], root: Path, home: Path, settings: Mapping[str, str]
) -> Iterator[House]:
    begun = monotonic()
    process = subprocess.Popen(
        command,
        cwd=root,
        env={**clean_environment(), **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    found = House(process, home, begun)
    listener = threading.Thread(target=_listen, args=(process, found.lines), daemon=True)
    listener.start()
    try:
        yield found
    finally:
        found.stop()
        listener.join(STOP_SECONDS)


def token(running: House, scope: str) -> str:
    """A key for a program of the city, made on the machine as its keeper would."""
    made = ["token", "new", "--role", "city", "--scope", scope, "--json"]
    said = subprocess.run(
        [sys.executable, "-m", "mingchu", *made],
        cwd=ROOT,
        env={**clean_environment(), "MINGCHU_HOME": str(running.home)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found: str = json.loads(said.splitlines()[-1])["token"]
    return found


def clean_environment() -> dict[str, str]:
    """Ours without what points to our own house and its Python."""
    ours = (OWN_SETTINGS, "DJANGO_", "VIRTUAL_ENV", "PYTHONPATH", "PYTHONSAFEPATH")
    return {
        name: value
        for name, value in os.environ.items()
        if name == PROGRAMS or not name.startswith(ours)
    }


def _listen(process: subprocess.Popen[str], lines: queue.Queue[str | None]) -> None:
    if process.stdout:
        with process.stdout as said:
            for line in said:
                lines.put(line.strip())
    lines.put(None)


def free_port() -> int:
    """A port free with the two above it, which a demo claims for later processes."""
    for _ in range(50):
        with socket.socket() as first:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            if all(_is_free(port + step) for step in (1, 2)):
                return port
    return port


def _is_free(port: int) -> bool:
    with socket.socket() as other:
        try:
            other.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return True
