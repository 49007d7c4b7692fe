"""The capture door as programs meet it: through the real WSGI, with tokens, before Django."""

from __future__ import annotations

import gzip
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest
from capturing import a_document, an_event, as_sent, events_of
from django.test import Client
from edge import Program
from live import served

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.base import meters
from mingchu.base.ids import new_id
from mingchu.base.remembered import Remembered

HERE, THERE = (Scope(ScopeKind.DISTRICT, code) for code in ("150102", "150104"))


@pytest.fixture(scope="module")
def house(shared_house):
    with served() as url:
        yield url


@pytest.fixture
def more(house):
    """How many rows of a table have come since the test began."""
    before = {table: events_of(table) for table in ("event", "capture")}
    return lambda table="event": events_of(table) - before[table]


@pytest.fixture
def name():
    """An event's id that no other test has."""
    return f"urn:uuid:{new_id()}"


def problem(answer) -> tuple:
    said = json.loads(answer.content)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert said["status"] == answer.status
    assert said["request_id"] == answer.headers["X-Request-Id"]
    return answer.status, said["type"].removeprefix("epcisException:"), said["code"]


def test_a_document_is_captured_and_its_job_and_events_are_read_back(house, name):
    program = Program(house)
    event = an_event(eventID=name)
    answer = program.post("capture", a_document(event), GS1_Capture_Error_Behaviour="proceed")
    assert (answer.status, answer.headers["GS1-EPCIS-Version"]) == (202, "2.0.0")
    job = json.loads(program.ask("GET", answer.headers["Location"]).content)
    assert job["captureID"] == answer.headers["Location"].rsplit("/", 1)[1]
    assert (job["running"], job["success"], job["errors"]) == (False, True, [])
    assert (job["captureErrorBehaviour"], job["captured"]) == ("proceed", 1)
    kept = program.get(f"events/{quote(name)}", GS1_EPC_Format="Never_Translates")
    found = json.loads(kept.content)
    assert found["type"] == "EPCISQueryDocument"
    assert found["epcisBody"]["queryResults"]["resultsBody"]["eventList"] == [event]


def test_a_single_event_is_created_once_and_a_repeat_says_so(house, name, more):
    program, event = Program(house), an_event(eventID=name)
    first = program.post("events", as_sent(event))
    again = program.post("events", as_sent(event))
    other = program.post("events", as_sent({**event, "bizStep": "receiving"}))
    nameless = program.post("events", as_sent(an_event()))
    assert (first.status, first.headers["Location"]) == (
        201,
        f"/epcis/events/{quote(name, safe=':')}",
    )
    assert (again.status, again.headers["Mingchu-Capture"]) == (200, "duplicate")
    assert problem(other) == (409, "ResourceAlreadyExistsException", "event_exists")
    assert program.ask("GET", nameless.headers["Location"]).status == 200
    assert more() == 2


def test_errors_of_a_job_are_problems_with_their_place_in_the_readers_language(house, more):
    program = Program(house)
    wrong = {**an_event(), "action": "LOOK"}
    answer = program.post("capture", a_document(an_event(), wrong))
    location = answer.headers["Location"]
    [error] = json.loads(program.ask("GET", location).content)["errors"]
    [english] = json.loads(program.ask("GET", location, Accept_Language="en").content)["errors"]
    assert (error["type"], error["index"]) == ("epcisException:ValidationException", 1)
    assert error["path"] == "$.epcisBody.eventList[1].action"
    assert english["title"].isascii()
    assert not error["title"].isascii()
    assert more() == 0


def test_jobs_are_listed_page_by_page(house):
    program = Program(house)
    for _ in range(4):
        program.post("capture", a_document(an_event()))
    first = program.get("capture?perPage=2")
    after = first.headers["Link"].split(">")[0].removeprefix("<")
    second = program.ask("GET", after)
    seen = [job["captureID"] for page in (first, second) for job in json.loads(page.content)]
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 4
    assert first.headers["GS1-Next-Page-Token-Expires"]
    assert problem(program.get("capture?nextPageToken=x"))[0] == 400
    assert problem(program.get("capture?perPage=none"))[0] == 400


@pytest.mark.parametrize("path", ["capture", "events"])
def test_who_may_not_is_told(house, path):
    city = Program(house)
    reader = Program(house, api_scopes=("read",))
    market = Program(house, "market", Scope(ScopeKind.MARKET, "1"), api_scopes=())
    nobody = Program(house, api_scopes=("epcis", "read"))
    nobody.headers = {}
    accounts.revoke_token(token=city.token)
    for one, status in ((city, 401), (nobody, 401), (reader, 403), (market, 403)):
        answer = one.post(path, b"never read")
        assert problem(answer)[:2] == (status, "SecurityException")
    assert nobody.get("capture").status == 401
    assert market.get("capture").status == 403


def test_a_key_that_was_taken_away_opens_the_door_no_more(house):
    program = Program(house)
    assert program.post("events", as_sent(an_event())).status == 201
    accounts.revoke_token(token=program.token)
    for one in Remembered.everything:  # what lapses in two seconds
        one.forget()
    assert program.post("events", as_sent(an_event())).status == 401


def test_another_district_sees_neither_job_nor_event(house, name):
    here, there = Program(house, "district", HERE), Program(house, "district", THERE)
    location = here.post("capture", a_document(an_event(eventID=name))).headers["Location"]
    assert here.ask("GET", location).status == 200
    assert problem(there.ask("GET", location))[0] == 404
    assert problem(there.get(f"events/{quote(name)}"))[:2] == (404, "NoSuchResourceException")
    assert json.loads(there.get("capture").content) == []


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"Content_Type": "text/csv"}, (415, "UnsupportedMediaTypeException")),
        ({"Content_Encoding": "br"}, (415, "UnsupportedMediaTypeException")),
        ({"Accept": "text/html"}, (406, "NotAcceptableException")),
        ({"Accept": "application/json;q=0"}, (406, "NotAcceptableException")),
        ({"GS1_CBV_XML_Format": "Always"}, (406, "NotAcceptableException")),
        ({"GS1_EPCIS_Version": "1.2"}, (406, "NotAcceptableException")),
        ({"GS1_CBV_Version": "x"}, (406, "NotAcceptableException")),
        ({"GS1_EPC_Format": "Always_EPC_URN"}, (406, "NotAcceptableException")),
        ({"GS1_Capture_Error_Behaviour": "maybe"}, (400, "ValidationException")),
    ],
)
def test_what_is_not_supported_is_refused(house, headers, said):
    program = Program(house)
    assert problem(program.post("capture", a_document(an_event()), **headers))[:2] == said


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"\x00",
        b"\xff\xfe",
        b'{"type":"ObjectEvent"',
        b'{"type":"ObjectEvent","type":"ObjectEvent"}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"type":"EPCISDocument","epcisBody":{"eventList":[' + b"1e999," * 9 + b"1]}}",
        b'"\\u0000"',
    ],
)
@pytest.mark.parametrize("path", ["capture", "events"])
def test_bad_bytes_are_the_senders_fault(house, path, body, more):
    assert problem(Program(house).post(path, body))[:2] == (400, "ValidationException")
    assert more("capture") == 0


def test_what_is_too_large_is_refused_unread_and_names_the_limits(house, settings):
    settings.CAPTURE_BYTES, settings.CAPTURE_EVENTS = 5000, 3
    program = Program(house)
    line = socket.create_connection((program.there.hostname, program.there.port))
    head = "POST /epcis/capture HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n"
    line.sendall(f"{head}Authorization: {program.headers['Authorization']}\r\n\r\n".encode())
    assert line.recv(4096).startswith(b"HTTP/1.0 413")
    line.close()
    many = program.post("capture", a_document(*[an_event() for _ in range(4)]))
    assert problem(many) == (413, "CaptureLimitExceededException", "document_too_many_events")
    assert many.headers["GS1-EPCIS-Capture-Limit"] == "3"
    assert many.headers["GS1-EPCIS-Capture-File-Size-Limit"] == "5000"


@pytest.mark.parametrize("path", ["capture", "events"])
def test_what_comes_packed_is_unpacked_within_the_limit(house, path, name, more, settings):
    program, event = Program(house), an_event(eventID=name)
    data = gzip.compress(as_sent(event) if path == "events" else a_document(event))
    halves = [data[:-9], data[:40], data + b"more", b"{}"]
    broken = [program.post(path, one, Content_Encoding="gzip") for one in halves]
    answer = program.post(path, data, Content_Encoding="gzip")
    said = {**program.headers, "Content-Encoding": "gzip"}
    past = Client().post(f"/epcis/{path}", data, content_type="application/json", headers=said)
    settings.CAPTURE_BYTES = 100_000
    bomb = gzip.compress(b" " * 100_001, mtime=0)
    bombed = program.post(path, bomb, Content_Encoding="gzip")
    assert [problem(one)[::2] for one in broken] == [(400, "bad_gzip")] * 4
    assert (answer.status, past.status_code) in ((201, 200), (202, 202))
    assert more() == 1
    assert len(bomb) < 1000
    assert problem(bombed) == (413, "CaptureLimitExceededException", "document_too_large")


def test_an_upload_that_breaks_off_leaves_nothing(house, more):
    program = Program(house)
    data = a_document(an_event())
    line = socket.create_connection((program.there.hostname, program.there.port))
    head = f"POST /epcis/capture HTTP/1.1\r\nHost: x\r\nContent-Length: {len(data) + 1}\r\n"
    head += "Content-Type: application/json\r\n"
    line.sendall(f"{head}Authorization: {program.headers['Authorization']}\r\n\r\n".encode() + data)
    line.shutdown(socket.SHUT_WR)
    assert b"cut_off" in b"".join(iter(lambda: line.recv(65536), b""))
    line.close()
    assert (more(), more("capture")) == (0, 0)


@pytest.mark.parametrize("path", ["capture", "events", "capture/x", "events/x"])
def test_options_say_what_is_offered(house, path):
    answer = Program(house).ask("OPTIONS", f"/epcis/{path}")
    assert answer.status == 204
    assert "GET" in answer.headers["Allow"]
    for name in ("EPCIS", "CBV"):
        for which in ("Version", "Min", "Max"):
            assert answer.headers[f"GS1-{name}-{which}"] == ("1.2.0" if which == "Min" else "2.0.0")
    assert (answer.headers["GS1-EPCIS-Capture-Limit"] is not None) == (path == "capture")


def test_a_method_that_is_not_offered_is_told_which_are(house):
    program = Program(house)
    deleted = program.ask("DELETE", "/epcis/capture")
    assert (problem(deleted)[0], deleted.headers["Allow"]) == (405, "GET, POST, OPTIONS")


def test_sixteen_clients_are_each_answered_for_their_own(house, more, name):
    program = Program(house)

    def send(number: int) -> list[tuple]:
        events = [an_event(eventID=f"{name}:{number}:{at}") for at in range(10)]
        answers = [program.post("events", as_sent(event)) for event in events]
        return [(a.status, json.loads(a.content)["eventID"]) for a in answers]

    with ThreadPoolExecutor(16) as pool:
        told = list(pool.map(send, range(16)))
    assert told == [[(201, f"{name}:{n}:{at}") for at in range(10)] for n in range(16)]
    assert more() == 160


def test_each_request_is_counted_and_logged_under_its_own_id(house, caplog):
    meters.take()
    caplog.set_level("INFO", "mingchu.request")
    answer = Program(house).post("events", as_sent(an_event()), X_Request_Id="abcdef012345")
    assert answer.headers["X-Request-Id"] == "abcdef012345"
    counted = [key for key in meters.take() if key[0] == "mingchu_requests_total"]
    assert ("mingchu_requests_total", 'route="trace:events",status="201"') in counted
    assert any("route=trace:events status=201" in one.message for one in caplog.records)
