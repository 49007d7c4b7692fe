"""The command line: names found, usage told, refusals as a sentence or as JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mingchu.ops import cli

ROOT = Path(__file__).parents[2]


def mingchu(home: Path, *arguments: str, lang: str = "C.UTF-8") -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "MINGCHU_HOME": str(home), "LC_ALL": lang}
    env.pop("MINGCHU_DATABASE_URL", None)
    return subprocess.run(
        [sys.executable, "-m", "mingchu", *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=env,
        check=False,
    )


@pytest.mark.parametrize("name", sorted(cli.COMMANDS))
def test_every_command_exists_and_says_what_it_does(name: str) -> None:
    function, _arguments = cli.COMMANDS[name].load()

    assert function.__doc__
    assert cli.COMMANDS[name].says


def test_an_unknown_command_is_usage_and_lists_what_there_is(tmp_path: Path) -> None:
    done = mingchu(tmp_path, "tokn", "new")

    assert done.returncode == 2
    assert "token new" in done.stderr
    assert done.stdout == ""


def test_help_is_no_error(tmp_path: Path) -> None:
    done = mingchu(tmp_path, "help")

    assert done.returncode == 0
    assert "token new" in done.stdout


def test_wrong_usage_exits_two_and_starts_nothing(tmp_path: Path) -> None:
    done = mingchu(tmp_path, "token", "revoke")

    assert done.returncode == 2
    assert not (tmp_path / "pg").exists()


@pytest.mark.parametrize(("lang", "word"), [("C.UTF-8", "PostgreSQL"), ("zh_CN.UTF-8", "没有找到")])
def test_a_refusal_is_json_for_programs_and_speaks_the_terminals_language(
    tmp_path: Path, lang: str, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINGCHU_PGBIN", str(tmp_path / "nowhere"))

    done = mingchu(tmp_path / "home", "token", "revoke", "7", "--json", lang=lang)

    assert done.returncode == 1
    said = json.loads(done.stdout)
    assert said["code"] == "no_postgres"
    assert set(said) == {"code", "why", "fix"}
    assert word in said["why"]
