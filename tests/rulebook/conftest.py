"""A small book in a folder of the test's own, sound until a test spoils it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

NATION = """
laws:
  order45: &order45 {law: 公示规定, number: 第45号, published: 2021-07-30}
rules:
- id: example.days
  title: {zh: 公示期限, en: Days to publish}
  unit: working_day
  versions:
  - since: 2021-09-01
    value: 20
    cite: {<<: *order45, article: 第十条}
    status: verified
    checked: 2026-11-23
  - since: 2024-01-01
    value: 7
    cite: {<<: *order45, article: 第十条}
    status: secondary
    checked: 2026-11-23
- id: example.grades
  title: {zh: 等级, en: Grades}
  unit: points
  shape: bands
  versions:
  - since: 2021-09-01
    value: {bands: [{to: 30, is: A}, {to: 45.5, is: B}], above: C}
    cite: {<<: *order45, article: 第二条}
    status: verified
    checked: 2026-11-23
- id: example.visits
  title: {zh: 检查次数, en: Visits}
  unit: calendar_day
  shape: choice
  labels:
    first: {zh: 首次, en: First}
  versions:
  - since: 2021-09-01
    value: {first: 30, again: 7}
    cite: {<<: *order45, article: 第三条}
    status: verified
    checked: 2026-11-23
- id: example.sheet
  title: {zh: 评分表, en: Sheet}
  unit: points
  shape: sheet
  versions:
  - since: 2021-09-01
    value:
      total: 100
      passing: 60
      items:
      - {id: clean, zh: 清洁, en: Clean, points: 70, kind: per_defect, deduct: 20, evidence: photo}
      - {id: size, zh: 面积, en: Size, points: 30, kind: band, missing: zero,
         bands: [{from: 0, to: 50, is: 30}, {from: 50, is: 10}]}
      - {id: rats, zh: 鼠患, en: Rats, kind: veto}
    cite: {<<: *order45, article: 附件}
    status: verified
    checked: 2026-11-23
"""
CALENDAR = """
rules:
- id: calendar.working_days
  title: {zh: 工作日历, en: Working days}
  unit: calendar
  shape: calendar
  versions:
  - since: 2025-01-01
    value: {off: [2025-01-01], makeup: [2025-01-26], announced: true}
    cite: {law: 放假安排, number: 一号, article: 第一条, published: 2024-11-12}
    status: verified
    checked: 2026-11-23
  - since: 2026-01-01
    value: {off: [2026-01-01, 2026-01-02], makeup: [2026-01-04], announced: true}
    cite: {law: 放假安排, number: 二号, article: 第一条, published: 2025-11-04}
    status: verified
    checked: 2026-11-23
"""
CITY = """
rules:
- id: example.days
  title: {zh: 本市公示期限, en: Days to publish here}
  unit: working_day
  versions:
  - since: 2023-01-01
    value: 5
    cite: {law: 本市规定, number: "", article: 第一条, published: 2022-12-01}
    status: demo
    checked: 2026-11-23
  - since: 2025-01-01
    value: null
    cite: {law: 本市废止决定, number: "", article: 第一条, published: 2024-12-01}
    status: demo
    checked: 2026-11-23
"""


def a_case(name: str, rule: str, on: str, given: str, expect: str, more: str = "") -> str:
    return (
        f"- id: {name}\n  says: {{zh: 甲, en: a}}\n  rule: {rule}\n  on: {on}\n"
        f"  given: {given}\n  expect: {expect}\n{more}"
    )


CASES = "".join(
    (
        a_case("first", "example.days", "2022-05-05", "{from: 2022-05-05}", "2022-06-02"),
        a_case("city", "example.days", "2023-05-05", "{}", "5"),
        a_case("nation", "example.days", "2025-05-05", "{from: 2025-12-31}", "2026-01-12"),
        a_case("grade", "example.grades", "2022-05-05", "{points: 45.5}", "B"),
        a_case("visit", "example.visits", "2022-05-05", "{key: again}", "7"),
        a_case("score", "example.sheet", "2022-05-05", "{clean: 2, size: 10}", "60"),
        a_case("old", "calendar.working_days", "2025-05-05", "{day: 2025-01-26}", "true"),
        a_case("new", "calendar.working_days", "2026-05-05", "{day: 2026-01-02}", "false"),
    )
)
FILES = {
    "data/cn/example.yaml": NATION,
    "data/cn/calendar.yaml": CALENDAR,
    "data/cn-1501/example.yaml": CITY,
    "cases/example.yaml": CASES,
}
Spoil = tuple[str, str, str]


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., tuple[Path, Path]]:
    """`book()`, or `book((file, old, new), …)` with old words of a file replaced: its folders."""

    def write(*spoils: Spoil) -> tuple[Path, Path]:
        texts = dict(FILES)
        for name, old, new in spoils:
            assert old in texts.get(name, old), "the test spoils words that are not there"
            texts[name] = texts.get(name, old).replace(old, new, 1)
        for name, text in texts.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path / "data", tmp_path / "cases"

    return write
