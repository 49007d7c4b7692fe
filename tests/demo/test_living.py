"""`mingchu demo`: the lines of the contract, in order, and again; never over a real house."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from mingchu.ops.bench.house import clean_environment, free_port

ROOT = Path(__file__).parents[2]
SECONDS = 60


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A folder the server's account can pass through."""
    made = Path(tempfile.mkdtemp(prefix="mingchu-demo-"))
    made.chmod(0o755)
    yield made / "home"
    shutil.rmtree(made, ignore_errors=True)


def start(home: Path, *arguments: str) -> subprocess.Popen[str]:
    own = {"MINGCHU_HOME": str(home), "MINGCHU_WEB_PROCESSES": "1", "LC_ALL": "C.UTF-8"}
    return subprocess.Popen(
        [sys.executable, "-m", "mingchu", *arguments],
        cwd=ROOT,
        env={**clean_environment(), **own},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def answer(home: Path, *arguments: str) -> dict[str, object]:
    out, _err = start(home, *arguments, "--json").communicate(timeout=SECONDS)
    said: dict[str, object] = json.loads(out)
    return said


def lines(process: subprocess.Popen[str]) -> list[str]:
    """Up to the last one the contract promises."""
    assert process.stdout
    found: list[str] = []
    for line in process.stdout:
        found.append(line.strip())
        if line.startswith("city complete"):
            break
    return found


def end(process: subprocess.Popen[str]) -> int:
    process.terminate()
    process.communicate(timeout=SECONDS)
    return process.returncode


def test_a_city_comes_up_is_entered_ends_and_comes_again(home: Path) -> None:
    port = free_port()
    first = start(home, "demo", "--port", str(port), "--businesses", "60")

    said = lines(first)
    links = dict(line.split()[1:] for line in said if line.startswith("login "))
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    page = browser.open(links["city"], timeout=SECONDS).read().decode()
    status = answer(home, "demo", "status")

    assert said[-2:] == [f"ready http://127.0.0.1:{port}/", "city complete"]
    assert all(line.startswith("login ") for line in said[:-2])
    assert "演示城市" in page
    assert status == {
        "today": "2026-11-20",
        "phase": "complete",
        "done": 60,
        "total": 60,
        "complete": True,
    }
    assert end(first) == 0

    second = start(home, "demo", "--port", str(port))
    again = lines(second)
    assert again[-2:] == said[-2:]
    assert end(second) == 0


def test_a_real_house_is_neither_used_nor_emptied(tmp_path: Path) -> None:
    (tmp_path / "schema.stamp").write_text("a house that has been up")

    for more in ((), ("--fresh",)):
        process = start(tmp_path, "demo", "--port", str(free_port()), *more)
        _out, err = process.communicate(timeout=SECONDS)
        assert process.returncode == 1
        assert "real data" in err

    assert [path.name for path in tmp_path.iterdir()] == ["schema.stamp"]
