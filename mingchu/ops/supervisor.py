"""The supervisor `mingchu up`: one house in the foreground, kept alive, ended cleanly.

Order of things: home held, database up, schema brought up to date, then the table of processes.
SIGTERM or Ctrl-C ends them in the other order; a killed child comes back; a killed supervisor takes
its children with it, and what it could not take is ended at the next start.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import IO

from mingchu.base.errors import Refusal
from mingchu.ops import children, home, schema
from mingchu.ops.children import Child, Process
from mingchu.ops.postgres import Server

LOOK_SECONDS = 0.2
END_SECONDS = 20
READY_SECONDS = 60
LOG_BYTES = 20_000_000


@dataclass(frozen=True)
class Plan:
    """Where the house answers, and how many web processes and threads it has."""

    port: int
    bind: str = "127.0.0.1"
    workers: int = 0
    threads: int = 1
    captures: int = 0
    tls_cert: Path | None = None
    tls_key: Path | None = None

    @property
    def url(self) -> str:
        return f"{'https' if self.tls_cert else 'http'}://{self.host}:{self.port}/"

    @property
    def host(self) -> str:
        """Where this machine itself finds it."""
        return "127.0.0.1" if self.bind in {"0.0.0.0", "::"} else self.bind  # noqa: S104


def table(plan: Plan) -> tuple[Process, ...]:
    """The processes of the house beside its database; later contexts add theirs."""
    return (
        Process("web", web_command(plan)),
        Process("worker", run_command("worker")),
        Process("live", live_command(plan)),
    )


def run_command(name: str) -> list[str]:
    return [sys.executable, "-m", "mingchu", "run", name]


def threads(plan: Plan) -> int:
    """Of a web process: those of pages, and as many captures as its cores have use for."""
    most = 2 * (os.cpu_count() or 1) + 1
    return max(plan.threads + 1, min(plan.threads + plan.captures, most))


def web_command(plan: Plan) -> list[str]:
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"),
        *("--host", plan.bind, "--port", str(plan.port)),
        *("--workers", str(plan.workers or os.cpu_count() or 1)),
        *("--blocking-threads", str(threads(plan)), "--backlog", "1024"),
        *("--workers-kill-timeout", "10", "--respawn-failed-workers", "--log-level", "warning"),
    ]
    if plan.tls_cert and plan.tls_key:
        command += ["--ssl-certificate", str(plan.tls_cert), "--ssl-keyfile", str(plan.tls_key)]
    return [*command, "mingchu.site.wsgi:application"]


def live_command(plan: Plan) -> list[str]:
    """One port above the web process, which it asks on this machine."""
    command = [
        *(sys.executable, "-m", "mingchu.live"),
        *("--host", plan.bind, "--port", str(plan.port + 1)),
        *("--house-host", plan.host, "--house-port", str(plan.port)),
        *("--clock", str(home.home() / "clock.json")),
    ]
    if plan.tls_cert and plan.tls_key:
        command += ["--tls-cert", str(plan.tls_cert), "--tls-key", str(plan.tls_key)]
    return command


@contextmanager
def open_house(plan: Plan | None = None) -> Iterator[Server | None]:
    """The home held, its database running in the schema of this version; ended on the way out.

    Raises Refusal `port_taken` before anything is started.
    """
    with _ended_by_signals(), home.held() as place:
        left = children.end_leftovers(_groups(place))
        if left:
            _say(f"ended what a killed supervisor had left: {left}")
        if plan:
            check_port(plan)
        server = Server(place) if home.is_embedded() else None
        if server:
            server.start()
        try:
            schema.bring_up_to_date(server)
            yield server
        finally:
            if server:
                server.stop()


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Before the supervisor listens itself, SIGTERM unwinds, so that the database ends too."""

    def end(*_: object) -> None:
        raise SystemExit(128 + signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class Supervisor:
    """Keeps the processes of a plan alive until it is told to stop."""

    def __init__(self, plan: Plan, server: Server | None, *, quiet: bool = False):
        self.plan, self.server = plan, server
        self.stopping = threading.Event()
        self.logs = {process.name: _log(process.name, quiet) for process in table(plan)}
        self.children = [Child(process, self.logs[process.name]) for process in table(plan)]

    def run(self, on_ready: Callable[[], None], look: Callable[[], None] = lambda: None) -> None:
        """Until SIGTERM or SIGINT; `on_ready` once the web answers, `look` now and then after."""
        with self._told_by_signals():
            try:
                self._watch(on_ready, look)
            finally:
                self._end()

    @contextmanager
    def _told_by_signals(self) -> Iterator[None]:
        before = {
            number: signal.signal(number, lambda *_: self.stopping.set())
            for number in (signal.SIGTERM, signal.SIGINT)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _watch(self, on_ready: Callable[[], None], look: Callable[[], None]) -> None:
        # One that was killed left its own behind.
        (home.home() / home.ADDRESS).unlink(missing_ok=True)
        told = False
        late = monotonic() + READY_SECONDS
        while not self.stopping.wait(LOOK_SECONDS):
            self._tend()
            if told:
                look()
            elif answers(self.plan):
                (home.home() / home.ADDRESS).write_text(self.plan.url)
                on_ready()
                told = True
            elif monotonic() > late:
                _say("the web process does not answer yet; see its log")
                late = monotonic() + READY_SECONDS

    def _tend(self) -> None:
        if self.server and not self.server.is_alive():
            _say("database is down, starting it again")
            self.server.start()
        before = [child.running for child in self.children]
        for child in self.children:
            code = child.tend()
            if code is not None:
                _say(f"{child.process.name} ended with {code}, again in {child.delay:.1f} s")
        if before != [child.running for child in self.children]:
            children.write_down(self.children, _groups(home.home()))

    def _end(self) -> None:
        deadline = monotonic() + END_SECONDS
        for child in reversed(self.children):
            child.ask_to_end()
        for child in reversed(self.children):
            child.end(deadline)
        for name in (_groups(home.home()), home.home() / home.ADDRESS):
            name.unlink(missing_ok=True)
        for log in self.logs.values():
            if log:
                log.close()


def check_port(plan: Plan) -> None:
    """Raises Refusal `port_taken` when something answers there already."""
    family = socket.AF_INET6 if ":" in plan.bind else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((plan.bind, plan.port))
        except OSError as error:
            raise Refusal(
                "port_taken",
                "{bind}:{port} 不能使用：{said}",
                fix="请用 --port 指定另一个端口，或停止占用它的程序",
                bind=plan.bind,
                port=plan.port,
                said=error.strerror,
            ) from error


def answers(plan: Plan) -> bool:
    """True once the web process takes connections and can reach the database."""
    if plan.tls_cert:
        # Its certificate names the city's address, not this machine's.
        return _listens(plan)
    link = http.client.HTTPConnection(plan.host, plan.port, timeout=5)
    with suppress(OSError, http.client.HTTPException):
        link.request("GET", "/readyz", headers={"Host": "127.0.0.1"})
        return link.getresponse().status == http.HTTPStatus.OK
    return False


def _listens(plan: Plan) -> bool:
    with suppress(OSError), socket.create_connection((plan.host, plan.port), timeout=2):
        return True
    return False


def _groups(place: Path) -> Path:
    return place / "run" / "groups.json"


def _log(name: str, quiet: bool) -> IO[bytes] | None:
    """Where a process tells its acts: our own standard error, or a file of the home."""
    if not quiet:
        return None
    path = home.home() / "logs" / f"{name}.log"
    if path.exists() and path.stat().st_size > LOG_BYTES:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab")


def _say(what: str) -> None:
    print(f"mingchu: {what}", file=sys.stderr, flush=True)
