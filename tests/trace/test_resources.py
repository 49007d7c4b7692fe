"""The resources of the repository: what there is, by whom it is seen, a page at a time."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from askers import Asker, link_of, problem
from asking import SGLN, SGTIN, SSCC
from capturing import a_document, an_event, sender
from django.db import connection
from django.test import Client

from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.base import clock
from mingchu.trace import listing
from mingchu.trace.domain.vocabulary import BIZ_STEPS, DISPOSITIONS
from mingchu.trace.services import Behaviour, capture_document

pytestmark = pytest.mark.django_db
KINDS = ["epcs", "readPoints", "bizLocations"]
HERE, OWN = Scope(ScopeKind.DISTRICT, "150102"), Scope(ScopeKind.BUSINESS, "17")
KEPT = {"GS1-EPC-Format": "Never_Translates"}


def captured(*events, by=None):
    return capture_document(a_document(*events), Behaviour.ROLLBACK, by or sender())


def members(asker, address, **headers) -> list[list[str]]:
    """Those of each page."""
    pages = []
    while True:
        answer = asker.get(address, headers=headers)
        assert answer.status_code == 200, answer.content
        said = json.loads(answer.content)
        assert said["type"] == "Collection"
        pages.append(said["member"])
        if "Link" not in answer:
            return pages
        address = link_of(answer)


def listed(asker, kind, per_page=2, **headers) -> list[str]:
    pages = members(asker, f"/epcis/{kind}?perPage={per_page}", **headers)
    assert all(len(page) <= per_page for page in pages)
    return [one for page in pages for one in page]


def everything(scopes, kind, step) -> list[str]:
    """All pages, past the interface: for scopes whose place would have to be registered."""
    names, spot, until = [], listing.Spot() if kind == "epcs" else listing.FIRST, clock.now()
    while spot is not None:
        page = (
            listing.things(scopes, spot, until + timedelta(hours=1), step)
            if kind == "epcs"
            else listing.places(scopes, kind, spot, step)
        )
        names, spot = [*names, *page.names], page.following
    return names


def serial(number: int) -> str:
    return f"urn:epc:id:sgtin:4012345.011111.{number}"


def place(number: int) -> str:
    return f"urn:epc:id:sgln:4012345.0000{number}.0"


def at(minute: int) -> str:
    return f"2026-11-28T08:{minute:02}:00.000+08:00"


def test_the_root_names_the_resources():
    asker = Asker()
    for address in ("/epcis", "/epcis/"):
        [names] = members(asker, address)
        assert names[:2] == ["events", "eventTypes"]
        assert len(names) == 9
        assert asker.client.options(address)["Allow"] == "GET, OPTIONS"
        assert asker.client.head(address).status_code == 200
    assert problem(asker.get("/epcis/?a=1"))[2] == "query_unknown"


def test_things_are_listed_once_the_last_seen_first_as_they_were_spelled():
    link = "https://id.gs1.org/01/04012345111118/21/1"
    captured(
        an_event(eventTime=at(1), epcList=[serial(1), serial(2)]),
        an_event(eventTime=at(2), epcList=[serial(3), link, serial(3) + "0"]),
        {"type": "AggregationEvent", "eventTime": at(3), "eventTimeZoneOffset": "+08:00",
         "action": "ADD", "parentID": SSCC, "childEPCs": [serial(3)]},
    )  # fmt: skip
    seers = [CITY], [Scope(ScopeKind.DISTRICT, "150105")], [OWN]
    for scopes in seers:
        for step in (1, 2, 3, 10):
            told = everything(scopes, "epcs", step)
            assert told == [serial(3), SSCC, link, serial(3) + "0", serial(2)]
    assert listed(Asker(), "epcs", 3, **KEPT) == told


@pytest.mark.parametrize("kind", KINDS)
def test_what_nobody_of_the_askers_own_has_seen_is_not_listed(kind):
    for number, party in enumerate(("business:17", "business:18", "business:17")):
        where = {"readPoint": {"id": place(number)}, "bizLocation": {"id": place(number)}}
        captured(an_event(eventTime=at(number), epcList=[serial(number)], **where),
                 by=sender(party, "150102" if number else "150105"))  # fmt: skip
    name = serial if kind == "epcs" else place
    for scope, numbers in (
        (CITY, {0, 1, 2}), (HERE, {1, 2}), (OWN, {0, 2}), (Scope(ScopeKind.BUSINESS, "19"), set())
    ):  # fmt: skip
        assert sorted(everything([scope], kind, 1)) == sorted(map(name, numbers))
        assert sorted(everything([scope], kind, 5)) == sorted(map(name, numbers))
    assert everything([], kind, 5) == []
    assert sorted(listed(Asker("district", HERE), kind, **KEPT)) == [name(1), name(2)]


def test_a_thing_that_others_saw_later_is_still_listed_to_who_saw_it():
    captured(an_event(eventTime=at(1), epcList=[SGTIN]))
    captured(an_event(eventTime=at(2), epcList=[SGTIN]), by=sender("business:18", "150102"))
    assert everything([OWN], "epcs", 5) == [SGTIN]


def test_pages_hold_while_events_come_in():
    captured(*[an_event(eventTime=at(n), epcList=[serial(n)]) for n in range(5)])
    asker = Asker()
    first = asker.get("/epcis/epcs", perPage=2)
    captured(an_event(eventTime=at(30), epcList=[serial(0), serial(77)]))
    rest = members(asker, link_of(first))
    told = [*json.loads(first.content)["member"], *(one for page in rest for one in page)]
    assert len(told) == len({*told}) == 5


def test_an_event_of_many_things_is_listed_over_many_pages():
    many = [serial(n) for n in range(listing.THINGS_AT_ONCE + 3)]
    captured(an_event(epcList=many), an_event(epcList=[serial(9)], eventTime=at(50)))
    told = listed(Asker(), "epcs", 200, **KEPT)
    assert told == [serial(9), *(one for one in many if one != serial(9))]


def test_names_are_spelled_as_asked_and_begin_with_the_askers_prefix():
    own = "https://example.org/places/7"
    captured(an_event(readPoint={"id": SGLN}), an_event(readPoint={"id": own}))
    asker = Asker()
    link = "https://id.gs1.org/414/4012345000016"
    linked = {"GS1-EPC-Format": "Always_GS1_Digital_Link"}
    assert sorted(listed(asker, "readPoints", **linked)) == [own, link]
    prefixed = {**linked, "GS1-Extensions": "ex=https://example.org/places/, no=urn:x:"}
    answer = asker.get("/epcis/readPoints", headers=prefixed)
    said = json.loads(answer.content)
    assert sorted(said["member"]) == ["ex:7", link]
    assert said["@context"][-1] == {"ex": "https://example.org/places/"}
    assert answer["GS1-EPC-Format"] == "Always_GS1_Digital_Link"
    assert asker.get("/epcis/readPoints", {"GS1-EPC-Format": "x"}).status_code == 406


@pytest.mark.parametrize(
    ("kind", "words"),
    [("bizSteps", BIZ_STEPS.words), ("dispositions", DISPOSITIONS.words), ("eventTypes", None)],
)
def test_words_of_the_standard_come_in_pages_too(kind, words):
    told = listed(Asker(), kind, 7)
    assert told == sorted(told)
    assert {*told} == (words or {*told})
    assert len(told) == len({*told}) >= 5


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("bizSteps/shipping", 200), ("bizSteps/nonsense", 404), ("bizSteps/ex:own", 200),
        ("bizSteps/urn:epcglobal:cbv:bizstep:shipping", 200), ("dispositions/shipping", 404),
        ("eventTypes/ObjectEvent", 200), ("eventTypes/QuantityEvent", 404),
        ("epcs/" + SGTIN, 200), ("nothing", 404), ("epcs/a?b=1", 400), ("epcs?b=1", 400),
        ("capture?b=1", 400), ("epcs?nextPageToken=x", 400), ("events/x?b=1", 400),
        ("readPoints?perPage=0", 400), ("capture/x", 404),
    ],
)  # fmt: skip
def test_what_is_there_and_what_is_not(address, status):
    asker = Asker()
    answer = asker.get(f"/epcis/{address}")
    assert answer.status_code == status
    if status != 200:
        assert answer["Content-Type"] == "application/problem+json"
        assert problem(answer)[1] in {"NoSuchResourceException", "QueryParameterException"}
    assert Client().get(f"/epcis/{address}").status_code == 401


def test_a_token_belongs_to_its_list_and_can_be_deleted():
    captured(
        *[an_event(bizLocation={"id": place(n)}, readPoint={"id": place(n)}) for n in range(3)]
    )
    captured(an_event())
    asker, other = Asker(), Asker("district", HERE)
    for kind in (*KINDS, "bizSteps", "capture"):
        following = link_of(asker.get(f"/epcis/{kind}", perPage=1))
        query = following.partition("?")[2]
        token = query.partition("nextPageToken=")[2].partition("&")[0]
        assert asker.get(following).status_code == 200
        wrong = "readPoints" if kind == "bizLocations" else "bizLocations"
        assert problem(asker.get(f"/epcis/{wrong}?{query}"))[2] == "bad_page"
        assert problem(other.get(following))[2] == "bad_page"
        assert other.client.delete(f"/epcis/nextPageToken/{token}").status_code == 404
        assert asker.client.delete(f"/epcis/nextPageToken/{token}").status_code == 204
        assert problem(asker.get(following))[2] == "bad_page"


def test_too_much_is_refused_as_the_standard_names_it():
    asker = Asker()
    long = asker.get("/epcis/events", MATCH_epc="|".join(map(serial, range(3000))))
    assert problem(long) == (414, "URITooLongException", "address_too_long")
    many = asker.client.get("/epcis/events?" + "&".join(f"a{n}=1" for n in range(2000)))
    assert problem(many) == (400, "QueryParameterException", "query_many_parameters")


PLANS = [
    ("readPoint", listing.PLACES.format(column="read_point"), [listing.FIRST, 31, True, [], []]),
    (
        "bizLocation",
        listing.PLACES.format(column="biz_location"),
        [listing.FIRST, 31, False, ["a"], []],
    ),
    (
        "epc",
        listing.SEEN_LATER,
        [
            [listing.FIRST],
            "2026-01-01T00:00:00Z",
            listing.FIRST,
            [1],
            "2026-01-01T00:00:00Z",
            False,
            [],
            ["x"],
        ],
    ),
]


@pytest.mark.parametrize(
    ("sql", "params"), [one[1:] for one in PLANS], ids=[one[0] for one in PLANS]
)
def test_no_list_looks_at_a_whole_table(sql, params):
    with connection.cursor() as db:
        db.execute("SET LOCAL enable_seqscan = off")
        db.execute(f"EXPLAIN {sql}", params)
        plan = "\n".join(line for (line,) in db.fetchall())
    assert "Seq Scan on trace" not in plan, plan


def test_what_was_captured_is_listed_right_away():
    captured(an_event(epcList=[SGTIN]))
    assert clock.now()
    assert listed(Asker(), "epcs", **KEPT) == [SGTIN]


def test_addresses_of_lists_say_their_query():
    assert urlencode({"perPage": 2}) in link_of(Asker().get("/epcis/bizSteps", perPage=2))
