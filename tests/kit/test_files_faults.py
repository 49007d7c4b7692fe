"""The disk fills, a write fails, the house is killed: nothing is half kept, nothing is lost."""

from __future__ import annotations

import io
import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from build import a_pdf
from django.test import Client
from phone import name_of
from photos import a_photo, pixels

from mingchu.kit.files import keeping, store
from mingchu.kit.models import Blob

ROOT = Path(__file__).parents[2]


@contextmanager
def no_file_longer_than(size: int) -> Iterator[None]:
    """The operating system itself stops a write in the middle, for the whole process."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_write_that_fails_in_the_middle_leaves_what_was_there_before(phone, on_disk):
    photo = a_photo(size=(1000, 700))
    half = len(photo) // 2
    assert half > 9000
    phone.put_part(photo, 0, half)

    with no_file_longer_than(half + 5000):
        refused = phone.put_part(photo, half, len(photo))
    asked = phone.ask("GET", name_of(photo))
    answer = phone.put_part(photo, half, len(photo))

    assert (refused.status, refused.said["code"]) == (507, "disk_nearly_full")
    assert asked.said["received"] == half
    assert answer.said["state"] == "kept"
    assert len(on_disk()) == 1


@pytest.fixture
def small_disk(home) -> Iterator[Path]:
    """A real disk of two megabytes under the home's files."""
    place = home / "files"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("mounting takes root; a write that fails in the middle is tested beside")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def fill(place: Path) -> Path:
    ballast = place / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass
    return ballast


def test_a_disk_that_fills_up_while_a_phone_sends_loses_only_that_piece(small_disk, line, on_disk):
    paper = a_pdf(os.urandom(450_000).hex())

    with socket.create_connection((line.host, line.port)) as wire:
        wire.sendall(line.head_of(paper) + paper[:600_000])
        while not any(path.stat().st_size for path in small_disk.glob("incoming/*")):
            pass
        ballast = fill(small_disk)
        wire.sendall(paper[600_000:])
        refused = wire.makefile("rb").read()
    asked = line.ask("GET", name_of(paper))
    again = line.put(paper)
    ballast.unlink()
    answer = line.put(paper)

    assert b" 507 " in refused.splitlines()[0]
    assert b"disk_nearly_full" in refused
    assert asked.said["received"] == 0
    assert again.status == 507
    assert answer.said["state"] == "kept"
    assert len(on_disk()) == 1


# Runs to the moment the draft is to become the file, or just after, and is killed there.
KILLED = """
import io, os, signal, sys
import django
django.setup()
from mingchu.kit.files import keeping
def watch(event, arguments):
    if event == "os.rename" and ".draft" in str(arguments[0]):
        if sys.argv[1] == "after":
            os.link(arguments[0], arguments[1])
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
keeping.keep(file=io.BytesIO(open(sys.argv[2], "rb").read()), by=None)
"""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_house_killed_while_it_keeps_a_file_keeps_it_the_next_time(
    committed, home, on_disk, tmp_path, moment
):
    photo = a_photo()
    sent = tmp_path / "sent.jpg"
    sent.write_bytes(photo)
    env = {
        **os.environ,
        "MINGCHU_HOME": str(home),
        "MINGCHU_DATABASE_URL": committed,
        "DJANGO_SETTINGS_MODULE": "mingchu.site.settings",
        "MINGCHU_SPARE_MIB": "0",
    }

    died = subprocess.run(
        [sys.executable, "-c", KILLED, moment, str(sent)], env=env, cwd=ROOT, check=False
    )
    left = on_disk()
    rows = Blob.objects.count()
    keeping.keep(file=io.BytesIO(photo), by=None)

    assert died.returncode == -signal.SIGKILL
    assert rows == 0
    assert [name.endswith(".draft") for name in left] == (
        [True] if moment == "before" else [False, True]
    )
    whole = [name for name in on_disk() if not name.endswith(".draft")]
    assert whole == [f"{(name := Blob.objects.get().digest)[:2]}/{name[2:]}"]
    assert pixels((store.root() / whole[0]).read_bytes()) == pixels(photo)


def test_the_houses_own_drafts_and_files_are_for_the_house_alone(phone, home):
    phone.put(a_pdf())

    modes = {path.stat().st_mode & 0o077 for path in (home / "files").rglob("*")}

    assert modes == {0}


def test_a_session_without_its_token_of_the_page_sends_nothing(db, home, sender):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(sender().user, backend="mingchu.accounts.backends.Backend")

    answer = browser.put(f"/api/v1/blobs/{name_of(a_pdf())}", a_pdf())

    assert answer.status_code == 403
