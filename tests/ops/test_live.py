"""A live demo: walked by a page, moved by its clock, and what it refuses."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from mingchu.ops.bench.house import clean_environment, free_port

ROOT = Path(__file__).parents[2]
SECONDS = 120
PAGE = """
# A small walk

```walk
$ ./x mingchu demo status --json
  .complete = true
  within 60 s
GET /
  演示城市
GET /w/
  302
GET /w/ as district in 150102
  今日
$ ./x mingchu token new --role city --json
  keep TOKEN = .token
GET /api/v1/businesses?q=呼和浩特&limit=1 with $TOKEN
  keep BUSINESS = .items[0].id
GET /p/$BUSINESS
$ echo $BUSINESS > $WALK/kept && cat $WALK/kept
  $BUSINESS
$ false
  exit 1
```
"""
AMISS = """
```walk
$ echo yes
  no
GET /nowhere
GET /w/ as emperor
GET /p/$NOBODY
```
"""


class Demo:
    """`mingchu demo` in a home of its own."""

    def __init__(self, home: Path):
        self.home = home
        self.port = free_port()
        self.process = subprocess.Popen(
            command("demo", "--port", str(self.port), "--businesses", "60"),
            cwd=ROOT,
            env=environment(home),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        for line in self.process.stdout:
            if line.startswith("city complete"):
                return
        raise AssertionError("the demo ended before it was complete")

    def end(self) -> None:
        self.process.terminate()
        self.process.communicate(timeout=SECONDS)

    def page(self, path: str) -> str:
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}")
        asked.add_header("Accept-Language", "zh-CN")
        with urllib.request.urlopen(asked, timeout=SECONDS) as said:  # noqa: S310 loopback
            return str(said.read().decode())


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "mingchu", *arguments]


def environment(home: Path, lang: str = "C.UTF-8") -> dict[str, str]:
    own = {"MINGCHU_HOME": str(home), "MINGCHU_WEB_PROCESSES": "1", "LC_ALL": lang}
    return {**clean_environment(), **own}


def run(home: Path, *arguments: str, lang: str = "C.UTF-8") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments),
        cwd=ROOT,
        env=environment(home, lang),
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder the server's account can pass through."""
    made = Path(tempfile.mkdtemp(prefix="mingchu-live-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def demo(place: Path) -> Iterator[Demo]:
    found = Demo(place / "home")
    yield found
    if found.process.poll() is None:
        found.end()


@pytest.fixture
def walk(place: Path) -> Iterator[Path]:
    """A page beside the home."""
    page = place / "walk.md"
    yield page
    page.unlink()


def test_a_walk_takes_every_step_and_finds_the_city_as_the_page_says(
    demo: Demo, walk: Path
) -> None:
    walk.write_text(PAGE)

    done = run(demo.home, "walk", str(walk))

    assert done.returncode == 0, done.stdout
    lines = done.stdout.splitlines()
    assert lines[-1].startswith("9 of 9")
    assert all(line.startswith("ok ") for line in lines[:-1])
    assert lines[3] == "ok       4 GET /w/ as district in 150102"


def test_what_is_not_so_is_named_and_the_walk_goes_on(demo: Demo, walk: Path) -> None:
    walk.write_text(AMISS)

    done = run(demo.home, "walk", str(walk), "--json")

    said = json.loads(done.stdout)
    assert (done.returncode, said["ok"]) == (1, False)
    assert [(step["line"], step["ok"]) for step in said["steps"]] == [
        (3, False),
        (5, False),
        (6, False),
        (7, False),
    ]
    why = [step["why"] for step in said["steps"]]
    assert "no “no” in yes" in why[0]
    assert why[1].startswith("404, not 200")
    assert "emperor" in why[2]
    assert "$NOBODY" in why[3]


def test_a_command_names_the_port_the_house_was_given(demo: Demo) -> None:
    link = json.loads(run(demo.home, "login", "city", "--json").stdout)["url"]

    assert link.startswith(f"http://127.0.0.1:{demo.port}/login/")
    with urllib.request.urlopen(link, timeout=SECONDS) as said:  # noqa: S310 loopback
        assert said.status == 200


def test_a_clock_put_forward_moves_the_pages_and_never_goes_back(demo: Demo) -> None:
    before = json.loads(run(demo.home, "clock", "--json").stdout)

    moved = json.loads(run(demo.home, "clock", "advance", "3d", "--json").stdout)
    back = run(demo.home, "clock", "set", "2026-11-21", "--json")
    there = json.loads(run(demo.home, "clock", "set", "2026-12-01T09:00", "--json").stdout)

    assert (before["now"][:15], before["jobs_run"]) == ("2026-11-20T08:3", 0)
    assert moved["now"].startswith("2026-11-23T08:3")
    assert moved["jobs_run"] >= 3
    assert (back.returncode, json.loads(back.stdout)["code"]) == (1, "clock_backwards")
    assert there["now"].startswith("2026-12-01T09:00")
    assert "2026-12-01 09:0" in demo.page("/")


@pytest.mark.parametrize("said", [("set", "yesterday"), ("advance", "3 days"), ("advance", "")])
def test_a_time_that_is_none_is_usage(place: Path, said: tuple[str, str]) -> None:
    assert run(place / "none", "clock", *said).returncode == 2


def test_a_second_demo_in_the_home_is_refused_and_fresh_empties_no_living_one(demo: Demo) -> None:
    for more in ((), ("--fresh",)):
        done = run(demo.home, "demo", "--port", str(free_port()), "--json", *more)

        assert json.loads(done.stdout)["code"] == "home_in_use"
    assert "演示城市" in demo.page("/")


@pytest.mark.parametrize(
    ("lang", "why", "fix"),
    [
        ("C.UTF-8", "another version of mingchu", "./x demo --fresh"),
        ("zh_CN.UTF-8", "另一版明厨", "./x demo --fresh"),
    ],
)
def test_a_city_of_another_schema_is_offered_a_fresh_start(
    demo: Demo, lang: str, why: str, fix: str
) -> None:
    if demo.process.poll() is None:
        demo.end()
    stamp = demo.home / "schema.stamp"
    kept = stamp.read_text()
    stamp.write_text("another")

    done = run(demo.home, "demo", "--port", str(demo.port), lang=lang)
    stamp.write_text(kept)

    assert done.returncode == 1
    assert why in done.stderr
    assert fix in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_fresh_start_leaves_nothing_of_the_other_schema(demo: Demo) -> None:
    if demo.process.poll() is None:
        demo.end()
    (demo.home / "schema.stamp").write_text("another")

    process = subprocess.Popen(
        command("demo", "--port", str(demo.port), "--businesses", "30", "--fresh"),
        cwd=ROOT,
        env=environment(demo.home),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    said = [line.split()[0] for line in iter(process.stdout.readline, "city complete\n") if line]
    process.terminate()
    process.communicate(timeout=SECONDS)

    assert said[-1] == "ready"
    assert process.returncode == 0


def test_without_a_running_demo_a_walk_says_how_to_start_one(place: Path) -> None:
    done = run(place / "none", "walk", "01", "--json")

    said = json.loads(done.stdout)
    assert (done.returncode, said["code"]) == (1, "no_demo_running")
    assert "./x demo" in said["fix"]
    assert not (place / "none").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
@pytest.mark.parametrize("words", [("up",), ("demo",), ("demo", "status"), ("login", "city")])
def test_a_closed_home_of_another_user_is_told_in_one_sentence(
    place: Path, words: tuple[str, ...]
) -> None:
    theirs = place / "theirs"
    theirs.mkdir(mode=0o700, exist_ok=True)
    os.chown(theirs, 12345, 12345)
    # As anybody else: without root's way through every door.
    bound = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    if subprocess.run([*bound, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody give up a capability")

    done = subprocess.run(
        [*bound, *command(*words)],
        cwd=ROOT,
        env=environment(theirs),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "belongs to the user 12345" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_home_that_is_no_folder_is_told(place: Path) -> None:
    (place / "file").touch()

    done = run(place / "file", "up", "--port", str(free_port()), "--json")

    assert json.loads(done.stdout)["code"] == "home_unwritable"
