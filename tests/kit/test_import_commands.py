"""`mingchu import …`: what the contract promises programs."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mingchu.accounts.models import User
from mingchu.base.errors import Refusal
from mingchu.kit.sheets.read import read
from mingchu.ops.commands import Result, imports

pytestmark = pytest.mark.django_db
LIST = "登录账号,姓名,角色\np001,测试,city\np002,,city\n"


def asked(arguments: Callable[[argparse.ArgumentParser], None], *said: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    arguments(parser)
    return parser.parse_args(said)


def bring(file: Path, *more: str) -> Result:
    return imports.people(asked(imports.people_arguments, str(file), *more))


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    file = tmp_path / "名单.csv"
    file.write_bytes(LIST.encode("gb18030"))
    return file


def test_a_list_comes_in_with_its_faults_told(roster: Path):
    data: Any = bring(roster).data

    assert {key: data[key] for key in ("rows", "created", "changed", "unchanged")} == {
        "rows": 2,
        "created": 1,
        "changed": 0,
        "unchanged": 0,
    }
    assert [sorted(fault) for fault in data["faults"]] == [["code", "column", "fix", "row", "why"]]
    assert User.objects.filter(username="p001").exists()


def test_a_dry_run_leaves_no_person_behind_and_writes_the_file_back(roster: Path, tmp_path: Path):
    result = bring(roster, "--dry-run", "--back", str(tmp_path / "back.xlsx"))

    assert not User.objects.filter(username="p001").exists()
    assert read((tmp_path / "back.xlsx").read_bytes())[0].rows[1][3] == "可导入：将新增"
    assert len(result.lines) == 2


def test_undo_answers_what_it_took_back(roster: Path):
    batch: Any = bring(roster).data

    undone = imports.undo(asked(imports.undo_arguments, str(batch["batch"])))

    assert undone.data == {"batch": batch["batch"], "restored": 1, "left": []}
    assert not User.objects.get(username="p001").is_active


def test_what_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(Refusal, match="no_file"):
        bring(tmp_path / "nothing.xlsx")
    with pytest.raises(Refusal, match="unknown_import"):
        imports.undo(asked(imports.undo_arguments, "7"))


def test_work_that_takes_a_while_tells_where_it_is(capsys: pytest.CaptureFixture[str]):
    news = imports.News()
    news("核对各行", 500, 20_000)
    news.due = 0

    news("核对各行", 1_000, 20_000)
    news("写入", 0, 0)

    assert capsys.readouterr().err == "核对各行 1000 / 20000\n"
