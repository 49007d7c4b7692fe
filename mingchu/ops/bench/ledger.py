"""The ledger: what eight writers do beside one, and how long an entry waits for its seal.

Measured in a running house with its own worker, so that the sealer is the shipped one.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import psycopg
from django.utils.translation import gettext as _

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.ops.bench import SECONDS, Bar, Limit, Row, spread
from mingchu.ops.bench.house import ROOT, clean_environment, house
from mingchu.ops.bench.writer import BARE_TABLE
from mingchu.ops.postgres import APP, OWNER, Server

WRITERS = 8
HOUSE_SIZE = 1000  # the city does not matter here, only that it runs
RATIO_BAR, SEAL_BAR = Bar(">=", 2.5), Bar("<=", 1)
SEALED_WITHIN_SECONDS = 30
WAITED = """
    SELECT extract(epoch FROM (
        SELECT min(head.time) FROM ledger_head head
        WHERE head.log = 'journal' AND head.size >= leaf.seq
    ) - entry.wall_time)::float8
    FROM ledger_entry entry
    LEFT JOIN ledger_leaf leaf ON leaf.item = entry.id AND leaf.log = 'journal'
    WHERE entry.wall_time >= %s
"""


def setup(scale: int | None) -> dict[str, Any]:
    return {"writers": scale or WRITERS}


def rows(scale: int | None) -> Iterator[Row]:
    writers = scale or WRITERS
    with house(HOUSE_SIZE, keep=False) as running:
        server = Server(running.home)
        _make_bare(server)
        begun = clock.WallClock().now()
        one, many = (_rate(running.home, "entries", n) for n in (1, writers))
        waited = _waits(server, begun)
        bare_one, bare_many = (_rate(running.home, "bare", n) for n in (1, writers))
    yield _speed("one", _("一人连续记账"), one, bare_one)
    yield _speed("many", _("{n}人同时记账").format(n=writers), many, bare_many)
    best = Limit(_("裸写入的倍数"), bare_many / bare_one)
    yield Row(
        id="ledger.ratio",
        what=_("同时记账是一人的几倍"),
        value=many / one,
        unit="x",
        bar=RATIO_BAR,
        limit=best,
    )
    told = spread(waited)
    longest = max(waited)
    what = _("记账到封存最久")
    yield Row(id="ledger.unsealed", what=what, value=longest, unit="s", **told, bar=SEAL_BAR)


def _speed(name: str, what: str, rate: float, bare: float) -> Row:
    return Row(
        id=f"ledger.{name}",
        what=what,
        value=rate,
        unit="/s",
        n=round(rate * SECONDS.get()),
        limit=Limit(_("裸写入，每秒"), bare),
    )


def _make_bare(server: Server) -> None:
    with psycopg.connect(server.url(OWNER), autocommit=True) as db:
        db.execute(f"CREATE TABLE {BARE_TABLE} (id uuid PRIMARY KEY, data text)".encode())


def _rate(home: Path, kind: str, writers: int) -> float:
    """Commits per second of so many writers at once."""
    with ThreadPoolExecutor(writers) as pool:
        return sum(pool.map(lambda _n: _write(home, kind), range(writers))) / SECONDS.get()


def _write(home: Path, kind: str) -> int:
    done = subprocess.run(
        [sys.executable, "-m", "mingchu.ops.bench.writer", kind, str(SECONDS.get())],
        cwd=ROOT,
        env={**clean_environment(), "MINGCHU_HOME": str(home), "PYTHONUNBUFFERED": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Refusal(
            "bench_broke_off",
            "测速中的写入中断：{said}",
            fix="请先确认服务正在运行，再重新测速",
            said=os.linesep.join(done.stderr.splitlines()[-3:]),
        )
    return int(done.stdout.split()[-1])


def _waits(server: Server, begun: object) -> list[float]:
    """Seconds from entry to seal of everything written since; all of it has to be sealed."""
    end = monotonic() + SEALED_WITHIN_SECONDS
    with psycopg.connect(server.url(APP), autocommit=True) as db:
        while True:
            waited = [row[0] for row in db.execute(WAITED, [begun])]
            if waited and None not in waited:
                return waited
            if monotonic() > end:
                raise Refusal(
                    "bench_unsealed",
                    "写入停止{seconds}秒后仍有条目没有封存",
                    fix="请查看 worker 进程的日志",
                    seconds=SEALED_WITHIN_SECONDS,
                )
            sleep(0.5)
