"""Queries under names: made, listed, answered and deleted by whose they are, seen by who may."""

from __future__ import annotations

import json
from itertools import count
from urllib.parse import quote

import pytest
from capturing import a_document, an_event
from edge import AS_THEY_CAME, Program
from live import served
from receiving import listed

from mingchu.accounts.domain import CITY, Scope, ScopeKind

_names = count(1)
HERE, THERE = (Scope(ScopeKind.DISTRICT, code) for code in ("150102", "150104"))
EXAMPLE = "http://ns.example.com/epcis/"


@pytest.fixture(scope="module")
def house(shared_house):
    with served() as url:
        yield url


@pytest.fixture
def step():
    """A step of the business's own that no other test has."""
    return f"https://example.com/steps/{next(_names)}"


def problem(answer) -> tuple:
    said = json.loads(answer.content)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert said["status"] == answer.status
    return answer.status, said["type"].removeprefix("epcisException:"), said["code"]


def name_one(program: Program, query: dict, name: str = "", **headers: str):
    name = name or f"查询 {next(_names)}"
    return name, program.post(
        "queries", json.dumps({"name": name, "query": query}).encode(), **headers
    )


def found_by(program: Program, path: str) -> list[dict]:
    answer = program.get(path, **AS_THEY_CAME)
    assert answer.status == 200, answer.content
    return listed(json.loads(answer.content))


def test_a_query_is_named_listed_read_answered_and_deleted(house, step):
    program = Program(house, "district", HERE)
    event = an_event(bizStep=step)
    program.post("capture", a_document(event, an_event()))
    query = {"EQ_bizStep": [step, "receiving"], "eventType": ["ObjectEvent"]}
    name, made = name_one(program, query)
    there = made.headers["Location"].removeprefix("/epcis/")
    definition = {"name": name, "query": query}

    assert (made.status, there) == (201, f"queries/{quote(name)}")
    assert json.loads(program.get(there).content) == definition
    assert definition in json.loads(program.get("queries?perPage=1000").content)
    assert found_by(program, f"{there}/events") == [event]
    answer = json.loads(program.get(f"{there}/events").content)
    assert answer["epcisBody"]["queryResults"]["queryName"] == name
    assert program.ask("OPTIONS", f"/epcis/{there}").headers["Allow"] == "GET, DELETE, OPTIONS"
    assert program.ask("OPTIONS", "/epcis/queries").headers["Allow"] == "GET, POST, OPTIONS"
    assert program.ask("DELETE", f"/epcis/{there}").status == 204
    assert problem(program.get(there))[0] == 404
    assert problem(program.ask("DELETE", f"/epcis/{there}"))[0] == 404


def test_a_name_is_taken_once(house):
    program, other = Program(house, "district", HERE), Program(house, "district", THERE)
    name, _first = name_one(program, {})
    wanted = (409, "ResourceAlreadyExistsException", "query_exists")
    assert problem(name_one(program, {}, name)[1]) == wanted
    assert problem(name_one(other, {}, name)[1]) == wanted
    assert problem(name_one(other, {}, "SimpleEventQuery")[1]) == wanted


BODIES = {
    b"": ("json_malformed", 400),
    b"[]": ("event_wrong_type", 400),
    b'{"name":"a","name":"b","query":{}}': ("json_duplicate_key", 400),
    b'{"name":"\xff","query":{}}': ("json_bad_utf8", 400),
    b'{"name":"a","query":{"EQ_eventID":["\\u0000"]}}': ("json_null_character", 400),
    b'{"name":"a","query":{"EQ_eventID":["\\ud800"]}}': ("json_lone_surrogate", 400),
    b'{"name":"a","query":{"GE_quantity":1e999}}': ("query_bad_value", 400),
    b'{"name":"a","query":{"GE_quantity":NaN}}': ("json_malformed", 400),
    b'{"name":"a","query":' + b"[" * 30000: ("json_too_deep", 400),
    b'{"query":{}}': ("subscription_bad_value", 400),
    b'{"name":"a/b","query":{}}': ("subscription_bad_value", 400),
    b'{"name":"a","query":[]}': ("subscription_bad_value", 400),
    b'{"name":"a","query":{},"more":1}': ("subscription_bad_value", 400),
    b'{"name":"a","query":{"EQ_bizSteps":["shipping"]}}': ("query_unknown", 400),
    b'{"name":"a","query":{"EQ_bizStep":[]}}': ("query_bad_value", 400),
    b'{"name":"a","query":{"EQ_bizStep":[["shipping"]]}}': ("query_bad_value", 400),
    b'{"name":"a","query":{"EQ_bizStep":["shipping|receiving"]}}': ("query_bad_value", 400),
    b'{"name":"a","query":{"EQ_bizStep":{"a":1}}}': ("query_bad_value", 400),
    b'{"name":"a","query":{"@context":["no address"]}}': ("query_bad_value", 400),
    b'{"name":"' + b"a" * 70000 + b'"}': ("document_too_large", 413),
}


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body[:40].decode(errors="replace"))
def test_what_is_no_query_is_refused_with_its_reason(house, body):
    status, _type, code = problem(Program(house).post("queries", body))
    if body.startswith(b'{"name":"a","query":[[['):
        assert (status, code in {"json_too_deep", "json_malformed"}) == (400, True)
    else:
        assert (code, status) == BODIES[body]


def test_a_query_is_sent_as_json(house):
    answer = Program(house).post("queries", b"{}", Content_Type="text/plain")
    assert problem(answer)[0] == 415


def test_values_of_json_and_of_an_address_ask_the_same(house, step):
    program = Program(house, "district", HERE)
    events = [
        an_event(bizStep=step, **{"example:a": number, "eventID": f"{step}/{number}"})
        for number in range(4)
    ]
    program.post("capture", a_document(*events))
    query = {
        "@context": [{"own": EXAMPLE}],
        "EQ_bizStep": [step],
        "GE_own:a": 1,
        "LT_own:a": 3,
        "orderBy": "eventTime",
        "orderDirection": "ASC",
        "EXISTS_own:a": None,
    }
    name, made = name_one(program, query)
    by_name = found_by(program, f"queries/{quote(name)}/events")
    address = f"events?EQ_bizStep={quote(step)}&GE_own:a=1&LT_own:a=3&orderBy=eventTime"
    own = {"GS1_Extensions": f"own={EXAMPLE}", **AS_THEY_CAME}
    by_address = program.get(f"{address}&orderDirection=ASC", **own)
    assert made.status == 201
    assert by_name == listed(json.loads(by_address.content))
    assert sorted(event["example:a"] for event in by_name) == [1, 2]


def test_pages_of_a_named_query_end_with_it(house, step):
    program = Program(house, "district", HERE)
    events = [an_event(bizStep=step) for _ in range(3)]
    program.post("capture", a_document(*events))
    name, _made = name_one(program, {"EQ_bizStep": [step]})
    there = f"queries/{quote(name)}/events"
    first = program.get(f"{there}?perPage=2")
    following = first.headers["Link"].split(">")[0].removeprefix("</epcis/")
    second = program.get(following)
    program.ask("DELETE", f"/epcis/queries/{quote(name)}")
    name_one(program, {"EQ_bizStep": [step]}, name)

    pages = [listed(json.loads(page.content)) for page in (first, second)]
    assert [len(page) for page in pages] == [2, 1]
    assert "Link" not in second.headers
    assert problem(program.get(following)) == (400, "QueryParameterException", "bad_page")
    assert problem(program.get(f"{there}?EQ_action=ADD"))[2] == "query_unknown"


def test_lists_of_queries_are_turned_page_by_page(house):
    program = Program(house, "district", Scope(ScopeKind.DISTRICT, "150105"))
    names = [name_one(program, {}, f"列{number}-{next(_names)}")[0] for number in range(3)]
    first = program.get("queries?perPage=2")
    second = program.ask("GET", first.headers["Link"].split(">")[0].removeprefix("<"))
    seen = [one["name"] for page in (first, second) for one in json.loads(page.content)]
    assert seen == sorted(names)
    assert first.headers["GS1-Next-Page-Token-Expires"]
    assert problem(program.get("queries?nextPageToken=x"))[0] == 400


def test_each_sees_the_events_he_may_by_a_query_whoever_named_it(house, step):
    here, there = Program(house, "district", HERE), Program(house, "district", THERE)
    city = Program(house, "city", CITY)
    for program in (here, there):
        program.post("capture", a_document(an_event(bizStep=step)))
    name, _made = name_one(here, {"EQ_bizStep": [step]})
    path = f"queries/{quote(name)}"

    assert len(found_by(here, f"{path}/events")) == 1
    assert len(found_by(city, f"{path}/events")) == 2
    for way in ("", "/events", "/subscriptions", "/following"):
        assert problem(there.get(path + way))[0] == 404
    assert problem(city.ask("DELETE", f"/epcis/{path}"))[:2] == (403, "SecurityException")
    assert problem(there.ask("DELETE", f"/epcis/{path}"))[0] == 404


@pytest.mark.parametrize(
    "path",
    [
        "queries/%00",
        "queries/%EF%BF%BF/events",
        "queries/x/subscriptions/%00",
        "queries/x/following?after=y",
    ],
)
def test_no_name_is_too_odd_to_be_answered(house, path):
    program = Program(house)
    assert problem(program.get(path)) == (404, "NoSuchResourceException", "not_found")


def test_a_cursor_belongs_to_its_query(house, step):
    program = Program(house)
    (one, _), (other, _) = name_one(program, {}), name_one(program, {})
    begun = program.get(f"queries/{quote(one)}/following")
    cursor = quote(begun.headers["Mingchu-Cursor"])
    program.post("capture", a_document(an_event(bizStep=step)))
    gone_on = program.get(f"queries/{quote(one)}/following?after={cursor}")
    assert (begun.headers["Mingchu-Events"], gone_on.headers["Mingchu-Events"]) == ("0", "1")
    assert problem(program.get(f"queries/{quote(other)}/following?after={cursor}"))[0] == 404
    assert problem(program.get(f"queries/{quote(one)}/following?after=x"))[2] == "bad_page"
    wrong = program.get(f"queries/{quote(one)}/following?initialRecordTime=x")
    assert problem(wrong)[1] == "SubscriptionControlsException"


def test_who_may_only_read_names_nothing(house):
    auditor = Program(house, "auditor", CITY)
    name, _made = name_one(Program(house), {})
    assert problem(name_one(auditor, {})[1])[0] == 403
    assert problem(auditor.ask("DELETE", f"/epcis/queries/{quote(name)}"))[0] == 403
    assert auditor.get("queries").status == 200


@pytest.mark.parametrize("how", ["?stream=true", "?minute=5&hour=1", ""])
def test_who_wants_a_websocket_is_told_where(house, settings, how):
    settings.LIVE_PORT = 8001
    program = Program(house)
    name, _made = name_one(program, {})
    headers = {} if how else {"Upgrade": "websocket", "Connection": "Upgrade"}
    answer = program.get(f"queries/{quote(name)}/events{how}", **headers)
    address = f"ws://127.0.0.1:8001/epcis/queries/{quote(name)}/events{how}"
    assert (answer.status, answer.headers["Mingchu-Live"]) == (426, address)
    assert json.loads(answer.content)["live"] == address
