"""What follows from answers is one rule in two languages; and no text of the phone is missing."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest
from browsing import a_browser, the_program
from playwright.sync_api import sync_playwright

from mingchu.inspection.domain.outcome import found, results, word
from mingchu.inspection.pages.phone import FOLDER
from mingchu.inspection.pages.phone_words import WORDS

CASES = json.loads(Path(__file__).with_name("outcome_cases.json").read_text("utf-8"))
TEXTS = "".join(path.read_text("utf-8") for path in sorted(FOLDER.glob("*.js")))
ASK = """async ([source, cases]) => {
  const { findings, results, wordOf } = await import(source);
  return cases.map((one) => {
    const items = one.items.map(([id, weight]) => ({ id, weight }));
    const found = findings(items, one.answers);
    return {
      findings: found.map(({ item, way }) => [item, way]),
      results: results(one.outcome, found, one.added),
      word: wordOf(items, one.answers, 70),
    };
  });
}"""


def by_the_house(case: dict[str, Any]) -> dict[str, Any]:
    keys = {item for item, weight in case["items"] if weight == "key"}
    order = [item for item, _ in case["items"]]
    unmet = found(keys, order, case["answers"])
    return {
        "findings": [[one.item, str(one.way)] for one in unmet],
        "results": [str(one) for one in results(case["outcome"], unmet, case["added"])],
        "word": _word(case, keys),
    }


def _word(case: dict[str, Any], keys: set[str]) -> str | None:
    said = {item: one["verdict"] for item, one in case["answers"].items()}
    applied = {item: one for item, one in said.items() if one != "na"}
    general = {item: one for item, one in applied.items() if item not in keys}
    key_unmet = sum(one == "unmet" for item, one in applied.items() if item in keys)
    met = sum(one == "met" for one in general.values())
    return str(word(key_unmet, met, len(general), 70)) if applied else None


@pytest.mark.parametrize("case", CASES, ids=[one["name"] for one in CASES])
def test_what_follows_by_the_house(case):
    said = by_the_house(case)
    assert {name: said[name] for name in ("findings", "results")} == case["expect"]


@pytest.mark.peer
def test_the_phone_says_the_same():
    the_program()
    source = (FOLDER / "outcome.js").read_bytes()
    address = "data:text/javascript;base64," + base64.b64encode(source).decode()
    with sync_playwright() as play:
        browser = a_browser(play)
        said = browser.new_page().evaluate(ASK, [address, CASES])
        browser.close()

    assert said == [by_the_house(case) for case in CASES]


def test_each_text_that_the_phone_says_is_there_and_each_that_is_there_is_said():
    named = set(re.findall(r'\bt\("(\w+)"', TEXTS)) | set(re.findall(r'"(lack_\w+)"', TEXTS))
    begun = set(re.findall(r"`(\w+_)\$\{", TEXTS))
    quoted = set(re.findall(r'"(\w+)"', TEXTS))

    assert named - WORDS.keys() == set()
    silent = {
        key
        for key in WORDS
        if key not in named | quoted and not any(key.startswith(head) for head in begun)
    }
    assert silent == set()
