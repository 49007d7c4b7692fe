"""Our types against GS1's JSON schema: they agree but for the differences named here."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from epcis import Events, Json, a_schema, document, examples, mutated, query_document, sent
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from mingchu.trace.domain import reading
from mingchu.trace.domain.faults import Fault, Kind

EVENTS = Events()
DOCUMENTS = st.one_of(
    st.lists(EVENTS.any, min_size=1, max_size=3).map(lambda events: document(*events)),
    st.lists(EVENTS.any, min_size=1, max_size=2).map(lambda events: query_document(*events)),
    EVENTS.any.map(lambda one: one | {"@context": document()["@context"]}),
)


class Stricter(NamedTuple):
    """Where we refuse what the schema lets pass."""

    why: str
    is_it: Callable[[Fault], bool]


class Looser(NamedTuple):
    """Where we take what the schema refuses; `mended` is the document without the difference."""

    why: str
    mend: Callable[[Any], Any]


STRICTER = [
    Stricter(
        "The schema does not know JSON-LD: a prefix that no context declares means nothing, and "
        "the event hash could not be computed.",
        lambda fault: fault.kind is Kind.UNDECLARED_PREFIX,
    ),
    Stricter(
        "EPCIS 2.0 §7.4.3: what is aggregated or taken out has a parent; the draft schema asks for "
        "it in associations only.",
        lambda fault: fault.kind is Kind.PARENT_NEEDED,
    ),
    Stricter(
        "The schema leaves read points and business locations open to any name; the standard has "
        "an extension point there, so names carry a prefix like everywhere.",
        lambda fault: (
            fault.kind is Kind.UNKNOWN_MEMBER
            and any(place in fault.path for place in (".readPoint", ".bizLocation"))
        ),
    ),
    Stricter(
        "An event type of one's own is an extension point of the schema; this repository holds the "
        "five types of the standard.",
        lambda fault: (
            fault.path.endswith(".type")
            and fault.kind in (Kind.BAD_VALUE, Kind.NOT_EPCIS)
            and "://" in fault.detail
        ),
    ),
    Stricter(
        "An address in CBV's own space is a word of CBV or a mistake; the schema takes any.",
        lambda fault: (
            fault.kind is Kind.NOT_IN_VOCABULARY
            and fault.detail.startswith("https://ref.gs1.org/cbv/")
        ),
    ),
    Stricter(
        "No calendar here has a year 0.",
        lambda fault: fault.kind is Kind.BAD_VALUE and fault.detail.startswith("0000-"),
    ),
]
LOOSER = [
    Looser(
        "RFC 3339 §5.6 lets `t` and `z` be small; the validator the schema is checked with "
        "does not.",
        lambda text: "2026-02-28T10:00:00Z" if text == "2026-02-28t10:00:00z" else text,
    ),
    Looser(
        "RFC 3339 has leap seconds; the validator does not.",
        lambda text: text.replace(":60Z", ":59Z") if isinstance(text, str) else text,
    ),
    Looser(
        "The GS1 Web Vocabulary has more measurement types than the schema of 2023.",
        lambda text: "AbsorbedDose" if text == "EffectiveDose" else text,
    ),
]


def fault_of(tree: Json) -> Fault | None:
    try:
        for _ in reading.read(sent(tree)).judged():
            pass
    except Fault as fault:
        return fault
    return None


def test_formats_are_checked_by_the_a_schema() -> None:
    broken = document(creationDate="2026-02-30T00:00:00Z"), document(id="no address")

    assert not any(a_schema().is_valid(tree) for tree in broken)


def test_the_official_examples_hold() -> None:
    for path in examples():
        tree = json.loads(path.read_text())
        assert a_schema().is_valid(tree), path.name
        assert fault_of(tree) is None, path.name


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(tree=DOCUMENTS)
def test_what_we_make_up_holds_by_both(tree: Json) -> None:
    errors = [error.message for error in a_schema().iter_errors(tree)]

    assert (fault_of(tree), errors) == (None, [])


@settings(max_examples=400, suppress_health_check=list(HealthCheck))
@given(tree=mutated(DOCUMENTS))
def test_what_is_broken_is_broken_for_both(tree: Json) -> None:
    ours, theirs = fault_of(tree), a_schema().is_valid(tree)

    event(f"schema {'takes' if theirs else 'refuses'} it, we say {ours.kind if ours else 'yes'}")
    if ours is not None and theirs:
        assert any(one.is_it(ours) for one in STRICTER), (str(ours), tree)
    elif ours is None and not theirs:
        assert a_schema().is_valid(_mended(tree)), tree


def _mended(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: _mended(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_mended(value) for value in tree]
    for one in LOOSER:
        tree = one.mend(tree)
    return tree
