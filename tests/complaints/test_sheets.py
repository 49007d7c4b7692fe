"""Sheets of the 12315 platform: faults by cell, numbers once, replies in the same file, undo."""

from __future__ import annotations

import io

import openpyxl
import pytest
import xlwt
from django.urls import reverse
from letters import SECRET_NAME, SECRET_PHONE, Officer, on, taken

from mingchu.accounts.models import Viewing
from mingchu.base.errors import Refusal
from mingchu.complaints import queries, sealing, services
from mingchu.complaints.importing import replies
from mingchu.complaints.importing.layout import SHEET
from mingchu.complaints.models import Complaint
from mingchu.kit.models import ImportBatch, ImportChange
from mingchu.kit.sheets import batches, importing
from mingchu.kit.sheets.read import read
from mingchu.kit.sheets.write import export_xlsx, template

pytestmark = pytest.mark.django_db
HEAD = [
    "登记编号",
    "投诉举报类型",
    "接收时间",
    "问题类别",
    "投诉内容",
    "被投诉人名称",
    "统一社会信用代码",
    "所属区县",
    "发病人数",
    "就餐时间",
    "投诉人姓名",
    "联系方式",
    "是否受理",
    "答复内容",
]


def row(number: int, **said: object) -> list[object]:
    values = {
        "登记编号": f"115010500202611{number:08}",
        "投诉举报类型": "投诉",
        "接收时间": "2026-11-18 10:05:00",
        "问题类别": "变质或异物",
        "投诉内容": f"第{number}件：包子有霉点",
        "被投诉人名称": "绿野家常菜馆",
        "统一社会信用代码": "92150105MA0BBBBU2X",
        "所属区县": "赛罕区",
        "投诉人姓名": SECRET_NAME,
        "联系方式": SECRET_PHONE,
        **said,
    }
    return [values.get(title, "") for title in HEAD]


def xlsx(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for line in [HEAD, *rows]:
        book.active.append(line)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def brought(content: bytes, by: Officer | None = None, *, only_try: bool = False) -> ImportBatch:
    return importing.run(
        key="complaints",
        content=content,
        file_name="12315.xlsx",
        by=by.actor if by else None,
        only_try=only_try,
    )


def test_a_sheet_makes_letters_with_their_clock_from_its_day(restaurant):
    batch = brought(
        xlsx(row(1), row(2, 投诉举报类型="举报", 发病人数=2, 就餐时间="2026-11-17 19:30"))
    )

    assert (batch.created, batch.faults) == (2, [])
    one, other = Complaint.objects.order_by("pk")
    assert (one.channel, one.kind, one.business_id) == ("sheet", "complaint", restaurant.pk)
    assert one.due_on.isoformat() == "2026-11-27"
    assert (other.kind, other.ill, other.households) == ("report", 2, 1)
    assert other.ate_at.isoformat() == "2026-11-17T11:30:00+00:00"
    assert sealing.opened(one.reporter.sealed).phone == SECRET_PHONE


def test_the_same_sheet_again_changes_nothing_and_a_newer_one_corrects(restaurant):
    brought(xlsx(row(1)))

    again = brought(xlsx(row(1)))
    newer = brought(xlsx(row(1, 投诉内容="包子有霉点，要求退钱"), row(2)))

    assert (again.created, again.changed, again.unchanged) == (0, 0, 1)
    assert (newer.created, newer.changed) == (1, 1)
    assert Complaint.objects.count() == 2
    assert Complaint.objects.order_by("pk")[0].what == "包子有霉点，要求退钱"


@pytest.mark.parametrize(
    ("wrong", "column", "code"),
    [
        ({"登记编号": ""}, "登记编号", "required_empty"),
        ({"登记编号": 1.15010500202611e21}, "登记编号", "number_spoiled"),
        ({"投诉举报类型": "咨询"}, "类型", "unknown_choice"),
        ({"接收时间": "前天"}, "接收日期", "bad_date"),
        ({"接收时间": "2026-11-21"}, "接收日期", "day_ahead"),
        ({"接收时间": "2019-11-21"}, "接收日期", "before_the_rules"),
        ({"发病人数": "几个"}, "发病人数", "bad_number"),
        ({"就餐时间": "中午"}, "就餐时间", "bad_moment"),
        ({"投诉内容": ""}, "内容", "required_empty"),
    ],
)
def test_each_fault_names_its_cell_and_keeps_only_its_row_out(restaurant, wrong, column, code):
    batch = brought(xlsx(row(1, **wrong), row(2)))

    [fault] = batch.faults
    assert (fault["row"], fault["column"], fault["code"]) == (2, column, code)
    assert SECRET_NAME not in str(batch.faults)
    assert Complaint.objects.count() == 1


def test_a_number_that_stands_twice_comes_in_once(restaurant):
    batch = brought(xlsx(row(1), row(1)))

    assert [fault["code"] for fault in batch.faults] == ["duplicate_row"]
    assert Complaint.objects.count() == 1


def test_a_row_that_is_both_is_two_letters(restaurant):
    brought(xlsx(row(1, 投诉举报类型="投诉举报")))

    one, other = Complaint.objects.order_by("pk")
    assert (one.kind, other.kind, other.number) == ("complaint", "report", f"{one.number}-2")
    assert brought(xlsx(row(1, 投诉举报类型="投诉举报"))).unchanged == 1


def test_a_shop_nobody_knows_comes_in_with_a_hint(restaurant):
    batch = brought(xlsx(row(1, 被投诉人名称="不知名小店", 统一社会信用代码="")))

    assert [warning["code"] for warning in batch.warnings] == ["business_unknown"]
    made = Complaint.objects.get()
    assert (made.business, made.place, made.district) == (None, "不知名小店", "150105")


def test_a_name_that_one_shop_of_the_district_has_is_enough(restaurant):
    brought(xlsx(row(1, 统一社会信用代码="")))

    assert Complaint.objects.get().business_id == restaurant.pk


def test_a_district_brings_in_its_own_only(restaurant, chief):
    batch = brought(
        xlsx(row(1), row(2, 被投诉人名称="别处小店", 统一社会信用代码="", 所属区县="新城区")), chief
    )

    assert [(f["row"], f["code"]) for f in batch.faults] == [(3, "district_not_yours")]


def test_undo_takes_back_what_nobody_has_worked_on(restaurant, handler):
    batch = brought(xlsx(row(1), row(2)))
    first = Complaint.objects.order_by("pk")[0]
    taken(first, handler)

    undone = batches.undo_batch(batch, by=None)

    assert (undone.restored, [subject for _row, subject in undone.left]) == (1, [str(first.pk)])
    assert list(Complaint.objects.values_list("pk", flat=True)) == [first.pk]


def test_undo_of_a_correction_puts_the_facts_back(restaurant):
    brought(xlsx(row(1)))
    newer = brought(xlsx(row(1, 投诉内容="另一种说法")))

    batches.undo_batch(newer, by=None)

    assert Complaint.objects.get().what == "第1件：包子有霉点"


def test_replies_go_back_in_the_very_file_without_the_writer(restaurant, handler):
    batch = brought(xlsx(row(1), row(2)))
    letter = Complaint.objects.order_by("pk")[0]
    by = handler.actor
    services.accept(complaint=taken(letter, handler), by=by)
    services.agree(complaint=letter, note="退款", by=by)
    with on("2026-11-23"):
        services.reply(complaint=letter, text="=商家已退款", by=by)

    [grid] = read(replies.filled_back(batch))

    titles = [str(cell) for cell in grid.rows[0]]
    first, second = (dict(zip(titles, line, strict=False)) for line in grid.rows[1:3])
    assert titles[: len(HEAD)] == HEAD
    assert titles[len(HEAD) :] == ["受理日期", "办理结果", "办结日期"]
    assert (first["是否受理"], first["受理日期"]) == ("受理", "2026-11-20")
    assert (first["答复内容"], first["办结日期"]) == ("=商家已退款", "2026-11-23")
    assert (first["投诉人姓名"], first["联系方式"], second["投诉人姓名"]) == ("", "", "")
    assert (second["是否受理"], second["办理结果"]) == ("", "待处理")
    assert not any(SECRET_NAME in str(cell) for line in grid.rows for cell in line)


def test_old_excel_files_come_back_filled_too(restaurant):
    book = xlwt.Workbook()
    sheet = book.add_sheet("清单")
    for y, line in enumerate([HEAD, row(1)]):
        for x, cell in enumerate(line):
            sheet.write(y, x, cell)
    file = io.BytesIO()
    book.save(file)
    batch = brought(file.getvalue())

    [grid] = read(replies.filled_back(batch))

    assert "办理结果" in [str(cell) for cell in grid.rows[0]]
    assert not any(SECRET_PHONE in str(cell) for line in grid.rows for cell in line)


def test_our_own_template_and_export_come_in_again(restaurant, chief):
    brought(xlsx(row(1)))
    letters = queries.matching(chief.actor.scopes_for("complaints.read"), queries.Wanted())
    out = export_xlsx("12315", replies.columns(), replies.rows(letters))
    found = importing.start(key="complaints", content=out, file_name="a.xlsx", by=None)
    known = {SHEET.column(key).title for key in found.columns.values()}

    assert {"登记编号", "类型", "接收日期", "被投诉举报方名称", "答复内容"} <= known
    assert (
        importing.start(key="complaints", content=template(SHEET), file_name="b.xlsx", by=None).rows
        == 0
    )


def test_only_whoever_sent_a_sheet_has_it_back_and_it_is_logged(restaurant, at_desk):
    sender, colleague = at_desk("", "city"), at_desk("", "city")
    batch = brought(xlsx(row(1)), sender)
    paths = [
        reverse("complaints:sheet_replies", args=[batch.pk]),
        reverse("kit:import_file", args=[batch.pk]),
    ]

    assert [colleague.client.get(path).status_code for path in paths] == [404, 404]
    assert [sender.client.get(path).status_code for path in paths] == [200, 200]
    assert Viewing.objects.filter(subject=f"import:{batch.pk}").count() == 2
    assert batch.file_name in sender.client.get("/w/complaints/sheets/").content.decode()


def test_what_an_import_keeps_beside_the_file_says_nothing_of_writers(restaurant):
    brought(xlsx(row(1)))

    kept = [str(change.after) for change in ImportChange.objects.all()]
    assert kept
    assert not any(SECRET_NAME in text or SECRET_PHONE in text for text in kept)


def test_a_dry_run_writes_nothing(restaurant):
    assert brought(xlsx(row(1)), only_try=True).created == 1
    assert not Complaint.objects.exists()


def test_a_station_imports_no_sheets(restaurant, handler):
    with pytest.raises(Refusal, match="unknown_importer"):
        importing.start(key="complaint", content=xlsx(row(1)), file_name="a.xlsx", by=handler.actor)
    page = handler.client.post("/w/imports/new", {"importer": "complaints"})
    assert page.status_code == 404
