"""The faulty list: an import tells its faults, no more and no fewer, in every format."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from mingchu.base.errors import Refusal
from mingchu.demo import driver
from mingchu.demo.plan import plan
from mingchu.demo.sheet import FLAWS, sheet
from mingchu.ops.commands import demo, imports

ROWS = 300


def asked(arguments: Any, *said: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    arguments(parser)
    return parser.parse_args(said)


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["xlsx", "xls", "csv"])
def test_a_dry_run_finds_exactly_what_was_hidden(form: str, tmp_path: Path) -> None:
    driver.load(seed=1, businesses=60, today=plan().today)
    file = tmp_path / f"名单.{form}"

    demo.sheet(
        asked(demo.sheet_arguments, "--rows", str(ROWS), "--format", form, "--out", str(file))
    )
    said: Any = imports.registry(asked(imports.registry_arguments, str(file), "--dry-run")).data

    expected = json.loads(Path(f"{file}.expected.json").read_text(encoding="utf-8"))
    found = [{key: one[key] for key in ("row", "column", "code")} for one in said["faults"]]
    assert sorted(found, key=lambda one: one["row"]) == expected["faults"]
    assert {one["code"] for one in found} == {flaw.code for flaw in FLAWS}
    assert (said["rows"], said["created"]) == (ROWS, ROWS - len(found))


def test_the_list_is_chinese_whoever_asks_for_it() -> None:
    here = sheet(ROWS, "csv")

    with translation.override("en"):
        abroad = sheet(ROWS, "csv")

    assert abroad == here


def test_an_old_workbook_has_no_room_for_more() -> None:
    with pytest.raises(Refusal) as no:
        sheet(65_536, "xls")

    assert no.value.code == "too_many_rows"


def test_a_small_list_has_no_faults() -> None:
    assert sheet(3, "csv")[1] == []
