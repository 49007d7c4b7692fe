"""XML at the door: captured, kept in its own bytes, answered in the form that is asked for."""

from __future__ import annotations

import gzip
import json
from urllib.parse import quote

import pytest
from capturing import a_document, an_event, events_of
from django.db import connection
from edge import Program
from edge import events_in as listed
from live import served
from lxml import etree
from xmls import EVENT_1_2, EVENT_JSON, in_list, in_xml, judged

from mingchu.base.ids import new_id
from mingchu.trace.domain import reading
from mingchu.trace.domain.keys import identity
from mingchu.trace.domain.xml import documents, table
from mingchu.trace.domain.xml.writing import written

XML = "application/xml"
ID = EVENT_JSON["eventID"]


@pytest.fixture(scope="module")
def house(shared_house):
    with served() as url:
        yield url


@pytest.fixture
def name():
    return f"urn:uuid:{new_id()}"


def in_form(answer) -> documents.Document:
    assert answer.status == 200
    assert answer.headers["Content-Type"] == XML
    return documents.read(answer.content)


def problem(answer) -> tuple[int, str, str]:
    said = json.loads(answer.content)
    return answer.status, said["type"].removeprefix("epcisException:"), said["code"]


@pytest.mark.parametrize("version", ["1.2", "2.0"])
@pytest.mark.parametrize("packed", [False, True])
def test_a_document_in_xml_comes_back_in_its_own_bytes_and_in_json(house, name, version, packed):
    program, event = Program(house), EVENT_1_2.replace(ID, name)
    data = in_xml(event, version=version, header="<EPCISHeader><a/></EPCISHeader>")
    encoding = {"Content_Encoding": "gzip"} if packed else {}
    sent = gzip.compress(data) if packed else data
    answer = program.post("capture", sent, Content_Type=XML, Accept=XML, **encoding)
    job = json.loads(program.ask("GET", answer.headers["Location"]).content)
    again = program.post("capture", sent, Content_Type="text/xml; charset=utf-8", **encoding)
    repeated = json.loads(program.ask("GET", again.headers["Location"]).content)
    assert (job["captured"], job["errors"], repeated["duplicate"]) == (1, [], 1)

    asked = {"Accept": XML, "GS1_EPC_Format": "Never_Translates"}
    own = program.get(f"events/{quote(name)}", GS1_EPCIS_Version=version, **asked)
    assert own.headers["GS1-EPCIS-Version"] == f"{version}.0"
    assert event.encode() in own.content
    other = "2.0" if version == "1.2" else "1.2"
    mapped = program.get(f"events/{quote(name)}", GS1_EPCIS_Version=other, **asked)
    assert event.encode() not in mapped.content
    one = documents.read(data).judge(0)
    for form in (own, mapped):
        assert identity(in_form(form).judge(0)) == identity(one)
    expected = {**EVENT_JSON, "eventID": name}
    as_sent = program.get(f"events/{quote(name)}", GS1_EPC_Format="Never_Translates")
    assert listed(as_sent) == [expected]
    assert identity(judged(expected)) == identity(one)
    with connection.cursor() as db:
        db.execute("SELECT header FROM trace_capture WHERE id = %s", [job["captureID"]])
        assert bytes(db.fetchone()[0]) == b"<EPCISHeader><a/></EPCISHeader>"


def test_the_same_event_in_json_and_xml_is_one(house, name):
    program = Program(house)
    event = an_event(eventID=name, readPoint={"id": "urn:epc:id:sgln:0614141.07346.1234"})
    before = events_of()
    assert program.post("capture", a_document(event)).status == 202
    one = judged(event)
    data = in_xml(written(one.members, one.names))
    location = program.post("capture", data, Content_Type=XML).headers["Location"]
    assert json.loads(program.ask("GET", location).content)["duplicate"] == 1
    assert events_of() == before + 1
    found = in_form(program.get(f"events/{quote(name)}", Accept=XML))
    assert identity(found.judge(0)) == identity(one)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Always_Web_URI", b"<bizStep>https://ref.gs1.org/cbv/BizStep-shipping</bizStep>"),
        ("Always_URN", b"<bizStep>urn:epcglobal:cbv:bizstep:shipping</bizStep>"),
        ("No_Preference", b"<bizStep>urn:epcglobal:cbv:bizstep:shipping</bizStep>"),
    ],
)
def test_words_are_spelled_as_asked(house, name, words, said):
    program = Program(house)
    program.post("capture", a_document(an_event(eventID=name)))
    headers = {"Accept": "application/json;q=0.5, text/xml", "GS1_CBV_XML_Format": words}
    answer = program.get(f"events?EQ_eventID={quote(name)}", **headers)
    assert said in answer.content
    links = program.get(
        f"events?EQ_eventID={quote(name)}", GS1_EPC_Format="Always_GS1_Digital_Link", **headers
    )
    assert b"<epc>https://id.gs1.org/01/" in links.content
    assert in_form(links).judge(0).members["bizStep"] == "shipping"


def test_events_of_one_answer_keep_prefixes_that_mean_other_things(house, name):
    program = Program(house)
    spaces = ("http://ns.example.com/epcis/", "http://other.example/")
    for number, space in enumerate(spaces):
        event = EVENT_1_2.replace(ID, f"{name}:{number}")
        data = in_xml(event).replace(b"http://ns.example.com/epcis/", space.encode())
        assert program.post("capture", data, Content_Type=XML).status == 202
    program.post("capture", a_document(an_event(eventID=f"{name}:2", **{"other:x": "汉 & <"})))
    ids = "|".join(f"{name}:{n}" for n in range(3))
    asked = {"Accept": XML, "GS1_EPC_Format": "Never_Translates"}
    answer = program.get(f"events?EQ_eventID={quote(ids)}", **asked)
    found = {one.members["eventID"]: one for one in in_form(answer).judged()}
    for number, space in enumerate(spaces):
        one = found[f"{name}:{number}"]
        [shift] = [key for key in one.members if key.endswith(":shift")]
        assert one.names.name(shift) == f"{{{space}}}shift"
    assert found[f"{name}:2"].members["eventID"] == f"{name}:2"
    tree = etree.fromstring(answer.content)
    assert len(tree.findall(".//ObjectEvent")) == 3


def test_errors_in_xml_are_told_like_all_others(house):
    program = Program(house)
    wrong = EVENT_1_2.replace("<action>ADD", "<action>LOOK").replace(ID, "urn:uuid:9")
    answer = program.post("capture", in_xml(wrong), Content_Type=XML)
    [error] = json.loads(program.ask("GET", answer.headers["Location"]).content)["errors"]
    assert (error["index"], error["path"]) == (0, "$.epcisBody.eventList[0].action")
    bomb = b'<!DOCTYPE x [<!ENTITY a "a">]><x>&a;</x>'
    assert problem(program.post("capture", bomb, Content_Type=XML)) == (
        400,
        "ValidationException",
        "xml_dtd",
    )
    assert problem(program.post("events", in_xml(EVENT_1_2), Content_Type=XML))[0] == 415
    query = (
        in_xml()
        .replace(b"epcis:EPCISDocument", b"epcis:EPCISQueryDocument")
        .replace(table.EPCIS["2.0"].encode(), table.QUERY["2.0"].encode())
    )
    assert problem(program.post("capture", query, Content_Type=XML))[2] == "document_not_epcis"


def test_what_xml_cannot_say_is_not_acceptable_in_xml(house, name):
    program = Program(house)
    event = an_event(eventID=name, **{"example:a": [[1], [2]]})
    assert program.post("capture", a_document(event)).status == 202
    refused = problem(program.get(f"events/{quote(name)}", Accept=XML))
    assert refused == (406, "NotAcceptableException", "not_in_xml")
    assert listed(
        program.get(f"events/{quote(name)}", Accept=f"{XML}, */*;q=0.1, application/json")
    )


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("events", {"GS1_EPCIS_Version": "1.2"}, 406),
        ("events", {"Accept": XML, "GS1_EPCIS_Version": "1.2"}, 200),
        ("events", {"Accept": XML, "GS1_EPCIS_Version": "1.1"}, 406),
        ("events", {"Accept": XML, "GS1_EPCIS_Max": "1.2.0"}, 200),
        ("events", {"Accept": XML, "GS1_EPCIS_Min": "2.1"}, 406),
        ("capture", {"Accept": XML}, 406),
        ("bizSteps", {"Accept": XML}, 406),
    ],
)
def test_older_editions_are_spoken_in_xml_only(house, path, headers, status):
    asked = "?EQ_eventID=urn:x:none" if path == "events" else ""
    answer = Program(house).get(path + asked, **headers)
    assert answer.status == status


def test_an_event_in_a_1_2_answer_stands_where_1_2_puts_it(house, name):
    program = Program(house)
    event = {
        "type": "TransformationEvent",
        "eventID": name,
        "eventTime": "2026-11-28T08:00:00Z",
        "eventTimeZoneOffset": "+08:00",
        "inputEPCList": ["urn:epc:id:sgtin:4012345.011122.25"],
        "outputEPCList": ["urn:epc:id:sgtin:4012345.011122.26"],
    }
    program.post("capture", a_document(event))
    asked = {"GS1_EPCIS_Version": "1.2.0", "GS1_EPC_Format": "Never_Translates"}
    answer = program.get(f"events/{quote(name)}", Accept=XML, **asked)
    tree = etree.fromstring(answer.content)
    assert tree.tag == f"{{{table.QUERY['1.2']}}}EPCISQueryDocument"
    assert tree.find(".//EventList/extension/TransformationEvent/baseExtension/eventID") is not None
    assert reading.read(a_document(event)).judge(0).members == in_form(answer).judge(0).members
    assert in_list(b"x", "TransformationEvent", "1.2") == b"<extension>x</extension>"
