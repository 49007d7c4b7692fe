"""An independent program reads the same event from our XML as from the JSON it came from."""

from __future__ import annotations

import copy
import json
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from epcis import Json, examples
from xmls import in_xml

from mingchu.trace.domain import reading
from mingchu.trace.domain.xml.writing import web, written

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from epcis_event_hash_generator import hash_generator, json_to_py, xml_to_py

# It expands a sender's own prefixes in values, writes True and knows cbvmda only if declared, all
# three in JSON alone; in XML it says what we say.
READS_JSON_WRONG = {"object_event_all_possible_fields.jsonld"}


@contextmanager
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(logging.NOTSET)


def of_json(tree: Json) -> list[str]:
    with _quiet():
        events = json_to_py.event_list_from_epcis_document_json(copy.deepcopy(tree))
        return list(hash_generator.derive_prehashes_from_events(events))


def of_xml(path: Path) -> list[str]:
    data = in_xml(*(written(one.members, one.names, spell=web) for one in _judged(path)))
    with _quiet():
        events = xml_to_py.event_list_from_epcis_document_str(data.decode())
        return list(hash_generator.derive_prehashes_from_events(events))


def _judged(path: Path) -> list[reading.Judged]:
    return list(reading.read(path.read_bytes()).judged())


def test_official_examples_have_one_prehash_in_both_forms():
    compared = 0
    for path in examples():
        if path.name not in READS_JSON_WRONG:
            assert of_xml(path) == of_json(json.loads(path.read_bytes()))
            compared += len(of_xml(path))
    assert compared >= 10
