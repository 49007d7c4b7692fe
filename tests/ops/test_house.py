"""The house: it starts, is alone in its home, survives what kills its parts, and ends cleanly."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from mingchu.ops.bench.house import clean_environment, free_port
from mingchu.ops.children import began
from mingchu.ops.postgres import OWNER, Server

ROOT = Path(__file__).parents[2]
SECONDS = 40


class House:
    """`mingchu up` in a home of its own."""

    def __init__(self, home: Path):
        self.home = home
        self.port = free_port()
        self.start()

    def start(self) -> None:
        with (self.home.parent / "stderr").open("ab") as told:
            self.process = subprocess.Popen(
                mingchu("up", "--port", str(self.port)),
                cwd=ROOT,
                env=environment(self.home),
                stdout=subprocess.PIPE,
                stderr=told,
                text=True,
            )
        assert self.process.stdout
        with self.process.stdout as said:
            assert said.readline() == f"ready http://127.0.0.1:{self.port}/\n", self.told

    @property
    def told(self) -> str:
        return (self.home.parent / "stderr").read_text()

    def groups(self) -> list[int]:
        return [int(pid) for pid in json.loads((self.home / "run" / "groups.json").read_text())]

    @property
    def database(self) -> int:
        data = Server(self.home).data
        return int((data / "postmaster.pid").read_text().splitlines()[0])

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=3) as said:
                return bool(said.status == 200)
        except OSError:
            return False

    def end(self) -> int:
        self.process.terminate()
        return self.process.wait(SECONDS)


def mingchu(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "mingchu", *arguments]


def environment(home: Path) -> dict[str, str]:
    return {**clean_environment(), "MINGCHU_HOME": str(home), "MINGCHU_WEB_PROCESSES": "1"}


def command(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        mingchu(*arguments),
        cwd=ROOT,
        env={**environment(home), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )


def eventually(is_so: Callable[[], bool]) -> bool:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if is_so():
            return True
        time.sleep(0.1)
    return False


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder the server's account can pass through."""
    made = Path(tempfile.mkdtemp(prefix="mingchu-house-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def house(place: Path) -> Iterator[House]:
    found = House(place / "home")
    yield found
    if found.process.poll() is None:
        found.end()


@pytest.fixture
def ended(house: House) -> House:
    """The house at rest, whichever tests ran before on this worker."""
    if house.process.poll() is None:
        house.end()
    return house


def test_a_second_house_in_the_same_home_is_refused(house: House) -> None:
    done = command(house.home, "up", "--port", str(free_port()))

    assert done.returncode == 1
    assert str(house.process.pid) in done.stderr
    assert house.answers()


def test_a_port_in_use_is_refused_and_nothing_is_started(house: House, place: Path) -> None:
    done = command(place / "other", "up", "--port", str(house.port), "--json")

    assert done.returncode == 1
    assert json.loads(done.stdout)["code"] == "port_taken"
    assert not (place / "other" / "pg").exists()


def test_keys_are_for_the_owner_alone(house: House) -> None:
    keys = house.home / "keys"

    assert keys.stat().st_mode & 0o077 == 0
    assert all(key.stat().st_mode & 0o077 == 0 for key in keys.iterdir())
    assert len((keys / "session.key").read_text()) >= 64


def test_a_command_uses_the_running_database(house: House) -> None:
    done = command(house.home, "token", "revoke", "7", "--json")

    assert json.loads(done.stdout)["code"] == "no_such_token", done.stderr


def test_a_killed_process_comes_back(house: House) -> None:
    before = house.groups()

    for pid in before:
        os.kill(pid, signal.SIGKILL)

    assert eventually(lambda: not set(before) & set(house.groups()) and len(house.groups()) == 3)
    assert eventually(house.answers)


def test_live_answers_one_port_above_and_asks_for_a_token(house: House) -> None:
    def refuses() -> bool:
        try:
            connect(f"ws://127.0.0.1:{house.port + 1}/epcis/queries/none/events?stream=true")
        except InvalidStatus as refused:
            return refused.response.status_code == 401
        except OSError:
            return False
        return False

    assert eventually(refuses)


def test_a_killed_database_comes_back(house: House) -> None:
    before = house.database

    os.kill(before, signal.SIGKILL)

    assert eventually(lambda: house.answers() and house.database != before)


def test_after_everything_was_killed_the_next_start_is_ordinary(house: House) -> None:
    killed = [house.process.pid, *house.groups(), house.database]
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    house.process.wait(SECONDS)

    house.start()

    assert house.answers()
    assert not set(killed) & {house.process.pid, *house.groups(), house.database}


LEFT = """
INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args, status)
VALUES ('default', 'mingchu.alerts.jobs.fold', 'left', 'left', '{"timestamp": 1}', 'doing')
RETURNING id
"""


def test_a_job_whose_worker_was_killed_is_done_and_gives_its_lock_back(house: House) -> None:
    with psycopg.connect(Server(house.home).url(OWNER), autocommit=True) as db:
        [left] = db.execute(LEFT).fetchone() or ()
        asked = "SELECT status FROM procrastinate_jobs WHERE id = %s"

        # A job that is done is deleted.
        assert eventually(lambda: db.execute(asked, (left,)).fetchone() is None)


def test_children_do_not_outlive_a_killed_supervisor(house: House) -> None:
    groups = house.groups()

    house.process.kill()
    house.process.wait(SECONDS)

    assert eventually(lambda: not any(began(pid) for pid in groups))
    house.start()


def test_a_number_given_to_a_stranger_ends_no_stranger(house: House) -> None:
    house.end()
    stranger = subprocess.Popen(["sleep", "60"], start_new_session=True)
    (house.home / "run" / "groups.json").write_text(json.dumps({stranger.pid: "1"}))
    pid_file = Server(house.home).data / "postmaster.pid"
    pid_file.write_text(f"{stranger.pid}\n")

    house.start()

    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_it_ends_cleanly_and_leaves_no_process(house: House) -> None:
    pids = [*house.groups(), house.database]

    code = house.end()

    assert code == 0
    assert not any(began(pid) for pid in pids)
    assert not (house.home / "run" / "groups.json").exists()


def test_a_database_of_another_version_of_ours_is_told_before_anything_is_touched(
    ended: House,
) -> None:
    stamp = ended.home / "schema.stamp"
    kept = stamp.read_text()
    stamp.write_text("another")

    done = command(ended.home, "up", "--port", str(ended.port), "--json")
    stamp.write_text(kept)

    assert json.loads(done.stdout)["code"] == "schema_changed"


def test_a_cluster_of_another_major_version_is_refused_by_name(ended: House) -> None:
    version = Server(ended.home).data / "PG_VERSION"
    kept = version.read_text()
    version.write_text("13\n")

    done = command(ended.home, "up", "--port", str(ended.port), "--json")
    version.write_text(kept)

    said = json.loads(done.stdout)
    assert said["code"] == "wrong_postgres"
    assert "13" in said["why"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_home_of_another_user_is_refused(place: Path) -> None:
    theirs = place / "theirs"
    theirs.mkdir()
    os.chown(theirs, 12345, 12345)

    done = command(theirs, "up", "--port", str(free_port()), "--json")

    said = json.loads(done.stdout)
    assert said["code"] == "home_not_ours"
    assert "12345" in said["why"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_is_told_with_what_is_left(place: Path) -> None:
    small = place / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=20m", "none", str(small)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount")

    try:
        done = command(small / "home", "up", "--port", str(free_port()), "--json")
    finally:
        subprocess.run(["umount", str(small)], check=True)

    assert json.loads(done.stdout)["code"] == "disk_full"


def test_a_home_where_nothing_was_set_up_is_told_what_to_do(place: Path) -> None:
    done = command(place / "empty", "login", "city", "--json")

    assert json.loads(done.stdout)["code"] == "empty_home"
    assert not (place / "empty" / "pg").exists()


def test_only_a_home_of_ours_is_cleared(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mingchu.base.errors import Refusal
    from mingchu.ops import home

    photos = place / "photos"
    photos.mkdir()
    (photos / "one.jpg").touch()
    monkeypatch.setenv("MINGCHU_HOME", str(photos))

    with pytest.raises(Refusal) as refused:
        home.clear()

    assert refused.value.code == "not_a_home"
    assert (photos / "one.jpg").exists()
