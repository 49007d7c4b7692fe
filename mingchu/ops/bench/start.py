"""B12: `./x demo` in a fresh clone, packages cached; the install alone is measured beside it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any

from django.utils.translation import gettext as _

from mingchu.base.errors import Refusal
from mingchu.ops.bench import Bar, Limit, Row
from mingchu.ops.bench.house import CITY, ROOT, clean_environment, demo, folder

FIRST_BAR, AGAIN_BAR, COMPLETE_BAR = Bar("<=", 90), Bar("<=", 15), Bar("<=", 600)


def setup(scale: int | None) -> dict[str, Any]:
    return {"businesses": scale or CITY, "clone": "fresh", "packages": "cached"}


def rows(scale: int | None) -> Iterator[Row]:
    place = folder("mingchu-start-")
    arguments = ["--businesses", str(scale)] if scale else []
    try:
        clone = _clone(place / "clone")
        _install(place / "warm")  # so that packages are cached, whoever runs this first
        limit = Limit(_("只安装依赖，秒"), _install(place / "alone"))
        python = _system_python()
        with demo(clone, None, arguments, python) as first:
            first.wait_until_ready()
            yield _row("first", _("首次启动到可用"), first.seconds_to_ready, FIRST_BAR, limit)
            complete = first.wait_until_complete()
            yield _row("complete", _("首次启动到城市装完"), complete, COMPLETE_BAR, limit)
        with demo(clone, None, arguments, python) as again:
            again.wait_until_ready()
            yield _row("again", _("再次启动到可用"), again.seconds_to_ready, AGAIN_BAR, limit)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _row(name: str, what: str, seconds: float, bar: Bar, limit: Limit) -> Row:
    return Row(id=f"B12.{name}", what=what, value=seconds, unit="s", bar=bar, limit=limit)


def _clone(place: Path) -> Path:
    """What is committed, as anybody gets it."""
    done = subprocess.run(
        ["git", "clone", "-q", str(ROOT), str(place)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Refusal(
            "bench_no_clone",
            "这里不是可以克隆的代码库：{said}",
            fix="请在 git clone 得到的目录里测首次启动",
            said=done.stderr.strip(),
        )
    return place


def _system_python() -> str:
    """The interpreter behind our environment: a fresh clone has no other."""
    return str(getattr(sys, "_base_executable", sys.executable))


def _install(place: Path) -> float:
    """Seconds to make an environment and install the run lock into it, nothing more."""
    begun = monotonic()
    venv.create(place, with_pip=True)
    python = str(place / "bin" / "python")
    locks = ROOT / "locks"
    for command in (
        [python, "-m", "pip", "install", "-q", "--require-hashes", "-r", str(locks / "tool.txt")],
        [
            *(str(place / "bin" / "uv"), "pip", "install", "-q", "--python", python),
            *("--require-hashes", "-r", str(locks / "run.txt")),
        ],
    ):
        subprocess.run(command, check=True, env=clean_environment())
    return monotonic() - begun
