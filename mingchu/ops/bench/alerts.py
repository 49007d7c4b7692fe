"""Alerts: signals raised by eight writers and folded, the night's run, lists of very many alerts.

Measured in a running house with its own worker, so that the folder is the shipped one; the writers
are processes of their own, clients of the database as any context is.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep
from typing import Any

import psycopg
from django.utils.translation import gettext as _

from mingchu.base.errors import Refusal
from mingchu.ops.bench import SECONDS, Bar, Limit, Row, city
from mingchu.ops.bench.house import ROOT, House, clean_environment, house
from mingchu.ops.bench.load import Target, drive
from mingchu.ops.bench.signalling import BATCH
from mingchu.ops.postgres import APP, OWNER, Server

WRITERS = 8
STANDING = 100_000
# A kind that opens no order: what is measured is signals and alerts.
KIND = "licence_expiring"
RATE_BAR = Bar(">=", 2_000)  # signals a second, raised and folded
NIGHT_BARS = {"16k": Bar("<=", 5), "1m": Bar("<=", 120)}  # seconds
LIST_BAR = Bar("<=", 60)  # ms at p95
FOLDED_WITHIN_SECONDS = 300
BARE_TABLE = "bench_signals"
CALLING = "reported_problem"  # a kind that does
FORGET = b"TRUNCATE alerts_alert, alerts_order, alerts_silence, signals_noticed CASCADE"


def setup(scale: int | None) -> dict[str, Any]:
    return {"businesses": city.size(scale), "writers": WRITERS, "standing": STANDING}


def rows(scale: int | None) -> Iterator[Row]:
    businesses = city.size(scale)
    size = city.label(businesses)
    with house(businesses, keep=True) as running:
        # Links to sign in by are good for a short while.
        session = running.session(city.ROLE)
        yield from _nights(running, size)
        _client(running, "stand", KIND, str(STANDING))
        _client(running, "fold")
        yield from _rates(running)
        yield from _lists(running, session, size)
        yield from _desks(running, session, size)


def _nights(running: House, size: str) -> Iterator[Row]:
    """The first night of a city, the next, and the same again; what the demo's own days have found
    is forgotten before. The bar is for nights as they come, not for the first."""
    with psycopg.connect(Server(running.home).url(OWNER), autocommit=True) as db:
        db.execute(FORGET)
    told = _client(running, "night")
    bar = NIGHT_BARS.get(size)
    names = {"first": _("首夜"), "next": _("次夜"), "again": _("再来一次")}
    for (name, word), run in zip(names.items(), told["runs"], strict=True):
        what = _("夜间比对全部证件、人员和培训（{name}，{n}条信号）").format(
            name=word, n=run["raised"]
        )
        held = None if name == "first" else bar
        yield Row(
            id=f"B.alerts.night.{name}.{size}", what=what, value=run["seconds"], unit="s", bar=held
        )


def _rates(running: House) -> Iterator[Row]:
    seconds = SECONDS.get()
    limit = Limit(_("只写入裸表，条/秒"), _bare(running))
    begun = monotonic()
    with ThreadPoolExecutor(WRITERS) as pool:
        told = list(pool.map(lambda n: _write(running, n, seconds), range(WRITERS)))
    raised, writing = sum(one["raised"] for one in told), monotonic() - begun
    spent = _until_folded(running) - begun
    what = _("{n}个写入方每批{batch}条，一半是新的，{standing}条预警未了结").format(
        n=WRITERS, batch=BATCH, standing=f"{STANDING:,}"
    )
    yield Row(
        id="B.alerts.signals", what=what, value=raised / spent, unit="/s", n=raised, bar=RATE_BAR,
        limit=limit,
    )  # fmt: skip
    what = _("其中只计写入")
    yield Row(id="alerts.raised", what=what, value=raised / writing, unit="/s", n=raised)


def _write(running: House, number: int, seconds: float) -> Mapping[str, Any]:
    return _client(running, "write", KIND, str(number), str(seconds), str(STANDING))


def _until_folded(running: House) -> float:
    """When the worker has folded everything that was raised."""
    end = monotonic() + FOLDED_WITHIN_SECONDS
    with psycopg.connect(Server(running.home).url(APP), autocommit=True) as db:
        while True:
            found = db.execute("SELECT EXISTS (SELECT FROM signals_noticed WHERE fault = '')")
            if found.fetchone() == (False,):
                return monotonic()
            if monotonic() > end:
                raise Refusal(
                    "bench_unfolded",
                    "写入停止{seconds}秒后仍有信号没有归并",
                    fix="请查看 worker 进程的日志",
                    seconds=FOLDED_WITHIN_SECONDS,
                )
            sleep(0.05)


def _bare(running: House) -> float:
    """Rows a second of one writer that copies batches like these into a bare table."""
    row = ("licence_expiring", "bench:1", "", b"0" * 16, "150105", '{"until": "2099-12-31"}')
    with psycopg.connect(Server(running.home).url(OWNER), autocommit=True) as db:
        db.execute(f"DROP TABLE IF EXISTS {BARE_TABLE}".encode())
        columns = "a text, b text, c text, d bytea, e text, f jsonb"
        db.execute(f"CREATE TABLE {BARE_TABLE} ({columns})".encode())
        begun, written = monotonic(), 0
        while monotonic() < begun + 3:
            with db.cursor().copy(f"COPY {BARE_TABLE} FROM STDIN".encode()) as out:
                for _row in range(BATCH):
                    out.write_row(row)
            written += BATCH
        spent = monotonic() - begun
        db.execute(f"DROP TABLE {BARE_TABLE}".encode())
    return written / spent


def _lists(running: House, session: dict[str, str], size: str) -> Iterator[Row]:
    limit = city.empty_page(running)
    asked = {
        "list": ("/w/alerts/", _("预警名单，未了结的很多")),
        "kind": (f"/w/alerts/?kind={KIND}&severity=2", _("预警名单，按种类和级别")),
        "district": ("/w/alerts/?district=150105", _("预警名单，按旗县区")),
    }
    for name, (path, what) in asked.items():
        seen = drive(running.url, [Target(path, "<table")], headers=session)
        yield city.row(f"B8.alerts.{name}.{size}", what, seen, "p95", LIST_BAR, limit)


def _desks(running: House, session: dict[str, str], size: str) -> Iterator[Row]:
    """What the city's own desk shows with very many open orders."""
    _client(running, "stand", CALLING, str(STANDING))
    begun = monotonic()
    _client(running, "fold")
    what = _("预警并随即派单")
    yield Row(id="alerts.orders", what=what, value=STANDING / (monotonic() - begun), unit="/s")
    limit = city.empty_page(running)
    asked = {"desk": ("/w/", "<h1", _("值守台，未了结的工单很多")),
             "orders": ("/w/orders/", "<table", _("工单名单，未了结的很多"))}  # fmt: skip
    for name, (path, marker, what) in asked.items():
        seen = drive(running.url, [Target(path, marker)], headers=session)
        yield city.row(f"B8.{name}.{size}", what, seen, "p95", LIST_BAR, limit)


def _client(running: House, *said: str) -> Mapping[str, Any]:
    """What a client of the house answers."""
    done = subprocess.run(
        [sys.executable, "-m", "mingchu.ops.bench.signalling", *said],
        cwd=ROOT,
        env={**clean_environment(), "MINGCHU_HOME": str(running.home), "MINGCHU_DEMO": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Refusal(
            "bench_broke_off",
            "测速中的写入中断：{said}",
            fix="请先确认服务正在运行，再重新测速",
            said=" / ".join(done.stderr.splitlines()[-3:]),
        )
    answer: Mapping[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer
