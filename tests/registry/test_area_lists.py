"""Stations and grid cells by sheet: looked at as a whole, row by row told, brought in, undone."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from build import SAIHAN, XINCHENG
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from mingchu.accounts.domain import Actor
from mingchu.kit.models import ImportBatch
from mingchu.kit.sheets import batches, importing
from mingchu.kit.sheets.write import OutColumn, export_csv, template
from mingchu.ledger.models import Entry
from mingchu.registry import services
from mingchu.registry.area_layout import AREAS
from mingchu.registry.models import Area

pytestmark = pytest.mark.django_db
S1, S2, S9 = f"{SAIHAN}001", f"{SAIHAN}002", f"{SAIHAN}009"
HEAD = ("种类", "代码", "名称", "旗县区", "所属监管所")
Row = tuple[str, ...]


@pytest.fixture
def named(db) -> None:
    services.name_areas(kind="station", rows=[(S1, "一所"), (S2, "二所")])
    services.name_areas(kind="grid", rows=[(f"{S1}001", "第一网格")])


def sheet(*rows: Row, head: Row = HEAD) -> bytes:
    padded = [[*row, *[""] * (len(head) - len(row))] for row in rows]
    return export_csv([OutColumn(title) for title in head], padded)


def bring(*rows: Row, by: Actor | None = None, head: Row = HEAD, **more: Any) -> ImportBatch:
    content = sheet(*rows, head=head)
    return importing.run(key="areas", content=content, file_name="所.csv", by=by, **more)


def again(content: bytes, name: str) -> ImportBatch:
    return importing.run(key="areas", content=content, file_name=name, by=None)


def counts(batch: ImportBatch) -> tuple[int, ...]:
    return batch.created, batch.changed, batch.unchanged, batch.faulty


def told(batch: ImportBatch) -> list[tuple[int, str, str]]:
    return [(fault["row"], fault["column"], fault["code"]) for fault in batch.faults]


def areas() -> dict[str, str]:
    return dict(Area.objects.order_by("code").values_list("code", "name"))


def test_stations_and_cells_come_in_together_in_any_order(named):
    batch = bring(
        ("网格", f"{S9}001", "第一网格", "赛罕区", "九所"),
        ("网格", f"{S9}002", "第二网格", "", S9),
        ("监管所", S9, "九所", "150105"),
        ("监管所", S1, "大学路所"),
        ("监管所", S2, "二所"),
        ("网格", f"{S1}002", "第二网格", "赛罕区", "一所"),
    )

    assert (told(batch), counts(batch)) == ([], (4, 1, 1, 0))
    assert areas()[S1] == "大学路所"
    assert Area.objects.get(pk=f"{S9}001").parent == S9
    said = Entry.objects.filter(kind="registry.area_named", subject=f"area:{S1}").order_by("id")
    assert '"before":"一所"' in said.last().data


def test_the_same_list_again_and_a_row_twice_change_nothing(named):
    rows = (("监管所", S9, "九所"), ("监管所", S9, "九所"), ("网格", f"{S9}001", "第一网格"))

    first, second = bring(*rows), bring(*rows)

    assert counts(first) == (2, 0, 1, 0)
    assert counts(second) == (0, 0, 3, 0)


def test_each_fault_is_told_in_its_cell_and_the_good_rows_come_in(named):
    batch = bring(
        ("街道", S9, "九所"),
        ("监管所", "15010", "太短"),
        ("监管所", "999999001", "别的城市"),
        ("监管所", f"{SAIHAN}008", ""),
        ("监管所", f"{SAIHAN}007", "一所"),
        ("监管所", f"{S1}001", "是网格"),
        ("网格", f"{SAIHAN}006001", "没有所"),
        ("监管所", f"{SAIHAN}005", "五所", "新城区"),
        ("网格", f"{S1}005", "第五网格", "赛罕区", "二所"),
        ("监管所", f"{SAIHAN}004", "四所", "", "二所"),
        ("监管所", S2, "二所"),
        ("监管所", S2, "两所"),
        ("监管所", f"{SAIHAN}003", "三所"),
    )

    assert told(batch) == [
        (2, "种类", "unknown_choice"),
        (3, "代码", "bad_area_code"),
        (4, "代码", "bad_area_code"),
        (5, "名称", "required_empty"),
        (6, "名称", "area_name_taken"),
        (7, "种类", "area_of_other_kind"),
        (8, "代码", "area_without_parent"),
        (9, "旗县区", "not_of_district"),
        (10, "所属监管所", "not_of_station"),
        (11, "所属监管所", "not_of_station"),
        (13, "代码", "area_twice"),
    ]
    assert counts(batch) == (1, 0, 1, 11)
    assert areas() == {S1: "一所", f"{S1}001": "第一网格", S2: "二所", f"{SAIHAN}003": "三所"}


def test_a_refused_row_claims_neither_its_name_nor_its_cells(named):
    batch = bring(
        ("监管所", S9, "九所", "新城区"),
        ("网格", f"{S9}001", "第一网格"),
        ("监管所", f"{SAIHAN}010", "九所"),
    )

    assert told(batch) == [
        (2, "旗县区", "not_of_district"),
        (3, "代码", "area_without_parent"),
    ]
    assert areas()[f"{SAIHAN}010"] == "九所"


def test_two_stations_change_names_in_one_list_and_back(named):
    batch = bring(("监管所", S1, "二所"), ("监管所", S2, "一所"))

    assert (areas()[S1], areas()[S2]) == ("二所", "一所")
    batches.undo_batch(batch, by=None)
    assert (areas()[S1], areas()[S2]) == ("一所", "二所")


def test_a_district_brings_in_its_own_areas_only_and_a_station_none(desk, named):
    here, rows = desk(SAIHAN), (("监管所", S9, "九所"), ("监管所", f"{XINCHENG}001", "新一所"))

    batch = tried(here, rows)
    here.post(f"/w/imports/{batch.pk}/apply")

    batch.refresh_from_db()
    assert told(batch) == [(3, "代码", "areas_by_district")]
    assert S9 in areas()
    assert f"{XINCHENG}001" not in areas()
    station = desk(S1, "station")
    assert "监管所和网格" not in station.get("/w/imports/").content.decode()
    assert upload(station, rows).status_code == 404
    assert station.get("/w/imports/template?importer=areas").status_code == 404
    assert desk(XINCHENG).get(f"/w/imports/{batch.pk}").status_code == 404


def upload(client: Client, rows: tuple[Row, ...]) -> Any:
    file = SimpleUploadedFile("所.csv", sheet(*rows), "text/csv")
    return client.post("/w/imports/new", {"importer": "areas", "file": file})


def tried(client: Client, rows: tuple[Row, ...]) -> ImportBatch:
    upload(client, rows)
    return ImportBatch.objects.latest("pk")


def test_the_page_leads_to_the_list_and_the_dry_run_writes_nothing(desk, named):
    here = desk(SAIHAN)

    batch = tried(here, (("监管所", S9, "九所"), ("网格", f"{SAIHAN}006001", "没有所")))

    assert "/w/imports/?importer=areas" in here.get("/w/areas/").content.decode()
    chosen = here.get("/w/imports/?importer=areas").content.decode()
    assert '<option value="areas" selected>' in chosen
    page = here.get(f"/w/imports/{batch.pk}").content.decode()
    assert "不属于任何已登记的监管所" in page
    assert "导入 1 行" in page
    assert S9 not in areas()


def test_undoing_takes_back_all_but_what_somebody_uses_or_named_since(named, restaurant):
    batch = bring(
        ("监管所", S9, "九所"),
        ("网格", f"{S9}001", "第一网格"),
        ("网格", f"{S9}002", "第二网格"),
        ("监管所", f"{SAIHAN}010", "十所"),
        ("网格", f"{SAIHAN}010001", "第一网格"),
        ("监管所", S1, "大学路所"),
        ("监管所", S2, "两所"),
    )
    grid = {"station": S9, "grid": f"{S9}002"}
    services.correct(number=restaurant.pk, changes=grid, why="划入")
    services.name_areas(kind="station", rows=[(S2, "第二所")])

    undone = batches.undo_batch(batch, by=None)

    assert sorted(undone.left) == [(2, S9), (4, f"{S9}002"), (8, S2)]
    assert areas() == {
        S1: "一所",
        f"{S1}001": "第一网格",
        S2: "第二所",
        S9: "九所",
        f"{S9}002": "第二网格",
    }


def test_an_old_name_that_another_has_since_is_not_given_back(named):
    batch = bring(("监管所", S1, "大学路所"))
    services.name_areas(kind="station", rows=[(S9, "一所")])

    undone = batches.undo_batch(batch, by=None)

    assert undone.left == ((2, S1),)
    assert areas()[S1] == "大学路所"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_exported_comes_back_as_it_is(desk, named, language, form):
    headers = {"Accept-Language": {"zh-hans": "zh-CN"}.get(language, language)}
    here = desk(SAIHAN)

    for asked, rows in (("", 2), (f"&station={S1}", 1), ("&whole=1", 3)):
        answer = here.get(f"/w/areas/export?format={form}{asked}", headers=headers)
        batch = again(answer.content, f"areas.{form}")
        assert (told(batch), counts(batch)) == ([], (0, 0, rows, 0))


def test_an_export_makes_the_areas_anew_where_they_are_gone(desk, named):
    content = desk(SAIHAN).get("/w/areas/export?format=xlsx&whole=1").content
    before = areas()
    Area.objects.all().delete()

    batch = again(content, "areas.xlsx")

    assert counts(batch) == (3, 0, 0, 0)
    assert areas() == before


def test_the_template_is_understood_and_its_example_is_no_row():
    with translation.override("zh-hans"):
        book = openpyxl.load_workbook(io.BytesIO(template(AREAS)))
    file = io.BytesIO()
    page = book.worksheets[0]
    page.append(["1", "监管所", S9, "九所"])
    book.save(file)

    batch = again(file.getvalue(), "模板.xlsx")

    assert (told(batch), counts(batch)) == ([], (1, 0, 0, 0))
    assert areas() == {S9: "九所"}


def test_a_heading_that_may_be_ones_own_or_the_stations_is_asked_once(named):
    head = ("种类", "监管所代码", "网格代码", "名称")
    content = sheet(("网格", S1, f"{S1}007", "第七网格"), head=head)

    batch = importing.start(key="areas", content=content, file_name="格.csv", by=None)
    waiting = batch.state
    importing.confirm(batch, columns={0: "kind", 1: "station", 2: "code", 3: "name"}, by=None)
    importing.apply(batch, by=None)

    assert waiting == "columns"
    assert areas()[f"{S1}007"] == "第七网格"


def test_a_file_that_is_no_such_list_is_refused_in_a_sentence(desk):
    file = SimpleUploadedFile("所.xlsx", b"no sheet at all", "application/octet-stream")

    answer = desk(SAIHAN).post("/w/imports/new", {"importer": "areas", "file": file})

    assert answer.status_code in (409, 415, 422)
    assert not ImportBatch.objects.exists()
