"""Capturing: once whatever is sent again, all or the good ones, each fault with its place."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from capturing import a_document, an_event, as_sent, events_of, sender
from django.db import connection, connections
from epcis import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.base.errors import Refusal
from mingchu.trace import queries
from mingchu.trace.domain import keys, reading
from mingchu.trace.domain.faults import Fault, Kind
from mingchu.trace.rows import Sent
from mingchu.trace.services import Behaviour, capture_document, capture_event, storing
from mingchu.trace.services.batching import Batches

ROLLBACK, PROCEED = Behaviour.ROLLBACK, Behaviour.PROCEED
BAD = {"type": "ObjectEvent", "eventTime": "yesterday"}
ID = "urn:uuid:11111111-1111-4111-8111-111111111111"


def told(job) -> tuple:
    return job.state, job.events, job.captured, job.duplicate


@pytest.mark.django_db
def test_a_document_sent_again_changes_nothing_and_says_so():
    data = a_document(an_event(), an_event(eventID=ID))
    first = capture_document(data, ROLLBACK, sender())
    again = capture_document(data, ROLLBACK, sender())
    assert told(first) == ("captured", 2, 2, 0)
    assert told(again) == ("captured", 2, 0, 2)
    assert [events_of(table) for table in ("event", "key", "link", "capture")] == [2, 2, 2, 2]


@pytest.mark.django_db
def test_an_event_of_other_content_under_the_same_id_is_refused_and_a_declaration_is_not():
    event = an_event(eventID=ID)
    capture_event(as_sent(event), sender())
    with pytest.raises(Refusal, match="event_exists") as refused:
        capture_event(as_sent({**event, "bizStep": "receiving"}), sender())
    wrong = {"declarationTime": "2026-11-28T09:00:00Z", "reason": "incorrect_data"}
    declared = capture_event(as_sent({**event, "errorDeclaration": wrong}), sender())
    again = capture_event(as_sent({**event, "errorDeclaration": wrong}), sender())
    assert refused.value.status == 409
    assert [declared.outcome, again.outcome] == ["captured", "duplicate"]
    assert len(queries.named([CITY], ID)) == 2


@pytest.mark.django_db
def test_rollback_takes_nothing_and_tells_of_every_wrong_event():
    one = an_event(eventID=ID)
    other = {**one, "bizStep": "receiving"}
    faulty = capture_document(a_document(an_event(), BAD, an_event(), BAD), ROLLBACK, sender())
    conflicting = capture_document(a_document(an_event(), one, other), ROLLBACK, sender())
    assert told(faulty) == ("failed", 4, 0, 0)
    assert [(error.at, error.path) for error in faulty.errors] == [
        (1, "$.epcisBody.eventList[1].eventTime"),
        (3, "$.epcisBody.eventList[3].eventTime"),
    ]
    assert told(conflicting) == ("failed", 3, 0, 0)
    assert [(error.at, error.kind, error.detail) for error in conflicting.errors] == [
        (2, "event.exists", ID)
    ]
    assert [events_of(table) for table in ("event", "key", "item", "link", "context")] == [0] * 5


@pytest.mark.django_db
def test_proceed_takes_the_good_ones():
    one = an_event(eventID=ID)
    job = capture_document(
        a_document(BAD, one, one, {**one, "bizStep": "receiving"}, an_event()), PROCEED, sender()
    )
    kept = queries.job([CITY], job.id)
    assert told(job) == ("partial", 5, 2, 1)
    assert [error["at"] for error in kept.errors] == [0, 3]
    assert (kept.captured, kept.duplicate, kept.rejected, events_of()) == (2, 1, 2, 2)
    assert capture_document(a_document(BAD), PROCEED, sender()).state == "failed"


@pytest.mark.django_db
def test_a_document_that_cannot_be_read_leaves_no_job(settings):
    settings.CAPTURE_EVENTS = 2
    for data, kind in (
        (b'{"type":', Kind.MALFORMED),
        (b"\xff" + a_document(an_event()), Kind.BAD_UTF8),
        (as_sent(an_event()), Kind.NOT_EPCIS),
        (a_document(an_event(), an_event(), an_event()), Kind.TOO_MANY_EVENTS),
    ):
        with pytest.raises(Fault) as fault:
            capture_document(data, ROLLBACK, sender())
        assert fault.value.kind is kind
    assert events_of("capture") == 0


@pytest.mark.django_db
def test_who_sees_a_job_and_an_event_is_its_party_its_district_and_the_city():
    job = capture_document(a_document(an_event(eventID=ID)), ROLLBACK, sender())
    seen = {}
    for scope in (
        CITY,
        Scope(ScopeKind.BUSINESS, "17"),
        Scope(ScopeKind.DISTRICT, "150105"),
        Scope(ScopeKind.BUSINESS, "18"),
        Scope(ScopeKind.DISTRICT, "150102"),
    ):
        found = queries.job([scope], job.id), queries.jobs([scope], None, 9)
        seen[str(scope)] = [bool(one) for one in (*found, queries.named([scope], ID))]
    assert seen == {
        "city": [True] * 3,
        "business:17": [True] * 3,
        "district:150105": [True] * 3,
        "business:18": [False] * 3,
        "district:150102": [False] * 3,
    }
    assert queries.job([], job.id) is None


@pytest.mark.django_db
def test_the_official_examples_go_in_and_keep_their_bytes_and_hash():
    for path in examples():
        data = path.read_bytes()
        document = reading.read(data)
        job = capture_document(data, PROCEED, sender())
        # Some of them are two events under one id.
        assert {error.kind for error in job.errors} <= {"event.exists"}
        wrong = [error.at for error in job.errors]
        for at, judged in enumerate(document.judged()):
            name = judged.members.get("eventID", keys.identity(judged).hash)
            found = [one.document for one in queries.named([CITY], name)]
            assert (judged.raw in found) == (at not in wrong)


@pytest.mark.django_db
def test_a_hundred_thousand_things_in_one_event_are_kept(settings):
    many = [f"urn:epc:id:sgtin:4012345.011111.{n}" for n in range(100_000)]
    parent = "urn:epc:id:sscc:4012345.1234567890"
    event = {**an_event(), "type": "AggregationEvent", "parentID": parent, "childEPCs": many}
    del event["epcList"]
    job = capture_document(a_document(event), ROLLBACK, sender())
    assert told(job) == ("captured", 1, 1, 0)
    assert (events_of("link"), events_of("item")) == (100_001, 100_001)


@pytest.mark.django_db
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(range(6)), max_size=8))
def test_few_at_once_and_a_whole_document_leave_the_same_rows(chosen):
    """Both ways of storing, single and set-wise, are held equal."""
    pool = [
        an_event(epcList=["urn:epc:id:sgtin:4012345.011111.1"]),
        an_event(eventID=ID, epcList=["urn:epc:id:sgtin:4012345.011111.2"]),
        an_event(eventID=ID, epcList=["urn:epc:id:sgtin:4012345.011111.3"]),
        an_event(bizStep="urn:x:a,b", epcList=["urn:x:a,(N"], bizLocation={"id": "urn:x:1"}),
        an_event(quantityList=[{"epcClass": "urn:x:class", "quantity": 1.5, "uom": "KGM"}]),
        an_event(type="AggregationEvent", parentID="urn:x:p", childEPCs=["urn:x:c", "urn:x:d"]),
    ]
    pool[5].pop("epcList")
    judged = [reading.read(as_sent(pool[at])).judge(0) for at in chosen]
    sent = [Sent(one, keys.identity(one), "business:17", "150105") for one in judged]
    left = []
    for way in (storing.store, storing.store_few):
        with _forgotten():
            left.append((way(sent), _rows()))
    assert left[0] == left[1]


class _forgotten:  # noqa: N801 it reads as a phrase
    """What was stored inside is gone afterwards."""

    def __enter__(self):
        storing._known_items.forget()
        self.point = connection.savepoint()

    def __exit__(self, *_all):
        connection.savepoint_rollback(self.point)


def _rows() -> list:
    found = []
    with connection.cursor() as db:
        for table in ("key", "event", "item", "link"):
            db.execute(f"SELECT to_jsonb(t) - 'record_time' FROM trace_{table} t")  # noqa: S608
            found.append(sorted(str(row) for row in db.fetchall()))
    return found


def test_the_same_event_from_eight_at_once_lands_once(committed):
    event, other = as_sent(an_event(eventID=ID)), as_sent(an_event(eventID=ID))
    together = threading.Barrier(8)

    def send(number: int) -> str:
        together.wait()
        try:
            return capture_event(event if number % 2 else other, sender()).outcome
        except Refusal as refused:
            return refused.code
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(send, range(8)))
    assert outcomes == ["captured"] + ["duplicate"] * 3 + ["event_exists"] * 4
    assert (events_of(), events_of("key"), events_of("link")) == (1, 1, 1)


def test_documents_with_the_same_events_from_eight_at_once_land_once(committed):
    shared = [an_event(eventID=f"urn:x:{n}") for n in range(40)]
    together = threading.Barrier(8)

    def send(number: int) -> tuple:
        chosen = shared[number * 3 :] + shared[: number * 3]
        together.wait()
        try:
            return told(capture_document(a_document(*chosen), ROLLBACK, sender()))
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(8) as pool:
        jobs = list(pool.map(send, range(8)))
    assert {(state, events) for state, events, *_ in jobs} == {("captured", 40)}
    assert sum(captured for *_, captured, _duplicate in jobs) == 40
    assert (events_of(), events_of("link")) == (40, 40)


def test_what_comes_together_goes_together_and_nobody_suffers_for_another():
    seen, first, going = [], threading.Event(), threading.Event()

    def act(batch: list[int]) -> list[int]:
        seen.append(list(batch))
        if len(seen) == 1:
            first.set()
            going.wait()
        if 3 in batch:
            raise ValueError(batch)
        return [number * 2 for number in batch]

    batches = Batches(act)

    def put(number: int) -> object:
        try:
            return batches.put(number)
        except ValueError as error:
            return error.args[0]

    with ThreadPoolExecutor(6) as pool:
        leading = pool.submit(put, 0)
        first.wait()
        others = [pool.submit(put, number) for number in range(1, 6)]
        while len(batches._queue) < 5:
            pass
        going.set()
        answers = [leading.result(), *(one.result() for one in others)]
    assert answers == [0, 2, 4, [3], 8, 10]
    assert seen[0] == [0]
    assert sorted(seen[1]) == [1, 2, 3, 4, 5]
