"""Loading the repository by its own path: documents read, judged, hashed and copied, without HTTP.

Reads a plan as JSON from standard input; writes how many events went in. A process of its own for
each core, so that as many million events as are asked for are there within minutes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from typing import Any

from mingchu.base.errors import Refusal
from mingchu.ops.bench.house import ROOT, House, clean_environment
from mingchu.ops.bench.trace_events import document, marked

FIRST = 50 * 10**8  # numbers that no other part of the bench takes
SIZE = 1000
PARTIES, DISTRICT = 500, "150102"


def load(running: House, events: int) -> float:
    """Seconds until so many events are in."""
    processes = os.cpu_count() or 1
    share = -(-events // processes // SIZE) * SIZE
    plans = [
        {"first": FIRST + at, "count": min(share, events - at)} for at in range(0, events, share)
    ]
    begun = perf_counter()
    with ThreadPoolExecutor(processes) as pool:
        list(pool.map(lambda plan: _process(running, plan), plans))
    return perf_counter() - begun


def _process(running: House, plan: dict[str, Any]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mingchu.ops.bench.trace_loading"],
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**clean_environment(), "MINGCHU_HOME": str(running.home)},
        check=False,
    )
    if done.returncode:
        raise Refusal(
            "bench_broke_off",
            "测速中的写入中断：{said}",
            fix="请先确认服务正在运行，再重新测速",
            said=done.stderr[-400:],
        )


def run(plan: dict[str, Any]) -> int:
    from mingchu.trace.services import Behaviour, Sender, capture_document

    end = plan["first"] + plan["count"]
    for first in range(plan["first"], end, SIZE):
        party = f"business:{first // SIZE % PARTIES}"
        data = document(first, min(SIZE, end - first), marked)
        capture_document(data, Behaviour.ROLLBACK, Sender("user:1 bench", party, DISTRICT))
    return int(plan["count"])


if __name__ == "__main__":
    from mingchu.ops import home

    home.configure()
    print(json.dumps({"events": run(json.load(sys.stdin))}))
