"""XML says what JSON says: the same hash, the same members, its own bytes."""

from __future__ import annotations

import re
from contextlib import suppress
from itertools import chain
from typing import Any

import pytest
from epcis import Events, Json, an_object_event, examples
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from xmls import EVENT_1_2, EVENT_JSON, in_list, in_xml, judged

from mingchu.trace.domain import reading
from mingchu.trace.domain.faults import Fault, Kind
from mingchu.trace.domain.keys import identity
from mingchu.trace.domain.reading import Judged, Limits
from mingchu.trace.domain.xml import documents, table, writing
from mingchu.trace.domain.xml.parsing import Parser
from mingchu.trace.domain.xml.writing import NotInXml, written


def again(one: Judged, version: str, spell: Any = writing.urn) -> Judged:
    """An event written as XML and read back."""
    event = written(one.members, one.names, version=version, spell=spell)
    listed = in_list(event, one.members["type"], version)
    return documents.read(in_xml(listed, version=version)).judge(0)


EXPRESSIBLE = Events()


def spoken(one: Judged, version: str, spell: Any = writing.urn) -> Judged:
    try:
        return again(one, version, spell)
    except NotInXml:
        assume(False)
        raise


@settings(max_examples=150)
@given(
    EXPRESSIBLE.any, st.sampled_from(["1.2", "2.0"]), st.sampled_from([writing.urn, writing.web])
)
def test_generated_events_keep_hash_and_members_through_xml(event, version, spell):
    one = judged(event)
    back = spoken(one, version, spell)
    assert identity(back) == identity(one)
    assert told(back.members, back) == told(one.members, one)


def told(members: Json, one: Judged) -> Any:
    """Members as both forms say them: XML has no empty lists of parties, no list of one in an
    extension, no numbers there, and its prefixes are its own."""
    known = {*EVENT_MEMBERS, *table.ITEM.values()}
    said = {}
    for key, value in members.items():
        if key == "@context" or (value == [] and key in DROPPED):
            continue
        name = one.names.name(key) if ":" in key else key
        if key == "certificationInfo":
            said[name] = [value] if isinstance(value, str) else value
        elif key in known:
            said[name] = standard(value, one)
        elif listed := plain(value, one):
            said[name] = listed
    return said


def standard(value: Any, one: Judged) -> Any:
    if isinstance(value, dict):
        return told(value, one)
    if isinstance(value, list):
        return [standard(item, one) for item in value]
    is_time = isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d[Tt]", value)
    return value.upper() if is_time else value


def plain(value: Any, one: Judged) -> list[Any]:
    if isinstance(value, dict):
        made = {
            (one.names.name(key) if ":" in key else key): plain(item, one)
            for key, item in value.items()
        }
        return [{key: item for key, item in made.items() if item} or ""]
    if isinstance(value, list):
        return [item for inner in value for item in plain(inner, one)]
    if value is None:
        return []
    return [value if isinstance(value, str) else writing._scalar(value)]


DROPPED = {*table.NEVER_EMPTY, "certificationInfo"}
EVENT_MEMBERS = set(chain(table.HEAD, table.BASE, table.CERTIFIED, *table.ORDER.values())) | {
    *("type", "id", "set", "unset", "declarationTime", "reason", "correctiveEventIDs"),
    *("epcClass", "quantity", "uom", "sensorMetadata", "sensorReport", "time", "startTime"),
    *("endTime", "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules"),
    *("value", "component", "exception", "stringValue", "hexBinaryValue", "uriValue", "minValue"),
    *("sDev", "chemicalSubstance", "coordinateReferenceSystem", "booleanValue", "maxValue"),
    *("meanValue", "percRank", "percValue", "microorganism"),
}


@pytest.mark.parametrize("version", ["1.2", "2.0"])
def test_an_event_with_everything_says_in_json_what_it_says_in_xml(version):
    one = documents.read(in_xml(EVENT_1_2, version=version)).judge(0)
    assert one.members == EVENT_JSON
    assert identity(one) == identity(judged(EVENT_JSON))
    assert one.original.partition(b"\n")[2] == EVENT_1_2.encode()
    assert b'xmlns:example="http://ns.example.com/epcis/"' in one.original.partition(b"\n")[0]
    assert one.form == table.FORMS[version]


def test_a_document_is_a_sequence_of_events_however_deep_1_2_wraps_them():
    transformed = written(*_parts(TRANSFORMED), version="1.2")
    bound = written(*_parts(BOUND), version="1.2")
    data = in_xml(
        EVENT_1_2,
        in_list(transformed, "TransformationEvent", "1.2"),
        in_list(bound, "AssociationEvent", "1.2"),
        version="1.2",
        header="<EPCISHeader><a:x xmlns:a='urn:x'>&lt;</a:x></EPCISHeader>",
    )
    document = documents.read(data)
    assert [one.members["type"] for one in document.judged()] == [
        "ObjectEvent",
        "TransformationEvent",
        "AssociationEvent",
    ]
    assert document.header == b"<EPCISHeader><a:x xmlns:a='urn:x'>&lt;</a:x></EPCISHeader>"
    assert [data[e.byte :].startswith(e.original.partition(b"\n")[2]) for e in document.events] == [
        True
    ] * 3


def _parts(event: Json) -> tuple[Json, Any]:
    one = judged(event)
    return one.members, one.names


TRANSFORMED = {
    "type": "TransformationEvent",
    "eventTime": "2026-11-28T08:00:00.000+08:00",
    "eventTimeZoneOffset": "+08:00",
    "inputEPCList": ["urn:epc:id:sgtin:4012345.011122.25"],
    "outputQuantityList": [{"epcClass": "urn:epc:class:lgtin:4012345.011111.4444", "uom": "KGM"}],
    "persistentDisposition": {"set": ["active"]},
}
BOUND = {
    "type": "AssociationEvent",
    "eventTime": "2026-11-28T08:00:00.000+08:00",
    "eventTimeZoneOffset": "+08:00",
    "action": "DELETE",
    "parentID": "urn:epc:id:grai:4012345.55555.987",
}


def test_the_official_examples_keep_their_hash_through_xml():
    count = 0
    for path in examples():
        for one in reading.read(path.read_bytes()).judged():
            for version in ("1.2", "2.0"):
                assert identity(again(one, version)).hash == identity(one).hash
                count += 1
    assert count >= 20


@pytest.mark.parametrize(
    ("what", "event"),
    [
        ("example:a", {"example:a": [[1, 2], 3]}),
        ("a b", {"example:a": {"a b": 1}}),
        ("example:1a", {"example:1a": 1}),
        ("U+0001", {"example:a": "\x01"}),
        ("https://o.example/", {"https://o.example/x/1": 1}),
        (
            "example:a",
            {"sensorElementList": [{"sensorReport": [{"type": "Mass", "example:a": {"b": 1}}]}]},
        ),
    ],
)
def test_what_xml_cannot_say_is_not_bent(what, event):
    with pytest.raises(NotInXml, match=re.escape(what)):
        written(*_parts(an_object_event(**event)))


HOSTILE = {
    "a doctype": (
        Kind.XML_DTD,
        b'<?xml version="1.0"?><!DOCTYPE x><x/>',
    ),
    "a billion laughs": (
        Kind.XML_DTD,
        b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>',
    ),
    "an external entity": (
        Kind.XML_DTD,
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
    ),
    "an entity nobody declared": (Kind.XML_MALFORMED, in_xml("<ObjectEvent>&a;</ObjectEvent>")),
    "depth": (Kind.TOO_DEEP, in_xml("<ObjectEvent>" + "<a>" * 100_000)),
    "depth around events": (Kind.TOO_DEEP, in_xml("<extension>" * 100_000)),
    "depth beside events": (
        Kind.TOO_DEEP,
        in_xml(header="<EPCISHeader>" + "<a>" * 100_000),
    ),
    "another encoding": (Kind.XML_ENCODING, b'<?xml version="1.0" encoding="UTF-16"?><x/>'),
    "bad bytes": (Kind.BAD_UTF8, in_xml("<ObjectEvent>") + b"\xff"),
    "a NUL": (Kind.XML_MALFORMED, in_xml("\x00")),
    "nothing": (Kind.XML_MALFORMED, b""),
    "no EPCIS": (Kind.NOT_EPCIS, b"<a/>"),
    "another namespace": (Kind.NOT_EPCIS, b'<EPCISDocument xmlns="urn:epcglobal:epcis:xsd:3"/>'),
    "an event alone": (Kind.NOT_EPCIS, b"<ObjectEvent/>"),
    "a cut": (Kind.XML_MALFORMED, in_xml(EVENT_1_2)[:-40]),
    "text between events": (Kind.XML_MALFORMED, in_xml("oops")),
    "no version": (Kind.MISSING, in_xml().replace(b"schemaVersion", b"version")),
    "a bad date": (Kind.WRONG_TYPE, in_xml().replace(b"2026-11-28T08", b"today")),
    "something unknown": (Kind.UNKNOWN_MEMBER, in_xml(header="<Foo/>")),
    "an unbound prefix": (Kind.XML_MALFORMED, in_xml("<ObjectEvent><a:b/></ObjectEvent>")),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_documents_are_refused_with_their_place(what):
    kind, data = HOSTILE[what]
    with pytest.raises(Fault) as fault:
        documents.read(data)
    assert fault.value.kind in (kind, Kind.BAD_VALUE)
    assert fault.value.byte is not None


def test_limits_hold_for_xml():
    data = in_xml(EVENT_1_2, EVENT_1_2)
    for limits, kind in (
        (Limits(500, 9), Kind.TOO_LARGE),
        (Limits(events=1), Kind.TOO_MANY_EVENTS),
    ):
        with pytest.raises(Fault) as fault:
            documents.read(data, limits)
        assert fault.value.kind == kind


WRONG = {
    "an event that is none": (Kind.NOT_EPCIS, "", "<QuantityEvent/>"),
    "an empty event": (Kind.MISSING, "", "<ObjectEvent x='a>b'/>"),
    "a time twice": (
        Kind.DUPLICATE_KEY,
        ".eventTime",
        "<ObjectEvent><eventTime/><eventTime/></ObjectEvent>",
    ),
    "a word out of no list": (
        Kind.NOT_IN_VOCABULARY,
        ".bizStep",
        EVENT_1_2.replace("bizstep:commissioning", "bizstep:nonsense"),
    ),
    "no number": (
        Kind.WRONG_TYPE,
        ".quantityList[0].quantity",
        EVENT_1_2.replace(">200.50<", ">many<"),
    ),
    "no finite number": (
        Kind.WRONG_TYPE,
        ".sensorElementList[0].sensorReport.value",
        EVENT_1_2.replace('"26.0"', '"INF"'),
    ),
    "a member of nobody": (
        Kind.UNKNOWN_MEMBER,
        ".futureExtension",
        EVENT_1_2.replace("<persistentDisposition>", "<futureExtension/><persistentDisposition>"),
    ),
    "something else in a list": (
        Kind.UNKNOWN_MEMBER,
        ".epcList.id",
        EVENT_1_2.replace("<epcList>", "<epcList><id>urn:a:b</id>"),
    ),
    "elements in a time": (
        Kind.WRONG_TYPE,
        ".eventTime",
        EVENT_1_2.replace("<eventTime>", "<eventTime><a/>"),
    ),
    "text in an event": (Kind.WRONG_TYPE, "", EVENT_1_2.replace("<action>", "oops<action>")),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_event_is_refused_by_itself(what):
    kind, path, event = WRONG[what]
    data = in_xml(EVENT_1_2, event, EVENT_1_2)
    document = documents.read(data)
    with pytest.raises(Fault) as fault:
        document.judge(1)
    assert (fault.value.kind, fault.value.path) == (kind, f"$.epcisBody.eventList[1]{path}")
    assert fault.value.byte == data.index(event.encode(), data.index(b"</ObjectEvent>"))
    assert document.judge(0).members == document.judge(2).members


@settings(max_examples=60)
@given(st.data())
def test_mutated_xml_is_judged_or_refused_and_nothing_else(data):
    raw = bytearray(in_xml(EVENT_1_2))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        piece = data.draw(
            st.sampled_from([b"", b"<", b">", b"&amp;", b'"', b"<a>", b"</a>", b"\xc3"])
        )
        raw[at : at + data.draw(st.integers(0, 9))] = piece
    with suppress(Fault):
        list(documents.read(bytes(raw)).judged())


@pytest.mark.parametrize(
    "inside",
    [
        "<example:a>" + "text<b/>" * 150_000 + "</example:a>",
        "".join(f'<n:a xmlns:n="urn:space:{n}"/>' for n in range(30_000)),
        "<example:a>" + "x" * 5_000_000 + "</example:a>",
        "<example:a " + " ".join(f'a{n}="v>"' for n in range(50_000)) + "/>",
    ],
    ids=["mixed", "namespaces", "text", "attributes"],
)
def test_much_of_anything_is_read_and_written_in_one_go(inside):
    """What grows with the square of it would not end in the time of a test run."""
    event = EVENT_1_2.replace("</ObjectEvent>", inside + "</ObjectEvent>")
    one = documents.read(in_xml(event)).judge(0)
    back = documents.read(in_xml(written(one.members, one.names))).judge(0)
    assert identity(back) == identity(one)


def test_a_long_document_is_never_held():
    data = in_xml(*([EVENT_1_2] * 2000), header="<EPCISHeader>" + "<a/>" * 999 + "</EPCISHeader>")
    parser, most, count = Parser(), 0, 0
    for at in range(0, len(data), 5000):
        parser.feed(data[at : at + 5000])
        count += len(list(parser.found()))
        most = max(most, parser.held)
    assert count == 2000
    assert most <= 2 * len(EVENT_1_2) + 5000
