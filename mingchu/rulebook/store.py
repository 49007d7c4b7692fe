"""Store 规则库入口: the book of this house, loaded once and frozen; `rule(id).on(day)`.

Whoever decides by a rule keeps its id, `since` and jurisdiction, so that an old decision is
explained by the words of its day.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path

from django.conf import settings

from mingchu.base.errors import Refusal
from mingchu.base.workdays import Calendar, Due, add_working_days
from mingchu.rulebook import reading
from mingchu.rulebook.cases import Case
from mingchu.rulebook.domain import Resolved, Rule, Rulebook
from mingchu.rulebook.values import calendar_of

DATA = Path(__file__).parent / "data"
# Cases belong to the tests of a checkout; an installed house has none and says so.
CASES = Path(__file__).parents[2] / "tests" / "rules"
CALENDAR = "calendar.working_days"


@cache
def rulebook() -> Rulebook:
    return load(DATA, CASES)


@cache
def digest() -> str:
    """Names this book: another byte in its files, another digest."""
    files = sorted([*DATA.glob("*/*.yaml"), *CASES.glob("*.yaml")])
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def load(data: Path, cases_folder: Path) -> Rulebook:
    """The book out of two folders; what `lint` faults may fail here in any way."""
    rules = [
        reading.rule(raw, document.jurisdiction)
        for document in reading.rule_documents(data)
        for raw in document.content["rules"]
    ]
    return Rulebook(rules, tested(rules, load_cases(cases_folder)))


def load_cases(folder: Path) -> tuple[Case, ...]:
    return tuple(
        reading.case(raw, document.family)
        for document in reading.case_documents(folder)
        for raw in document.content
    )


def tested(rules: list[Rule], known: Iterable[Case]) -> Counter[tuple[str, str, date]]:
    """How many cases fall into each version: by rule, who speaks, since."""
    book = Rulebook(rules)
    found: Counter[tuple[str, str, date]] = Counter()
    for case in known:
        if case.rule not in book.ids_in(case.jurisdiction):
            continue
        if segment := book.rule(case.rule, case.jurisdiction).segment(case.on):
            found[case.rule, segment.rule.jurisdiction, segment.version.since] += 1
    return found


def here() -> str:
    """The jurisdiction this house works in."""
    return str(settings.JURISDICTION)


def rule(rule_id: str, jurisdiction: str = "") -> Resolved:
    """A rule as it holds in this city, or elsewhere."""
    return rulebook().rule(rule_id, jurisdiction or here())


@cache
def cases() -> tuple[Case, ...]:
    return load_cases(CASES)


def cases_of(rule_id: str) -> tuple[Case, ...]:
    return tuple(case for case in cases() if case.rule == rule_id)


def case(case_id: str) -> Case:
    """A jurist's case by its id."""
    found = next((one for one in cases() if one.id == case_id), None)
    if found is None:
        raise Refusal(
            "unknown_case",
            "没有编号为 {case} 的案例",
            fix="案例在源码的 tests/rules 里，请核对编号；安装版不带案例，请在源码目录里运行",
            status=404,
            case=case_id,
        )
    return found


def calendar(jurisdiction: str = "") -> Calendar:
    """Working days over every year that is known."""
    return calendar_in(rulebook(), jurisdiction or here())


@cache
def calendar_in(book: Rulebook, jurisdiction: str) -> Calendar:
    """The calendar of a book: its versions are years."""
    if CALENDAR not in book.ids_in(jurisdiction):
        return Calendar.of([], [], [])
    years = book.rule(CALENDAR, jurisdiction).segments
    return calendar_of(
        [(one.begins.year, one.version.value) for one in years if one.version.value is not None]
    )


def working_days_after(start: date, count: int, jurisdiction: str = "") -> Due:
    """The day on which `count` working days have passed; the day of the act is not counted."""
    return add_working_days(start, count, calendar(jurisdiction))
