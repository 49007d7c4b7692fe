"""Every jurist's case of this house, one test each, and how a case is asked and answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from mingchu.base.errors import Refusal
from mingchu.rulebook import cases, reading, store
from mingchu.rulebook.cases import Case


@pytest.mark.parametrize("case", store.cases(), ids=lambda case: case.id)
def test_a_jurists_case_comes_out_as_expected(case: Case) -> None:
    calendar = store.calendar(case.jurisdiction)

    found = cases.outcome(case, store.rulebook(), calendar)

    assert cases.agrees(found, case.expect), cases.told(found)


def test_every_version_of_this_house_is_tested_and_cited():
    rulings = [
        (segment.rule, segment.version)
        for rule_id in store.rulebook().ids()
        for place in store.rulebook().jurisdictions()
        if rule_id in store.rulebook().ids_in(place)
        for segment in store.rule(rule_id, place).segments
    ]

    tested = store.tested(list(store.rulebook()), store.cases())

    assert rulings
    assert [r.id for r, v in rulings if not tested[r.id, r.jurisdiction, v.since]] == []
    assert [r.id for r, v in rulings if not (v.cite.law and v.cite.article)] == []


@pytest.fixture
def ask(book):
    """`ask(rule, given)`: the outcome of a question to the small book, on a day of 2022."""
    folders = book()
    rules = store.load(*folders)

    def asked(rule: str, given: Any, on: date = date(2022, 5, 5), place: str = "cn-1501") -> Any:
        case = replace(store.load_cases(folders[1])[0], rule=rule, given=given, on=on)
        case = replace(case, jurisdiction=place)
        return cases.outcome(case, rules, store.calendar_in(rules, place))

    return asked


@pytest.mark.parametrize(
    ("rule", "given", "expected"),
    [
        ("example.days", {}, 20),
        ("example.days", {"from": date(2022, 5, 5)}, date(2022, 6, 2)),
        ("example.grades", {"anything": 31}, "B"),
        ("example.visits", {"key": "first"}, 30),
        ("example.visits", {"key": "first", "from": date(2022, 5, 5)}, date(2022, 6, 4)),
        ("example.sheet", {}, 70),
        ("example.sheet", {"size": 50}, {"points": 100, "vetoed": False, "passed": True}),
        ("example.sheet", {"size": 50, "rats": True}, {"vetoed": True, "passed": False}),
        ("example.days", {"whom": 1}, {"refused": "unfit_question"}),
        ("example.days", {"from": "soon"}, {"refused": "unfit_question"}),
        ("example.grades", {}, {"refused": "unfit_question"}),
        ("example.visits", {"from": date(2022, 5, 5)}, {"refused": "unfit_question"}),
        ("example.visits", {"key": "never"}, {"refused": "unknown_choice"}),
        ("example.sheet", {"size": "big"}, {"refused": "bad_answer"}),
        ("example.nothing", {}, {"refused": "unknown_rule"}),
    ],
)
def test_a_question_has_the_form_of_its_rule(ask, rule, given, expected):
    assert cases.agrees(ask(rule, given), expected)


def test_a_repeal_is_expected_as_null():
    assert cases.agrees({"refused": "rule_repealed"}, None)
    assert not cases.agrees({"refused": "rule_not_in_force"}, None)
    assert not cases.agrees(0, None)


def test_true_is_not_one_and_a_moment_is_the_same_in_any_zone():
    noon, same = (reading.parse(t) for t in ("2026-01-01T12:00:00+08:00", "2026-01-01T04:00:00Z"))

    assert not cases.agrees(True, 1)
    assert cases.agrees(noon, same)
    assert cases.agrees(noon, "2026-01-01T12:00:00")
    assert not cases.agrees(noon, date(2026, 1, 1))


def test_a_day_of_the_calendar_is_a_working_day_or_not(ask):
    def on(day: date) -> Any:
        return ask("calendar.working_days", {"day": day}, on=day)

    assert [on(date(2026, 1, day)) for day in (1, 2, 3, 4, 5)] == [False, False, False, True, True]


def test_an_unknown_case_is_refused():
    with pytest.raises(Refusal) as refused:
        store.case("no-such-case")

    assert (refused.value.code, refused.value.status) == ("unknown_case", 404)
