"""A client that others wrote, as its users get it: it builds, captures, follows and asks.

`openepcis-client` is the library of another repository's makers; it builds events with its own
builder and names each by the hash that the reference generator makes of it.
"""

from __future__ import annotations

import warnings
from datetime import datetime, timedelta, timezone
from itertools import count

import pytest
from edge import Program, events_in
from live import served

from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.base import clock
from mingchu.trace.domain import keys, reading

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from openepcis_client.core.client import Client
    from openepcis_client.core.config import ClientConfig
    from openepcis_client.core.errors import OpenEpcisError
    from openepcis_client.events import (
        Capture,
        Query,
        aggregation_event,
        biz_transaction,
        cbv,
        document,
        error_declaration,
        instance_uri,
        object_event,
        quantity_element,
        sscc_uri,
        stamp_event_ids,
        transaction_event,
        transformation_event,
    )

MILL, BAKERY = "6901234000016", "6901234000023"
AT = datetime(2026, 11, 28, 8, 0, tzinfo=timezone(timedelta(hours=8)))
_batches = count(1)


class Bearer:
    """How the client is told its token: its own protocol."""

    def __init__(self, secret: str):
        self.secret = secret

    def bearer(self) -> str:
        return self.secret

    def invalidate(self) -> None:
        """A token of ours is none that could be minted again."""


@pytest.fixture(scope="module")
def house(shared_house):
    with served() as url:
        yield url


def client_of(program: Program) -> Client:
    url = f"http://{program.there.netloc}/epcis"
    return Client(ClientConfig(base_url=url), Bearer(program.secret))


@pytest.fixture
def client(house):
    return client_of(Program(house))


def a_chain() -> list[dict]:
    """Flour becomes bread, is packed, sold and shipped, each told by the client's builder."""
    n = next(_batches)
    flour = instance_uri("6901234567892", lot=f"F{n}")
    loaves = [instance_uri("6901234567908", lot=f"B{n}", serial=f"{n}-{at}") for at in range(3)]
    crate = sscc_uri(f"1690123400{n:07}4")
    order = biz_transaction("po", f"WH/OUT/{n:05}", BAKERY)
    place = {"read_point": BAKERY, "biz_location": BAKERY}
    return [
        object_event(
            action=cbv.ADD, event_time=AT, biz_step=cbv.COMMISSIONING, disposition=cbv.ACTIVE,
            quantities=[quantity_element(flour, 250.5, "KGM")], read_point=MILL,
        ),
        transformation_event(
            event_time=AT + timedelta(hours=1), output_epcs=loaves,
            input_quantities=[quantity_element(flour, 1.5, "KGM")],
            biz_step=cbv.COMMISSIONING, **place,
        ),
        aggregation_event(
            action=cbv.ADD, event_time=AT + timedelta(hours=2), parent_id=crate,
            child_epcs=loaves, biz_step=cbv.PACKING, **place,
        ),
        transaction_event(
            action=cbv.ADD, event_time=AT + timedelta(hours=3), biz_transactions=[order],
            epcs=[crate], **place,
        ),
        object_event(
            action=cbv.OBSERVE, event_time=AT + timedelta(hours=4), epcs=[crate],
            biz_step=cbv.SHIPPING, biz_transactions=[order],
            source_list=[("owning_party", f"https://id.gs1.org/417/{BAKERY}")], **place,
        ),
    ]  # fmt: skip


def stamped(events: list[dict]) -> dict:
    """A document whose events are named by the reference generator, which uses what Python would
    rather not have used any more."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made: dict = stamp_event_ids(document(events))
    return made


def test_the_client_finds_both_doors_open(client):
    assert (Capture(client).check(), Query(client).check()) == ("", "")


def test_a_document_is_captured_its_job_followed_and_its_events_found(client):
    made = stamped(a_chain())
    started = clock.wall().isoformat()
    receipt = Capture(client).submit(made)
    outcome = Capture(client).outcome(receipt)
    again = Capture(client).outcome(Capture(client).submit(made))
    assert (outcome.settled, outcome.success, outcome.errors) == (True, True, ())
    assert again == outcome
    events = made["epcisBody"]["eventList"]
    assert list(receipt.event_ids) == [one["eventID"] for one in events]
    for epc, at in ((events[2]["parentID"], [2, 3, 4]), (events[1]["outputEPCList"][0], [1, 2])):
        found = Query(client).for_epc(epc)
        assert sorted(found, key=lambda one: one["eventTime"]) == [events[n] for n in at]
    page = Query(client).page(since=started)
    assert sorted(page.events, key=lambda one: one["eventTime"]) == events


def test_the_hash_by_which_the_client_names_an_event_is_ours(client):
    """It says the context's address without a version, and the reference generator hashes."""
    made = stamped(a_chain())
    Capture(client).submit(made)
    for event in made["epcisBody"]["eventList"]:
        answer = client.request("GET", f"/events/{event['eventID'].replace('?', '%3F')}", raw=True)
        [one] = reading.read(answer.content).judged()
        assert keys.identity(one).hash == event["eventID"]


def test_single_events_are_captured_once(client):
    made = stamped(a_chain())
    for event in made["epcisBody"]["eventList"]:
        alone = {"@context": made["@context"], **event}
        first = client.request("POST", "/events", payload=alone, raw=True)
        again = client.request("POST", "/events", payload=alone, raw=True)
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json() == again.json() == alone
        name = first.headers["Location"].removeprefix("/epcis")
        assert client.get(name)["epcisBody"]["queryResults"]["resultsBody"]["eventList"] == [alone]


def test_what_was_wrong_is_declared_and_its_correction_found(client):
    wrong = a_chain()[-1]
    right = {**wrong, "disposition": cbv.IN_TRANSIT}
    both = stamped([wrong, right])
    first, second = both["epcisBody"]["eventList"]
    said = error_declaration(
        reason=cbv.INCORRECT_DATA, declaration_time=AT, corrective_event_ids=[second["eventID"]]
    )
    for one in ([first], [{**first, "errorDeclaration": said}, second]):
        assert Capture(client).outcome(Capture(client).submit(document(one))).success
    found = client.get("/events", {"EQ_correctiveEventID": second["eventID"]})
    [declared] = found["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    assert declared == {**first, "errorDeclaration": said}
    assert len(Query(client).for_epc(wrong["epcList"][0])) == 3


def test_a_faulty_document_fails_in_words_the_client_reads(client):
    good, bad = a_chain()[:2]
    receipt = Capture(client).submit(document([good, {**bad, "bizStep": "baking"}]))
    outcome = Capture(client).outcome(receipt)
    assert (outcome.settled, outcome.success, outcome.known) == (True, False, True)
    assert len(outcome.errors) == 1
    assert "baking" in outcome.errors[0]
    with pytest.raises(OpenEpcisError) as refused:
        Capture(client).submit({"type": "EPCISDocument"})
    assert refused.value.status == 400
    assert Capture(client).outcome("no-such-job").known is False


def test_who_may_not_is_told_in_a_sentence(house):
    reader = client_of(Program(house, api_scopes=("read",)))
    market = client_of(Program(house, "market", Scope(ScopeKind.MARKET, "1"), ()))
    stranger = Program(house)
    stranger.secret = "none"
    assert "'query' role" in Query(market).check()
    assert "did not accept the credential" in Query(client_of(stranger)).check()
    with pytest.raises(OpenEpcisError) as refused:
        Capture(reader).submit(document(a_chain()))
    assert (refused.value.status, refused.value.is_auth_error) == (403, True)


def test_pages_are_turned_by_link(house):
    """The client reads the token of the next page in the body, where its makers' server puts it;
    the standard puts it into the header `Link`."""
    program = Program(house)
    made = stamped(a_chain())
    started = clock.wall().isoformat().replace("+00:00", "Z")
    Capture(client_of(program)).submit(made)
    assert not Query(client_of(program)).page(since=started, per_page=2).more
    pages = [events_in(one) for one in program.pages(f"events?GE_recordTime={started}&perPage=2")]
    assert [len(one) for one in pages] == [2, 2, 1]
