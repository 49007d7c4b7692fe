"""Each standard word has one meaning and up to three spellings."""

from __future__ import annotations

import json

import pytest
from epcis import LATER, reference

from mingchu.trace.domain import vocabulary
from mingchu.trace.domain.vocabulary import Vocabulary

LISTS = {
    "bizStep": vocabulary.BIZ_STEPS,
    "disposition": vocabulary.DISPOSITIONS,
    "bizTransaction-type": vocabulary.BIZ_TRANSACTIONS,
    "source-dest-type": vocabulary.SOURCE_DESTINATIONS,
    "error-reason": vocabulary.ERROR_REASONS,
    "component": vocabulary.COMPONENTS,
    "measurementType": vocabulary.MEASUREMENTS,
    "sensorAlertType": vocabulary.ALERTS,
}


@pytest.mark.parametrize("words", vocabulary.ALL)
def test_every_spelling_leads_back(words: Vocabulary) -> None:
    for word in words.words:
        spelled = {word, words.to_web(word), words.to_urn(word)}
        assert {words.to_short(one) for one in spelled} == {word}
        assert len(spelled) == (3 if words.urn else 2)


@pytest.mark.parametrize("name", LISTS)
def test_the_words_are_the_schemas_and_what_came_later(name: str) -> None:
    definitions = json.loads(reference("EPCIS-JSON-Schema.json").read_text())["definitions"]
    [theirs] = [one["enum"] for one in definitions[name]["anyOf"] if "enum" in one]

    assert LISTS[name].words - LATER == set(theirs)


def test_foreign_words_stay() -> None:
    for text in ("urn:epcglobal:cbv:bizstep:walking", "https://example.org/BizStep-shipping", "x"):
        assert vocabulary.BIZ_STEPS.to_short(text) == text
        assert vocabulary.BIZ_STEPS.to_urn(text) == text
