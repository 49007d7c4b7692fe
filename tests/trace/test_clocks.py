"""Clocks that go wrong, and every form of a time: what a sender says is kept, what is recorded is
by the house's own clock, and nothing is lost or doubled where that one steps."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import quote

import pytest
from capturing import a_document, an_event
from edge import AS_THEY_CAME, Program, events_in
from live import served

from mingchu.base import clock
from mingchu.base.ids import new_id
from mingchu.trace.domain import keys, reading

# One instant, as every zone and spelling says it.
ONE = [
    "2026-11-28T00:30:00Z",
    "2026-11-28t00:30:00z",
    "2026-11-28T00:30:00.0Z",
    "2026-11-28T00:30:00.000000000Z",
    "2026-11-28T00:30:00+00:00",
    "2026-11-28T00:30:00-00:00",
    "2026-11-28T08:30:00+08:00",
    "2026-11-28T14:30:00.000+14:00",
    "2026-11-27T12:30:00-12:00",
    "2026-11-28T06:15:00+05:45",
    "2026-11-27T21:00:00-03:30",
    "2026-11-29T00:29:00+23:59",
    "2026-11-27T00:31:00-23:59",
]
NEXT = "2026-11-28T00:30:00.001Z"
OFFSETS = ["+00:00", "-00:00", "+08:00", "+05:45", "-03:30", "+14:00", "-12:00", "+13:59"]
NO_OFFSET = ["Z", "+8:00", "+0800", "+14:01", "-14:30", "+15:00", "08:00", "", "+08:60"]


@pytest.fixture(scope="module")
def program(shared_house):
    with served() as url:
        yield Program(url)


def captured(program: Program, *events: dict) -> dict:
    answer = program.post("capture", a_document(*events))
    assert answer.status == 202, answer.content
    told: dict = json.loads(program.ask("GET", answer.headers["Location"]).content)
    return told


def found(program: Program, **said: str) -> list[dict]:
    query = "&".join(f"{name}={quote(value)}" for name, value in said.items())
    return [one for page in program.pages(f"events?{query}") for one in events_in(page)]


def test_every_spelling_of_an_instant_is_found_by_every_other(program):
    step = f"urn:x:{new_id()}"
    events = [an_event(eventTime=text, bizStep=step) for text in ONE]
    assert captured(program, *events)["captured"] == len(ONE)
    key = lambda one: one["epcList"]  # noqa: E731
    for text in ONE:
        at = found(program, EQ_bizStep=step, GE_eventTime=text, LT_eventTime=NEXT)
        assert sorted(at, key=key) == sorted(events, key=key)
        assert found(program, EQ_bizStep=step, LT_eventTime=text) == []
    assert found(program, EQ_bizStep=step, GE_eventTime=NEXT) == []


def test_every_spelling_of_an_instant_is_the_same_event(program):
    thing = [f"urn:epc:id:sgtin:4012345.044444.{new_id()}"[:60]]
    events = [an_event(eventTime=text, epcList=thing) for text in ONE]
    job = captured(program, *events)
    assert (job["captured"], job["duplicate"]) == (1, len(ONE) - 1)
    assert found(program, MATCH_epc=thing[0]) == [events[0]]


@pytest.mark.parametrize("offset", OFFSETS)
def test_the_senders_offset_is_kept_as_it_was_said(program, offset):
    event = an_event(eventTimeZoneOffset=offset)
    assert captured(program, event)["captured"] == 1
    assert found(program, MATCH_epc=event["epcList"][0]) == [event]


@pytest.mark.parametrize("offset", NO_OFFSET)
def test_what_is_no_offset_is_refused_with_its_place(program, offset):
    [error] = captured(program, an_event(eventTimeZoneOffset=offset))["errors"]
    assert error["path"] == "$.epcisBody.eventList[0].eventTimeZoneOffset"


def test_a_sender_whose_clock_is_wrong_is_kept_and_recorded_by_ours(program):
    since = clock.now().isoformat().replace("+00:00", "Z")
    far = ["1970-01-01T00:00:00Z", "2026-11-28T08:00:00Z", "9999-12-31T23:59:59.999Z"]
    liar = "2099-01-01T00:00:00Z"
    events = [an_event(eventTime=text, recordTime=liar) for text in far]
    assert captured(program, *events)["captured"] == len(far)
    recorded = found(program, GE_recordTime=since)
    assert sorted(recorded, key=lambda one: one["eventTime"]) == events
    assert found(program, GE_recordTime=liar) == []
    in_order = found(program, GE_recordTime=since, orderBy="eventTime", orderDirection="ASC")
    assert in_order == events


@pytest.mark.parametrize("hours", [-1, 1])
def test_the_houses_clock_may_step_and_nothing_is_lost_or_doubled(program, hours):
    first, second = an_event(), an_event()
    now = clock.now()
    with clock.stopped(now):
        assert captured(program, first)["captured"] == 1
    with clock.stopped(now + timedelta(hours=hours)):
        again = captured(program, first, second)
        assert (again["captured"], again["duplicate"]) == (1, 1)
        named = keys_of(second)
        assert program.get(f"events/{quote(named, safe='')}").status == 200
    with clock.stopped(now + timedelta(hours=2)):
        for one in (first, second):
            assert found(program, MATCH_epc=one["epcList"][0]) == [one]
        since = (now - timedelta(hours=2)).isoformat().replace("+00:00", "Z")
        recorded = found(program, GE_recordTime=since, perPage="1")
        assert [one for one in recorded if one in (first, second)] in (
            [first, second],
            [second, first],
        )


def keys_of(event: dict) -> str:
    [judged] = reading.read(a_document(event)).judged()
    return keys.identity(judged).hash


def test_pages_begun_before_the_clock_stepped_back_go_on_to_their_end(program):
    since = clock.now().isoformat().replace("+00:00", "Z")
    events = [an_event() for _ in range(5)]
    captured(program, *events)
    first = program.get(f"events?GE_recordTime={since}&perPage=2", **AS_THEY_CAME)
    seen = events_in(first)
    link = first.headers["Link"]
    with clock.stopped(clock.now() - timedelta(hours=1)):
        late = an_event()
        captured(program, late)
        while link:
            page = program.ask("GET", link.removeprefix("<").partition(">")[0], **AS_THEY_CAME)
            seen += events_in(page)
            link = page.headers["Link"]
    assert sorted(one["epcList"] for one in seen) == sorted(one["epcList"] for one in events)
