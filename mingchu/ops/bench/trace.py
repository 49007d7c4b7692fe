"""The event repository: capture over HTTP beside raw COPY and a bare WSGI callable, hashes alone,
and queries of each family among `--scale` events.

Measured in a running house as it is shipped, its database and the clients on the same machine. The
limits run in the same minutes: COPY of the same rows by one writer, and a server of the same kind,
processes and threads that answers at once and stores nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, perf_counter, process_time, sleep
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.utils.translation import gettext as _

from mingchu.base.errors import Refusal
from mingchu.ops.bench import SECONDS, Bar, Limit, Row, spread, trace_beside
from mingchu.ops.bench import trace_asking as asking
from mingchu.ops.bench.house import CITY, ROOT, House, clean_environment, fetch, free_port, house
from mingchu.ops.bench.house import token as capture_token
from mingchu.ops.bench.trace_events import document
from mingchu.ops.postgres import OWNER, Server

SINGLES, DOCUMENTS = 16, 8  # clients
SIZES = (500, 1000)
HASHED, HASH_RUNS = 6000, 5
DOCUMENT_BAR, SHARE_BAR = Bar(">=", 10_000), Bar(">=", 0.35)
SINGLE_BAR, HASH_BAR = Bar(">=", 1_500), Bar(">=", 30_000)
PER_SECOND = {1: 300, 500: 6, 1000: 3}  # bodies of a client, made beforehand: more than it sends
TABLES = ("trace_key", "trace_event", "trace_item", "trace_link")
_stretches = count()


def setup(scale: int | None) -> dict[str, Any]:
    return {
        "single_clients": SINGLES,
        "document_clients": DOCUMENTS,
        "hashed": HASHED,
        "asked_among": scale or asking.EVENTS,
    }


def rows(scale: int | None) -> Iterator[Row]:
    yield _hashes()
    with house(CITY, keep=False) as running:
        token = capture_token(running, "epcis")
        yield from _documents(running, token)
        yield (single := _singles(running, token))
        fresh = partial(_plan, running.url, token, 1, SINGLES)
        yield from trace_beside.rows(running, fresh, single.value / 2)
        yield from asking.rows(running, token, scale or asking.EVENTS)


def _hashes() -> Row:
    """B5: the event hash of judged events, of the process's own time."""
    from mingchu.trace.domain import hashing, reading

    judged = list(reading.read(document(0, HASHED)).judged())
    best = float("inf")
    for _run in range(HASH_RUNS):
        begun = process_time()
        for one in judged:
            hashing.event_hash(one.members, one.names)
        best = min(best, process_time() - begun)
    limit = Limit(_("只算 SHA-256，每秒"), HASHED / _sha_alone(judged))
    what = _("事件哈希，五种事件，每核")
    return Row(
        id="B5.hash", what=what, value=HASHED / best, unit="/s", n=HASHED, bar=HASH_BAR, limit=limit
    )


def _sha_alone(judged: list[Any]) -> float:
    from mingchu.trace.domain import hashing

    texts = [hashing.prehash(one.members, one.names).encode() for one in judged]
    begun = process_time()
    for text in texts:
        sha256(text).hexdigest()
    return process_time() - begun


def _documents(running: House, token: str) -> Iterator[Row]:
    """B1: documents, each size by itself, beside COPY of what the first stretch stored."""
    for size in SIZES:
        told = _post(running.url, token, size, DOCUMENTS)
        copied = _copied(running)
        rate = told["events"] / told["spent"]
        limit = Limit(_("一个写入方 COPY 同样的行，事件/秒"), copied)
        what = _("每份{n}条事件的文件，{clients}个客户端").format(n=size, clients=DOCUMENTS)
        seen = spread([second * 1000 for second in told["seconds"]])
        yield Row(
            id=f"B1.capture.{size}", what=what, value=rate, unit="/s", n=told["events"],
            bar=DOCUMENT_BAR, limit=limit,
        )  # fmt: skip
        yield Row(
            id=f"B1.ratio.{size}", what=_("与只 COPY 之比"), value=rate / copied, unit="x",
            bar=SHARE_BAR, limit=limit,
        )  # fmt: skip
        waited = _("一份文件的应答时间（p50）")
        yield Row(id=f"trace.document.{size}", what=waited, value=seen["p50"], unit="ms", **seen)


def _singles(running: House, token: str) -> Row:
    """B2: one event a request."""
    told = _post(running.url, token, 1, SINGLES)
    with _bare() as url:
        bare = _post(url, token, 1, SINGLES)
    limit = Limit(_("不存储的 WSGI，每秒"), bare["events"] / bare["spent"])
    what = _("逐条采集，落盘后才应答，{n}个客户端").format(n=SINGLES)
    seen = spread([second * 1000 for second in told["seconds"]])
    value = told["events"] / told["spent"]
    return Row(
        id="B2.single", what=what, value=value, unit="/s", n=told["events"], p50=seen["p50"],
        p95=seen["p95"], p99=seen["p99"], bar=SINGLE_BAR, limit=limit,
    )  # fmt: skip


def _plan(url: str, token: str, size: int, clients: int) -> dict[str, Any]:
    """What the clients are to send, no body a second time in a run."""
    there, seconds = urlsplit(url), SECONDS.get()
    return {
        "host": there.hostname,
        "port": there.port,
        "token": token,
        "path": "/epcis/events" if size == 1 else "/epcis/capture",
        "size": size,
        "count": int(PER_SECOND[size] * seconds) + 2,
        "first": next(_stretches) * 10**8,
        "connections": clients,
        "seconds": seconds,
    }


def _post(url: str, token: str, size: int, clients: int) -> dict[str, Any]:
    """What the clients saw: seconds of each answer, events answered, and how long it all took."""
    plan = _plan(url, token, size, clients)
    done = subprocess.run(
        [sys.executable, "-m", "mingchu.ops.bench.trace_posting"],
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    told: dict[str, Any] = json.loads(done.stdout) if done.stdout else {"wrong": done.stderr[-400:]}
    if "wrong" in told:
        raise Refusal(
            "bench_wrong_answer",
            "{path} 没有给出应有的页面：{told}",
            fix="请先修好这个页面，再测它的速度",
            path=plan["path"],
            told=told["wrong"],
        )
    return told


def _copied(running: House) -> float:
    """Events a second of one writer that copies rows that are there into tables and indexes like
    theirs, a thousand events a transaction."""
    with psycopg.connect(Server(running.home).url(OWNER), autocommit=True) as db:
        kept = {table: _some(db, table) for table in TABLES}
        events = len(kept["trace_event"])
        for table in TABLES:
            db.execute(f"CREATE TABLE bench_{table} (LIKE {table} INCLUDING ALL)".encode())
        begun = perf_counter()
        for at in range(0, events, 1000):
            with db.transaction():
                for table, lines in kept.items():
                    part = len(lines) * at // events, len(lines) * min(at + 1000, events) // events
                    with db.cursor().copy(f"COPY bench_{table} FROM STDIN".encode()) as out:
                        out.write(b"".join(lines[part[0] : part[1]]))
        spent = perf_counter() - begun
        for table in TABLES:
            db.execute(f"DROP TABLE bench_{table}".encode())
    return events / spent


def _some(db: psycopg.Connection[Any], table: str) -> list[bytes]:
    """Rows of the latest captures as COPY writes them: of links and items in their share."""
    tops = {"trace_key": 20_000, "trace_event": 20_000, "trace_item": 50_000, "trace_link": 53_000}
    select = f"SELECT * FROM {table} LIMIT {tops[table]}"  # noqa: S608 no value
    with db.cursor().copy(f"COPY ({select}) TO STDOUT".encode()) as lines:
        return [bytes(line) for line in lines]


BARE = """
def application(environ, start):
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start("201 Created", [("Content-Length", "2"), ("Content-Type", "application/json")])
    return [b"{}"]
"""


@contextmanager
def _bare() -> Iterator[str]:
    """A server started as the web process is, that reads what comes and answers."""
    port = free_port()
    with TemporaryDirectory(prefix="bench-bare-") as folder:
        (Path(folder) / "bare_wsgi.py").write_text(BARE, encoding="utf-8")
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"),
                *("--host", "127.0.0.1", "--port", str(port), "--backlog", "1024"),
                *("--workers", str(os.cpu_count() or 1), "--blocking-threads", "9"),
                *("--log-level", "warning", "bare_wsgi:application"),
            ],
            cwd=folder,
            env={**clean_environment(), "PYTHONPATH": folder},
            stdout=subprocess.DEVNULL,  # what it says is no part of the figures
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(url)
            yield url
        finally:
            process.terminate()
            process.wait()


def _wait_for(url: str) -> None:
    end = monotonic() + 20
    while not _answers(url):
        if monotonic() > end:
            raise TimeoutError(url)
        sleep(0.1)


def _answers(url: str) -> bool:
    try:
        fetch(url, "/")
    except OSError:
        return False
    return True
