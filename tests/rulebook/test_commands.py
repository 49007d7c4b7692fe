"""The rulebook from the command line: what a program reads and with which exit code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mingchu.ops import cli, home
from mingchu.rulebook import store


@pytest.fixture(autouse=True)
def no_house(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The rules as they are shipped: no house is there whose own could be heard."""
    monkeypatch.setenv("MINGCHU_HOME", str(tmp_path))
    for name in (home.URL, home.OWNER_URL):
        monkeypatch.delenv(name, raising=False)


CASE = "penalty-20-days-over-spring-festival"


def told(capsys: Any, *arguments: str) -> tuple[int, Any]:
    code = cli.main([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_lint_finds_nothing_here_and_says_so(capsys):
    assert told(capsys, "rules", "lint") == (0, {"ok": True, "faults": []})
    assert cli.main(["rules", "lint"]) == 0
    assert str(len(store.cases())) in capsys.readouterr().out


def test_show_says_value_citation_and_footing(capsys):
    code, found = told(capsys, "rules", "show", "disclosure.penalty_publish_days")

    assert code == 0
    assert found["value"] == 20
    assert found["unit"] == "working_day"
    assert found["cite"]["article"]
    assert {"id", "since", "status", "jurisdiction", "until"} <= found.keys()


def test_show_before_the_rule_was_in_force_is_refused(capsys):
    code, found = told(
        capsys, "rules", "show", "disclosure.penalty_publish_days", "--on", "1990-01-01"
    )

    assert (code, found["code"]) == (1, "rule_not_in_force")


def test_a_case_is_replayed_on_its_own_day_and_names_what_spoke(capsys):
    code, found = told(capsys, "rules", "replay", "--case", CASE)

    case = store.case(CASE)
    ruling = store.rule(case.rule).on(case.on)
    assert code == 0
    assert found["outcome"] == case.expect.isoformat()
    assert found["rules"] == [
        {
            "id": ruling.id,
            "since": ruling.since.isoformat(),
            "jurisdiction": ruling.jurisdiction,
        }
    ]


def test_a_case_of_another_day_is_answered_by_the_words_of_that_day(capsys):
    code, found = told(capsys, "rules", "replay", "--case", CASE, "--on", "1990-01-01")

    assert (code, found["code"]) == (1, "rule_not_in_force")


def test_a_case_nobody_wrote_is_refused(capsys):
    code, found = told(capsys, "rules", "replay", "--case", "nobody")

    assert (code, found["code"]) == (1, "unknown_case")
