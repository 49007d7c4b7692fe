"""What is captured comes back through the real edge as it was: its bytes, its hash by two programs,
valid by GS1's schema. The eight official examples and a thousand events made up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from edge import Program, events_in
from epcis import CONTEXT, Events, Json, a_schema, document, reference, sent
from hash_oracle import AGREED, oracles
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from live import served

from mingchu.base import clock
from mingchu.base.ids import new_id
from mingchu.trace.domain import hashing, keys, reading

OFFICIAL = [
    "ErrorDeclarationAndCorrectiveEvent",
    "Example_9.6.1-ObjectEvent",
    "Example_9.6.1-ObjectEventWithDigitalLink",
    "Example_9.6.2-ObjectEvent",
    "Example_9.6.3-AggregationEvent",
    "Example_9.6.4-TransformationEvent",
    "SensorDataExample1",
    "object_event_all_possible_fields",
]
EVERY = "events?perPage=2"
EACH = 5  # events of one document
# Of each of two kinds; the long series is a thousand events.
MANY = pytest.mark.parametrize("many", [20, pytest.param(100, marks=pytest.mark.soak)])


def raws(data: bytes) -> list[bytes]:
    return [one.raw for one in reading.read(data).judged()]


def hashes(data: bytes) -> list[str]:
    return [keys.identity(one).hash for one in reading.read(data).judged()]


def alone(data: bytes) -> list[bytes]:
    """The events of a document, each by itself with the document's context."""
    context = b'{"@context":' + sent(json.loads(data)["@context"]) + b","
    return [context + raw.lstrip()[1:] for raw in raws(data)]


def oracles_of(*documents: bytes) -> list[str]:
    """The pre-hashes of the events of some answers or documents. The generator would hash an
    event's own context, so it stands with the document's."""
    return [said for data in documents for tree in _by_context(data) for said in oracles(tree)]


def _by_context(data: bytes) -> Iterator[Json]:
    """The document once for each context that its events have."""
    tree = json.loads(data)
    body = tree["epcisBody"]
    events = body.get("eventList") or body["queryResults"]["resultsBody"]["eventList"]
    parts: dict[str, list[Json]] = {}
    for event in events:
        context = json.dumps(event.pop("@context", tree["@context"]))
        parts.setdefault(context, []).append(event)
    for context, some in parts.items():
        yield {**document(*some), "@context": json.loads(context)}


def captured(program: Program, data: bytes, *, singly: bool) -> list[bytes]:
    """The bytes of the events that were sent, as a document or each by itself."""
    if not singly:
        answer = program.post("capture", data)
        job = json.loads(program.ask("GET", answer.headers["Location"]).content)
        assert (answer.status, job["success"], job["rejected"]) == (202, True, 0), job
        return raws(data)
    singles = alone(data)
    for one in singles:
        answer = program.post("events", one)
        assert (answer.status, answer.content) == (201, one)
    return singles


def read_back(program: Program, path: str = EVERY) -> list[bytes]:
    """The answers of a query, a page each."""
    answers = list(program.pages(path))
    assert {answer.status for answer in answers} == {200}
    return [answer.content for answer in answers]


@pytest.mark.parametrize("singly", [False, True], ids=["document", "singles"])
@pytest.mark.parametrize("name", OFFICIAL)
def test_the_official_examples_come_back_as_they_went(committed, name, singly):
    """Each in a house of its own: two of them call different events by one id."""
    data = (reference("examples") / f"{name}.jsonld").read_bytes()
    with served() as url:
        program = Program(url)
        gone = captured(program, data, singly=singly)
        pages = read_back(program)
    came = [raw for page in pages for raw in raws(page)]

    assert sorted(came) == sorted(gone)
    assert all(any(raw in page for page in pages) for raw in gone)
    assert sorted(h for page in pages for h in hashes(page)) == sorted(hashes(data))
    assert sorted(oracles_of(*pages)) == sorted(oracles_of(data))
    assert all(a_schema().is_valid(json.loads(page)) for page in (data, *pages))


@pytest.fixture(scope="module")
def program(shared_house):
    with served() as url:
        yield Program(url)


def _marked(event: Json) -> Json:
    """Another event each time, whatever hypothesis draws again."""
    number = str(new_id())
    named = {"eventID": f"urn:uuid:{number}"} if "eventID" in event else {}
    return {**event, **named, "example:number": number}


def _come_back(program: Program, events: list[Json], *, singly: bool) -> tuple[bytes, list[bytes]]:
    since = clock.now().isoformat().replace("+00:00", "Z")
    data = sent(document(*map(_marked, events)))
    gone = captured(program, data, singly=singly)
    pages = read_back(program, f"{EVERY}&GE_recordTime={since}")
    came = [raw for page in pages for raw in raws(page)]

    assert sorted(came) == sorted(gone)
    assert all(any(raw in page for page in pages) for raw in gone)
    assert sorted(h for page in pages for h in hashes(page)) == sorted(hashes(data))
    assert _faults(data, *pages) == []
    return data, pages


def _faults(*documents: bytes) -> list[str]:
    return [
        error.message for data in documents for error in a_schema().iter_errors(json.loads(data))
    ]


def _drawn(many: int, events: st.SearchStrategy[Json], check: Callable[..., None]) -> None:
    run = given(events=st.lists(events, min_size=EACH, max_size=EACH), singly=st.booleans())(check)
    settings(max_examples=many, suppress_health_check=list(HealthCheck))(run)()


@MANY
def test_events_made_up_come_back_with_the_hash_of_two_programs(program, many):
    def check(events: list[Json], *, singly: bool) -> None:
        data, pages = _come_back(program, events, singly=singly)
        ours = [hashing.prehash(one.members, one.names) for one in reading.read(data).judged()]
        assert sorted(ours) == sorted(oracles_of(*pages))

    _drawn(many, AGREED, check)


@MANY
def test_events_of_every_kind_come_back_too(program, many):
    """Extensions anywhere, any fraction of a second: what the generator's release gets wrong."""

    def check(events: list[Json], *, singly: bool) -> None:
        _come_back(program, events, singly=singly)

    _drawn(many, Events().any, check)


def test_events_of_many_contexts_on_one_page_keep_their_hash(program):
    """What one document declares is written into its event where the page holds others."""
    since = clock.now().isoformat().replace("+00:00", "Z")
    spaces = [f"http://ns{n}.example.com/" for n in range(3)]
    gone: list[Any] = []
    for space in spaces:
        tree = document(_marked(_plain()))
        tree["@context"] = [CONTEXT[0], {"example": space}]
        gone.append(sent(tree))
        captured(program, gone[-1], singly=False)
    answer = program.get(f"events?GE_recordTime={since}")
    assert len(events_in(answer)) == 3
    assert sorted(hashes(answer.content)) == sorted(h for one in gone for h in hashes(one))
    assert sorted(oracles_of(answer.content)) == sorted(oracles_of(*gone))
    assert _faults(answer.content) == []


def _plain() -> Json:
    return {
        "type": "ObjectEvent",
        "eventTime": "2026-11-28T08:00:00.000+08:00",
        "eventTimeZoneOffset": "+08:00",
        "action": "OBSERVE",
        "epcList": ["urn:epc:id:sgtin:4012345.011111.987"],
    }
