"""Files come in over the real door: whole, in pieces, cut off, wrong, twice, onto a full disk."""

from __future__ import annotations

import hashlib
import http.client
import io
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from build import a_pdf
from django.test import Client
from live import served
from photos import SECRET, a_photo, pixels

from mingchu.kit.files import keeping, store
from mingchu.kit.models import Blob, Upload

ROOT = Path(__file__).parents[2]


class Answer(NamedTuple):
    status: int
    said: dict[str, Any]
    headers: dict[str, str]


def name_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Phone:
    """Sends as a program does, through the whole house but the wire."""

    def __init__(self, token: str):
        self.token = token

    def ask(self, method: str, name: str, body: bytes = b"", **headers: str) -> Answer:
        known = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/octet-stream",
            **{key.replace("_", "-"): value for key, value in headers.items()},
        }
        return self.send(method, f"/api/v1/blobs/{name}", body, known)

    def send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        answer = Client().generic(method, path, body, headers["Content-Type"], headers=headers)
        text = answer.content
        return Answer(answer.status_code, json.loads(text) if text else {}, dict(answer.headers))

    def put(self, content: bytes, **headers: str) -> Answer:
        return self.ask("PUT", name_of(content), content, **headers)

    def put_part(self, whole: bytes, first: int, end: int) -> Answer:
        said = f"bytes {first}-{end - 1}/{len(whole)}"
        return self.ask("PUT", name_of(whole), whole[first:end], Content_Range=said)


class Line(Phone):
    """A phone on the wire; every call is a connection of its own."""

    def __init__(self, where: str, token: str):
        super().__init__(token)
        self.host, self.port = urlsplit(where).hostname or "", urlsplit(where).port or 0

    def send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        line = http.client.HTTPConnection(self.host, self.port, timeout=30)
        line.request(method, path, body, {**headers, "Content-Length": str(len(body))})
        answer = line.getresponse()
        text = answer.read()
        line.close()
        return Answer(answer.status, json.loads(text) if text else {}, dict(answer.headers))

    def cut_off(self, content: bytes, after: int) -> None:
        """Promises everything, sends a part, and is gone."""
        with socket.create_connection((self.host, self.port)) as line:
            line.sendall(self.head_of(content) + content[:after])

    def head_of(self, content: bytes) -> bytes:
        return (
            f"PUT /api/v1/blobs/{name_of(content)} HTTP/1.1\r\n"
            f"Host: {self.host}:{self.port}\r\n"
            f"Authorization: Bearer {self.token}\r\n"
            "Content-Type: application/octet-stream\r\n"
            f"Content-Length: {len(content)}\r\n\r\n"
        ).encode()


@pytest.fixture
def phone(db, home, sender) -> Phone:
    return Phone(sender("inspector").token)


@pytest.fixture
def door(committed, home) -> Iterator[str]:
    with served() as where:
        yield where


@pytest.fixture
def line(door, sender) -> Line:
    return Line(door, sender("inspector").token)


def test_a_photo_is_kept_bare_and_found_again_by_the_digest_it_was_sent_under(line, on_disk):
    photo = a_photo()

    answer = line.put(photo, Content_Type="image/jpeg")

    assert (answer.status, answer.said["state"], answer.said["missing"]) == (200, "kept", [])
    [kept] = on_disk()
    stored = (store.root() / kept).read_bytes()
    assert answer.said["stored"] == f"sha256:{name_of(stored)}"
    assert kept == f"{name_of(stored)[:2]}/{name_of(stored)[2:]}"
    assert SECRET not in stored
    assert pixels(stored) == pixels(photo)
    assert line.ask("GET", name_of(photo)).said == answer.said


def test_the_digest_of_the_house_is_kept_with_the_file(phone, settings):
    settings.DIGEST = "sm3"

    answer = phone.put(a_pdf())

    assert answer.said["stored"] == f"sm3:{hashlib.new('sm3', a_pdf()).hexdigest()}"
    assert Blob.objects.get().algorithm == "sm3"


def test_a_file_in_many_pieces_is_kept_with_the_last(phone):
    photo = a_photo(size=(300, 200))
    step = len(photo) // 5 + 1

    answers = [
        phone.put_part(photo, at, min(at + step, len(photo))) for at in range(0, len(photo), step)
    ]

    assert [answer.status for answer in answers] == [202] * 4 + [200]
    assert answers[0].said["missing"] == [f"{step}-{len(photo) - 1}"]
    assert answers[0].headers["Upload-Offset"] == str(step)
    assert answers[-1].said["state"] == "kept"


def test_a_sender_who_was_cut_off_goes_on_where_it_stopped(line, on_disk):
    photo = a_photo(size=(300, 200))
    half = len(photo) // 2

    line.cut_off(photo, after=half)
    received = _settled(line, photo)
    answer = line.put_part(photo, received, len(photo))

    assert received == half
    assert answer.said["state"] == "kept"
    assert [name for name in on_disk() if "incoming" in name] == []


def _settled(line: Line, photo: bytes) -> int:
    """How much has come once the house has noticed that nothing more will."""
    while (answer := line.ask("HEAD", name_of(photo))).status == 404:
        pass
    while int(answer.headers["Upload-Offset"]) == 0:
        answer = line.ask("HEAD", name_of(photo))
    assert answer.headers["Upload-Length"] == str(len(photo))
    return int(answer.headers["Upload-Offset"])


def test_a_piece_whose_answer_was_lost_is_sent_again_without_harm(phone):
    photo = a_photo()

    first, again = phone.put_part(photo, 0, 100), phone.put_part(photo, 0, 100)
    overlapping = phone.put_part(photo, 50, len(photo))
    whole = phone.put(photo)

    assert first.said == again.said
    assert overlapping.said == whole.said
    assert (Blob.objects.count(), Upload.objects.count()) == (1, 1)


def test_an_empty_piece_only_asks(phone):
    photo = a_photo()
    phone.put_part(photo, 0, 100)

    answer = phone.ask("PUT", name_of(photo), Content_Range=f"bytes */{len(photo)}")

    assert (answer.status, answer.said["received"]) == (202, 100)


def test_a_file_all_of_which_had_come_when_the_house_died_is_kept_when_asked_for(phone, on_disk):
    photo = a_photo()
    phone.put_part(photo, 0, 100)
    [part] = on_disk()
    (store.root() / part).write_bytes(photo)

    answer = phone.ask("PUT", name_of(photo), Content_Range=f"bytes */{len(photo)}")

    assert answer.said["state"] == "kept"
    assert len(on_disk()) == 1


def test_a_piece_after_a_gap_is_refused_with_the_place_to_go_on(phone):
    photo = a_photo()
    phone.put_part(photo, 0, 100)

    answer = phone.put_part(photo, 200, 300)

    assert (answer.status, answer.said["code"]) == (409, "upload_gap")
    assert "100" in answer.said["fix"]
    assert phone.ask("GET", name_of(photo)).said["received"] == 100


def test_bytes_that_are_not_what_their_name_says_leave_nothing(phone, on_disk):
    photo, other = a_photo(seed=1), a_photo(seed=2)

    answer = phone.ask("PUT", name_of(photo), other)

    assert (answer.status, answer.said["code"]) == (422, "bytes_do_not_match")
    assert (on_disk(), Upload.objects.count(), Blob.objects.count()) == ([], 0, 0)
    assert phone.put(photo).said["state"] == "kept"


def test_a_wrong_type_is_told_with_the_first_piece(phone, on_disk):
    program = b"MZ\x90\x00" + bytes(5000)

    answer = phone.put_part(program, 0, 100)

    assert (answer.status, answer.said["code"]) == (415, "type_not_taken")
    assert (on_disk(), Upload.objects.count()) == ([], 0)


@pytest.mark.parametrize("claimed", ["image/png", "application/pdf", "text/html"])
def test_a_type_that_lies_is_refused(phone, on_disk, claimed):
    answer = phone.put(a_photo(), Content_Type=claimed)

    assert (answer.status, answer.said["code"]) == (415, "type_differs")
    assert on_disk() == []


def test_a_broken_photo_is_refused_whole(phone, on_disk):
    answer = phone.put(a_photo()[:-200])

    assert (answer.status, answer.said["code"]) == (422, "photo_broken")
    assert (on_disk(), Upload.objects.count()) == ([], 0)


def test_each_kind_has_its_largest_size(phone, settings, on_disk):
    settings.FILE_BYTES = {"photo": 500, "document": 5000}

    photo = phone.put_part(a_photo(), 0, 100)
    paper = phone.put(a_pdf("x" * 1000))
    over = phone.put_part(a_pdf("x" * 6000), 0, 10)

    assert (photo.status, photo.said["code"]) == (413, "file_too_large")
    assert paper.said["state"] == "kept"
    assert (over.status, over.said["code"]) == (413, "file_too_large")
    assert len(on_disk()) == 1


def test_a_body_over_every_size_is_refused_unread(phone):
    answer = phone.ask("PUT", "0" * 64, b"x", Content_Length="999999999")

    assert (answer.status, answer.said["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("said", "length"),
    [
        ("bytes 0-99/50", 100),
        ("bytes 5-4/50", 0),
        ("bytes 0-9/50", 5),
        ("bytes=0-9", 10),
        ("items 0-9/50", 10),
        ("bytes -1-9/50", 10),
    ],
)
def test_a_range_that_makes_no_sense_is_refused(phone, said, length):
    answer = phone.ask("PUT", "0" * 64, b"x" * length, Content_Range=said)

    assert (answer.status, answer.said["code"]) == (400, "bad_range")


@pytest.mark.parametrize("name", ["x", "..", "%2e%2e%2fkeys", "0" * 63, "g" * 64, "0" * 65])
def test_a_name_that_is_no_digest_reaches_no_path(phone, on_disk, name):
    answer = phone.ask("PUT", name, a_pdf())

    assert answer.status in (404, 422)
    assert on_disk() == []


def test_a_digest_in_capitals_is_the_same(phone):
    answer = phone.ask("PUT", name_of(a_pdf()).upper(), a_pdf())

    assert answer.said["sha256"] == name_of(a_pdf())


def test_an_empty_file_is_refused(phone):
    assert phone.put(b"").said["code"] == "empty_file"


def test_a_size_that_changes_on_the_way_is_refused(phone):
    photo = a_photo()
    phone.put_part(photo, 0, 100)

    answer = phone.ask("PUT", name_of(photo), photo[:50], Content_Range=f"bytes 0-49/{9999}")

    assert answer.said["code"] == "upload_size_changed"


def test_nobody_sends_without_end(phone, settings):
    settings.SENDER_DAY_BYTES = len(a_pdf("1")) + 10

    first, second = phone.put(a_pdf("1")), phone.put(a_pdf("2"))

    assert first.said["state"] == "kept"
    assert (second.status, second.said["code"]) == (429, "too_much_today")


def test_what_another_sent_is_unknown_to_whoever_has_only_its_digest(phone, sender, on_disk):
    mine, yours = phone, Phone(sender().token)
    mine.put(a_pdf())

    asked = yours.ask("GET", name_of(a_pdf()))
    guessed = yours.ask("PUT", name_of(a_pdf()), Content_Range=f"bytes */{len(a_pdf())}")
    sent = yours.put(a_pdf())

    assert asked.status == 404
    assert guessed.said["state"] == "partial"
    assert sent.said["state"] == "kept"
    assert len(on_disk()) == 1


def test_only_a_token_that_may_send_sends(door, sender):
    reader = Phone(sender(within=("read",)).token)
    syncing = Phone(sender("inspector", within=("inspect:sync",)).token)

    assert reader.put(a_pdf()).status == 403
    assert syncing.put(a_pdf()).status == 200
    assert Phone("mc_nobody").put(a_pdf()).status == 401


def test_the_same_bytes_from_many_at_once_are_one_file(door, sender, on_disk):
    photo = a_photo(size=(400, 300))
    phones = [Line(door, sender().token) for _ in range(3)] * 2

    with ThreadPoolExecutor(len(phones)) as pool:
        answers = list(pool.map(lambda phone: phone.put(photo), phones))

    assert {answer.said["state"] for answer in answers} == {"kept"}
    assert len({answer.said["stored"] for answer in answers}) == 1
    assert (Blob.objects.count(), Upload.objects.count(), len(on_disk())) == (1, 3, 1)


def test_a_disk_that_is_nearly_full_takes_nothing_in(phone, settings, on_disk):
    settings.SPARE_BYTES = shutil.disk_usage(settings.HOME).total

    answer = phone.put(a_photo())

    assert (answer.status, answer.said["code"]) == (507, "disk_nearly_full")
    assert (on_disk(), Upload.objects.count()) == ([], 0)


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
    browser.force_login(sender().user, backend="django.contrib.auth.backends.ModelBackend")

    answer = browser.put(f"/api/v1/blobs/{name_of(a_pdf())}", a_pdf())

    assert answer.status_code == 403
