"""Tasks of the regional platform come in by file, are marked so, and go back in their layout."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
from build import SAIHAN, XINCHENG
from planning import actor, browser, shops, somebody

from mingchu.accounts.domain import Actor
from mingchu.inspection.importing import REGIONAL
from mingchu.inspection.models import RegionalSubject, RegionalTask
from mingchu.kit.models import ImportBatch
from mingchu.kit.sheets import batches, importing
from mingchu.kit.sheets.write import OutColumn, export_csv, template

pytestmark = pytest.mark.django_db
HEAD = [one.title for one in REGIONAL.columns]
TASK = (
    "NMSSJ202611001", "2026年餐饮服务跨部门抽查", "自治区市场监督管理局", "卫生健康委员会",
    "餐饮服务监督检查", "2026-11-01", "2026-11-30",
)  # fmt: skip


def row(code: str, name: str = "某店", task: tuple[str, ...] = TASK, **more: str) -> list[str]:
    return [*task, code, name, *(more.get(key, "") for key in ("inspectors", "done_on", "results"))]


def bring(*rows: list[str], by: Actor | None = None) -> ImportBatch:
    content = export_csv([OutColumn(title) for title in HEAD], rows)
    return importing.run(key="regional_tasks", content=content, file_name="任务.csv", by=by)


def counts(batch: ImportBatch) -> tuple[int, ...]:
    return batch.created, batch.changed, batch.unchanged, batch.faulty


def told(batch: ImportBatch) -> list[tuple[int, str, str]]:
    return [(fault["row"], fault["column"], fault["code"]) for fault in batch.faults]


def test_a_file_brings_a_task_with_its_businesses_once():
    first, second = shops(2)
    rows = [row(first.public_id, first.name), row(second.public_id, second.name)]

    assert counts(bring(*rows)) == (2, 0, 0, 0)
    assert counts(bring(*rows)) == (0, 0, 2, 0)

    task = RegionalTask.objects.get()
    assert (task.number, task.first, task.last) == (
        "NMSSJ202611001", date(2026, 11, 1), date(2026, 11, 30),
    )  # fmt: skip
    assert {one.business_id for one in task.subjects.all()} == {first.pk, second.pk}


def test_results_that_a_newer_file_brings_are_kept_by_their_codes():
    [shop] = shops(1)
    bring(row(shop.public_id))

    done = bring(row(shop.public_id, done_on="2026-11-12", results="1、E"))

    assert counts(done) == (0, 1, 0, 0)
    one = RegionalSubject.objects.get()
    assert (one.done_on, one.results) == (date(2026, 11, 12), "1、E")


def test_each_fault_is_told_in_its_cell_and_the_good_rows_come_in():
    [shop] = shops(1)
    backwards = (*TASK[:5], "2026-11-30", "2026-11-01")

    batch = bring(
        row(shop.public_id),
        row("91150105MA0NOBODY1"),
        row(shop.public_id, task=("T2", *TASK[1:]), results="99"),
        row(shop.public_id, task=("T3", *backwards[1:])),
    )

    assert counts(batch)[0] == 1
    assert [code for _row, _column, code in told(batch)] == [
        "unknown_business_code", "unknown_result_code", "ends_before_it_begins",
    ]  # fmt: skip


def test_undoing_a_file_takes_back_what_it_brought_and_what_it_changed():
    first, second = shops(2)
    bring(row(first.public_id))
    later = bring(row(first.public_id, done_on="2026-11-12"), row(second.public_id))

    batches.undo_batch(later, by=None)

    one = RegionalSubject.objects.get()
    assert (one.business_id, one.done_on) == (first.pk, None)


def test_a_district_brings_its_own_businesses_alone():
    [own] = shops(1)
    [foreign] = shops(1, district=XINCHENG)

    batch = bring(row(own.public_id), row(foreign.public_id), by=actor("district", SAIHAN))

    assert counts(batch) == (1, 0, 0, 1)


def test_the_export_has_the_layout_of_the_import_and_comes_back_unchanged():
    first, second = shops(2)
    bring(
        row(first.public_id, first.name, done_on="2026-11-12", results="1"), row(second.public_id)
    )
    task = RegionalTask.objects.get()
    client = browser(somebody())

    answer = client.get(f"/w/plans/regional/{task.pk}/export?format=xlsx")

    book = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert HEAD in [[cell for cell in line if cell] for line in book.values]
    again = importing.run(
        key="regional_tasks", content=answer.content, file_name="回传.xlsx", by=None
    )
    assert (told(again), counts(again)) == ([], (0, 0, 2, 0))


def test_the_pages_mark_where_a_task_came_from_and_keep_to_the_area():
    [own] = shops(1)
    [foreign] = shops(1, district=XINCHENG)
    bring(row(own.public_id, "本区的店"), row(foreign.public_id, "邻区的店"))
    task = RegionalTask.objects.get()
    client = browser(somebody("district", SAIHAN))

    listed = client.get("/w/plans/regional/").content.decode()
    shown = client.get(f"/w/plans/regional/{task.pk}").content.decode()

    assert "自治区平台" in listed
    assert "本区的店" in shown
    assert "邻区的店" not in shown
    strange = browser(somebody("district", "150103"))
    assert strange.get(f"/w/plans/regional/{task.pk}").status_code == 404


def test_the_template_is_its_own_list_and_its_example_stays_out(db):
    batch = importing.run(
        key="regional_tasks", content=template(REGIONAL), file_name="模板.xlsx", by=None
    )
    assert counts(batch) == (0, 0, 0, 0)
