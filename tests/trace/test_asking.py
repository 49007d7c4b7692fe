"""Parameters of queries: each by what it finds and leaves, and by what it refuses."""

from __future__ import annotations

import json
import re

import pytest
from asking import (
    AT,
    BOX,
    CASES,
    HEADER,
    INSIDE,
    LGTIN,
    LINK,
    MADE,
    OTHER_PLACE,
    PO,
    RECORDED,
    SGLN,
    SGTIN,
    SSCC,
    THING,
)
from capturing import a_document, an_event
from epcis import reference
from hypothesis import given
from hypothesis import strategies as st

from mingchu.trace.domain import reading
from mingchu.trace.domain.asking import FIXED, AskedWrong, Wrong, ask
from mingchu.trace.domain.predicates import Seen


def seen(event) -> Seen:
    [one] = reading.read(a_document(event)).judged()
    return Seen(one.members, one.names, RECORDED)


def holds(event, name, value, header=""):
    return all(one.holds(seen(event)) for one in ask([(name, value)], header).predicates)


@pytest.mark.parametrize(("name", "finds", "leaves"), CASES, ids=[case[0] for case in CASES])
def test_what_a_parameter_finds_and_leaves(name, finds, leaves):
    assert [holds(THING, name, value) for value in finds] == [True] * len(finds)
    assert [holds(THING, name, value) for value in leaves] == [False] * len(leaves)


def test_lists_of_other_types():
    for event, name, value in (
        (BOX, "MATCH_epc", SGTIN), (BOX, "MATCH_parentID", SSCC), (BOX, "MATCH_anyEPC", SSCC),
        (BOX, "MATCH_epcClass", LGTIN), (MADE, "MATCH_inputEPC", LINK),
        (MADE, "MATCH_outputEPC", SSCC), (MADE, "MATCH_inputEPCClass", LGTIN),
        (MADE, "MATCH_outputEPCClass", "https://id.gs1.org/01/04012345222227"),
        (MADE, "MATCH_anyEPC", SGTIN), (MADE, "EQ_transformationID", PO),
    ):  # fmt: skip
        assert holds(event, name, value), name
    for name, value in (("MATCH_epc", SGTIN), ("MATCH_epcClass", LGTIN), ("EQ_action", "ADD")):
        assert not holds(MADE, name, value), name


def test_what_lies_within_a_place_is_told_by_its_own_key():
    inside = an_event(readPoint={"id": INSIDE}, bizLocation={"id": INSIDE})
    for name in ("WD_readPoint", "WD_bizLocation"):
        assert holds(inside, name, f"{SSCC}|{SGLN}")
        assert holds(inside, name, INSIDE)
        assert not holds(inside, name, OTHER_PLACE)
        assert not holds(an_event(), name, SGLN)
    assert not holds(inside, "EQ_readPoint", SGLN)


def test_own_words_are_found_as_written_and_in_full_where_the_prefix_is_declared():
    full, short = "http://ns.example.com/epcis/thawing", "ex:thawing"
    assert holds(an_event(bizStep=full), "EQ_bizStep", short, HEADER)
    assert holds(an_event(bizStep=full), "EQ_bizStep", f"shipping|{full}")
    assert not holds(an_event(bizStep=full), "EQ_bizStep", short)
    assert holds(an_event(disposition=full), "EQ_disposition", short, HEADER)


SORTED = [
    ({}, [-3, "2", 2.5, "10"]),
    ({}, ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00-01:00", "2026-01-01T01:30:00Z"]),
    ({}, ["B", "a", "b", "é", "汉", "\U00020000"]),
    ({}, [7, "2026-01-01T00:00:00Z", "a", {"other": 1}]),
]


@pytest.mark.parametrize(("more", "values"), SORTED)
def test_fields_of_ones_own_are_sorted_by_what_they_mean(more, values):
    by = ask([("orderBy", "example:note")]).order_by
    found = [by.sort_key(seen(an_event(**{"example:note": value}, **more))) for value in values]
    assert found == sorted(found)
    assert len({*found}) == len(found)
    assert by.sort_key(seen(an_event())) >= found[-1]


def test_order_is_asked_by_a_name_like_that_of_a_parameter():
    event = an_event(action="ADD", ilmd={"example:box": {"example:no": 4}})
    for name, header in (("INNER_ILMD_example:no", ""), ("INNER_ILMD_ex:no", HEADER)):
        assert ask([("orderBy", name)], header).order_by.sort_key(seen(event)) == (0, 4)
    assert ask([("orderBy", "example:no")]).order_by.sort_key(seen(event))[0] == 3


def test_a_prefix_is_the_askers_where_he_declares_it():
    assert holds(THING, "EQ_ex:note", "23.5", HEADER)
    assert not holds(THING, "EQ_ex:note", "23.5")
    assert not holds(THING, "EQ_example:note", "23.5", "example=http://other.example/")


def test_every_fixed_parameter_has_its_case():
    ordering = {"orderBy", "orderDirection", "eventCountLimit", "maxEventCount"}
    by_others = {"MATCH_inputEPC", "MATCH_outputEPC", "MATCH_inputEPCClass",
                 "MATCH_outputEPCClass", "EQ_transformationID"}  # fmt: skip
    assert set(FIXED) - {case[0] for case in CASES} - ordering == by_others


def _is_known(name) -> bool:
    """Whether a name is asked by: one nobody knows is refused as such, whatever the value."""
    try:
        ask([(name, "\1")])
    except AskedWrong as wrong:
        return wrong.wrong is not Wrong.UNKNOWN
    return True


def test_every_parameter_of_the_standard_is_known():
    contract = json.loads(reference("openapi.json").read_bytes())
    asked = {one["name"] for one in contract["components"]["parameters"].values()
             if one["in"] == "query"} - NOT_OF_QUERIES  # fmt: skip
    schema = json.loads(reference("query-schema.json").read_bytes())
    asked |= schema["definitions"]["EPCIS-Query"]["properties"].keys() - {"@context"}
    assert {name for name in asked if not _is_known(name)} == set()
    assert len(asked) > 60


# Of pages, of subscriptions.
NOT_OF_QUERIES = {"nextPageToken", "perPage", "second", "minute", "hour", "dayOfMonth", "month",
                  "dayOfWeek", "reportIfEmpty", "stream", "initialRecordTime"}  # fmt: skip


def test_every_family_of_the_standard_has_its_case():
    schema = json.loads(reference("query-schema.json").read_bytes())
    families = schema["definitions"]["EPCIS-Query"]["patternProperties"]
    # The schema writes one backslash too many, and lets no name of an attribute have a prefix.
    families = {
        one.replace("\\\\", "\\").replace(r"ATTR_\w+_\w+", r"ATTR_\S+_\S+") for one in families
    }
    names = [case[0] for case in CASES]
    assert {one for one in families if not any(re.match(one, name) for name in names)} == set()
    assert len(families) > 60


WRONG = [
    ("EQ_nothing", "x", Wrong.UNKNOWN),
    ("GT_eventTime", AT, Wrong.UNKNOWN),
    ("eq_bizStep", "shipping", Wrong.UNKNOWN),
    ("EQ_source_nonsense", SGLN, Wrong.UNKNOWN),
    ("EQ_value_cel", "1", Wrong.UNKNOWN),
    ("eventType", "QuantityEvent", Wrong.BAD_VALUE),
    ("EQ_action", "add", Wrong.BAD_VALUE),
    ("EQ_bizStep", "nonsense", Wrong.BAD_VALUE),
    ("EQ_bizStep", "", Wrong.BAD_VALUE),
    ("EQ_bizStep", "shipping|", Wrong.BAD_VALUE),
    ("GE_eventTime", "2026-02-30T00:00:00Z", Wrong.BAD_VALUE),
    ("GE_eventTime", "yesterday", Wrong.BAD_VALUE),
    ("GE_quantity", "many", Wrong.BAD_VALUE),
    ("EQ_quantity", "1|many", Wrong.BAD_VALUE),
    ("MATCH_epc", "urn:epc:idpat:sgtin:4012345.*.7", Wrong.BAD_VALUE),
    ("MATCH_epc", "a\0b", Wrong.BAD_VALUE),
    ("EXISTS_errorDeclaration", "perhaps", Wrong.BAD_VALUE),
    ("EQ_booleanValue", "yes", Wrong.BAD_VALUE),
    ("GT_example:note", "text", Wrong.BAD_VALUE),
    ("orderBy", "quantity", Wrong.BAD_VALUE),
    ("orderDirection", "UP", Wrong.BAD_VALUE),
    ("maxEventCount", "0", Wrong.BAD_VALUE),
    ("eventCountLimit", "5", Wrong.NEEDS_ORDER),
    ("orderBy", "note", Wrong.BAD_VALUE),
    ("orderBy", "EQ_example:note|x", Wrong.BAD_VALUE),
    ("orderBy", "", Wrong.BAD_VALUE),
    ("WD_readPoint", "", Wrong.BAD_VALUE),
]


@pytest.mark.parametrize(("name", "value", "wrong"), WRONG)
def test_what_is_refused_by_its_name(name, value, wrong):
    with pytest.raises(AskedWrong) as refused:
        ask([(name, value)])
    assert (refused.value.wrong, refused.value.parameter) == (wrong, name)


def test_what_does_not_go_together():
    both = [("orderBy", "eventTime"), ("eventCountLimit", "1"), ("maxEventCount", "2")]
    for said, wrong in ((both, Wrong.EXCLUDES), ([both[0], both[0]], Wrong.REPEATED)):
        with pytest.raises(AskedWrong) as refused:
            ask(said)
        assert refused.value.wrong is wrong


@given(
    st.lists(
        st.tuples(
            st.one_of(st.sampled_from([case[0] for case in CASES]), st.text(max_size=30)),
            st.one_of(st.sampled_from([AT, SGTIN, "*", "urn:epc:idpat:sgtin:*"]), st.text()),
        ),
        max_size=3,
    )
)
def test_any_parameters_are_read_or_refused(said):
    try:
        asked = ask(said)
    except AskedWrong:
        return
    for one in asked.predicates:
        for event in (THING, BOX, MADE):
            assert one.holds(seen(event)) in (True, False)
