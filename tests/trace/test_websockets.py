"""Subscriptions by WebSocket: live tells who may hear, drops who does not read, loses nothing."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Callable
from contextlib import contextmanager, suppress
from itertools import count
from urllib.parse import quote, urlsplit

import pytest
from capturing import a_document, an_event
from edge import Program
from live import served
from receiving import listed
from websockets.client import ClientProtocol
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.sync.client import connect
from websockets.uri import parse_uri

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.base import clock
from mingchu.live.server import Live, Plan
from mingchu.live.telling import Pace

_numbers = count(1)
HERE, THERE = (Scope(ScopeKind.DISTRICT, code) for code in ("150102", "150104"))
PACE = Pace(slow=0.5, look=0.3, away=5.0)


class _Running:
    """The live process in a thread of this one."""

    def __init__(self, plan: Plan):
        self.live, self.stop = Live(plan), asyncio.Event()
        self.ready, self.loop = threading.Event(), asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._run)

    def _run(self):
        self.loop.run_until_complete(self._serve())

    async def _serve(self):
        ready = asyncio.Event()
        running = asyncio.create_task(self.live.run(self.stop, ready))
        await ready.wait()
        self.ready.set()
        await running

    def __enter__(self):
        self.thread.start()
        assert self.ready.wait(30)
        self.address = f"ws://127.0.0.1:{self.live.port}"
        return self

    def has_nobody(self) -> bool:
        return not self.live.opened

    def __exit__(self, *_all):
        self.loop.call_soon_threadsafe(self.stop.set)
        self.thread.join()
        self.loop.close()


@pytest.fixture(scope="module")
def house(shared_house):
    with served() as url:
        yield url


@pytest.fixture(scope="module")
def running(house, shared_house):
    there = urlsplit(house)
    plan = Plan("127.0.0.1", 0, there.hostname, there.port, shared_house, pace=PACE)
    with _Running(plan) as found:
        yield found


@pytest.fixture
def live(running):
    return running.address


@pytest.fixture
def program(house):
    return Program(house, "district", HERE)


@pytest.fixture
def step():
    return f"https://example.com/live/{next(_numbers)}"


def named(program: Program, step: str) -> str:
    name = f"live{next(_numbers)}"
    body = {"name": name, "query": {"EQ_bizStep": [step]}}
    assert program.post("queries", json.dumps(body).encode()).status == 201
    return f"/epcis/queries/{quote(name)}"


def capture(program: Program, step: str, *names: str, **more) -> None:
    for name in names:
        event = an_event(bizStep=step, eventID=f"{step}/{name}", **more)
        assert program.post("capture", a_document(event)).status == 202


@contextmanager
def subscribed(live: str, program: Program, path: str, how: str = "stream=true", **more):
    with connect(
        f"{live}{path}/events?{how}", additional_headers=program.headers, max_size=None, **more
    ) as found:
        yield found


def told(line) -> dict:
    return json.loads(line.recv(timeout=30))


def read_late(address: str, program: Program, is_over: Callable[[], bool]) -> list[dict]:
    """What there is for somebody who opens it and reads nothing until it is over."""
    protocol = ClientProtocol(parse_uri(address), max_size=None)
    request = protocol.connect()
    request.headers.update(program.headers)
    protocol.send_request(request)
    there = urlsplit(address)
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        line.connect((there.hostname, there.port))
        line.sendall(b"".join(protocol.data_to_send()))
        protocol.receive_data(line.recv(1))  # it is open
        while not is_over():
            threading.Event().wait(0.1)
        line.settimeout(30)
        with suppress(ConnectionResetError):
            while data := line.recv(65536):
                protocol.receive_data(data)
    frames = [one for one in protocol.events_received() if isinstance(one, Frame)]
    return [json.loads(one.data) for one in frames if one.opcode is Opcode.TEXT]


def names_in(document: dict) -> list[str]:
    return [event["eventID"].rpartition("/")[2] for event in listed(document)]


def test_each_event_is_told_as_it_is_captured_and_a_stranger_hears_nothing(
    house, live, program, step
):
    path = named(program, step)
    capture(program, step, "before")
    with subscribed(live, program, path) as line:
        capture(program, step, "1")
        first = told(line)
        capture(Program(house, "district", THERE), step, "foreign")
        capture(program, step, "2")
        second = told(line)
        minimum = line.response.headers["GS1-Query-Min-Record-Time"]
    assert (names_in(first), names_in(second)) == (["1"], ["2"])
    assert first["epcisBody"]["queryResults"]["queryName"] == path.rpartition("/")[2]
    assert clock.datetime.fromisoformat(minimum) <= clock.now()


def test_who_comes_back_goes_on_from_the_date_of_his_last_document(live, program, step):
    path = named(program, step)
    with subscribed(live, program, path) as line:
        capture(program, step, "1")
        date = told(line)["creationDate"]
    capture(program, step, "2", "3")
    with subscribed(live, program, path, f"stream=true&initialRecordTime={quote(date)}") as line:
        seen = names_in(told(line))
        while "3" not in seen:
            seen += names_in(told(line))
    assert seen == ["2", "3"]


REFUSED = {
    "": 400,
    "stream=false": 400,
    "stream=true&minute=5": 400,
    "hour=24": 400,
    "month=2&dayOfMonth=30": 400,
    "stream=true&stream=true": 400,
    "stream=true&EQ_bizStep=shipping": 400,
    "stream=true&initialRecordTime=yesterday": 400,
}


@pytest.mark.parametrize("how", REFUSED)
def test_what_cannot_be_kept_is_refused_before_it_is_opened(live, program, step, how):
    with pytest.raises(InvalidStatus) as no, subscribed(live, program, named(program, step), how):
        pass
    said = json.loads(no.value.response.body)
    assert no.value.response.status_code == REFUSED[how]
    assert said["type"] == "epcisException:SubscriptionControlsException"


def test_only_who_may_read_the_query_opens_it(house, live, program, step):
    path = named(program, step)
    other = Program(house, "district", THERE)
    nobody = Program(house, "district", HERE)
    nobody.headers = {"Authorization": "Bearer mc_x_y"}
    for who, where, status in (
        (nobody, path, 401),
        (other, path, 404),
        (program, "/epcis/queries/none", 404),
        (program, "/epcis", 404),
    ):
        with pytest.raises(InvalidStatus) as no, subscribed(live, who, where):
            pass
        assert no.value.response.status_code == status
        assert no.value.response.headers["Content-Type"] == "application/problem+json"


def test_a_token_taken_away_ends_what_it_opened(live, program, step):
    path = named(program, step)
    with subscribed(live, program, path) as line:
        accounts.revoke_token(token=program.token)
        with pytest.raises(ConnectionClosed) as ended:
            told(line)
    assert (ended.value.rcvd.code, ended.value.rcvd.reason) == (1008, "unauthenticated")


@pytest.mark.parametrize("how", ["stream=true", "hour=1"])
def test_a_deleted_query_ends_what_was_opened_on_it(live, program, step, how):
    path = named(program, step)
    with subscribed(live, program, path, how) as line:
        assert program.ask("DELETE", path).status == 204
        with pytest.raises(ConnectionClosed) as ended:
            told(line)
    assert (ended.value.rcvd.code, ended.value.rcvd.reason) == (1000, "query_deleted")


def test_a_schedule_tells_at_its_times_and_of_nothing_where_that_is_asked(live, program, step):
    path = named(program, step)
    with subscribed(live, program, path, "second=0/1&reportIfEmpty=true") as line:
        empty = names_in(told(line))
        capture(program, step, "1")
        seen = []
        while not seen:
            seen = names_in(told(line))
    assert (empty, seen) == ([], ["1"])


def test_who_does_not_read_is_dropped_and_finds_everything_when_he_comes_back(
    running, live, program, step
):
    """Pages of a megabyte fill whatever lies between, and nothing more is kept for him."""
    path = named(program, step)
    begun = quote(clock.now().isoformat())
    names = [str(number) for number in range(24)]
    capture(program, step, *names, **{"example:filler": "x" * 900_000})
    how = f"stream=true&initialRecordTime={begun}"
    documents = read_late(f"{live}{path}/events?{how}", program, running.has_nobody)
    seen = [name for document in documents for name in names_in(document)]
    date = quote(documents[-1]["creationDate"])
    dropped_after = len(seen)
    with subscribed(live, program, path, f"stream=true&initialRecordTime={date}") as line:
        while names[-1] not in seen:
            seen += names_in(told(line))
    assert dropped_after < len(names)
    assert sorted(set(seen), key=int) == names


def test_nothing_is_opened_while_the_house_is_away(shared_house, step):
    with served() as url:
        there = urlsplit(url)
        plan = Plan("127.0.0.1", 0, there.hostname, there.port, shared_house, pace=PACE)
        program = Program(url, "district", HERE)
        path = named(program, step)
    with _Running(plan) as away, pytest.raises(InvalidStatus) as no:
        connect(f"{away.address}{path}/events?stream=true", additional_headers=program.headers)
    assert no.value.response.status_code == 503
