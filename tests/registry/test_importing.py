"""Lists of businesses come in from Excel: enrolled, corrected, told what is wrong, taken back."""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt
from build import a_restaurant

from mingchu.accounts import services as people
from mingchu.accounts.domain import Actor, Scope, ScopeKind
from mingchu.accounts.queries import actor_for
from mingchu.identifiers import credit_code, licences
from mingchu.identifiers.licences import Series
from mingchu.kit.models import ImportBatch
from mingchu.kit.sheets import batches, importing
from mingchu.kit.sheets.importers import importer
from mingchu.kit.sheets.read import read
from mingchu.kit.sheets.write import Out, export_xlsx, template
from mingchu.ops.commands import imports
from mingchu.registry import exports, queries, services
from mingchu.registry.models import Business, Licence, Person, Premises

pytestmark = pytest.mark.django_db
HEAD = [
    "经营者名称",
    "社会信用代码",
    "业态",
    "所属旗县区",
    "经营地址",
    "联系电话",
    "许可证编号",
    "发证日期",
    "有效期至",
]
ISSUED_WITH_A_WRONG_CHECK = "91350203M0001QAY9B"


def row(n: int, **said: str) -> list[str]:
    values = {
        "经营者名称": f"演示餐馆{n}",
        "社会信用代码": credit_code.synthetic(n, prefix="92"),
        "业态": "餐饮服务",
        "所属旗县区": "赛罕区",
        "经营地址": f"示例街{n}号",
        "联系电话": "",
        "许可证编号": licences.build(Series.OPERATION, "2", "150105", n),
        "发证日期": "2024-03-05",
        "有效期至": "2029-03-04",
        **said,
    }
    return [values[title] for title in HEAD]


def xlsx(rows: list[list[str]]) -> bytes:
    book = openpyxl.Workbook()
    for line in [HEAD, *rows]:
        book.active.append(line)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def xls(rows: list[list[str]]) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("名单")
    for y, line in enumerate([HEAD, *rows]):
        for x, cell in enumerate(line):
            sheet.write(y, x, cell)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def in_csv(rows: list[list[str]]) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows([HEAD, *rows])
    return file.getvalue().encode("gb18030")


FORMATS = {"名单.xlsx": xlsx, "名单.xls": xls, "名单.csv": in_csv}


def bring(*rows: list[str], by: Actor | None = None, only_try: bool = False) -> ImportBatch:
    return importing.run(
        key="registry", content=xlsx(list(rows)), file_name="名单.xlsx", by=by, only_try=only_try
    )


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    return batch.created, batch.changed, batch.unchanged, batch.faulty


def told(batch: ImportBatch) -> list[tuple[int, str, str]]:
    return [(fault["row"], fault["column"], fault["code"]) for fault in batch.faults]


def faulty_rows() -> list[list[str]]:
    twice = licences.build(Series.OPERATION, "2", "150105", 1)
    return [
        row(1),
        row(2, 社会信用代码="92150105MA0A00002Z"),
        row(3, 社会信用代码="91110000600037342L"),
        row(4, 所属旗县区="海淀区"),
        row(5, 业态="飞行"),
        row(6, 许可证编号="JY123"),
        row(7, 发证日期=""),
        row(8, 发证日期="2024-13-05"),
        row(9, 有效期至="2020-01-01"),
        row(10, 社会信用代码=credit_code.synthetic(1, prefix="92")),
        row(11, 许可证编号=twice),
        row(12, 经营者名称=""),
        row(13, 社会信用代码=ISSUED_WITH_A_WRONG_CHECK),
    ]


@pytest.mark.parametrize("name", FORMATS)
def test_a_faulty_file_is_told_cell_by_cell_and_its_good_rows_come_in(name: str):
    batch = importing.run(
        key="registry", content=FORMATS[name](faulty_rows()), file_name=name, by=None
    )

    assert told(batch) == [
        (3, "统一社会信用代码", "credit_code_letter"),
        (4, "统一社会信用代码", "credit_code_mistyped"),
        (6, "业态", "unknown_choice"),
        (7, "证件编号", "licence_shape"),
        (8, "发证日期", "missing"),
        (9, "发证日期", "bad_date"),
        (10, "有效期至", "dates_out_of_order"),
        (11, "名称", "rows_disagree"),
        (12, "证件编号", "licence_twice"),
        (13, "名称", "required_empty"),
    ]
    assert [(w["row"], w["column"], w["code"]) for w in batch.warnings] == [
        (5, "旗县区", "unknown_district"),
        (14, "统一社会信用代码", "credit_code_check"),
    ]
    assert counts(batch) == (3, 0, 0, 10)
    assert Business.objects.count() == 3


def test_a_code_that_needs_evidence_is_a_warning_and_its_row_comes_in():
    batch = bring(row(1, 社会信用代码=ISSUED_WITH_A_WRONG_CHECK))

    made = Business.objects.get()
    assert counts(batch) == (1, 0, 0, 0)
    assert [(w["row"], w["column"], w["code"]) for w in batch.warnings] == [
        (2, "统一社会信用代码", "credit_code_check")
    ]
    assert (made.code, made.code_check) == (ISSUED_WITH_A_WRONG_CHECK, "needs_evidence")
    assert made.code_evidence == "批量导入，证件待核对"
    back = read(importing.file_back(batch))[0].rows[1][len(HEAD)]
    assert str(back).startswith("已新增；提示：统一社会信用代码 代码末位应为9")


def test_a_dry_run_says_what_the_import_then_does_and_writes_nothing():
    tried = bring(row(1), row(2, 经营者名称=""), only_try=True)

    assert (counts(tried), Business.objects.count()) == ((1, 0, 0, 1), 0)
    assert counts(importing.apply(tried, by=None)) == (1, 0, 0, 1)
    made = Business.objects.get()
    assert (made.name, made.district, made.legal_form) == ("演示餐馆1", "150105", "household")
    assert made.licences.get().kind == "JY"


def test_the_same_list_again_changes_nothing_and_an_empty_cell_says_nothing():
    bring(row(1, 联系电话="0471-000001"), row(2))

    again = bring(row(1), row(2))

    assert counts(again) == (0, 0, 2, 0)
    assert Business.objects.get(name="演示餐馆1").phone == "0471-000001"


def test_what_a_list_says_otherwise_is_corrected_and_a_licence_renewed():
    bring(row(1), row(2))

    again = bring(row(1, 经营地址="新街9号"), row(2, 有效期至="2034-03-04"))

    assert counts(again) == (0, 2, 0, 0)
    assert Business.objects.get(name="演示餐馆1").address == "新街9号"
    assert Licence.objects.get(business__name="演示餐馆2").expires.year == 2034


def test_a_move_to_another_district_leaves_the_station_of_the_old_one():
    services.enrol(a_restaurant())
    known = Business.objects.get()

    bring(row(1, 经营者名称=known.name, 社会信用代码=known.code, 所属旗县区="150102"))

    known.refresh_from_db()
    assert (known.district, known.station) == ("150102", "")


def test_without_code_and_licence_a_business_is_known_by_name_and_address():
    stall = {"社会信用代码": "", "许可证编号": "", "业态": "摊贩"}

    first = bring(row(1, **stall), row(2, **stall), row(1, **stall))
    again = bring(row(1, **stall, 联系电话="0471-000002"))

    assert (counts(first), told(first)) == ((2, 0, 0, 1), [(4, "", "duplicate_row")])
    assert counts(again) == (0, 1, 0, 0)
    assert {one.legal_form for one in Business.objects.all()} == {"person"}


def test_what_the_region_registers_comes_in_under_its_own_kinds():
    bring(
        row(1, 业态="小作坊", 许可证编号="内食坊〔2026〕0001号"),
        row(2, 业态="摊贩", 许可证编号="TD1501050010000010"),
    )

    assert set(Licence.objects.values_list("kind", flat=True)) == {"registration", "card"}


def test_a_code_and_a_licence_of_two_businesses_are_a_fault():
    bring(row(1), row(2))

    batch = bring(row(1, 许可证编号=licences.build(Series.OPERATION, "2", "150105", 2)))

    assert told(batch) == [(2, "证件编号", "licence_known")]


def test_undo_takes_out_what_came_and_puts_back_what_was():
    bring(row(1))
    batch = bring(row(1, 经营地址="新街9号", 有效期至="2034-03-04"), row(2))

    undone = batches.undo_batch(batch, by=None)

    one = Business.objects.get()
    assert (undone.restored, undone.left) == (2, ())
    assert (one.name, one.address) == ("演示餐馆1", "示例街1号")
    assert one.licences.get().expires.year == 2029
    assert counts(bring(row(2))) == (1, 0, 0, 0)


def test_undo_leaves_and_names_what_was_changed_since():
    batch = bring(row(1), row(2))
    moved = Business.objects.get(name="演示餐馆2")
    services.correct(
        number=moved.pk, changes={"phone": "0471-1"}, why="来电", revision=moved.revision
    )

    undone = batches.undo_batch(batch, by=None)

    assert (undone.restored, undone.left) == (1, ((3, str(moved.pk)),))
    assert Business.objects.get() == moved


def test_undo_takes_a_licence_back_that_the_list_added():
    bring(row(1, 许可证编号=""))
    batch = bring(row(1))

    batches.undo_batch(batch, by=None)

    assert not Licence.objects.exists()
    assert Business.objects.get().expires is None


def test_lists_are_taken_back_one_after_the_other():
    first = bring(row(1))
    second = bring(row(1, 经营地址="新街9号"))

    assert batches.undo_batch(second, by=None).restored == 1
    assert batches.undo_batch(first, by=None).restored == 1
    assert not Business.objects.exists()
    assert not Premises.objects.exists()


def test_what_others_refer_to_is_seen():
    services.enrol(a_restaurant())
    one = Business.objects.get()

    assert queries.in_use([one.pk]) == set()
    assert queries.in_use([one.pk], own=(Premises, Person)) == {one.pk}


def test_an_officer_imports_only_where_he_may_write():
    user = people.enrol_person(username="saihan", name="测试")
    people.give_post(user=user, role="district", scope=Scope(ScopeKind.DISTRICT, "150105"))

    batch = bring(row(1), row(2, 所属旗县区="新城区"), by=actor_for(user))

    assert told(batch) == [(3, "旗县区", "not_your_district")]
    assert Business.objects.get().district == "150105"


def test_our_own_export_comes_back_unchanged():
    services.enrol(a_restaurant())
    rows: list[list[Out]] = list(exports.rows(Business.objects.all()))
    file = export_xlsx("经营者", exports.columns(), rows)

    batch = importing.run(key="registry", content=file, file_name="导出.xlsx", by=None)

    assert counts(batch) == (0, 0, 1, 0)


def test_the_template_explains_itself_and_is_recognised():
    content = template(importer("registry").layout)

    batch = importing.start(key="registry", content=content, file_name="模板.xlsx", by=None)

    assert batch.state == "examined"


def test_the_command_answers_as_the_contract_says(tmp_path: Path):
    file = tmp_path / "名单.csv"
    file.write_bytes(in_csv([row(1), row(2, 经营者名称="")]))

    tried: Any = imports.registry(asked(imports.registry_arguments, str(file), "--dry-run")).data
    done: Any = imports.registry(asked(imports.registry_arguments, str(file))).data
    back: Any = imports.undo(asked(imports.undo_arguments, str(done["batch"]))).data

    assert (tried["created"], done["created"], back["restored"]) == (1, 1, 1)
    assert back["left"] == []
    assert sorted(done["faults"][0]) == ["code", "column", "fix", "row", "why"]
    assert not Business.objects.exists()


def asked(arguments: Callable[[argparse.ArgumentParser], None], *said: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    arguments(parser)
    return parser.parse_args(said)


def test_an_end_the_list_leaves_open_is_the_rules_and_said_to_be():
    batch = bring(row(1, 有效期至=""), row(2))

    held = Licence.objects.get(business__name="演示餐馆1")
    assert f"{held.expires}" == "2029-03-04"
    assert [(one["row"], one["column"], one["code"]) for one in batch.warnings] == [
        (2, "有效期至", "term_by_rule")
    ]
    assert counts(bring(row(1, 有效期至=""), row(2))) == (0, 0, 2, 0)


def test_another_day_of_issue_is_another_term_and_an_undoing_brings_back_that_there_was_no_end():
    bring(row(1))
    Licence.objects.update(expires=None)

    batch = bring(row(1, 发证日期="2026-01-05", 有效期至=""))
    renewed = Licence.objects.get()
    batches.undo_batch(batch, by=None)
    before = Licence.objects.get()

    assert f"{renewed.issued} {renewed.expires}" == "2026-01-05 2031-01-04"
    assert (f"{before.issued}", before.expires) == ("2024-03-05", None)
