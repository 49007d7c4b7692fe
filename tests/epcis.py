"""EPCIS events made up by hypothesis, and GS1's own files where a checkout has them."""

from __future__ import annotations

import copy
import json
import os
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from mingchu.trace.domain import vocabulary

ROOT = Path(__file__).parents[1]
REFERENCE = Path(
    os.environ.get("MINGCHU_EPCIS_REFERENCE", ROOT.parent / "shared" / "reference" / "epcis")
)
STANDARD = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
CONTEXT = [STANDARD, {"example": "http://ns.example.com/epcis/", "other": "https://o.example/x#"}]

Json = dict[str, Any]


def reference(name: str) -> Path:
    """A file of GS1's; the test that asks is skipped where they are not beside the checkout."""
    path = REFERENCE / name
    if not path.exists():
        pytest.skip(f"no {path}: set MINGCHU_EPCIS_REFERENCE to GS1's contract files")
    return path


def examples() -> list[Path]:
    return sorted(reference("examples").glob("*.jsonld"))


@cache
def a_schema() -> Draft7Validator:
    """GS1's, with its formats checked."""
    text = json.loads(reference("EPCIS-JSON-Schema.json").read_text())
    return Draft7Validator(text, format_checker=Draft7Validator.FORMAT_CHECKER)


def document(*events: Json, **more: object) -> Json:
    return {
        "@context": CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-11-28T08:00:00.000+08:00",
        "epcisBody": {"eventList": list(events)},
        **more,
    }


def query_document(*events: Json) -> Json:
    return {
        "@context": CONTEXT,
        "type": "EPCISQueryDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-11-28T08:00:00.000+08:00",
        "epcisBody": {
            "queryResults": {
                "queryName": "SimpleEventQuery",
                "resultsBody": {"eventList": list(events)},
            }
        },
    }


def sent(tree: object) -> bytes:
    return json.dumps(tree, ensure_ascii=False).encode()


def an_object_event(**more: object) -> Json:
    return {
        "type": "ObjectEvent",
        "eventTime": "2026-11-28T08:00:00.000+08:00",
        "eventTimeZoneOffset": "+08:00",
        "action": "OBSERVE",
        "epcList": ["urn:epc:id:sgtin:4012345.011111.987"],
        **more,
    }


_digits = st.text("0123456789", min_size=1)
_serial = st.text("ABCXYZabc0123456789-", min_size=1, max_size=12)


def _number(size: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=size, max_size=size)


def _urn(scheme: str, first: int, second: int, tail: st.SearchStrategy[str] | None = None) -> Any:
    numbers = st.tuples(_number(first), _number(second)).map(".".join)
    whole = numbers if tail is None else st.tuples(numbers, tail).map(".".join)
    return whole.map(f"urn:epc:{scheme}:".__add__)


epcs = st.one_of(
    _urn("id:sgtin", 7, 6, _serial),
    _urn("id:sscc", 7, 10),
    _urn("id:grai", 7, 5, _serial),
    _urn("id:giai", 7, 0, None).map(lambda urn: urn + "A7"),
    _number(14).map("https://id.gs1.org/01/{}/21/S1".format),
    _number(14).map("https://example.org/path/01/{}/21/S1?17=271231".format),
    st.uuids().map("urn:uuid:{}".format),
    st.integers(0, 99).map("https://example.com/things/{}".format),
)
classes = st.one_of(
    _urn("class:lgtin", 7, 6, _serial),
    _urn("idpat:sgtin", 7, 6, st.just("*")),
    _number(14).map("https://id.gs1.org/01/{}/10/LOT-7".format),
)
places = st.one_of(
    _urn("id:sgln", 7, 5, st.sampled_from(["0", "12", "A-1"])), _urn("id:pgln", 7, 5)
)
addresses = st.one_of(epcs, places, st.just("https://example.org/a?b=c#d"))


LATER = {"EffectiveDose", "EffectiveDoseRate"}  # words the schema of 2023 does not know


def words(of: vocabulary.Vocabulary) -> st.SearchStrategy[str]:
    return st.one_of(
        st.sampled_from(sorted(of.words - LATER)),
        st.just("https://example.org/own-word"),
        st.just("own:word"),
    )


_OFFSETS = st.sampled_from(["Z", "+08:00", "-06:00", "+00:00", "+14:00", "-03:30"])
_DAYS = st.dates(min_value=date(1970, 1, 2)).map(str)


def times(fractions: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    clock = st.times().map(lambda time: time.isoformat(timespec="seconds"))
    return st.tuples(_DAYS, st.just("T"), clock, fractions, _OFFSETS).map("".join)


numbers = st.one_of(
    st.integers(-1000, 10**15),
    st.integers(-(10**6), 10**6).map(lambda thousandths: thousandths / 1000),
)
texts = st.text(max_size=20, alphabet=st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]))
# Values that look like a standard word are left to a test of their own.
plain_values = st.one_of(
    texts.map("v {}".format), numbers, st.just("023.50"), st.just("  blanks around "), epcs
)
extended_values = st.recursive(
    plain_values,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["example:a", "example:b", "other:c", "plain"]), inner, max_size=3
        ),
    ),
    max_leaves=8,
)
_names = st.sampled_from(["example:myField", "example:zone", "other:batch", "other:Zeta"])
extensions = st.dictionaries(_names, extended_values, max_size=3)


def _lists(one: Any, least: int = 0) -> Any:
    return st.lists(one, min_size=least, max_size=3)


def _unique(one: Any, least: int = 0) -> Any:
    return st.lists(one, min_size=least, max_size=4, unique=True)


def _some(required: Json, optional: Json) -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries(required, optional=optional)


def _with_extensions(members: Any, more: Any = extensions) -> st.SearchStrategy[Json]:
    return st.tuples(members, more).map(lambda both: both[0] | both[1])


quantities = _some(
    {"epcClass": classes},
    {"quantity": numbers, "uom": st.sampled_from(["KGM", "LTR", "C62", "23"])},
)


class Events:
    """Strategies of all five types; `fractions` are the decimals of times, `free` whether
    extensions also stand inside standard members."""

    def __init__(self, fractions: st.SearchStrategy[str] | None = None, *, free: bool = True):
        fraction = st.one_of(st.just(""), _digits.map(lambda text: "." + text[:9]))
        self.times = times(fraction if fractions is None else fractions)
        self.inside = extensions if free else st.just({})
        self.by_type = {
            "ObjectEvent": self.objects(),
            "AggregationEvent": self.parented("AggregationEvent"),
            "AssociationEvent": self.parented("AssociationEvent"),
            "TransactionEvent": self.transactions(),
            "TransformationEvent": self.transformations(),
        }
        self.any = st.one_of(*self.by_type.values())

    def place(self) -> Any:
        return _with_extensions(st.fixed_dictionaries({"id": places}), self.inside)

    def sensors(self) -> Any:
        metadata = _some(
            {},
            {
                "time": self.times,
                "startTime": self.times,
                "deviceID": addresses,
                "rawData": addresses,
                "bizRules": addresses,
            },
        )
        report = _some(
            {"type": words(vocabulary.MEASUREMENTS)},
            {
                "time": self.times,
                "value": numbers,
                "component": words(vocabulary.COMPONENTS),
                "exception": words(vocabulary.ALERTS),
                "stringValue": texts.map("v {}".format),
                "hexBinaryValue": st.sampled_from(["f0f0", "00FF"]),
                "uriValue": addresses,
                "minValue": numbers,
                "sDev": numbers,
                "uom": st.just("CEL"),
                "chemicalSubstance": addresses,
                "coordinateReferenceSystem": addresses,
            },
        )
        reports = st.lists(_with_extensions(report, self.inside), min_size=1, max_size=2)
        element = st.fixed_dictionaries(
            {"sensorReport": reports},
            optional={"sensorMetadata": _with_extensions(metadata, self.inside)},
        )
        return _lists(_with_extensions(element, self.inside), 1)

    def common(self) -> Json:
        party = {"type": words(vocabulary.SOURCE_DESTINATIONS)}
        return {
            "eventID": st.uuids().map("urn:uuid:{}".format),
            "recordTime": self.times,
            "certificationInfo": st.one_of(addresses, st.lists(addresses, max_size=2)),
            "errorDeclaration": _some(
                {"declarationTime": self.times},
                {
                    "reason": words(vocabulary.ERROR_REASONS),
                    "correctiveEventIDs": st.lists(
                        st.uuids().map("urn:uuid:{}".format), max_size=2
                    ),
                },
            ),
            "bizStep": words(vocabulary.BIZ_STEPS),
            "disposition": words(vocabulary.DISPOSITIONS),
            "readPoint": self.place(),
            "bizLocation": self.place(),
            "bizTransactionList": self.documents(),
            "sourceList": _lists(st.fixed_dictionaries({**party, "source": places})),
            "destinationList": _lists(st.fixed_dictionaries({**party, "destination": places})),
            "sensorElementList": self.sensors(),
        }

    def documents(self, least: int = 0) -> Any:
        one = {"type": words(vocabulary.BIZ_TRANSACTIONS), "bizTransaction": addresses}
        return _lists(st.fixed_dictionaries(one), least)

    def head(self, kind: str) -> Json:
        return {
            "type": st.just(kind),
            "eventTime": self.times,
            "eventTimeZoneOffset": st.sampled_from(["+08:00", "-06:00", "+14:00", "+00:00"]),
        }

    @property
    def persistent(self) -> Any:
        some = _unique(words(vocabulary.DISPOSITIONS), 1)
        return st.one_of(
            st.fixed_dictionaries({"set": some}, optional={"unset": some}),
            st.fixed_dictionaries({"unset": some}),
        )

    def objects(self) -> st.SearchStrategy[Json]:
        made = _some(
            self.head("ObjectEvent")
            | {"action": st.sampled_from(["ADD", "OBSERVE", "DELETE"]), "epcList": _unique(epcs)},
            self.common()
            | {"quantityList": _lists(quantities), "persistentDisposition": self.persistent},
        )
        with_master_data = st.tuples(made, extensions).map(
            lambda both: both[0] | ({"ilmd": both[1]} if both[0]["action"] == "ADD" else {})
        )
        return _with_extensions(with_master_data)

    def parented(self, kind: str) -> st.SearchStrategy[Json]:
        made = _some(
            self.head(kind)
            | {
                "action": st.sampled_from(["ADD", "OBSERVE", "DELETE"]),
                "parentID": addresses,
                "childEPCs": _lists(epcs, 1),
            },
            self.common() | {"childQuantityList": _lists(quantities)},
        )
        return _with_extensions(made)

    def transactions(self) -> st.SearchStrategy[Json]:
        made = _some(
            self.head("TransactionEvent")
            | {
                "action": st.sampled_from(["ADD", "OBSERVE", "DELETE"]),
                "bizTransactionList": self.documents(1),
                "epcList": _lists(epcs),
            },
            {name: one for name, one in self.common().items() if name != "bizTransactionList"}
            | {"quantityList": _lists(quantities), "parentID": addresses},
        )
        return _with_extensions(made)

    def transformations(self) -> st.SearchStrategy[Json]:
        made = _some(
            self.head("TransformationEvent")
            | {"inputEPCList": _unique(epcs, 1), "outputQuantityList": _lists(quantities, 1)},
            self.common()
            | {
                "inputQuantityList": _lists(quantities),
                "outputEPCList": _unique(epcs),
                "transformationID": addresses,
                "persistentDisposition": self.persistent,
                "ilmd": extensions,
            },
        )
        return _with_extensions(made)


# What a mutation puts in place of something: other types, words out of place, broken forms.
ODD: list[Any] = [
    None,
    True,
    0,
    -1.5,
    "",
    "x",
    "shipping",
    "Temperature",
    "EffectiveDose",
    "owning_party",
    "ALARM_CONDITION",
    "OBSERVE",
    "ADD",
    "DELETE",
    "ObjectEvent",
    "TransactionEvent",
    "https://example.org/types/MyEvent",
    "urn:epcglobal:cbv:bizstep:shipping",
    "https://ref.gs1.org/cbv/BizStep-shipping",
    "https://ref.gs1.org/cbv/BizStep-nonsense",
    "https://ns.gs1.org/cbv/BizStep-shipping",
    "https://gs1.org/voc/Temperature",
    "https://ref.gs1.org/voc/Temperature",
    "urn:epc:id:sgtin:4012345.011111.987",
    "http://[::1]:80/a",
    "http://a b/",
    "http://example.org/名称",
    "a:%zz",
    "2026-02-30T00:00:00Z",
    "2026-02-28T00:00:00",
    "2026-02-28",
    "2026-02-28t10:00:00z",
    "2016-12-31T23:59:60Z",
    "2026-02-28T24:00:00Z",
    "0000-01-01T00:00:00Z",
    "+14:30",
    "+08",
    "kgm",
    "KILO",
    "f0g",
    [],
    {},
    ["x"],
    ["urn:a:b", "urn:a:b"],
    {"id": "urn:a:b"},
    {"id": "x"},
    {"type": "po", "bizTransaction": "urn:a:b"},
    {"set": ["active", "active"]},
    {"set": []},
    {"epcClass": "urn:a:b", "extra": 1},
]
NAMES = [
    "foo",
    "example:more",
    "undeclared:more",
    "http://ns.example.com/more",
    "urn:x:more",
    "ilmd",
    "parentID",
    "epcList",
    "action",
    "type",
    "@context",
    "id",
    "sensorElementList",
    "bizStep",
    "eventTime",
    "quantityList",
    "example:名",
    "transformationID",
]


@st.composite
def mutated(draw: Any, trees: st.SearchStrategy[Json]) -> Json:
    """A document with one to three things changed anywhere in it."""
    tree = copy.deepcopy(draw(trees))
    for _ in range(draw(st.integers(1, 3))):
        holders = [holder for holder in _holders(tree) if holder]
        if holders:
            _change(draw, draw(st.sampled_from(holders)))
    return tree


def _holders(tree: object) -> list[Any]:
    inner = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    here = [tree] if isinstance(tree, dict | list) else []
    return here + [found for part in inner for found in _holders(part)]


def _change(draw: Any, holder: Any) -> None:
    way = draw(st.sampled_from(["drop", "replace", "add", "again"]))
    place = draw(st.sampled_from(list(holder if isinstance(holder, dict) else range(len(holder)))))
    odd = copy.deepcopy(draw(st.sampled_from(ODD)))
    if way == "drop":
        del holder[place]
    elif way == "replace":
        holder[place] = odd
    elif isinstance(holder, list):
        holder.append(copy.deepcopy(holder[place]) if way == "again" else odd)
    else:
        holder[draw(st.sampled_from(NAMES))] = odd
