"""Bench: judged on what was measured, told as the contract has it, never imitated."""

from __future__ import annotations

import argparse
import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import ModuleType
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingchu.base.errors import Refusal
from mingchu.ops import bench
from mingchu.ops.bench import Bar, Limit, Row, load
from mingchu.ops.commands import bench as command

CONTRACT_KEYS = ["bench", "version", "at", "machine", "setup", "rows"]
ROW_KEYS = ["id", "what", "value", "unit", "n", "p50", "p95", "p99", "bar", "limit", "met"]


class _Page(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    pages: ClassVar[dict[str, tuple[int, bytes, bool]]] = {
        "/good": (200, "<h1>明厨</h1>".encode(), False),
        "/streamed": (200, "<h1>明厨</h1>".encode(), True),
        "/error": (500, "<h1>明厨</h1>".encode(), False),
    }

    def do_GET(self) -> None:
        status, body, chunked = self.pages[self.path]
        self.send_response(status)
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
            body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        else:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Silence."""


@contextmanager
def a_server() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "WARM_UP_SECONDS", 0.05)


def a_bench(monkeypatch: pytest.MonkeyPatch, *rows: Row) -> argparse.Namespace:
    """A bench of the contract that has no code yet is given some, for this test."""
    name = next(name for name in reversed(bench.NAMES) if name not in bench.present())
    module = ModuleType(bench.module_of(name))
    module.rows = lambda scale: iter(rows)  # type: ignore[attr-defined]
    module.__spec__ = bench.__spec__
    monkeypatch.setitem(sys.modules, bench.module_of(name), module)
    return argparse.Namespace(name=name, scale=None, seconds=0.1, keep="")


def test_a_row_has_the_keys_of_the_contract_in_their_order() -> None:
    row = Row(
        id="B8.list.16k",
        what="名单",
        value=41.23456,
        unit="ms",
        **bench.spread([40.0, 41.0, 41.23456]),
        bar=Bar("<=", 60),
        limit=Limit("空白页", 3.1),
    )

    told = row.plain()

    assert list(told) == ROW_KEYS
    assert told["bar"] == {"op": "<=", "value": 60}
    assert told["limit"] == {"what": "空白页", "value": 3.1}
    assert (told["value"], told["n"], told["met"]) == (41.235, 3, True)


def test_a_figure_without_a_bar_is_met() -> None:
    told = Row(id="x", what="x", value=1, unit="s").plain()

    assert told["bar"] is None
    assert told["met"] is True


@given(st.lists(st.floats(0, 1e6), min_size=1))
def test_percentiles_are_observations_in_order(observed: list[float]) -> None:
    told = bench.spread(observed)

    assert told["p50"] <= told["p95"] <= told["p99"]
    assert {told["p50"], told["p95"], told["p99"]} <= set(observed)


def test_a_missed_bar_exits_three_and_is_in_the_report(monkeypatch: pytest.MonkeyPatch) -> None:
    good = Row(id="a", what="快", value=1, unit="s", bar=Bar("<=", 2))
    bad = Row(id="b", what="慢", value=1, unit="/s", bar=Bar(">=", 2), limit=Limit("空转", 9))

    missed = command.run(a_bench(monkeypatch, good, bad))
    met = command.run(a_bench(monkeypatch, good))

    assert (missed.exit_code, met.exit_code) == (3, 0)
    assert isinstance(missed.data, dict)
    assert list(missed.data) == CONTRACT_KEYS
    assert set(missed.data["machine"]) == {
        *("cores", "memory_gib", "python", "postgres", "fsync_per_s")
    }
    assert [row["met"] for row in missed.data["rows"]] == [True, False]
    json.dumps(missed.data)
    table = [line for line in missed.lines if line.startswith("b ")]
    assert "9 (空转)" in table[0]


@pytest.mark.parametrize("name", [n for n in bench.NAMES if n not in bench.present()])
def test_a_bench_of_a_later_order_is_refused_and_says_so(name: str) -> None:
    with pytest.raises(Refusal) as no:
        bench.find(name)

    assert no.value.code == "bench_comes_later"
    assert name in no.value.why


def test_every_bench_that_is_there_can_be_run() -> None:
    for name in bench.present():
        assert callable(bench.find(name).rows)


def test_load_counts_right_answers_of_every_connection() -> None:
    targets = [load.Target("/good", "明厨"), load.Target("/streamed", "明厨")]

    with a_server() as url:
        seen = load.drive(url, targets, connections=2, seconds=0.1)

    assert len(seen.milliseconds) >= 2
    assert seen.largest == len("<h1>明厨</h1>".encode())


@pytest.mark.parametrize("target", [("/error", "明厨"), ("/good", "另一页")])
def test_an_error_page_or_another_page_never_counts(target: tuple[str, str]) -> None:
    with a_server() as url, pytest.raises(Refusal) as no:
        load.drive(url, [load.Target(*target)], connections=2, seconds=0.1)

    assert no.value.code == "bench_wrong_answer"
    assert target[0] in no.value.why
