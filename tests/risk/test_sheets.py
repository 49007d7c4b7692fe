"""Lists of facts from Excel: the template, a dry run, the import, the same file back, the list of
the next month on top of it, and the way back."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from build import SAIHAN, XINCHENG

from mingchu.accounts.queries import actor_for
from mingchu.kit.models import ImportBatch
from mingchu.kit.sheets import batches, importing
from mingchu.kit.sheets.importers import importer
from mingchu.kit.sheets.write import OutColumn, export_csv, template
from mingchu.risk import services
from mingchu.risk.models import Fact, Grade, Ground, Profile, Visit

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]
HEADS = {
    "risk_profiles": ("主体编号", "静态量化表", "自", "经营场所面积（平方米）"),
    "risk_visits": ("主体编号", "检查日期", "适用重点项", "不符合重点项", "检查人员编号"),
    "risk_grounds": ("主体编号", "方向", "情形", "发生日期", "事实与来源"),
    "credit_facts": ("主体编号", "种类", "日期", "文号", "出处"),
}
ROWS = {
    "risk_profiles": ("食品销售者静态风险量化表", "2026-01-01", "150"),
    "risk_visits": ("2026-06-01", "20", "1", "150105-01"),
    "risk_grounds": ("调高", "发生食品安全事故", "2026-06-01", "事故调查报告 2026-3"),
    "credit_facts": ("行政处罚", "2026-06-01", "呼市监罚〔2026〕12号", "赛罕区市场监管局"),
}
MODELS = {
    "risk_profiles": Profile, "risk_visits": Visit, "risk_grounds": Ground, "credit_facts": Fact,
}  # fmt: skip
KEYS = sorted(HEADS)


def written(key: str, *rows: tuple[str, ...]) -> bytes:
    return export_csv([OutColumn(title) for title in HEADS[key]], [list(row) for row in rows])


def bring(key: str, *rows: tuple[str, ...], by: Any = None, **more: Any) -> ImportBatch:
    return importing.run(key=key, content=written(key, *rows), file_name="清单.csv", by=by, **more)


def counts(batch: ImportBatch) -> tuple[int, ...]:
    return batch.created, batch.changed, batch.unchanged, batch.faulty


def told(batch: ImportBatch) -> list[tuple[int, str]]:
    return [(fault["row"], fault["code"]) for fault in batch.faults]


@pytest.mark.parametrize("key", KEYS)
def test_a_template_is_its_own_list_and_its_example_stays_out(key: str, areas: None) -> None:
    content = template(importer(key).layout)

    batch = importing.run(key=key, content=content, file_name="样表.xlsx", by=None)

    assert counts(batch) == (0, 0, 0, 0)
    titles = {
        cell.value for row in openpyxl.load_workbook(io.BytesIO(content)).active for cell in row
    }
    assert set(HEADS[key]) <= {str(one).rstrip("*") for one in titles}


@pytest.mark.parametrize("key", KEYS)
def test_a_dry_run_writes_nothing_and_the_import_what_it_said(key: str, business: Make) -> None:
    shop = business()
    row = (shop.public_id, *ROWS[key])

    tried = bring(key, row, ("ZZZZZZZZ", *ROWS[key]), only_try=True)
    assert (counts(tried), MODELS[key].objects.count()) == ((1, 0, 0, 1), 0)

    done = bring(key, row, ("ZZZZZZZZ", *ROWS[key]))
    assert (counts(done), told(done)) == ((1, 0, 0, 1), [(3, "unknown_business_code")])
    assert MODELS[key].objects.get().business_id == shop.pk
    back = openpyxl.load_workbook(io.BytesIO(importing.file_back(done))).active
    assert [row[0].value for row in back][1:] == [shop.public_id, "ZZZZZZZZ"]
    assert "ZZZZZZZZ" in str([row[-1].value for row in back][2])


@pytest.mark.parametrize("key", KEYS)
def test_the_list_of_the_next_month_adds_what_is_new(key: str, business: Make) -> None:
    first, second = business(), business()
    bring(key, (first.public_id, *ROWS[key]))

    again = bring(key, (first.public_id, *ROWS[key]), (second.public_id, *ROWS[key]))

    assert (counts(again), told(again)) == ((1, 0, 1, 0), [])
    assert MODELS[key].objects.count() == 2


@pytest.mark.parametrize("key", KEYS)
def test_a_list_that_was_wrong_goes_again_and_may_come_anew(key: str, business: Make) -> None:
    shop = business()
    batch = bring(key, (shop.public_id, *ROWS[key]))

    undone = batches.undo_batch(batch, by=None)

    assert (undone.restored, undone.left) == (1, ())
    standing = MODELS[key].objects.all()
    assert not (standing.filter(struck_at=None) if key == "credit_facts" else standing).exists()
    assert counts(bring(key, (shop.public_id, *ROWS[key]))) == (1, 0, 0, 0)


@pytest.mark.parametrize("key", KEYS)
def test_a_row_twice_in_one_list_is_told(key: str, business: Make) -> None:
    row = (business().public_id, *ROWS[key])

    batch = bring(key, row, row)

    assert (batch.created, batch.faulty) in {(1, 1), (0, 2)}


@pytest.mark.parametrize("key", KEYS)
def test_nobody_brings_in_what_lies_elsewhere(key: str, business: Make, account: Make) -> None:
    here = actor_for(account("district", SAIHAN))
    foreign = business(district=XINCHENG, station=f"{XINCHENG}001")

    batch = bring(key, (foreign.public_id, *ROWS[key]), by=here)

    assert told(batch) == [(2, "unknown_business_code")]


def test_a_ground_that_somebody_decided_on_stays(business: Make) -> None:
    shop = business()
    batch = bring("risk_grounds", (shop.public_id, *ROWS["risk_grounds"]))
    services.decide_ground(ground=Ground.objects.get(), levels=1, reason="事故属实")

    undone = batches.undo_batch(batch, by=None)

    assert (undone.restored, len(undone.left)) == (0, 1)
    assert Ground.objects.get().levels == 1


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_exported_grounds_come_back_without_a_change(
    business: Make, desk: Make, language: str, form: str
) -> None:
    bring("risk_grounds", (business().public_id, *ROWS["risk_grounds"]))

    answer = desk().get(
        f"/w/risk/grounds/export?format={form}", headers={"Accept-Language": language}
    )
    content = b"".join(answer) if answer.streaming else answer.content
    batch = importing.run(key="risk_grounds", content=content, file_name=f"a.{form}", by=None)

    assert (told(batch), counts(batch)) == ([], (0, 0, 1, 0))


def test_a_ground_of_the_other_direction_is_refused_with_its_reason(business: Make) -> None:
    row = (business().public_id, "调低", *ROWS["risk_grounds"][1:])

    batch = bring("risk_grounds", row)

    assert told(batch) == [(2, "unknown_ground")]
    assert "发生食品安全事故" not in batch.faults[0]["fix"]


def test_what_comes_in_grades_at_once(business: Make) -> None:
    shop = business()
    bring("risk_profiles", (shop.public_id, *ROWS["risk_profiles"]))

    bring("risk_visits", (shop.public_id, *ROWS["risk_visits"]))

    assert Grade.objects.get(business=shop, until__isnull=True).letter == "A"
