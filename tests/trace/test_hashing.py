"""The event hash against an independent program, against vectors, and against itself.

What the oracle does otherwise stands in `hash_oracle.OracleDiffers`; what its release cannot judge
is held by vectors of the corrected one.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from epcis import CONTEXT, Events, Json, an_object_event, document, examples, reference, sent
from hash_oracle import AGREED, oracles
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingchu.trace.domain import hashing, reading
from mingchu.trace.domain.reading import Judged


def judged(*events: Json, **more: object) -> list[Judged]:
    return list(reading.read(sent(document(*events, **more))).judged())


def prehash(event: Json, **more: object) -> str:
    [one] = judged(event, **more)
    return hashing.prehash(one.members, one.names)


def hash_of(event: Json, **more: object) -> str:
    [one] = judged(event, **more)
    return hashing.event_hash(one.members, one.names)


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(events=st.lists(AGREED, min_size=1, max_size=12))
def test_pre_hashes_are_the_reference_generators(events: list[Json]) -> None:
    tree = document(*events)

    ours = [hashing.prehash(one.members, one.names) for one in judged(*events)]

    assert ours == oracles(tree)


def test_the_oracle_hashes_the_official_examples_alike() -> None:
    """All but the one of every possible field, which only the corrected generator gets right."""
    for path in examples():
        tree = json.loads(path.read_text())
        ours = list(reading.read(path.read_bytes()).judged())
        if "all_possible" not in path.name:
            assert [hashing.prehash(one.members, one.names) for one in ours] == oracles(tree)


# What the corrected generator makes of an event with every possible field, one of each type.
CORRECTED = {
    "ObjectEvent": "9811bfb2672e9c3a0f6151be339d22b60db375c8b23d2740f6137cc6539f0639",
    "TransformationEvent": "529cc54b8cf9d8664208cc6c77473274d8c2dd473469920a7d09a814623f52cc",
    "AggregationEvent": "41cf5d2be6b6926acc531597e43932eb4b9b23926ccb6ce08c882bda7a74d1a8",
    "TransactionEvent": "4a85d64a96409f0c57baed258666b26d83e6690d204a8aaed4c7e2624d8b0c81",
}


def _official(name: str) -> Json:
    tree: Json = json.loads((reference("examples") / name).read_text())
    return tree


def _as_a_transformation(event: Json) -> Json:
    """The same fields about the transformation of another official example."""
    [simple] = _official("Example_9.6.4-TransformationEvent.jsonld")["epcisBody"]["eventList"]
    simple = _without(simple, "ilmd", "example:myField")
    return (
        _without(event, "epcList", "quantityList", "action")
        | simple
        | {
            "outputQuantityList": simple["inputQuantityList"],
            "transformationID": "urn:epc:id:gdti:0614141.12345.400",
            "bizLocation": {"id": "urn:epc:id:sgln:0614141.00888.0"},
        }
    )


def _as_an_aggregation(event: Json) -> Json:
    [simple] = _official("Example_9.6.3-AggregationEvent.jsonld")["epcisBody"]["eventList"]
    more = _without(event, "epcList", "quantityList", "ilmd", "persistentDisposition")
    place = {"id": "urn:epc:id:sgln:0037000.00729.8202"}
    return more | _without(simple, "example:myField") | {"readPoint": place, "bizLocation": place}


def _as_a_transaction(event: Json) -> Json:
    lot = {"epcClass": "urn:epc:class:lgtin:4012345.011111.4444", "quantity": 10, "uom": "KGM"}
    return _without(event, "ilmd", "persistentDisposition") | {
        "type": "TransactionEvent",
        "eventTime": "2005-04-04T02:33:31.116Z",
        "parentID": "urn:epc:id:sscc:0614141.1234567890",
        "epcList": [f"urn:epc:id:sgtin:0614141.107346.{serial}" for serial in (2018, 2017)],
        "quantityList": [lot],
        "bizStep": "shipping",
        "disposition": "in_transit",
        "readPoint": {"id": "urn:epc:id:sgln:0614141.07346.1234"},
        "bizLocation": {"id": "urn:epc:id:sgln:0614141.00888.0"},
    }


def _without(event: Json, *names: str) -> Json:
    return {key: value for key, value in event.items() if key not in names}


@pytest.mark.parametrize(
    "change", [dict, _as_a_transformation, _as_an_aggregation, _as_a_transaction]
)
def test_every_possible_field_is_hashed_as_the_corrected_generator_does(
    change: Callable[[Json], Json],
) -> None:
    """Its vectors stand under a later context, in which gs1: is another address."""
    tree = _official("object_event_all_possible_fields.jsonld")
    event = change(tree["epcisBody"]["eventList"][0])
    tree["epcisBody"]["eventList"] = [event]
    if event["type"] == "TransformationEvent":
        tree["@context"].append({"cbvmda": "http://example.com/cbvmda/"})
    [one] = reading.read(sent(tree)).judged()

    text = hashing.prehash(one.members, one.names)

    moved = text.replace("https://gs1.org/voc/", "https://ref.gs1.org/voc/")
    assert sha256(moved.encode()).hexdigest() == CORRECTED[event["type"]]


def test_the_pre_hash_is_readable_by_hand() -> None:
    event = an_object_event(
        eventID="urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8",
        epcList=["urn:epc:id:sgtin:4012345.011111.B", "urn:epc:id:sgtin:4012345.011111.A"],
        quantityList=[
            {"epcClass": "urn:epc:class:lgtin:4012345.022222.L1", "uom": "KGM", "quantity": 20.50}
        ],
        bizStep="receiving",
        disposition="https://ref.gs1.org/cbv/Disp-in_progress",
        bizTransactionList=[
            {"bizTransaction": "urn:epcglobal:cbv:bt:0614141073467:1152", "type": "desadv"},
            {"bizTransaction": "https://example.org/1"},
        ],
    )

    assert prehash(event) == (
        "eventType=ObjectEvent"
        "eventTime=2026-11-28T00:00:00.000Z"
        "eventTimeZoneOffset=+08:00"
        "epcList"
        "epc=https://id.gs1.org/01/04012345111118/21/A"
        "epc=https://id.gs1.org/01/04012345111118/21/B"
        "quantityListquantityElement"
        "epcClass=https://id.gs1.org/01/04012345222227/10/L1quantity=20.5uom=KGM"
        "action=OBSERVE"
        "bizStep=https://ref.gs1.org/cbv/BizStep-receiving"
        "disposition=https://ref.gs1.org/cbv/Disp-in_progress"
        "bizTransactionList"
        "bizTransaction=https://example.org/1"
        "type=https://ref.gs1.org/cbv/BTT-desadv"
        "bizTransaction=urn:epcglobal:cbv:bt:0614141073467:1152"
    )


def test_extensions_within_members_come_after_master_data_under_their_member() -> None:
    event = an_object_event(
        action="ADD",
        ilmd={"cbvmda:lotNumber": "L1", "example:b": [True, "007.50"]},
        readPoint={"id": "urn:epc:id:sgln:4012345.00005.0", "example:gate": "4"},
        bizLocation={"id": "urn:epc:id:sgln:4012345.00006.9", "other:zone": {"example:row": 2}},
        sensorElementList=[
            {
                "sensorMetadata": {"example:m": "1", "time": "2026-11-28T08:00:00Z"},
                "sensorReport": [{"type": "Temperature", "value": -18.0, "example:r": "x"}],
                "example:e": "last",
            }
        ],
    )
    event["example:top"] = "end"

    assert prehash(event).partition("readPoint")[2] == (
        "id=https://id.gs1.org/414/4012345000054"
        "bizLocationid=https://id.gs1.org/414/4012345000061/254/9"
        "sensorElementsensorMetadatatime=2026-11-28T08:00:00.000Z"
        "sensorReporttype=https://gs1.org/voc/Temperaturevalue=-18"
        "ilmd{http://ns.example.com/epcis/}b=7.5{http://ns.example.com/epcis/}b=true"
        "{urn:epcglobal:cbv:mda}lotNumber=L1"
        "readPoint{http://ns.example.com/epcis/}gate=4"
        "bizLocation{https://o.example/x#}zone{http://ns.example.com/epcis/}row=2"
        "sensorElementsensorMetadata{http://ns.example.com/epcis/}m=1"
        "sensorReport{http://ns.example.com/epcis/}r=x{http://ns.example.com/epcis/}e=last"
        "{http://ns.example.com/epcis/}top=end"
    )


FREE = Events()


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(event=FREE.any, chance=st.randoms(use_true_random=False))
def test_the_order_of_members_and_of_lists_says_nothing(event: Json, chance: random.Random) -> None:
    assert hash_of(event) == hash_of(_shuffled(event, chance))


def _shuffled(tree: Any, chance: random.Random) -> Any:
    if isinstance(tree, dict):
        members = [(key, _shuffled(value, chance)) for key, value in tree.items()]
        chance.shuffle(members)
        return dict(members)
    if isinstance(tree, list):
        return chance.sample(items := [_shuffled(item, chance) for item in tree], len(items))
    return tree


SAME = [
    ({"eventTime": "2026-11-28T00:00:00Z"}, "the instant, not its zone"),
    ({"eventTime": "2026-11-28T08:00:00.0004+08:00"}, "milliseconds"),
    ({"epcList": ["https://id.gs1.org/01/04012345111118/21/987"]}, "a link for a URN"),
    ({"epcList": ["https://farm.example/x/01/04012345111118/10/L/21/987?17=271231"]}, "any domain"),
    ({"recordTime": "2026-11-28T09:00:00Z"}, "the time of capture"),
    ({"eventID": "urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8"}, "the id"),
    ({"errorDeclaration": {"declarationTime": "2026-11-29T08:00:00Z"}}, "the declaration"),
    ({"rdfs:comment": "seen by night"}, "a comment"),
    ({"@context": {"mine": "http://mine.example/"}}, "a context of its own"),
    ({"example:none": None}, "nothing"),
]


@pytest.mark.parametrize(("more", "what"), SAME, ids=[what for _, what in SAME])
def test_what_does_not_change_the_event(more: Json, what: str) -> None:
    assert hash_of(an_object_event(**more)) == hash_of(an_object_event())


OTHER = [
    {"eventTimeZoneOffset": "+07:00"},
    {"eventTime": "2026-11-28T08:00:00.0005+08:00"},
    {"epcList": ["urn:epc:id:sgtin:4012345.011111.988"]},
    {"example:more": ""},
    {"disposition": "active"},
    {"ilmd": {}, "action": "ADD"},
]


@pytest.mark.parametrize("more", OTHER, ids=[next(iter(more)) for more in OTHER])
def test_what_makes_another_event(more: Json) -> None:
    assert hash_of(an_object_event(**more)) != hash_of(an_object_event())


SPELLINGS = [
    ({"bizStep": "shipping"}, {"bizStep": "https://ref.gs1.org/cbv/BizStep-shipping"}),
    ({"bizStep": "shipping"}, {"bizStep": "cbv:BizStep-shipping"}),
    ({"example:a": "023.50"}, {"http://ns.example.com/epcis/a": 23.5}),
    ({"example:a": "1e3"}, {"example:a": 1000}),
    ({"example:a": [["1"], "x"]}, {"example:a": ["x", [1]]}),
    ({"example:a": {"#text": "v", "k": "w"}}, {"example:a": {"k": " w ", "#text": "v\t"}}),
    ({"example:a": "gs1:Temperature"}, {"example:a": "https://gs1.org/voc/Temperature"}),
    ({"cbvmda:lot": "1"}, {"urn:epcglobal:cbv:mda:lot": "1"}),
    ({"example:a": "urn:epcglobal:cbv:disp:active"}, {"example:a": "cbv:Disp-active"}),
]


@pytest.mark.parametrize(("one", "another"), SPELLINGS)
def test_two_spellings_of_one_event(one: Json, another: Json) -> None:
    assert hash_of(an_object_event(**one)) == hash_of(an_object_event(**another))


def test_a_context_may_be_an_object_or_spell_a_term_out() -> None:
    event = an_object_event(**{"example:a": "1"})
    terms = {"example": {"@id": "http://ns.example.com/epcis/", "@prefix": True}}

    hashes = {hash_of(event, **{"@context": one}) for one in (CONTEXT, terms, [terms])}

    assert len(hashes) == 1


def test_a_number_too_long_to_write_out_stays_as_it_is() -> None:
    assert prehash(an_object_event(**{"example:a": "1e99999"})).endswith("a=1e99999")


@settings(max_examples=50, suppress_health_check=list(HealthCheck))
@given(events=st.lists(FREE.any, min_size=1, max_size=20))
def test_bytes_come_back_and_keep_their_hash(events: list[Json]) -> None:
    """An event out of its document, with the context it came with, is the event that was sent."""
    for one in judged(*events):
        alone = json.loads(one.raw) | {"@context": _joined(one)}
        [again] = reading.read(sent(alone)).judged()
        assert json.loads(one.raw) in events
        assert hashing.event_hash(again.members, again.names) == hashing.event_hash(
            one.members, one.names
        )


def _joined(one: Judged) -> list[Any]:
    outer = json.loads(one.context)
    return [*(outer if isinstance(outer, list) else [outer])]


def test_the_version_is_part_of_the_hash() -> None:
    assert hash_of(an_object_event()).endswith("?ver=" + hashing.VERSION)
