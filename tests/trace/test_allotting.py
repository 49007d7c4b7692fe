"""Who may speak for which identifiers: what is made needs an allotment, what is seen does not."""

from __future__ import annotations

import argparse
import json
from datetime import date, timedelta
from uuid import uuid4

import pytest
from build import a_restaurant
from capturing import a_document, an_event, as_sent, events_of, sender
from django.test import Client
from epcis import Events
from hypothesis import given
from hypothesis import strategies as st

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.base.errors import Refusal
from mingchu.identifiers.epc import EpcError, company_digits
from mingchu.ledger.models import Entry
from mingchu.ops.commands import allotments as commands
from mingchu.registry import services as registry
from mingchu.trace import allotments, queries, services
from mingchu.trace.domain.allotting import (
    Allotment,
    Allotments,
    Original,
    Role,
    Rule,
    check_declared,
    check_made,
    may_speak,
    number_of,
)
from mingchu.trace.domain.predicates import key_of
from mingchu.trace.domain.spelling import as_link
from mingchu.trace.domain.words import Broken
from mingchu.trace.services import Behaviour, Sender, capture_document, capture_event

MINE, THEIRS, NOBODYS = "4012345", "0614141", "6901234"
ME, OTHER = "business:17", "business:18"
DAY = date(2026, 11, 28)
KNOWN = Allotments.of([Allotment(MINE, ME, Role.OWNER), Allotment(THEIRS, OTHER, Role.AGENT)])
OPEN, CLOSED = Rule(KNOWN), Rule(KNOWN, is_open=False)


def serial(prefix: str) -> str:
    return f"urn:epc:id:sgtin:{prefix}.011111.7"


def lot(prefix: str) -> dict[str, object]:
    return {"epcClass": f"urn:epc:class:lgtin:{prefix}.011111.L1", "quantity": 3}


def thing(prefix: str, **more: object) -> dict[str, object]:
    return an_event(epcList=[serial(prefix)], **more)


def made_of(eaten: str, made: str) -> dict[str, object]:
    event = an_event(
        type="TransformationEvent", inputEPCList=[serial(eaten)], outputQuantityList=[lot(made)]
    )
    del event["epcList"], event["action"]
    return event


def boxed(prefix: str) -> dict[str, object]:
    event = an_event(
        type="AggregationEvent",
        action="ADD",
        parentID=f"urn:epc:id:sscc:{prefix}.1234567890",
        childEPCs=[serial(prefix)],
    )
    del event["epcList"]
    return event


def verdict(event, rule=OPEN, party=ME) -> tuple[str, str] | None:
    try:
        check_made(event, party, rule)
    except Broken as broken:
        return broken.kind.value, broken.at
    return None


YOURS_NOT, NOBODY = "event.not_allotted_to_you", "event.not_allotted"
CASES = [
    ("commissioned, mine", thing(MINE, action="ADD", bizStep="commissioning"), None, None),
    ("commissioned, another's", thing(THEIRS, action="ADD"), YOURS_NOT, YOURS_NOT),
    ("commissioned, nobody's", thing(NOBODYS, action="ADD"), None, NOBODY),
    ("seen, another's", thing(THEIRS, bizStep="receiving"), None, None),
    ("sold out, another's", thing(THEIRS, action="DELETE", bizStep="retail_selling"), None, None),
    ("called commissioning", thing(THEIRS, bizStep="commissioning"), YOURS_NOT, YOURS_NOT),
    (
        "the same word as a URN",
        thing(THEIRS, bizStep="urn:epcglobal:cbv:bizstep:creating_class_instance"),
        YOURS_NOT,
        YOURS_NOT,
    ),
    ("a lot begun", an_event(action="ADD", epcList=[], quantityList=[lot(THEIRS)]),
     YOURS_NOT, YOURS_NOT),
    ("made of another's", made_of(THEIRS, MINE), None, None),
    ("another's made of mine", made_of(MINE, THEIRS), YOURS_NOT, YOURS_NOT),
    ("packed, another's", boxed(THEIRS), None, None),
    ("no GS1 key", an_event(action="ADD", epcList=["urn:uuid:1", "https://example.org/a"]),
     None, None),
    ("a link", an_event(action="ADD", epcList=[as_link(serial(THEIRS))]), YOURS_NOT, YOURS_NOT),
]  # fmt: skip


@pytest.mark.parametrize(("what", "event", "open_", "closed"), CASES, ids=[c[0] for c in CASES])
def test_what_is_made_needs_its_allotment_and_what_is_seen_does_not(what, event, open_, closed):
    assert [found and found[0] for found in (verdict(event), verdict(event, CLOSED))] == [
        open_,
        closed,
    ]
    assert verdict(event, CLOSED, party="city") is None


def test_a_refusal_says_where():
    assert verdict(made_of(MINE, THEIRS)) == (YOURS_NOT, ".outputQuantityList[0].epcClass")
    three = an_event(action="ADD", epcList=[serial(MINE), "urn:a:b", serial(THEIRS)])
    assert verdict(three) == (YOURS_NOT, ".epcList[2]")


def test_an_allotment_holds_from_its_first_day_to_its_last():
    first, last = DAY, DAY + timedelta(days=1)
    rule = Rule(Allotments.of([Allotment(MINE, ME, Role.AGENT, first, last)]))
    told = {}
    for time in (
        "2026-11-27T23:59:59+08:00",
        "2026-11-27T16:00:00Z",  # the same night, midnight in the city
        "2026-11-29T15:59:59Z",
        "2026-11-29T16:00:00Z",
    ):
        told[time] = verdict(thing(MINE, action="ADD", eventTime=time), rule)
    assert [one is None for one in told.values()] == [False, True, True, False]


def test_a_single_number_is_allotted_beside_its_prefix():
    single = Allotment(number_of("urn:epc:idpat:sgtin:0614141.011111.*"), ME, Role.AGENT)
    both = Rule(Allotments.of([single, Allotment(THEIRS, OTHER, Role.OWNER)]))
    other_product = an_event(action="ADD", epcList=["urn:epc:id:sgtin:0614141.022222.7"])
    assert verdict(thing(THEIRS, action="ADD"), both) is None
    assert verdict(thing(THEIRS, action="ADD"), both, OTHER) is None
    assert verdict(other_product, both) == (YOURS_NOT, ".epcList[0]")
    assert verdict(other_product, both, OTHER) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("4012345", "4012345"),
        ("urn:epc:idpat:sgtin:4012345.011111.*", "01/04012345111118"),
        ("https://example.org/01/04012345111118", "01/04012345111118"),
        ("01/04012345111118", "01/04012345111118"),
        ("urn:epc:id:pgln:4012345.00001", "414/4012345000016"),
        ("urn:epc:id:sgln:4012345.00001.0", "414/4012345000016"),
    ],
)
def test_what_can_be_allotted(text, number):
    assert number_of(text) == number


@pytest.mark.parametrize("text", ["12345", "4012345111118", serial(MINE), "01/1", "urn:a:b", ""])
def test_what_cannot(text):
    with pytest.raises((EpcError, ValueError)):
        number_of(text)


EVENTS = Events().any
PARTIES = st.sampled_from([ME, OTHER, "business:19", "city"])
NUMBERS = st.sampled_from(
    ["4012345", "40123", "061414", "0614141", "0952123", "01/04012345111118", "414/4012345000016"]
)
DAYS = st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
ALLOTTED = st.lists(
    st.builds(Allotment, NUMBERS, PARTIES, st.sampled_from(Role), DAYS, DAYS), max_size=5
)


@given(event=EVENTS, known=ALLOTTED, party=PARTIES, is_open=st.booleans())
def test_trade_is_free_whatever_is_allotted(event, known, party, is_open):
    """Seen, moved, packed, sold: nothing of that is ever refused."""
    if event["type"] == "TransformationEvent":
        event = {**event, "outputEPCList": [], "outputQuantityList": []}
    if event["type"] == "ObjectEvent":
        event = {**event, "action": "OBSERVE", "bizStep": "receiving"}
    assert verdict(event, Rule(Allotments.of(known), is_open), party) is None


@given(
    event=EVENTS, known=ALLOTTED, party=PARTIES, is_open=st.booleans(), role=st.sampled_from(Role)
)
def test_another_allotment_to_me_takes_nothing_from_me(event, known, party, is_open, role):
    before = verdict(event, Rule(Allotments.of(known), is_open), party)
    for number in ("4012345", "0614141"):
        more = [*known, Allotment(number, party, Role.AGENT)]
        after = verdict(event, Rule(Allotments.of(more), is_open), party)
        assert before is not None or after is None


@given(event=EVENTS, known=ALLOTTED, party=PARTIES)
def test_who_is_refused_where_all_may_is_refused_where_none_may(event, known, party):
    rule = Allotments.of(known)
    if verdict(event, Rule(rule, is_open=True), party):
        assert verdict(event, Rule(rule, is_open=False), party)


KEYS = [
    *(key_of(serial(one)) for one in (MINE, THEIRS)),
    *map(key_of, ("urn:epc:id:sscc:4012345.1234567890", "urn:epc:id:giai:4012345.1A")),
    *("414/4012345000016", "417/4012345000016", "urn:example:1", "01/04012345111118/10/L"),
]


@given(known=ALLOTTED, key=st.sampled_from(KEYS))
def test_covering_is_what_looking_at_each_would_say(known, key):
    def covers(number: str) -> bool:
        if number.isdecimal():
            return bool(company_digits(key)) and company_digits(key).startswith(number)
        return key.replace("417/", "414/").startswith(number)

    found = Allotments.of(known).covering(key)
    assert sorted(map(str, found)) == sorted(str(one) for one in known if covers(one.number))


@given(known=ALLOTTED, day=st.dates(date(2020, 1, 1), date(2030, 1, 1)), party=PARTIES)
def test_owner_and_agent_may_the_same(known, day, party):
    swapped = [one._replace(role=Role.AGENT) for one in known]
    assert may_speak(known, party, day) == may_speak(swapped, party, day)


def declared(event, original: Original | None, party=ME, rule=OPEN, hashed="ni:1") -> bool:
    try:
        check_declared(event, hashed, original, party, rule)
    except Broken:
        return False
    return True


def test_who_may_say_that_an_event_was_wrong():
    mine, theirs, mixed = thing(MINE), thing(THEIRS), boxed(MINE)
    mixed["childEPCs"] = [serial(MINE), serial(THEIRS)]
    own, others = Original(ME, "ni:1"), Original(OTHER, "ni:1")
    assert declared(theirs, own)  # one's own event, whatever it was about
    assert declared(mine, others)  # another's, all about what is mine
    assert not declared(mine, Original(OTHER, "ni:2"))  # it does not repeat that event
    assert not declared(theirs, others)
    assert not declared(mixed, others)
    assert not declared(an_event(epcList=["urn:uuid:1"]), others)
    assert not declared(thing(NOBODYS), others)
    assert declared(theirs, others, party="city")
    assert not declared(theirs, None)  # nobody knows whose it is, but the thing is another's
    assert declared(mine, None)
    assert declared(thing(NOBODYS), None)
    assert not declared(thing(NOBODYS), None, rule=CLOSED)


@pytest.fixture
def allotted(db):
    """4012345 is the shop's, 0614141 the district's, both by the register."""
    shop = registry.enrol(a_restaurant())
    party = f"business:{shop.public_id}"
    services.allot(number=MINE, party=party, role=Role.OWNER)
    services.allot(number=THEIRS, party="district:150105", role=Role.AGENT)
    allotments.forget()
    return Sender("user:1 token:x", party, "150105")


def test_who_may_not_is_told_as_the_standard_tells_it(allotted):
    """By the interface: 403 for an event by itself, a problem at its place in a job."""
    scope = Scope(ScopeKind.BUSINESS, allotted.party.partition(":")[2])
    user = accounts.enrol_person(username="holder", name="测试")
    post = accounts.give_post(user=user, role="holder", scope=scope)
    _token, secret = accounts.issue_token(post=post, title="测试", api_scopes=("epcis",))
    client = Client(headers={"Authorization": f"Bearer {secret}", "Accept-Language": "en"})
    event = thing(THEIRS, action="ADD")

    def send(path: str, data: bytes):
        return client.post(f"/epcis/{path}", data, content_type="application/json")

    single = send("events", as_sent(event))
    said = json.loads(single.content)
    assert (single.status_code, said["type"]) == (403, "epcisException:SecurityException")
    assert (said["code"], said["path"]) == ("event_not_allotted_to_you", "$.epcList[0]")
    assert event["epcList"][0] in said["why"]
    assert "agent" in said["fix"]
    job = json.loads(client.get(send("capture", a_document(event))["Location"]).content)
    [error] = job["errors"]
    assert (job["success"], error["status"], error["type"]) == (False, 403, said["type"])
    assert (error["index"], error["path"]) == (0, "$.epcisBody.eventList[0].epcList[0]")
    assert events_of() == 0


WRONG = {"declarationTime": "2026-11-28T09:00:00Z", "reason": "incorrect_data"}


def test_a_document_is_refused_whole_or_goes_on_without_the_wrong_events(allotted):
    events = [
        thing(MINE, action="ADD"),
        thing(THEIRS, action="ADD"),
        thing(THEIRS),
        made_of(THEIRS, THEIRS),
    ]
    back = capture_document(a_document(*events), Behaviour.ROLLBACK, allotted)
    left = events_of()
    on = capture_document(a_document(*events), Behaviour.PROCEED, allotted)
    told = [(error.at, error.kind, error.path) for error in on.errors]
    assert told == [
        (1, YOURS_NOT, "$.epcisBody.eventList[1].epcList[0]"),
        (3, YOURS_NOT, "$.epcisBody.eventList[3].outputQuantityList[0].epcClass"),
    ]
    assert [(error.at, error.kind) for error in back.errors] == [one[:2] for one in told]
    assert (back.state, left) == ("failed", 0)
    assert (on.state, on.captured, events_of()) == ("partial", 2, 2)
    data = a_document(*events)
    assert [data[error.byte : error.byte + 8] for error in on.errors] == [b'"urn:epc'] * 2


def test_a_single_event_too_and_the_setting_decides_of_the_rest(allotted, settings):
    with pytest.raises(Exception, match=YOURS_NOT):
        capture_event(as_sent(thing(THEIRS, action="ADD")), allotted)
    unknown = as_sent(thing(NOBODYS, action="ADD"))
    settings.CAPTURE_UNALLOTTED = "closed"
    with pytest.raises(Exception, match=NOBODY):
        capture_event(unknown, allotted)
    settings.CAPTURE_UNALLOTTED = "open"
    assert capture_event(unknown, allotted).outcome == "captured"


def test_declarations_are_judged_by_whose_event_it_was(allotted):
    carrier = sender("business:99", "150102")
    about_mine, about_theirs = (thing(p, eventID=f"urn:uuid:{uuid4()}") for p in (MINE, THEIRS))
    capture_document(a_document(about_mine, about_theirs), Behaviour.ROLLBACK, carrier)
    declarations = [{**one, "errorDeclaration": WRONG} for one in (about_mine, about_theirs)]
    job = capture_document(a_document(*declarations), Behaviour.PROCEED, allotted)
    [error] = job.errors
    assert (error.at, error.kind) == (1, "event.not_your_event")
    assert error.path == "$.epcisBody.eventList[1].errorDeclaration"
    altered = {**about_mine, "bizStep": "receiving", "errorDeclaration": WRONG}
    strange = sender("business:98", "150102")
    for declaration, by in ((altered, allotted), (declarations[0], strange)):
        with pytest.raises(Exception, match="not_your_event"):
            capture_event(as_sent(declaration), by)
    assert capture_event(as_sent(declarations[1]), carrier).outcome == "captured"
    assert capture_event(as_sent(declarations[0]), sender("city", "")).outcome == "duplicate"


def test_an_event_and_its_declaration_come_in_one_document(allotted):
    one = thing(THEIRS, eventID=f"urn:uuid:{uuid4()}")
    both = a_document({**one, "errorDeclaration": WRONG}, one)
    assert capture_document(both, Behaviour.ROLLBACK, allotted).captured == 2


def test_after_a_wrong_event_every_declaration_is_still_looked_at(allotted):
    carrier = sender("business:99", "150102")
    one = thing(THEIRS, eventID=f"urn:uuid:{uuid4()}")
    capture_document(a_document(one), Behaviour.ROLLBACK, carrier)
    bad = {"type": "ObjectEvent", "eventTime": "yesterday"}
    both = a_document(bad, {**one, "errorDeclaration": WRONG})
    job = capture_document(both, Behaviour.ROLLBACK, allotted)
    assert [error.at for error in job.errors] == [0, 1]
    assert job.state == "failed"


def options(**said) -> argparse.Namespace:
    return argparse.Namespace(**said)


def test_allotments_are_made_listed_ended_and_taken_back(allotted):
    party, before = allotted.party, Entry.objects.count()
    said = {"number": NOBODYS, "party": party, "role": "agent", "since": DAY, "until": None}
    made = commands.allot(options(**said)).data
    assert commands.allot(options(**said)).data == made  # the same again changes nothing
    assert (made["number"], made["role"], made["from"]) == (NOBODYS, "agent", "2026-11-28")
    assert made["entered_by"] == commands.ACTOR
    end = options(id=queries.UUID(made["id"]), until=DAY + timedelta(days=3))
    assert commands.unallot(end).data["to"] == "2026-12-01"
    back = commands.unallot(options(id=queries.UUID(made["id"]), until=None))
    assert back.data["void"] is True
    listed = [commands.listed(options(party=party, all=one)).data for one in (False, True)]
    assert [[one["number"] for one in them] for them in listed] == [[MINE], [MINE, NOBODYS]]
    kinds = [one.kind for one in Entry.objects.order_by("pk")[before:]]
    assert kinds == ["trace.number_allotted", "trace.allotment_ended", "trace.allotment_ended"]
    allotments.forget()
    assert allotments.rule().allotments.covering(key_of(serial(NOBODYS))) == ()


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"number": "12"}, "not_allottable"),
        ({"number": serial(MINE)}, "not_allottable"),
        ({"party": "business:999999999"}, "no_such_party"),
        ({"party": "city"}, "no_such_party"),
        ({"party": "nothing"}, "no_such_party"),
        ({"since": DAY, "until": DAY - timedelta(days=1)}, "bad_days"),
    ],
)
def test_what_is_wrong_with_an_allotment_is_told(allotted, wrong, code):
    said = {"number": NOBODYS, "party": allotted.party, "role": Role.OWNER, **wrong}
    with pytest.raises(Refusal, match=code):
        services.allot(**said)
    with pytest.raises(Refusal, match="no_such_allotment"):
        services.unallot(number=uuid4())


def test_the_length_of_a_prefix_is_told_by_the_longest_allotment(allotted):
    found = allotments.rule().allotments
    assert (found.prefix(key_of(serial(MINE))), found.prefix(key_of(serial(NOBODYS)))) == (7, 0)


def test_a_processs_memory_of_allotments_is_renewed_when_they_change(allotted):
    before = allotments.rule().allotments
    allotments.forget()
    assert allotments.rule().allotments is before  # unchanged: not read again
    services.allot(number=NOBODYS, party=allotted.party, role=Role.OWNER)
    allotments.forget()
    assert allotments.rule().allotments.covering(key_of(serial(NOBODYS)))
