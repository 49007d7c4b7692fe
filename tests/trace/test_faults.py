"""Uploads that break off, are too large, too deep or enormous, at the house as it is shipped."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import socket
import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from capturing import a_document, an_event

from mingchu.ops.bench.house import House, token, up
from mingchu.ops.bench.kill_targets import processes, web
from mingchu.ops.postgres import OWNER, Server

TOP = 64 * 2**20  # what the house takes unless it is told otherwise
HUNDRED_MEGABYTES = 100_000_000
PIECE = b" " * 2**16
ROOM = 40 * 2**20  # what a process may need besides


class Running:
    """A house of one web process, and a program of the city."""

    def __init__(self, house: House):
        self.house, self.key = house, token(house, "epcis")
        self.there = urlsplit(house.url)

    def head(self, *lines: str) -> bytes:
        said = ["POST /epcis/capture HTTP/1.1", "Host: x", f"Authorization: Bearer {self.key}"]
        return "\r\n".join([*said, "Content-Type: application/json", *lines, "", ""]).encode()

    def line(self) -> socket.socket:
        return socket.create_connection((self.there.hostname, self.there.port), timeout=120)

    def post(self, body: bytes) -> tuple[int, dict]:
        line = http.client.HTTPConnection(self.there.netloc, timeout=600)
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        line.request("POST", "/epcis/capture", body, headers)
        answer = line.getresponse()
        said = answer.read()
        if answer.status == 202:
            line.request("GET", answer.headers["Location"], headers=headers)
            said = line.getresponse().read()
        line.close()
        return answer.status, json.loads(said)

    def count(self, table: str = "event") -> int:
        with psycopg.connect(Server(self.house.home).url(OWNER)) as db:
            [found] = db.execute(f"SELECT count(*) FROM trace_{table}").fetchone()  # noqa: S608
            return int(found)

    def web(self) -> int:
        """The process that answers."""
        [leader, *_others] = web(self.house.home)
        return max(
            (one.pid for one in processes() if one.parent == leader),
            key=lambda pid: _memory(pid)[0],
        )


def _memory(pid: int) -> tuple[int, int]:
    """Bytes held now, and at most since it was last forgotten."""
    status = Path(f"/proc/{pid}/status").read_text()
    now, peak = (re.search(rf"{name}:\s+(\d+)", status) for name in ("VmRSS", "VmHWM"))
    return (int(now[1]) * 1024, int(peak[1]) * 1024) if now and peak else (0, 0)


class Watched:
    """How much more a process held at most than when the watching began."""

    def __init__(self, pid: int):
        self.pid = pid
        Path(f"/proc/{pid}/clear_refs").write_text("5")
        self.before = _memory(pid)[0]

    @property
    def more(self) -> int:
        return _memory(self.pid)[1] - self.before


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    place = Path(tempfile.mkdtemp(prefix="mingchu-faults-"))
    place.chmod(0o755)
    try:
        with up(place / "home", {"MINGCHU_WEB_PROCESSES": "1"}) as house:
            yield Running(house)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def in_pieces(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def test_documents_come_in_one_piece_or_in_many(running):
    data = a_document(an_event(), an_event())
    with running.line() as line:
        line.sendall(running.head("Transfer-Encoding: chunked", "Connection: close"))
        for at in range(0, len(data), 100):
            line.sendall(in_pieces(data[at : at + 100]))
        line.sendall(in_pieces(b""))
        assert answer_of(line).startswith(b"HTTP/1.1 202")
    assert running.post(data)[1]["duplicate"] == 2


def answer_of(line: socket.socket) -> bytes:
    """All that is said until the other side hangs up, or goes."""
    said = b""
    try:
        while got := line.recv(65536):
            said += got
    except ConnectionError:
        pass
    return said


@pytest.mark.parametrize("way", ["length", "pieces"])
@pytest.mark.parametrize("end", ["reset", "shut", "at once"])
def test_an_upload_that_breaks_off_leaves_nothing_and_the_next_is_taken(running, way, end):
    data = a_document(*[an_event() for _ in range(400)])
    before = running.count(), running.count("capture")
    line = running.line()
    if way == "length":
        line.sendall(running.head(f"Content-Length: {len(data) + 1}"))
        sent = data
    else:
        line.sendall(running.head("Transfer-Encoding: chunked"))
        sent = in_pieces(data[:-1])
    if end != "at once":
        line.sendall(sent)
    if end == "reset":
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    elif end == "shut":
        line.shutdown(socket.SHUT_WR)
        assert b" 202 " not in answer_of(line)[:20]
    line.close()

    status, job = running.post(a_document(an_event()))
    assert (status, job["captured"]) == (202, 1)
    assert (running.count(), running.count("capture")) == (before[0] + 1, before[1] + 1)


def test_a_document_whose_last_empty_piece_is_missing_goes_in_whole_or_not_at_all(running):
    """The server takes the end of the line for the end of the body; nothing is acknowledged."""
    events = [an_event() for _ in range(50)]
    before = running.count()
    with running.line() as line:
        line.sendall(running.head("Transfer-Encoding: chunked"))
        line.sendall(in_pieces(a_document(*events)))
        line.shutdown(socket.SHUT_WR)
        answer_of(line)
    came = running.count() - before
    status, job = running.post(a_document(*events))
    assert came in (0, 50)
    assert (status, job["captured"], job["duplicate"]) == (202, 50 - came, came)


def test_a_hundred_megabytes_are_refused_unread(running):
    watched = Watched(running.web())
    with running.line() as line:
        line.sendall(running.head(f"Content-Length: {HUNDRED_MEGABYTES}", "Connection: close"))
        said = upload(line, HUNDRED_MEGABYTES)
    assert said.startswith(b"HTTP/1.1 413"), said[:200]
    assert b"document_too_large" in said
    assert watched.more < ROOM


def test_a_hundred_megabytes_in_pieces_are_refused_at_the_limit(running):
    watched = Watched(running.web())
    with running.line() as line:
        line.sendall(running.head("Transfer-Encoding: chunked", "Connection: close"))
        said = upload(line, HUNDRED_MEGABYTES, chunked=True)
    assert said.startswith(b"HTTP/1.1 413"), said[:200]
    assert watched.more < 2 * TOP + ROOM


def upload(line: socket.socket, size: int, *, chunked: bool = False) -> bytes:
    """What is said to an upload that goes on whatever is said."""
    piece = in_pieces(PIECE) if chunked else PIECE
    try:
        for _ in range(size // len(PIECE)):
            line.sendall(piece)
        if chunked:
            line.sendall(in_pieces(b""))
        else:
            line.sendall(PIECE[: size % len(PIECE)])
    except ConnectionError:
        pass
    return answer_of(line)


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_ten_megabytes_of_depth_are_refused_in_bounded_memory(running, opening):
    watched = Watched(running.web())
    status, said = running.post(b'{"@context":' + opening * (10_000_000 // len(opening)))
    assert (status, said["code"]) in ((400, "json_too_deep"), (400, "json_malformed"))
    assert watched.more < 10 * 10_000_000 + ROOM


@pytest.mark.parametrize("many", [20_000, pytest.param(1_000_000, marks=pytest.mark.soak)])
def test_very_many_things_in_one_event_are_kept(running, many):
    start = running.count("link")
    serial = "urn:epc:id:sgtin:4012345.033333.{:07}".format
    event = an_event(epcList=[serial(many + n) for n in range(many)])
    watched = Watched(running.web())
    status, job = running.post(a_document(event))
    assert (status, job["captured"]) == (202, 1)
    assert running.count("link") - start == many
    assert watched.more < 1600 * many + ROOM
    assert running.post(a_document(event))[1]["duplicate"] == 1
