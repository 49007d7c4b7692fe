"""The city's rules as files: such as the lint reads, and drafts when they come in again."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rulings import CITED, SINCE, label, value_of

from mingchu.base.errors import Refusal
from mingchu.kit.rules import drafting, exporting, reviewing
from mingchu.rulebook import reading, store, writing
from mingchu.rulebook.lint import lint

BANDS, LATER = "grade.bands", date(2028, 1, 1)
STRICTER = {"bands": [{"to": 25, "is": "A"}, {"to": 45, "is": "B"}], "above": "C"}
# What looks like something else in YAML, or means something to it.
TRAPS = ("0101", "null", "on", "2.5", "2026-01-01", "~", "", " a", "a: b", "- a", "#a", "'", "饭\n")
words = st.sampled_from(TRAPS)
numbers = st.integers(-(10**9), 10**9) | st.integers(-9999, 9999).map(lambda n: Decimal(n) / 1000)
values = st.recursive(
    words | numbers | st.dates(date(2000, 1, 1)) | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.django_db
def test_the_files_of_the_house_with_an_export_laid_over_them_are_sound(approved, tmp_path):
    sheet = value_of("grade.static_seller")
    sheet["items"][0]["bands"][0]["is"] = 2
    approved(BANDS, STRICTER)
    approved("grade.static_seller", sheet)
    for path in store.DATA.glob("*/*.yaml"):
        copy = tmp_path / path.relative_to(store.DATA)
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(path.read_bytes())

    written = exporting.export(tmp_path)

    assert [path.relative_to(tmp_path) for path in written] == [Path("cn-1501/grade.yaml")]
    # A jurist's case belongs to the checkout; everything else the file says for itself.
    assert {fault.code for fault in lint(tmp_path)} == {"no_case"}
    book = store.load(tmp_path, store.CASES)
    assert book.rule(BANDS, "cn-1501").on(SINCE).band(28) == "B"
    assert book.rule("grade.serious_list_grade", "cn-1501").on(SINCE).value == "D"


@pytest.mark.django_db
def test_an_export_comes_in_again_as_drafts_where_it_is_not_known(approved, people):
    approved(BANDS, STRICTER)
    [text] = exporting.documents().values()
    more = text.replace("since: 2027-01-01", "since: 2028-01-01")

    again, later = (exporting.bring_in(text=one, author=label(people[0])) for one in (text, more))

    assert (again.drafts, again.known) == ((), (f"{BANDS} {SINCE}", *again.known[1:]))
    [row] = later.drafts
    assert (row.rule, row.since, row.article) == (BANDS, LATER, CITED["article"])
    drafting.rewrite(version=row.pk, value={**STRICTER, "above": "D"})
    drafting.submit(version=row.pk)
    reviewing.approve(version=row.pk, reviewer=label(people[1]))
    store.refresh()
    assert store.rule(BANDS).on(LATER).band(90) == "D"


@pytest.mark.django_db
def test_what_the_city_keeps_to_its_officers_stays_so_in_its_files(approved, people):
    ratios = value_of("credit.draw_ratio")
    approved("credit.draw_ratio", {**ratios, "A": 2})

    [text] = exporting.documents().values()

    [told] = [one for one in reading.parse(text)["rules"] if one["id"] == "credit.draw_ratio"]
    assert told["internal"] is True
    assert reading.rule(told, store.here()).internal
    later = text.replace("since: 2027-01-01", "since: 2028-01-01")
    assert exporting.bring_in(text=later, author=label(people[0])).drafts


def spoilt(rule: str, old: str, new: str) -> str:
    return writing.document([store.rule(rule).nearest]).replace(old, new)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        "rules: [",
        "[]",
        "rules: [1]",
        "rules: [{id: grade.bands}]",
        writing.document([store.rule("grade.static_seller").nearest]).replace(
            "total: 40", "total: 4"
        ),
        writing.document([store.rule(BANDS).nearest]).replace("unit: points", "unit: count"),
        writing.document([store.rule(BANDS).nearest]).replace(BANDS, "grade.other"),
    ],
)
def test_a_file_that_is_no_such_file_brings_in_nothing(people, text):
    with pytest.raises(Refusal) as no:
        exporting.bring_in(text=text, author=label(people[0]))

    assert no.value.code in ("bad_yaml", "rules_unreadable", "unknown_rule")


@given(values)
def test_what_is_written_is_read_back_unchanged(value):
    assert reading.parse(writing.written({"value": value})) == {"value": value}


def test_another_process_goes_by_it_from_then_on(committed, people, approved, tmp_path):
    """Approved here, asked there: from the command line, and by a file."""
    here = {"MINGCHU_DATABASE_URL": committed, "MINGCHU_HOME": str(tmp_path), "PATH": "/usr/bin"}

    def told(*arguments: str) -> dict[str, object]:
        command = [sys.executable, "-m", "mingchu", *arguments, "--json"]
        run = subprocess.run(command, env=here, capture_output=True, check=True)
        found: dict[str, object] = json.loads(run.stdout)
        return found

    approved(BANDS, STRICTER)

    shown = told("rules", "show", BANDS, "--on", SINCE.isoformat())
    assert (shown["jurisdiction"], shown["value"]["above"]) == ("cn-1501", "C")
    assert told("rules", "export", "--to", str(tmp_path / "out"))["files"] == [
        str(tmp_path / "out" / "cn-1501" / "grade.yaml")
    ]
