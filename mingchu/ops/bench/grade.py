"""B7: a city graded first, with every reason stored, and again when one in a hundred has moved.

Measured in a home of its own that holds businesses, their static factors and two visits each, on
the database that ships; beside it the pure core grades as many businesses that lie in memory.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from mingchu.base.errors import Refusal
from mingchu.ops.bench import Bar, Limit, Row, city
from mingchu.ops.bench.house import ROOT, SMALL_CITY, clean_environment, folder

FIRST_BAR, AGAIN_BAR = Bar("<=", 2), Bar("<=", 60)  # seconds


def setup(scale: int | None) -> dict[str, Any]:
    return {"businesses": city.size(scale), "visits": 2 * city.size(scale)}


def rows(scale: int | None) -> Iterator[Row]:
    businesses = city.size(scale)
    size = city.label(businesses)
    told = _measured(businesses)
    runs, core = told["runs"], told["core"]
    small = businesses <= SMALL_CITY
    # The core reads a part of a large city and is told for all of it.
    seconds = core["seconds"] * businesses / max(core["graded"], 1)
    limit = Limit(_("只用纯函数评定内存里的主体，秒"), seconds)
    yield Row(
        id=f"B7.first.{size}",
        what=_("首次评定，每一分都存下理由"),
        value=runs["first"]["seconds"],
        unit="s",
        n=runs["first"]["graded"],
        bar=FIRST_BAR if small else None,
        limit=limit,
    )
    yield Row(
        id=f"grade.again.{size}",
        what=_("再评定一次，没有变动"),
        value=runs["again"]["seconds"],
        unit="s",
        n=runs["again"]["graded"],
        limit=limit,
    )
    yield Row(
        id=f"B7.moved.{size}",
        what=_("再评定一次，{n}户变动").format(n=f"{runs['moved']['moved']:,}"),
        value=runs["moved"]["seconds"],
        unit="s",
        n=runs["moved"]["graded"],
        bar=AGAIN_BAR,
        limit=limit,
    )


def _measured(businesses: int) -> Mapping[str, Any]:
    home = folder("mingchu-grade-")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "mingchu.ops.bench.grading", str(businesses)],
            cwd=ROOT,
            env={**clean_environment(), "MINGCHU_HOME": str(home / "home"), "MINGCHU_DEMO": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        shutil.rmtree(home, ignore_errors=True)
    if done.returncode:
        raise Refusal(
            "bench_broke_off",
            "测速中的写入中断：{said}",
            fix="请先确认服务正在运行，再重新测速",
            said=" / ".join(done.stderr.splitlines()[-3:]),
        )
    answer: Mapping[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer
