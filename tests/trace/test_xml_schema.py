"""Answers in XML against GS1's own schema, where a checkout has it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from epcis import Events, Json, examples, reference
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lxml import etree
from xmls import EVENT_1_2, EVENT_JSON, in_xml, judged

from mingchu.base.errors import Refusal
from mingchu.trace import negotiating
from mingchu.trace.answering_xml import Asked, query_document
from mingchu.trace.domain import reading
from mingchu.trace.domain.reading import Judged
from mingchu.trace.domain.xml import documents
from mingchu.trace.queries import Stored

AT = datetime(2026, 11, 28, 8, tzinfo=UTC)
ASKED = [
    Asked(version, words)
    for version in ("1.2", "2.0")
    for words in (negotiating.KEPT, negotiating.WORDS_WEB)
]


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    return {
        version: etree.XMLSchema(file=str(reference(f"xsd/EPCglobal-epcis-query-{name}.xsd")))
        for version, name in (("1.2", "1_2"), ("2.0", "2_0"))
    }


def stored(one: Judged) -> Stored:
    return Stored(one.raw, one.context, one.form, one.original)


def faults(schema: Any, data: bytes) -> list[str]:
    schema.validate(etree.fromstring(data))
    return [error.message for error in schema.error_log]


def bounded(event: Json) -> bool:
    """Whether the schema has room: it knows one certificate."""
    return isinstance(event.get("certificationInfo", ""), str)


@settings(max_examples=200)
@given(Events().any.filter(bounded), st.sampled_from(ASKED))
def test_generated_events_are_answered_as_the_schema_asks(schemas, event, asked):
    try:
        said = query_document([stored(judged(event))], AT, asked)
    except Refusal:
        assume(False)
    assert faults(schemas[asked.version], said) == []


@pytest.mark.parametrize("asked", ASKED)
def test_official_examples_are_answered_as_the_schema_asks(schemas, asked):
    for path in examples():
        events = [stored(one) for one in reading.read(path.read_bytes()).judged()]
        assert faults(schemas[asked.version], query_document(events, AT, asked)) == []


@pytest.mark.parametrize("asked", ASKED)
def test_an_event_with_everything_is_answered_as_the_schema_asks(schemas, asked):
    for version in ("1.2", "2.0"):
        one = documents.read(in_xml(EVENT_1_2, version=version)).judge(0)
        if version == asked.version == "2.0" and asked.words == negotiating.KEPT:
            continue  # its own bytes, which wrap as 1.2 does
        assert faults(schemas[asked.version], query_document([stored(one)], AT, asked)) == []


def test_the_schema_finds_what_is_wrong(schemas):
    said = query_document([stored(judged(EVENT_JSON))], AT, Asked("2.0"))
    assert faults(schemas["2.0"], said) == []
    for old, new in ((b"<action>ADD", b"<action>LOOK"), (b"<epcList>", b"<bizStep/><epcList>")):
        assert faults(schemas["2.0"], said.replace(old, new)) != []
