"""Events asked for: the tables say what looking at every event would, page by page."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import quote, urlencode

import pytest
from askers import Asker, events_in, link_of, problem
from asking import BOX, CASES, HEADER, ID, LINK, MADE, PO, SGLN, SGTIN, THING
from build import a_restaurant
from capturing import a_document, an_event, as_sent, sender
from django.db import connection
from django.test import Client
from epcis import Events
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.base import clock
from mingchu.registry import services as registry
from mingchu.trace import allotments, answering, finding, queries, services
from mingchu.trace.domain import keys, reading
from mingchu.trace.domain.allotting import Role
from mingchu.trace.domain.asking import ask
from mingchu.trace.domain.spelling import identifiers
from mingchu.trace.queries import Stored
from mingchu.trace.services import Behaviour, capture_document, capture_event

pytestmark = pytest.mark.django_db
PROCEED = Behaviour.PROCEED
ALL = (
    "SELECT document, content, record_time FROM trace_event LEFT JOIN trace_context ON id = context"
)


def captured(*events, by=None):
    return capture_document(a_document(*events), PROCEED, by or sender())


def soon():
    return clock.now() + timedelta(hours=1)


def found(*said, scopes=(CITY,), header="", step=7, top=finding.SCAN_TOP):
    """All pages of a query, `step` events each."""
    asked, until, after, documents = ask(said, header), soon(), None, []
    while True:
        page = finding.find(scopes, asked, limit=step, until=until, after=after, top=top)
        documents += [hit.stored.document for hit in page.hits]
        after = page.stopped
        if after is None:
            return documents


def naively(*said, header=""):
    """Every event looked at, by the words of the standard and no table."""
    with connection.cursor() as db:
        db.execute(ALL)
        rows = [(bytes(one), bytes(other or b""), at) for one, other, at in db.fetchall()]
    asked = ask(said, header)
    seen = [(finding.seen_of(Stored(one, other), at), one) for one, other, at in rows]
    return sorted(one for it, one in seen if all(p.holds(it) for p in asked.predicates))


VALUES = [(name, value) for name, finds, leaves in CASES for value in [*finds, *leaves]]


@pytest.fixture
def some():
    captured(THING, BOX, MADE, *[an_event() for _ in range(9)])


def test_tables_find_what_each_parameter_finds(some):
    for said in VALUES:
        assert sorted(found(said)) == naively(said), said


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    said=st.lists(st.sampled_from(VALUES), min_size=1, max_size=4, unique_by=lambda one: one[0]),
    order=st.sampled_from(["", "eventTime", "recordTime"]),
    way=st.sampled_from(["ASC", "DESC"]),
    step=st.integers(1, 5),
)
def test_parameters_together_in_any_order_and_pages(some, said, order, way, step):
    more = [("orderBy", order), ("orderDirection", way)] if order else []
    assert sorted(found(*said, *more, step=step)) == naively(*said)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(events=st.lists(Events().any, min_size=1, max_size=5), data=st.data())
def test_generated_events_are_found_by_what_they_say(db, events, data):
    captured(*events)
    for event in events:
        for said in _about(event):
            documents = found(said)
            assert sorted(documents) == naively(said), said
            is_in = any(json.loads(one) == event for one in documents)
            assert is_in or not _is_kept(event), said


def _is_kept(event) -> bool:
    with connection.cursor() as db:
        db.execute("SELECT document FROM trace_event")
        return any(json.loads(bytes(one)) == event for (one,) in db.fetchall())


def _about(event):
    """Parameters an event answers to, read off its members."""
    yield "eventType", event["type"]
    yield "GE_eventTime", event["eventTime"]
    for name in SINGLE & event.keys():
        yield f"EQ_{name}", event[name]
    for name in {"readPoint", "bizLocation"} & event.keys():
        yield f"EQ_{name}", event[name]["id"]
    for name in ("epcList", "childEPCs", "inputEPCList", "outputEPCList"):
        if event.get(name):
            yield "MATCH_anyEPC", "|".join(event[name])
    for one in (*event.get("quantityList", ()), *event.get("outputQuantityList", ())):
        yield "MATCH_anyEPCClass", one["epcClass"]


SINGLE = {"action", "bizStep", "disposition", "transformationID", "eventID"}


def at(minute: int) -> str:
    return f"2026-11-28T08:{minute:02}:00.000+08:00"


def numbered(number: int, **more):
    return an_event(epcList=[SGTIN], **more, **{"example:no": number})


def minutes(documents) -> list[int]:
    return [int(json.loads(one)["eventTime"][14:16]) for one in documents]


@pytest.mark.parametrize("way", ["ASC", "DESC"])
@pytest.mark.parametrize(
    "more",
    [(), (("MATCH_epc", SGTIN),), (("MATCH_anyEPC", "urn:epc:idpat:sgtin:4012345.*.*"),)],
)
def test_order_and_pages_hold_while_events_come_in(way, more):
    order = [7 * n % 30 for n in range(50)]
    captured(*[numbered(n, eventTime=at(minute)) for n, minute in enumerate(order)])
    asked = ask([("orderBy", "eventTime"), ("orderDirection", way), *more])
    until, after, seen = soon(), None, []
    for turn in range(60):
        page = finding.find([CITY], asked, limit=3, until=until, after=after)
        seen += [hit.stored.document for hit in page.hits]
        after = page.stopped
        if after is None:
            break
        captured(an_event(eventTime=at(turn), epcList=[SGTIN], **{"example:late": turn}))
    old = [one for one in seen if b"example:late" not in one]
    assert minutes(old) == sorted(order, reverse=way == "DESC")
    assert len(set(seen)) == len(seen)


def test_who_asks_by_recording_is_answered_in_its_order():
    for minute in (5, 3, 9):
        captured(an_event(eventTime=at(minute)))
    assert minutes(found(("GE_recordTime", "2000-01-01T00:00:00Z"))) == [9, 3, 5]
    assert minutes(found(("orderBy", "recordTime"), ("orderDirection", "ASC"))) == [5, 3, 9]
    assert minutes(found()) == [9, 5, 3]


def test_a_thing_of_many_events_is_read_in_chunks_and_a_page_ends_after_enough_looking():
    captured(*[numbered(n, eventTime=at(n % 60)) for n in range(400)])
    said = ("MATCH_epc", SGTIN), ("EQ_example:no", "7|390")
    assert len(found(*said, top=50)) == 2
    page = finding.find([CITY], ask(said), limit=9, until=soon(), top=50)
    assert (page.stopped is not None, page.is_bound) == (True, True)
    wide = finding.find([CITY], ask([("EQ_example:none", "1")]), limit=9, until=soon(), top=50)
    assert (wide.hits, wide.stopped is not None, wide.is_bound) == ([], True, False)


def test_an_event_is_seen_whole_or_not_at_all():
    captured(THING)
    captured(BOX, by=sender("business:18", "150102"))
    for scope, types in (
        (CITY, 2),
        (Scope(ScopeKind.BUSINESS, "17"), 1),
        (Scope(ScopeKind.DISTRICT, "150102"), 1),
        (Scope(ScopeKind.BUSINESS, "19"), 0),
    ):
        assert len(found(("MATCH_anyEPC", SGTIN), scopes=(scope,))) == types
    assert found(scopes=()) == []


WHO = [
    ("business:17", "150105"), ("business:18", "150102"), ("business:19", "150105"),
    ("district:150105", "150105"), ("city", ""), ("business:20", "150102"),
]  # fmt: skip
SCOPES = [
    Scope(ScopeKind.BUSINESS, "17"), Scope(ScopeKind.BUSINESS, "20"),
    Scope(ScopeKind.DISTRICT, "150105"), Scope(ScopeKind.DISTRICT, "150102"),
    Scope(ScopeKind.DISTRICT, "150100"), Scope(ScopeKind.STATION, "150105001"), CITY,
]  # fmt: skip


@pytest.fixture
def of_many():
    for number in range(60):
        party, district = WHO[number * 7 % len(WHO)]
        captured(numbered(number, eventTime=at(number * 11 % 40)), by=sender(party, district))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    scopes=st.lists(st.sampled_from(SCOPES), max_size=4, unique=True),
    said=st.lists(
        st.sampled_from(
            [("GE_eventTime", at(9)), ("LT_eventTime", at(31)), ("MATCH_epc", SGTIN),
             ("EQ_bizStep", "shipping"), ("EQ_example:no", "7|9|14|30"), ("EQ_action", "ADD")]
        ),
        max_size=3, unique=True,
    ),
    order=st.sampled_from(["eventTime", "recordTime"]),
    way=st.sampled_from(["ASC", "DESC"]),
    step=st.integers(1, 9),
    few=st.sampled_from([0, finding.SCOPES_TOP]),
)  # fmt: skip
def test_each_sees_his_own_and_a_district_its_parties(of_many, scopes, said, order, way, step, few):
    """By an index of one's own or by sifting the city's: the same events in the same order."""
    seen = {
        number
        for number in range(60)
        for party, district in [WHO[number * 7 % len(WHO)]]
        if any(s == CITY or str(s) == party or (s.code == district and s.kind == "district")
               for s in scopes)
    }  # fmt: skip
    top, finding.SCOPES_TOP = finding.SCOPES_TOP, few
    try:
        more = [("orderBy", order), ("orderDirection", way)]
        documents = found(*said, *more, scopes=scopes, step=step)
        everything = found(*said, *more)
    finally:
        finding.SCOPES_TOP = top
    wanted = [one for one in everything if json.loads(one)["example:no"] in seen]
    assert documents == wanted


def test_a_party_and_a_district_read_their_own_index(of_many):
    """The city's events are not scanned for one party's page."""
    plan = finding._Plan.of(ask([]), finding._seen([Scope(ScopeKind.BUSINESS, "17")]), soon())
    wide = finding._Plan.of(ask([]), finding._seen([CITY]), soon())
    assert plan.source.sql == finding.OF_SCOPES != wide.source.sql
    rows = plan.next(None, 1000)
    assert len(rows) == sum(WHO[n * 7 % len(WHO)][0] == "business:17" for n in range(60))
    assert len(wide.next(None, 1000)) == 60


def test_pages_are_linked_by_tokens_that_belong_to_their_query_and_can_be_deleted():
    captured(*[an_event(eventTime=at(n)) for n in range(7)])
    asker = Asker()
    first = asker.get(EQ_bizStep="shipping", perPage=3)
    second = asker.get(link_of(first))
    third = asker.get(link_of(second))
    assert [len(events_in(one)) for one in (first, second, third)] == [3, 3, 1]
    assert [one["eventTime"] for page in (first, second, third) for one in events_in(page)] == [
        at(n) for n in range(6, -1, -1)
    ]
    assert "Link" not in third
    assert "GS1-Next-Page-Token-Expires" in first
    token = link_of(first).partition("nextPageToken=")[2].partition("&")[0]
    other = asker.client.get(f"/epcis/events?EQ_bizStep=receiving&nextPageToken={token}")
    assert problem(other) == (400, "QueryParameterException", "bad_page")
    forgotten = [asker.client.delete(f"/epcis/nextPageToken/{token}") for _ in range(2)]
    assert [one.status_code for one in forgotten] == [204, 404]
    assert problem(asker.get(link_of(first)))[2] == "bad_page"
    assert asker.client.delete("/epcis/nextPageToken/none").status_code == 404


def test_limits_of_the_standard():
    captured(*[an_event(eventTime=at(n)) for n in range(7)])
    asker = Asker()
    answer, most = asker.get(orderBy="eventTime", eventCountLimit=4, perPage=3), []
    most += events_in(answer)
    answer = asker.get(link_of(answer))
    assert ([*most, *events_in(answer)][-1]["eventTime"], "Link" in answer) == (at(3), False)
    assert len(events_in(asker.get(maxEventCount=7))) == 7
    assert problem(asker.get(maxEventCount=6)) == (413, "QueryTooLargeException", "query_too_large")


def test_identifiers_are_spelled_as_asked_and_the_hash_stays():
    captured(THING, BOX, MADE)
    asker = Asker()
    kept = asker.get(headers={"GS1-EPC-Format": "Never_Translates"})
    linked = asker.get(headers={"GS1-EPC-Format": "Always_GS1_Digital_Link"})
    assert [one["GS1-EPC-Format"] for one in (kept, linked)] == [
        "Never_Translates", "Always_GS1_Digital_Link",
    ]  # fmt: skip
    assert [keys.identity(one) for one in reading.read(kept.content).judged()] == [
        keys.identity(one) for one in reading.read(linked.content).judged()
    ]
    assert SGTIN.encode() in kept.content
    assert b"urn:epc:" not in linked.content.replace(b'"deviceID": "urn:epc:', b"")
    by_name = f"/epcis/events/{quote(ID)}"
    [thing] = events_in(asker.get(by_name, {"GS1-EPC-Format": "Always_GS1_Digital_Link"}))
    assert (thing["epcList"], thing["readPoint"]["id"]) == (
        [LINK], "https://id.gs1.org/414/4012345000016",
    )  # fmt: skip
    wrong = asker.get(headers={"GS1-EPC-Format": "Sometimes"})
    assert wrong.status_code == 406


def paths_to(name: str) -> list[str]:
    """Every address at which the event THING could be told, under another id."""
    groups = (
        ("eventTypes", "ObjectEvent"), ("epcs", SGTIN), ("epcs", LINK), ("bizSteps", "shipping"),
        ("bizLocations", SGLN), ("readPoints", SGLN), ("dispositions", "in_transit"),
    )  # fmt: skip
    said = (
        "", f"EQ_eventID={name}", f"MATCH_anyEPC={SGTIN}", "orderBy=recordTime",
        "GE_recordTime=2000-01-01T00:00:00Z", "EXISTS_errorDeclaration=true",
        "EQ_example:note=23.5", f"EQ_bizTransaction_po={PO}", "maxEventCount=5",
    )  # fmt: skip
    return [
        *(f"/epcis/events?{one}" for one in said),
        *(f"/epcis/{kind}/{quote(one, safe='')}/events" for kind, one in groups),
    ]


def test_no_path_tells_an_event_to_whom_it_is_none_of():
    """Whole for its party, its district and the city; for all others it is not there."""
    name = "urn:uuid:33333333-3333-4333-8333-333333333333"
    facts = {"name": "别家", "code": "", "licences": (), "people": ()}
    shops = [registry.enrol(a_restaurant(**one)) for one in ({}, facts)]
    own, other = (Scope(ScopeKind.BUSINESS, one.public_id) for one in shops)
    job = captured({**THING, "eventID": name}, by=sender(str(own), "150105"))
    seen = {}
    for who, role, scope in (
        ("its district", "district", Scope(ScopeKind.DISTRICT, "150105")),
        ("its party", "holder", own),
        ("the city", "city", CITY),
        ("another district", "district", Scope(ScopeKind.DISTRICT, "150102")),
        ("another party", "holder", other),
        ("a station of the district", "inspector", Scope(ScopeKind.STATION, "150105001")),
    ):
        asker = Asker(role, scope)
        told = [len(events_in(asker.client.get(path))) for path in paths_to(name)]
        by_name = asker.get(f"/epcis/events/{quote(name)}")
        jobs = [one["captureID"] for one in json.loads(asker.get("/epcis/capture").content)]
        one_job = asker.get(f"/epcis/capture/{job.id}")
        seen[who] = {*told, by_name.status_code == 200, bool(jobs), one_job.status_code == 200}
    assert seen == {
        "its district": {1}, "its party": {1}, "the city": {1},
        "another district": {0}, "another party": {0}, "a station of the district": {0},
    }  # fmt: skip


def test_a_page_token_opens_nothing_for_another():
    captured(*[an_event(eventTime=at(n)) for n in range(4)])
    mine, other = Asker(), Asker("district", Scope(ScopeKind.DISTRICT, "150102"))
    following = link_of(mine.get(perPage=2))
    assert problem(other.get(following)) == (400, "QueryParameterException", "bad_page")


URNS = {"GS1-EPC-Format": "Always_EPC_URN"}
URN_EVENTS = Events().any


def test_a_link_becomes_the_urn_that_was_told_of_the_same_thing():
    captured(THING, BOX, MADE)
    asker = Asker()
    answer = asker.get(headers=URNS)
    told = {one["type"]: one for one in events_in(answer)}
    assert answer["GS1-EPC-Format"] == "Always_EPC_URN"
    assert told["ObjectEvent"]["bizLocation"]["id"] == SGLN
    assert told["TransformationEvent"]["inputEPCList"] == [SGTIN]
    assert [keys.identity(one) for one in reading.read(answer.content).judged()] == [
        keys.identity(one) for one in reading.read(asker.get().content).judged()
    ]


def test_a_link_of_no_known_prefix_stays_and_the_answer_says_so():
    lot_and_serial = "https://id.gs1.org/01/04012345111118/10/L1/21/987"
    captured(an_event(epcList=[LINK, lot_and_serial, "https://example.org/x"]))
    asker = Asker()
    answer = asker.get(headers=URNS)
    [event] = events_in(answer)
    assert event["epcList"] == [LINK, lot_and_serial, "https://example.org/x"]
    assert answer["GS1-EPC-Format"] == "No_Preference"
    services.allot(number="401234", party="district:150105", role=Role.OWNER)
    services.allot(number="4012345", party="district:150105", role=Role.AGENT)
    allotments.forget()
    allotted = asker.get(headers=URNS)
    [event] = events_in(allotted)
    # Lot and serial together are more than a URN says.
    assert event["epcList"] == [SGTIN, lot_and_serial, "https://example.org/x"]
    assert allotted["GS1-EPC-Format"] == "No_Preference"


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(event=URN_EVENTS)
def test_urns_come_back_from_links_once_their_prefix_was_told(db, event):
    """What went out as links and comes in again is told as the URNs that it was."""
    captured(event)
    name = keys.identity(next(reading.read(a_document(event)).judged()))
    stored = queries.named([CITY], event.get("eventID", name.hash))
    linked, _format = answering.spelled_as(stored, "Always_GS1_Digital_Link")
    back, _format = answering.spelled_as(linked, "Always_EPC_URN")
    for one, other in zip(stored, back, strict=True):
        before, after = map(identifiers, (json.loads(one.document), json.loads(other.document)))
        urns = [text.startswith("urn:epc:") for text in before]
        kept = [(a, b) for a, b, is_urn in zip(before, after, urns, strict=True) if is_urn]
        assert [a for a, _b in kept] == [b for _a, b in kept]


def test_what_is_refused_says_why():
    asker = Asker()
    for said, told in (
        ({"EQ_nothing": "1"}, (400, "QueryParameterException", "query_unknown")),
        ({"perPage": "0"}, (400, "QueryParameterException", "bad_page")),
        ({"nextPageToken": "x"}, (400, "QueryParameterException", "bad_page")),
    ):
        assert problem(asker.get(**said)) == told
    assert problem(Client().get("/epcis/events"))[0] == 401
    captured(THING)
    found = asker.get(headers={"GS1-Extensions": HEADER}, **{"EQ_ex:note": "23.5"})
    assert len(events_in(found)) == 1


def test_resources_group_events():
    captured(THING, BOX, MADE)
    asker = Asker()
    for kind, name, many in (
        ("eventTypes", "AggregationEvent", 1), ("epcs", SGTIN, 3), ("epcs", LINK, 3),
        ("bizSteps", "shipping", 1), ("bizLocations", SGLN, 1), ("readPoints", SGLN, 1),
        ("dispositions", "in_transit", 1), ("dispositions", "active", 0),
    ):  # fmt: skip
        at = f"/epcis/{kind}/{quote(name, safe='')}"
        assert json.loads(asker.get(at).content)["member"] == ["events"]
        first = asker.get(f"{at}/events", perPage=1)
        rest = events_in(asker.get(link_of(first))) if many > 1 else []
        assert len(events_in(first)) == min(many, 1)
        assert len(rest) == (1 if many > 1 else 0)
        assert len(events_in(asker.get(f"{at}/events"))) == many
        assert events_in(asker.get(f"{at}/events", LT_eventTime="2000-01-01T00:00:00Z")) == []
    assert len(json.loads(asker.get("/epcis/eventTypes").content)["member"]) == 5
    assert "shipping" in json.loads(asker.get("/epcis/bizSteps", perPage=100).content)["member"]
    assert problem(asker.get("/epcis/bizSteps/none/events"))[2] == "query_bad_value"


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    said=st.lists(
        st.tuples(
            st.one_of(st.sampled_from([one[0] for one in CASES]), st.text(max_size=20)),
            st.one_of(st.text(max_size=20), st.sampled_from([one[1] for one in VALUES])),
        ),
        max_size=4,
    ),
    raw=st.binary(max_size=20),
)
def test_no_query_string_breaks_the_house(some, asker, said, raw):
    for query in (urlencode(said, errors="replace"), quote(raw, safe="=&%|")):
        answer = asker.client.get(f"/epcis/events?{query}")
        assert answer.status_code < 500 or problem(answer)[0] == 501


@pytest.fixture
def asker(db):
    return Asker()


def test_a_single_event_is_found_by_its_hash_and_by_time():
    single = capture_event(as_sent(an_event()), sender())
    assert len(found(("GE_eventTime", at(0)), ("LT_eventTime", at(1)))) == 1
    assert found(("EQ_eventID", single.name)) == []


INSIDE_OF = "urn:epc:id:sgln:4012345.00001.{}"


def test_a_place_is_led_to_by_its_index_with_what_lies_within():
    here = [{"readPoint": {"id": INSIDE_OF.format(n)}} for n in ("0", "A-1", "B")]
    there = {"readPoint": {"id": "urn:epc:id:sgln:4012345.00002.0"}}
    captured(*[an_event(eventTime=at(n), **more) for n, more in enumerate([*here, there] * 5)])
    for order in ((), (("orderBy", "recordTime"),), (("orderBy", "eventTime"),)):
        assert len(found(("WD_readPoint", SGLN), *order)) == 15
        assert len(found(("EQ_readPoint", SGLN), *order)) == 5
        assert len(found(("WD_readPoint", INSIDE_OF.format("B")), *order)) == 5
    assert minutes(found(("WD_readPoint", SGLN), step=4)) == [
        n for n in range(19, -1, -1) if n % 4 != 3
    ]
    assert found(("WD_bizLocation", SGLN)) == []


def test_too_many_places_within_are_sifted_one_by_one():
    many = finding.ITEMS_TOP + 1
    captured(*[an_event(bizLocation={"id": INSIDE_OF.format(n + 1)}) for n in range(many)])
    captured(an_event(bizLocation={"id": SGLN}), an_event())
    assert len(found(("WD_bizLocation", SGLN), step=500)) == many + 1


ORDERED = [7, None, "2026-01-01T00:00:00Z", -1.5, "b", "7.25", "a", None, 100, "B"]


@pytest.mark.parametrize("way", ["ASC", "DESC"])
def test_events_are_put_in_the_order_of_a_field_of_ones_own_page_by_page(way):
    captured(*[an_event(**{"example:no": one} if one is not None else {}) for one in ORDERED])
    asker, seen = Asker(), []
    answer = asker.get(orderBy="example:no", orderDirection=way, perPage=3)
    while True:
        seen += [one.get("example:no") for one in events_in(answer)]
        captured(an_event(**{"example:no": len(seen)}))  # what comes in meanwhile does not count
        if "Link" not in answer:
            break
        answer = asker.get(link_of(answer))
    known = [-1.5, 7, "7.25", 100, "2026-01-01T00:00:00Z", "B", "a", "b"]
    assert seen == [*(known if way == "ASC" else known[::-1]), None, None]
    limited = asker.get(orderBy="example:no", orderDirection=way, eventCountLimit=2, perPage=1)
    [first] = events_in(limited)
    [second] = events_in(asker.get(link_of(limited)))
    assert first["example:no"] != second["example:no"]
    assert "Link" not in asker.get(link_of(limited))


def test_too_many_events_are_not_put_in_order():
    captured(*[an_event(**{"example:no": n}) for n in range(6)])
    asked = ask([("orderBy", "example:no"), ("EQ_example:no", "1|2|4")])
    by, until = asked.order_by, soon()
    page = finding.find_ordered([CITY], asked, by, until, most=3)
    numbers = [json.loads(hit.stored.document)["example:no"] for hit in page.hits]
    assert (numbers, page.stopped) == ([4, 2, 1], None)
    assert finding.find_ordered([CITY], asked, by, until, most=2).stopped
    captured(*[an_event() for _ in range(finding.ORDERED_TOP)])
    assert finding.find_ordered([CITY], asked, by, soon(), top=1000).stopped
    told = problem(Asker().get(orderBy="example:no"))
    assert told == (413, "QueryTooLargeException", "query_too_large")


def test_a_field_is_found_however_its_name_is_written():
    event = json.dumps(an_event(**{"example:note": 1}))
    for name in ("example:n\\u006fte", "http:\\/\\/ns.example.com\\/epcis\\/note", "example:note"):
        data = a_document("EVENT").replace(b'"EVENT"', event.replace("example:note", name).encode())
        assert capture_document(data.replace(b"11111.", b"11112."), PROCEED, sender()).captured
        event = event.replace("011111.", "011111.1")
    captured(an_event(), an_event(**{"example:no/te": 1}))
    assert len(found(("EQ_ex:note", "1"), header=HEADER)) == 3
    assert len(found(("EXISTS_http://ns.example.com/epcis/note", "true"))) == 3
    assert len(found(("EQ_example:no/te", "1"))) == 1
