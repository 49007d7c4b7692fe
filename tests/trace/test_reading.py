"""Bytes become a document, or a fault with its place; what comes out is what came in."""

from __future__ import annotations

import json
from typing import Any

import pytest
from epcis import CONTEXT, STANDARD, an_object_event, document, query_document, sent
from hypothesis import given, settings
from hypothesis import strategies as st

from mingchu.trace.domain import reading, types
from mingchu.trace.domain.faults import Fault, Kind
from mingchu.trace.domain.reading import Limits

EVENT = sent(an_object_event())


def framed(*events: bytes, context: bytes = sent(CONTEXT)) -> bytes:
    head = b'{"@context":%b,"type":"EPCISDocument","schemaVersion":"2.0",' % context
    body = b'"creationDate":"2026-11-28T08:00:00Z","epcisBody":{"eventList":[%b]}}'
    return head + body % b" ,\n ".join(events)


def fault(data: bytes, limits: Limits = reading.USUAL) -> Fault:
    with pytest.raises(Fault) as caught:
        list(reading.read(data, limits).judged())
    return caught.value


def test_each_event_keeps_its_bytes_and_the_context_it_stood_in() -> None:
    odd = b'{ "eventTimeZoneOffset" :"+08:00",\t' + EVENT[1:]
    odd = odd.replace(b', "eventTimeZoneOffset": "+08:00"', b"").replace(b"987", b"9\\u00387")
    context = b'[ "%b" ,{"example" : "http://ns.example.com/epcis/"}]' % STANDARD.encode()

    kept = list(reading.read(framed(EVENT, odd, context=context)).judged())

    assert [one.raw for one in kept] == [EVENT, odd]
    assert {one.context for one in kept} == {context}


def test_an_event_sent_alone_is_a_document() -> None:
    data = b"\n" + sent(an_object_event(**{"@context": CONTEXT, "example:a": 1})) + b"\n "

    [one] = reading.read(data).judged()

    assert (one.raw, one.context) == (data.strip(), b"")
    assert isinstance(one.event, types.ObjectEvent)


def test_an_event_sent_alone_needs_a_context() -> None:
    found = fault(EVENT)

    assert (found.kind, found.path, found.detail) == (Kind.MISSING, "$", "@context")


def test_answers_of_queries_are_read_too() -> None:
    data = sent(query_document(an_object_event(), an_object_event(action="ADD")))

    assert len(list(reading.read(data).judged())) == 2


def test_members_of_the_document_are_kept() -> None:
    read = reading.read(sent(document(sender="farm", **{"example:more": {"deep": [1]}})))

    assert (read.members["sender"], read.members["example:more"]) == ("farm", {"deep": [1]})


def test_one_bad_event_says_nothing_about_the_others() -> None:
    read = reading.read(framed(EVENT, EVENT.replace(b"OBSERVE", b"LOOK"), EVENT))

    with pytest.raises(Fault) as caught:
        read.judge(1)

    assert read.judge(0).raw == read.judge(2).raw == EVENT
    assert caught.value.path == "$.epcisBody.eventList[1].action"
    assert read.data[caught.value.byte or 0 :].startswith(b'"LOOK"')


def _with(text: bytes) -> bytes:
    """The second of two events, with `text` for its last member."""
    return framed(EVENT, EVENT[:-1] + b"," + text + b"}")


SECOND = "$.epcisBody.eventList[1]"
BROKEN: list[tuple[bytes, Kind, str, bytes]] = [
    (_with(b'"action":"ADD"'), Kind.DUPLICATE_KEY, ".action", b'"action":"ADD"'),
    (
        _with(b'"example:a":{"b":1,"\\u0062":2}'),
        Kind.DUPLICATE_KEY,
        "['example:a'].b",
        b'"\\u0062"',
    ),
    (_with(b'"example:a":1e400'), Kind.NUMBER_RANGE, "['example:a']", b"1e400"),
    (_with(b'"example:a":1e-400'), Kind.NUMBER_RANGE, "['example:a']", b"1e-400"),
    (_with(b'"example:a":' + b"9" * 400), Kind.NUMBER_RANGE, "['example:a']", b"999"),
    (_with(b'"example:a":"x\\u0000"'), Kind.NULL_CHARACTER, "['example:a']", b"\\u0000"),
    (_with(b'"example:a":"\\ud83d"'), Kind.LONE_SURROGATE, "['example:a']", b"\\ud83d"),
    (_with(b'"example:a":"\\ude00\\ud83d"'), Kind.LONE_SURROGATE, "['example:a']", b"\\ude00"),
    (_with(b'"example:a":"\\ud83d\\n"'), Kind.LONE_SURROGATE, "['example:a']", b"\\ud83d"),
    (_with(b'"example:a":NaN'), Kind.MALFORMED, "['example:a']", b"NaN"),
    (_with(b'"example:a":Infinity'), Kind.MALFORMED, "['example:a']", b"Infinity"),
    (_with(b'"example:a":-Infinity'), Kind.MALFORMED, "['example:a']", b"Infinity"),
    (_with(b'"example:a":01'), Kind.MALFORMED, "['example:a']", b"1}"),
    (_with(b'"example:a":"\t"'), Kind.MALFORMED, "['example:a']", b"\t"),
    (_with(b'"example:a":' + b"[" * 40 + b"]" * 40), Kind.TOO_DEEP, "", b""),
    (_with(b'"foo":1'), Kind.UNKNOWN_MEMBER, ".foo", b"1}"),
    (_with(b'"mine:foo":1'), Kind.UNDECLARED_PREFIX, "['mine:foo']", b"1}"),
    (_with(b'"example:a":{"mine:foo":1}'), Kind.UNDECLARED_PREFIX, "", b"1}"),
    (_with(b'"bizStep":"walking"'), Kind.NOT_IN_VOCABULARY, ".bizStep", b'"walking"'),
    (_with(b'"ilmd":{}'), Kind.ILMD_NOT_ALLOWED, ".ilmd", b"{}"),
    (
        _with(b'"quantityList":[{"epcClass":"x"}]'),
        Kind.BAD_VALUE,
        ".quantityList[0].epcClass",
        b'"x"',
    ),
    (_with(b'"quantityList":[{"quantity":1}]'), Kind.MISSING, ".quantityList[0]", b'{"quantity"'),
    (_with(b'"recordTime":"2026-02-30T00:00:00Z"'), Kind.BAD_VALUE, ".recordTime", b'"2026-02-30'),
    (_with(b'"sensorElementList":[{"sensorReport":[]}]'), Kind.EMPTY, "", b"[]"),
    (_with(b'"sensorElementList":null'), Kind.WRONG_TYPE, ".sensorElementList", b"null"),
]


@pytest.mark.parametrize(("data", "kind", "path", "at"), BROKEN)
def test_a_fault_names_its_place(data: bytes, kind: Kind, path: str, at: bytes) -> None:
    found = fault(data)

    assert found.kind is kind
    assert found.path.startswith(SECOND + path)
    assert found.byte is not None
    assert data[found.byte :].startswith(at)


def test_bad_utf8_is_found_at_its_byte() -> None:
    data = framed(EVENT).replace(b"sgtin", b"sgt\xffn")

    assert (fault(data).kind, fault(data).byte) == (Kind.BAD_UTF8, data.index(b"\xff"))


@pytest.mark.parametrize(
    "data", [b"", b"{", b"\xef\xbb\xbf{}", b"{} {}", framed(EVENT)[:-1], framed(EVENT) + b"x"]
)
def test_what_is_no_json_is_refused(data: bytes) -> None:
    assert fault(data).kind in (Kind.MALFORMED, Kind.MISSING)
    assert fault(data).byte is not None


@pytest.mark.parametrize("data", [b"[]", b"null", b'{"type":1}', b'{"type":"X","@context":[]}'])
def test_what_is_no_epcis_is_refused(data: bytes) -> None:
    assert fault(data).kind in (Kind.NOT_EPCIS, Kind.WRONG_TYPE)


@pytest.mark.parametrize("depth", [100, 5_000, 200_000])
def test_deep_nesting_is_refused_wherever_it_stands(depth: int) -> None:
    nest = b"[" * depth + b"]" * depth
    places = [_with(b'"example:a":' + nest), framed(EVENT)[:-1] + b',"example:a":' + nest + b"}"]

    assert {fault(data).kind for data in places} == {Kind.TOO_DEEP}
    # A list is no document, whatever is in it: only its first byte is looked at.
    assert {fault(data).kind for data in (nest, b"[" * depth)} == {Kind.WRONG_TYPE}


def test_limits_hold() -> None:
    data = framed(EVENT, EVENT)

    assert fault(data, Limits(bytes=len(data) - 1)).kind is Kind.TOO_LARGE
    assert fault(data, Limits(events=1)).kind is Kind.TOO_MANY_EVENTS
    assert len(reading.read(data, Limits(len(data), 2)).events) == 2


def test_a_name_twice_in_the_frame_is_found() -> None:
    data = framed(EVENT)
    for name in (b'"type":"EPCISDocument",', b'"schemaVersion":"2.0",'):
        found = fault(data.replace(name, name + name))
        assert (found.kind, found.byte) == (Kind.DUPLICATE_KEY, data.index(name) + len(name))


def test_an_event_that_is_none_is_found_at_its_byte() -> None:
    data = framed(b"null", EVENT).replace(b'{"@context"', b'{"example:a":null,"@context"')
    found = fault(data)

    assert (found.kind, found.path) == (Kind.WRONG_TYPE, "$.epcisBody.eventList[0]")
    assert found.byte == data.rindex(b"null")


def test_two_lists_of_events_are_not_one() -> None:
    data = framed(EVENT).replace(b'"eventList":', b'"eventList":[],"eventList":')

    assert fault(data).kind is Kind.DUPLICATE_KEY


def test_a_list_that_stands_in_the_frame_once_more_is_looked_through() -> None:
    listed = b'"eventList":[%b]' % EVENT
    twin = framed(EVENT)[:-1] + b',"example:a":{%b},"example:a":1}' % listed

    assert fault(twin).kind is Kind.DUPLICATE_KEY


def test_escapes_that_only_look_bad_are_text() -> None:
    data = _with(rb'"example:a":"\\u0000 \\ud800 \ud83d\ude00 \uD83D\uDE00"')

    assert reading.read(data).judge(1).members["example:a"] == r"\u0000 \ud800 😀 😀"


def test_a_fault_far_on_is_told_without_a_long_search() -> None:
    epcs = ",".join(f'"urn:epc:id:sgtin:4012345.011111.{number}"' for number in range(110_000))
    far = _with(b'"parts":[%b],"example:a":1,"example:a":2' % epcs.encode())
    cut = far.replace(b'"parts"', b'"example:p"')

    assert fault(cut).kind is Kind.DUPLICATE_KEY
    assert (fault(cut[:-5]).kind, fault(cut[:-5]).byte) == (Kind.MALFORMED, len(cut) - 5)


def test_many_things_in_one_event_are_read_in_one_go() -> None:
    epcs = [f"urn:epc:id:sgtin:4012345.011111.{number}" for number in range(20_000)]

    [one] = reading.read(sent(document(an_object_event(epcList=epcs)))).judged()

    assert one.members["epcList"] == epcs


@given(data=st.binary(max_size=200))
def test_any_bytes_give_a_document_or_a_fault(data: bytes) -> None:
    _read_or_fault(data)


_SCRAPS = st.sampled_from(
    [
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b'"',
        b"\\",
        b"\\u0000",
        b"\xff",
        b"\x00",
        b"1e999",
        b"null",
    ]
)


@settings(max_examples=300)
@given(data=st.data())
def test_a_spoiled_document_gives_a_document_or_a_fault(data: Any) -> None:
    whole = bytearray(_with(b'"example:a":["x",1.5,{"b":null}]'))
    for _ in range(data.draw(st.integers(1, 4))):
        begin = data.draw(st.integers(0, len(whole) - 1))
        end = begin + data.draw(st.integers(0, 5))
        whole[begin:end] = data.draw(st.one_of(_SCRAPS, st.binary(max_size=3)))

    _read_or_fault(bytes(whole))


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["@context", "type", "epcisBody", "eventList", "id", "x:y"]), inner
        )
    ),
    max_leaves=12,
)


@settings(max_examples=200)
@given(tree=_json)
def test_any_json_gives_a_document_or_a_fault(tree: object) -> None:
    for whole in (tree, document(tree), an_object_event(**{"@context": tree, "x:y": tree})):
        _read_or_fault(json.dumps(whole).encode())


def _read_or_fault(data: bytes) -> None:
    found = _fault_of(data)
    if found is not None:
        assert found.byte is None or 0 <= found.byte <= len(data)
        assert str(found)


def _fault_of(data: bytes) -> Fault | None:
    try:
        for one in reading.read(data).judged():
            assert one.raw in data
    except Fault as found:
        return found
    return None
