"""Parameters of queries: each by what it finds and leaves, and by what it refuses."""

from __future__ import annotations

import pytest
from asking import AT, BOX, CASES, HEADER, LGTIN, LINK, MADE, PO, RECORDED, SGLN, SGTIN, SSCC, THING
from capturing import a_document
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


def test_a_prefix_is_the_askers_where_he_declares_it():
    assert holds(THING, "EQ_ex:note", "23.5", HEADER)
    assert not holds(THING, "EQ_ex:note", "23.5")
    assert not holds(THING, "EQ_example:note", "23.5", "example=http://other.example/")


def test_every_fixed_parameter_has_its_case():
    ordering = {"orderBy", "orderDirection", "eventCountLimit", "maxEventCount"}
    by_others = {"MATCH_inputEPC", "MATCH_outputEPC", "MATCH_inputEPCClass",
                 "MATCH_outputEPCClass", "EQ_transformationID", "WD_readPoint", "WD_bizLocation",
                 "LT_errorDeclaration_Time"}  # fmt: skip
    assert set(FIXED) - {case[0] for case in CASES} - ordering == by_others


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
    ("orderBy", "example:note", Wrong.NOT_SUPPORTED),
    ("WD_readPoint", SGLN, Wrong.NOT_SUPPORTED),
    ("WD_bizLocation", SGLN, Wrong.NOT_SUPPORTED),
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
