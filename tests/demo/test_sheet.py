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
from mingchu.demo.flaws import DOUBTS, FLAWS
from mingchu.demo.plan import plan
from mingchu.demo.sheet import EVERY, sheet
from mingchu.kit.sheets.read import decode
from mingchu.ops.commands import demo, imports
from mingchu.registry.models import Business, Licence

ROWS = 640


def asked(arguments: Any, *said: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    arguments(parser)
    return parser.parse_args(said)


def short(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = [{key: one[key] for key in ("row", "column", "code")} for one in told]
    return sorted(found, key=lambda one: one["row"])


def bring(file: Path, *more: str) -> Any:
    return imports.registry(asked(imports.registry_arguments, str(file), *more)).data


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["xlsx", "xls", "csv"])
def test_a_list_of_every_fault_comes_in_again_and_goes_back(form: str, tmp_path: Path) -> None:
    driver.load(seed=1, businesses=60, today=plan().today)
    before = Business.objects.count()
    file = tmp_path / f"名单.{form}"
    demo.sheet(
        asked(demo.sheet_arguments, "--rows", str(ROWS), "--format", form, "--out", str(file))
    )
    expected = json.loads(Path(f"{file}.expected.json").read_text(encoding="utf-8"))

    tried = bring(file, "--dry-run")
    done = bring(file)
    again = bring(file)
    undone: Any = imports.undo(asked(imports.undo_arguments, str(done["batch"]))).data

    assert short(tried["faults"]) == expected["faults"]
    assert short(tried["warnings"]) == expected["warnings"]
    assert short(done["faults"]) == short(again["faults"]) == expected["faults"]
    assert {one["code"] for one in expected["faults"]} == {flaw.code for flaw in FLAWS}
    assert {one["code"] for one in expected["warnings"]} == {flaw.code for flaw in DOUBTS}
    good = ROWS - len(expected["faults"])
    assert (done["rows"], done["created"], done["changed"]) == (ROWS, good, 0)
    assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, good)
    assert (undone["restored"], undone["left"]) == (good, [])
    assert Business.objects.count() == before
    assert not Licence.objects.exclude(business__in=Business.objects.all()).exists()


def test_three_rows_in_a_hundred_of_a_long_list_are_faulty() -> None:
    content, told = sheet(2_000, "csv")

    assert len(told["faults"]) == 2_000 // EVERY
    assert decode(content).startswith("经营者名单")
    assert content.decode("gb18030")


def test_the_list_is_chinese_whoever_asks_for_it() -> None:
    here = sheet(ROWS, "csv")

    with translation.override("en"):
        abroad = sheet(ROWS, "csv")

    assert abroad == here


def test_an_old_workbook_has_no_room_for_more() -> None:
    with pytest.raises(Refusal) as no:
        sheet(65_536, "xls")

    assert no.value.code == "too_many_rows"


def test_a_list_of_one_row_has_no_faults() -> None:
    assert sheet(1, "csv")[1] == {"faults": [], "warnings": []}
