"""Load: so many connections ask a running house without pause, each from a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from mingchu.base.errors import Refusal
from mingchu.ops.bench import SECONDS, spread

ROOT = Path(__file__).parents[3]
CONNECTIONS = 8
WARM_UP_SECONDS = 3.0
MILLI = 1000.0


class Target(NamedTuple):
    """An address below the house's, and words only the right answer holds."""

    path: str
    marker: str


@dataclass(frozen=True)
class Seen:
    """What all connections together saw: milliseconds of each answer, and the largest body."""

    milliseconds: Sequence[float]
    largest: int
    per_second: float

    def spread(self) -> dict[str, Any]:
        """`n`, `p50`, `p95`, `p99` in milliseconds."""
        return spread(self.milliseconds)


def drive(
    url: str,
    targets: Sequence[Target],
    *,
    headers: Mapping[str, str] | None = None,
    connections: int = CONNECTIONS,
    seconds: float | None = None,
) -> Seen:
    """Asks the targets in turn, each connection from another start, closed loop, warm.

    Raises Refusal `bench_wrong_answer` if any answer is not the page it should be.
    """
    if not targets:
        raise Refusal(
            "bench_empty_city", "演示城市里没有经营者可测", fix="请确认 ./x demo 已装入城市"
        )
    parts = urlsplit(url)
    length = SECONDS.get() if seconds is None else seconds
    plan = {
        "host": parts.hostname,
        "port": parts.port,
        "headers": dict(headers or {}),
        "targets": list(targets),
        "warm_up": WARM_UP_SECONDS,
        "seconds": length,
    }
    plans = [
        json.dumps({**plan, "offset": number * len(targets) // connections})
        for number in range(connections)
    ]
    with ThreadPoolExecutor(connections) as pool:
        return _seen(list(pool.map(_client, plans)), length)


def _client(plan: str) -> dict[str, Any]:
    """One connection, in its own process: the generator shares no interpreter with anybody."""
    done = subprocess.run(
        [sys.executable, "-m", "mingchu.ops.bench.client"],
        input=plan,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        check=False,
    )
    if done.returncode:
        raise Refusal("bench_broke_off", "测速连接中断", fix="请先确认服务正在运行，再重新测速")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _seen(answers: list[dict[str, Any]], seconds: float) -> Seen:
    wrong = next((answer["wrong"] for answer in answers if "wrong" in answer), None)
    if wrong:
        raise Refusal(
            "bench_wrong_answer",
            "{path} 没有给出应有的页面：{told}",
            fix="请先修好这个页面，再测它的速度",
            **wrong,
        )
    observed = [second * MILLI for answer in answers for second in answer["seconds"]]
    largest = max(answer["largest"] for answer in answers)
    return Seen(observed, largest, len(observed) / seconds)
