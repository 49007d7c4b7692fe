"""Locks 依赖锁: what `locks/*.in` ask for, pinned with digests and naming no host.

The indexes are the user's own (uv's settings); they are asked for, never written down. Versions
already locked stay unless the request no longer allows them or `upgrade` is asked.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from mingchu.base.errors import Refusal

ROOT = Path(__file__).parents[2]
NAMES = ("run", "test", "tool")  # test is constrained by run, so run comes first
OLDEST_PYTHON = "3.11"


def renew(*, upgrade: bool = False) -> list[str]:
    """Writes every lock again; the names of those that changed."""
    before = {name: _text(name) for name in NAMES}
    for name in NAMES:
        _compile(name, upgrade=upgrade)
    return [f"locks/{name}.txt" for name in NAMES if _text(name) != before[name]]


def _text(name: str) -> str:
    path = ROOT / "locks" / f"{name}.txt"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _compile(name: str, *, upgrade: bool) -> None:
    done = subprocess.run(
        [
            *(_uv(), "pip", "compile", f"locks/{name}.in", "-o", f"locks/{name}.txt"),
            *("--universal", "--python-version", OLDEST_PYTHON, "--generate-hashes"),
            *("--no-emit-index-url", "--no-emit-find-links", "--no-header", "--quiet"),
            *(("--upgrade",) if upgrade else ()),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Refusal(
            "lock_failed",
            "依赖锁没有写成：{said}",
            fix="请检查网络和 locks/{name}.in 里的名称",
            said=done.stderr.strip()[-400:],
            name=name,
        )


def _uv() -> str:
    beside = Path(sys.executable).with_name("uv")
    found = str(beside) if beside.exists() else shutil.which("uv")
    if found is None:
        raise Refusal("no_uv", "没有找到 uv", fix="请先运行 ./x test，它会安装所需工具")
    return found
