"""The reference generator of event hashes, released on PyPI (1.9.3) by the algorithm's authors.

Its repository has since corrected the release where it left CBV 2.0; each place is in
`OracleDiffers`.
"""

from __future__ import annotations

import copy
import logging
import warnings

from epcis import Events, Json
from hypothesis import strategies as st

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from epcis_event_hash_generator import hash_generator, json_to_py


class OracleDiffers:
    """What 1.9.3 does otherwise, and why we do not."""

    CERTIFICATES = "It hashes certificationInfo, which the standard's order does not list."
    SENSOR_LIST = "It writes the name sensorElementList, which CBV 2.1 added."
    LISTS_LAST = "Documents, sources and destinations it puts last, sorted by name."
    INLINE = (
        "Extensions within standard members it writes in place, as CBV 2.1 will; 2.0 at the end."
    )
    PARENT_FIRST = "It puts parentID before epcList; the standard's order puts it after."
    TYPE_ORDER = "Type and value of a list's items it writes as sent; they are type first."
    USER_PREFIXES = "It expands a sender's own prefixes in values, as XML cannot."
    GS1_PREFIXES = "It leaves gs1: and cbv: in values as they are; rule 15 expands them."
    BARE_WORDS = "It takes any text for a standard word if the document uses that word anywhere."
    TRUTH = "It writes Python's True for true."
    FLOATS = "It writes small numbers with an exponent, and fails on infinite ones."
    ROUNDING = "It rounds half to even and fails on .9995 and above; later it rounds half up."
    LIST_NAMES = "Names ending in List it splits, an artefact of its way through XML."
    FULL_NAMES = "Whole addresses as names stay without braces; rule 20 asks for {namespace}local."
    CONTEXTS = "It reads prefixes from a list of contexts only, and hashes an event's own @context."
    NULLS = "It writes None for null; in JSON-LD null is no value."
    MASTER_DATA = "It knows cbvmda only if the document declares it."


LISTS = ("bizTransactionList", "sourceList", "destinationList")


def _said(tree: Json) -> list[str]:
    """The pre-hash of each event as 1.9.3 writes it, but for `SENSOR_LIST`."""
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            events = json_to_py.event_list_from_epcis_document_json(copy.deepcopy(tree))
            said = hash_generator.derive_prehashes_from_events(events)
    finally:
        logging.disable(logging.NOTSET)
    return [text.replace("sensorElementList", "", 1) for text in said]


def oracles(tree: Json) -> list[str]:
    """What 1.9.3 says, its three lists moved to their place: each is hashed beside the head of its
    event, and what the head adds up to is taken off again."""
    events = tree["epcisBody"]["eventList"]
    parts = [part for event in events for part in _in_parts(event)]
    said = _said({**tree, "epcisBody": {"eventList": parts}})
    return [_joined_parts(said[at : at + 2 + len(LISTS)]) for at in range(0, len(said), 5)]


def _in_parts(event: Json) -> list[Json]:
    later = (*LISTS, "sensorElementList", "ilmd")
    head = {key: value for key, value in event.items() if key not in later and ":" not in key}
    lists = [head | {name: event.get(name, [])} for name in LISTS]
    return [head, {key: value for key, value in event.items() if key not in LISTS}, *lists]


def _joined_parts(said: list[str]) -> str:
    head, rest, *lists = said
    return head + "".join(text.removeprefix(head) for text in (*lists, rest))


def _agreed(event: Json) -> Json:
    """The event without what the oracle gets wrong."""
    event = {key: value for key, value in event.items() if key != "certificationInfo"}
    if "epcList" in event:
        event.pop("parentID", None)
    _own_words_in_full(event, ("bizStep", "disposition"))
    for element in event.get("sensorElementList", ()):
        for report in element["sensorReport"]:
            _own_words_in_full(report, ("type", "component", "exception"))
    for name in filter(event.__contains__, LISTS):
        event[name] = [{"type": item["type"], **item} for item in event[name]]
        for item in event[name]:
            _own_words_in_full(item, ("type",))
    changed = event.get("persistentDisposition", {})
    for name, words in changed.items():
        changed[name] = [word for word in words if ":" not in word] or ["active"]
    return event


def _own_words_in_full(members: Json, keys: tuple[str, ...]) -> None:
    for key in keys:
        if members.get(key) == "own:word":
            members[key] = "https://example.org/own-word"


# Events that it hashes as the standard says.
AGREED = Events(st.sampled_from(["", ".5", ".25", ".125"]), free=False).any.map(_agreed)
