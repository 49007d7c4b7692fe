"""The lint finds each fault it knows, names its place, and finds none in this house's own book."""

from __future__ import annotations

import pytest
from django.utils import translation

from mingchu.rulebook.lint import WHY, lint

NATION, CITY = "data/cn/example.yaml", "data/cn-1501/example.yaml"
CALENDAR, CASES = "data/cn/calendar.yaml", "cases/example.yaml"
DAYS, SHEET = "example.days", "example.sheet"
EXTRA_CASE = "- id: extra\n  says: {zh: 甲, en: a}\n  on: 2022-05-05\n  given: {}\n  expect: 1\n"
# file, words, other words → the rule and the code of the fault that must follow.
SPOILS = [
    (NATION, "rules:", "rules: [", "", "bad_yaml"),
    (NATION, "value: 20", "value: 20\n    value: 21", "", "bad_yaml"),
    (NATION, "rules:", "rule:", "", "bad_yaml"),
    (NATION, "laws:", "lows: {}\nlaws:", "", "unknown_key"),
    (NATION, "unit: working_day", "unit: working_day\n  units: day", DAYS, "unknown_key"),
    (NATION, "unit: working_day", "unit: working_day\n  internal: maybe", DAYS, "misfit"),
    (NATION, "article: 第十条}", "article: 第十条, url: x}", DAYS, "unknown_key"),
    (NATION, "id: example.days", "id: other.days", "other.days", "wrong_place"),
    ("data/inner/example.yaml", NATION, "rules: [{id: example.x}]", "example.x", "wrong_place"),
    (NATION, "  unit: working_day\n", "", DAYS, "missing"),
    (NATION, "    checked: 2026-11-23\n", "", DAYS, "missing"),
    (NATION, "    status: verified\n", "", DAYS, "missing"),
    (NATION, "  - since: 2021-09-01\n    value: 20", "  - value: 20", DAYS, "missing"),
    (NATION, "law: 公示规定, ", "", DAYS, "missing"),
    (NATION, ", article: 第十条", "", DAYS, "missing"),
    (NATION, "number: 第45号, ", "", DAYS, "missing"),
    (NATION, "number: 第45号", 'number: ""', DAYS, "missing"),
    (NATION, ", published: 2021-07-30", "", DAYS, "missing"),
    (NATION, "published: 2021-07-30", "published: 七月", DAYS, "misfit"),
    (NATION, ", en: Days to publish", "", DAYS, "untitled"),
    (NATION, "en: Days to publish", "en: ' '", DAYS, "untitled"),
    (NATION, "zh: 首次, ", "", "example.visits", "untitled"),
    (NATION, "unit: working_day", "unit: workday", DAYS, "unknown_unit"),
    (NATION, "shape: bands", "shape: steps", "example.grades", "unknown_shape"),
    (NATION, "status: verified", "status: sure", DAYS, "unknown_status"),
    (NATION, "value: 20", "value: twenty", DAYS, "misfit"),
    (NATION, "value: 20", "value: 2.5", DAYS, "misfit"),
    (NATION, "value: 20", "value: -1", DAYS, "misfit"),
    (NATION, "since: 2021-09-01", "since: 2021-09", DAYS, "misfit"),
    (NATION, "to: 45.5", "to: 30", "example.grades", "misfit"),
    (NATION, ", above: C", "", "example.grades", "misfit"),
    (NATION, "{first: 30, again: 7}", "[30, 7]", "example.visits", "misfit"),
    (NATION, "first: 30", "first: soon", "example.visits", "misfit"),
    (NATION, "kind: per_defect", "kind: each", SHEET, "misfit"),
    (NATION, "deduct: 20, ", "", SHEET, "misfit"),
    (NATION, "is: 10}]", "is: 31}]", SHEET, "misfit"),
    (NATION, "id: size", "id: clean", SHEET, "misfit"),
    (NATION, "passing: 60", "pass: 60", SHEET, "misfit"),
    (CALENDAR, "announced: true", "announced: soon", "calendar.working_days", "misfit"),
    (CALENDAR, "[2026-01-01, 2026-01-02]", "[2026-01-02, 2026-01-01]", "", "misfit"),
    (NATION, "since: 2024-01-01", "since: 2021-09-01", DAYS, "not_ascending"),
    (NATION, "id: example.grades", "id: example.days", DAYS, "duplicate_id"),
    (CITY, "unit: working_day", "unit: calendar_day", DAYS, "override_differs"),
    (CALENDAR, "since: 2026-01-01", "since: 2027-01-01", "", "calendar_gap"),
    (CALENDAR, "since: 2025-01-01", "since: 2025-02-01", "", "calendar_gap"),
    (CASES, "on: 2025-05-05", "on: 2023-06-05", DAYS, "no_case"),
    (CASES, "expect: 2022-06-02", "expect: 2022-06-03", "first", "wrong_outcome"),
    (CASES, "{points: 45.5}", "{points: 45.6}", "grade", "wrong_outcome"),
    (CASES, "{points: 45.5}", "{points: 1, more: 2}", "grade", "wrong_outcome"),
    (CASES, "expect: true", "expect: 1", "old", "wrong_outcome"),
    (CASES, "rule: example.sheet", "rule: example.sheat", "score", "unknown_rule"),
    (CASES, "id: city", "id: first", "first", "duplicate_id"),
    (CASES, "  given: {}\n", "", "city", "missing"),
    (CASES, "on: 2023-05-05", "on: later", "city", "misfit"),
]


def test_a_sound_book_has_no_fault(book):
    assert lint(*book()) == ()


@pytest.mark.parametrize(
    ("file", "old", "new", "rule", "code"),
    SPOILS,
    ids=[f"{s[4]}-{n}" for n, s in enumerate(SPOILS)],
)
def test_a_fault_is_found_where_it_is(book, file, old, new, rule, code):
    faults = lint(*book((file, old, new)))

    found = [one for one in faults if one.code == code and rule in ("", one.rule)]
    assert found, [one.plain() for one in faults]
    assert file.endswith(found[0].file) or code == "no_case"
    assert "{" not in found[0].why.replace(found[0].detail, "")


def test_every_kind_of_fault_is_caused_above():
    assert {spoil[4] for spoil in SPOILS} == set(WHY)


def test_one_bad_rule_hides_no_other(book):
    faults = lint(
        *book((NATION, "value: 20", "value: twenty"), (NATION, "shape: bands", "shape: steps"))
    )

    assert {"misfit", "unknown_shape"} <= {one.code for one in faults}


def test_a_fault_is_told_in_english_too(book):
    with translation.override("en"):
        fault = lint(*book((NATION, "value: 20", "value: twenty")))[0]

        assert fault.why.isascii()


def test_the_book_of_this_house_has_no_fault():
    assert [one.plain() for one in lint()] == []
