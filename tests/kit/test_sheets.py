"""Sheets: what offices send is understood to the last digit, and what we send runs nothing."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
import xlsxwriter
import xlwt
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from mingchu.base.errors import Refusal
from mingchu.kit.sheets import back, cells
from mingchu.kit.sheets.examine import Examined, examine
from mingchu.kit.sheets.layouts import Column, Kind, Layout
from mingchu.kit.sheets.locate import Table, locate
from mingchu.kit.sheets.read import FileKind, decode, read, sniff
from mingchu.kit.sheets.recognise import VERDICT_TITLE, Title, recognise
from mingchu.kit.sheets.write import OutColumn, export_csv, export_xlsx, template

CODE, NAME, KIND, SINCE, SEATS = "911501020000000001", "示例餐饮店", "餐饮", "2024-03-05", "40"


def no_odd_seats(value: int) -> int:
    if value % 2:
        raise Refusal("odd_seats", "座位数{n}是单数", fix="请填双数", n=value)
    return value


LAYOUT = Layout(
    name="shops",
    title="餐饮店清单",
    unique=("code",),
    columns=(
        Column(
            key="code",
            title="统一社会信用代码",
            synonyms=("信用代码",),
            kind=Kind.CODE,
            required=True,
            example="91150102XXXXXXXXXX",
        ),
        Column(key="name", title="名称", synonyms=("单位名称",), required=True, example="某餐馆"),
        Column(key="kind", title="类别", options={"餐饮": "caterer", "销售": "seller"}),
        Column(key="since", title="发证日期", kind=Kind.DAY, group="许可证"),
        Column(key="seats", title="座位数", kind=Kind.WHOLE, check=no_odd_seats, group="规模"),
    ),
)
TITLES = [column.title for column in LAYOUT.columns]
ROW = [CODE, NAME, KIND, SINCE, SEATS]


def xlsx(rows: list[list[Any]], merges: tuple[str, ...] = (), formula: str = "") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for merge in merges:
        sheet.merge_cells(merge)
    if formula:
        sheet[formula] = "=1+1"
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def xls(rows: list[list[Any]], merge: tuple[int, int, int, int] | None = None) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            if merge and (y, x) == (merge[0], merge[2]):
                sheet.write_merge(*merge, cell)
            elif cell != "":
                sheet.write(y, x, cell)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def text_file(rows: list[list[str]], encoding: str, delimiter: str = ",") -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows(rows)
    return file.getvalue().encode(encoding)


def found_in(content: bytes) -> tuple[Table, Examined]:
    table = locate(read(content), LAYOUT)
    return table, examine(table, LAYOUT, recognise(table.titles, LAYOUT))


def codes(content: bytes) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, fault.code) for fault in found_in(content)[1].faults]


GOOD = {
    "code": CODE,
    "name": NAME,
    "kind": "caterer",
    "since": date(2024, 3, 5),
    "seats": 40,
}


@pytest.mark.parametrize(
    "content",
    [
        xlsx([TITLES, ROW]),
        xls([TITLES, ROW]),
        *(
            text_file([TITLES, ROW], encoding, delimiter)
            for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be")
            for delimiter in ",\t;|"
        ),
    ],
)
def test_the_same_list_is_read_alike_from_every_kind_of_file(content: bytes):
    _, examined = found_in(content)

    assert [row.values for row in examined.rows] == [GOOD]
    assert [row.number for row in examined.rows] == [2]
    assert not examined.faults


def test_titles_above_remarks_below_and_headers_in_between_are_not_data():
    rows = [
        ["呼和浩特市餐饮店情况统计表"],
        ["填报单位：示例局", "", "", "2026年"],
        TITLES,
        ROW,
        [],
        TITLES,
        ["911501020000000002", *ROW[1:]],
        ["填表人：甲", "", "审核：乙"],
        ["备注：号码须完整"],
    ]

    table, examined = found_in(xlsx(rows, merges=("A1:E1",)))

    assert [row.number for row in examined.rows] == [4, 7]
    assert [row for row, _ in table.skipped] == [1, 2, 6, 8, 9]
    assert not examined.faults


def test_a_row_that_only_begins_like_a_remark_is_not_lost():
    content = xlsx([TITLES, ROW, ["911501020000000003", "说明书餐饮店", "餐饮", "", ""]])

    assert [row.number for row in found_in(content)[1].rows] == [2, 3]


TWO_ROWS = [
    ["序号", "统一社会信用代码", "单位名称", "许可证", "", "规模"],
    ["", "", "", "类别", "发证日期", "座位数"],
    [1, *ROW],
]


def test_merged_headers_in_two_rows_are_read_from_xlsx_and_xls():
    merged = xlsx(TWO_ROWS, merges=("D1:E1", "A1:A2", "B1:B2", "C1:C2"))
    old = xls(TWO_ROWS, merge=(0, 0, 3, 4))

    for content in (merged, old, text_file([[str(c) for c in r] for r in TWO_ROWS], "gb18030")):
        table, examined = found_in(content)
        assert (table.header_row, table.header_rows) == (1, 2)
        assert table.titles[4] == Title("发证日期", "许可证")
        assert [row.values for row in examined.rows] == [GOOD]


def test_equal_names_under_different_groups_are_told_apart():
    layout = Layout(
        name="two",
        title="两证",
        columns=(
            Column(key="a", title="编号", group="食品经营许可证"),
            Column(key="b", title="编号", group="营业执照"),
        ),
    )
    content = xlsx([["食品经营许可证", "营业执照"], ["编号", "编号"], ["甲", "乙"]])

    table = locate(read(content), layout)
    examined = examine(table, layout, recognise(table.titles, layout))

    assert examined.rows[0].values == {"a": "甲", "b": "乙"}


def test_a_value_merged_over_rows_holds_for_each():
    rows = [TITLES, ROW, ["911501020000000002", "乙店", "", "", ""]]

    _, examined = found_in(xlsx(rows, merges=("C2:C3",)))

    assert [row.values["kind"] for row in examined.rows] == ["caterer", "caterer"]


def test_planted_faults_are_found_exactly_and_the_good_rows_go_in():
    rows = [
        TITLES,
        ROW,
        [9.11501020000000001e17, NAME, KIND, SINCE, SEATS],
        ["9.115E+17", NAME, KIND, SINCE, SEATS],
        ["911501020000000004", "", KIND, SINCE, SEATS],
        ["911501020000000005", NAME, "理发", "2024-02-30", "41"],
        [CODE, NAME, KIND, SINCE, SEATS],
        ["911501020000000007", "#N/A", KIND, SINCE, "多"],
    ]

    assert codes(xlsx(rows)) == [
        (3, "统一社会信用代码", "number_spoiled"),
        (4, "统一社会信用代码", "number_spoiled"),
        (5, "名称", "required_empty"),
        (6, "发证日期", "bad_date"),
        (6, "座位数", "odd_seats"),
        (6, "类别", "unknown_choice"),
        (7, "统一社会信用代码", "duplicate_row"),
        (8, "名称", "excel_error"),
        (8, "座位数", "bad_number"),
    ]
    assert [row.number for row in found_in(xlsx(rows))[1].rows] == [2]


def test_formulas_are_found_in_every_kind_of_file():
    book = [TITLES, ["911501020000000001", NAME, KIND, SINCE, xlwt.Formula("20+20")]]

    assert codes(xlsx([TITLES, ROW], formula="E2")) == [(2, "座位数", "formula")]
    assert codes(xls(book)) == [(2, "座位数", "formula")]
    text = text_file([TITLES, [CODE, "=cmd|' /C calc'!A0", KIND, SINCE, SEATS]], "utf-8")
    assert codes(text) == [(2, "名称", "formula")]


def test_an_error_value_is_a_fault_also_where_the_column_may_stay_empty():
    rows = [TITLES, [CODE, NAME, "#REF!", SINCE, SEATS]]

    assert codes(xlsx(rows)) == [(2, "类别", "excel_error")]
    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    for at, title in enumerate(TITLES):
        sheet.write(0, at, title)
        sheet.write(1, at, ROW[at])
    sheet.row(2).set_cell_error(2, "#REF!")
    sheet.write(2, 0, "911501020000000002")
    sheet.write(2, 1, NAME)
    file = io.BytesIO()
    book.save(file)
    assert codes(file.getvalue()) == [(3, "类别", "excel_error")]


def test_formulas_of_other_sheets_do_not_count():
    book = openpyxl.load_workbook(io.BytesIO(xlsx([TITLES, ROW])))
    book.create_sheet("计算 & 说明", 0)["E2"] = "=1+1"

    assert codes(saved(book)) == []


@pytest.mark.parametrize("cell", [
    "2024/3/5", "2024.03.05", "2024年3月5日", "20240305", 20240305, 45356, 45356.5, "45356",
    date(2024, 3, 5), datetime(2024, 3, 5, 9, 30, tzinfo=UTC), "2024-03-05 09:30:00",
    "\uff12024-3-5",
])  # fmt: skip
def test_a_day_is_read_in_every_way_people_write_it(cell: Any):
    assert cells.day(cell) == date(2024, 3, 5)


@pytest.mark.parametrize("cell", ["2024-13-01", "2024年3月", "三月五日", "5", "99999999", True])
def test_what_is_no_day_is_refused(cell: Any):
    with pytest.raises(Refusal, match="bad_date"):
        cells.day(cell)


def test_codes_keep_every_digit_and_lose_only_what_excel_added():
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in "91150102AB")

    assert cells.code(f" {wide} 00000001 ") == "91150102AB00000001"
    assert cells.code("'007") == "007"
    assert cells.code(13800000000.0) == "13800000000"
    assert cells.code("1e5x") == "1E5X"


def test_likeness_is_only_ever_a_question():
    titles = [Title("社会信用代码证号"), Title("名称"), Title("序号")]

    mapping = recognise(titles, LAYOUT)

    assert mapping.columns == {1: "name"}
    assert [(doubt.index, doubt.candidates[0]) for doubt in mapping.doubts] == [(0, "code")]
    assert mapping.missing == ("code",)
    assert mapping.unknown == (2,)
    assert not mapping.is_sure
    assert mapping.confirmed({0: "code", 1: "name", 2: ""}, LAYOUT).is_sure


def test_two_columns_of_one_name_are_both_doubtful():
    mapping = recognise([Title("信用代码"), Title("统一社会信用代码"), Title("名称")], LAYOUT)

    assert [doubt.index for doubt in mapping.doubts] == [0, 1]


def test_a_header_is_known_again_by_its_words_alone():
    one = recognise([Title("信用代码"), Title("名称")], LAYOUT).digest

    assert one == recognise([Title("* 信用代码：\n"), Title("名称（必填）")], LAYOUT).digest
    assert one != recognise([Title("名称"), Title("信用代码")], LAYOUT).digest


def test_a_mapping_in_doubt_reads_nothing():
    table = locate(read(xlsx([["统一社会信用代码", "类别"], [CODE, KIND]])), LAYOUT)

    with pytest.raises(Refusal, match="columns_unclear"):
        examine(table, LAYOUT, recognise(table.titles, LAYOUT))


def refusals() -> dict[str, bytes]:
    zipped = io.BytesIO()
    import zipfile

    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("a.txt", "x")
    return {
        "not_a_sheet": b"<html><table><tr><td>1</td></tr></table></html>",
        "not_a_sheet ": zipped.getvalue(),
        "damaged_file": xlsx([TITLES, ROW])[:2000],
        "damaged_file ": xls([TITLES, ROW])[:3000],
        "damaged_file  ": text_file([TITLES, ROW, ROW], "gb18030")[:-12],
        "damaged_file   ": text_file([TITLES, ROW, ROW[:1]], "gb18030").rstrip()
        + "示".encode("gb18030")[:1],
        "damaged_file    ": (",".join(TITLES) + "\n" + ",".join(ROW) + '\n911,"半个\n格').encode(),
        "unreadable_text": b"a,b\n\xff\xff,\xff",
        "no_header": xlsx([["今日", "天气"], ["周五", "晴"]]),
        "no_header ": b"",
    }


@pytest.mark.parametrize(("code", "content"), refusals().items())
def test_what_cannot_be_read_is_refused_with_a_way_out(code: str, content: bytes):
    with pytest.raises(Refusal) as refused:
        locate(read(content), LAYOUT)

    assert refused.value.code == code.strip()
    assert refused.value.why
    assert refused.value.fix


def test_an_archive_that_would_unpack_into_a_flood_is_not_unpacked(monkeypatch):
    monkeypatch.setattr("mingchu.kit.sheets.read.UNPACKED_BYTES_TOP", 1000)

    with pytest.raises(Refusal, match="file_too_big"):
        read(xlsx([TITLES, ROW]))


def test_the_template_is_read_back_as_its_own_layout_and_empty():
    content = template(LAYOUT)

    table, examined = found_in(content)

    assert recognise(table.titles, LAYOUT).is_sure
    assert table.header_rows == 2
    assert examined.total == 0
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert sheet.freeze_panes == "C5"
    assert {"A1:F1", "E3:E3"} & {str(merge) for merge in sheet.merged_cells.ranges} == {"A1:F1"}
    assert [check.formula1 for check in sheet.data_validations.dataValidation] == ['"餐饮,销售"']
    assert sheet["A5"].value == "示例"
    assert sheet["B6"].number_format == "@" or sheet.column_dimensions["B"].width


def test_the_example_of_a_template_stays_out_whatever_was_done_to_it():
    book = openpyxl.load_workbook(io.BytesIO(template(LAYOUT)))
    sheet = book.worksheets[0]
    sheet["C5"] = "改过的示例"
    for at, value in enumerate(["1", *ROW], 1):
        sheet.cell(6, at, value)

    table, examined = found_in(saved(book))

    assert [row.values for row in examined.rows] == [GOOD]
    assert [row for row, _words in table.skipped] == [1, 2, 5]


def test_a_drop_down_longer_than_excel_holds_lies_on_a_hidden_sheet():
    words = tuple(f"第{number}类食品经营项目" for number in range(60))
    layout = Layout(name="long", title="长", columns=(Column(key="a", title="类别", offers=words),))

    book = openpyxl.load_workbook(io.BytesIO(template(layout)))

    [check] = book.worksheets[0].data_validations.dataValidation
    hidden = book["选项"]
    assert check.formula1 == "'选项'!$B$1:$B$60"
    assert (hidden.sheet_state, hidden["B60"].value) == ("hidden", words[-1])


BODY = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=20
)
RISKY = st.builds(lambda sign, text: sign + text, st.sampled_from("=+-@'\t\r"), BODY)


@effort(max_examples=60)
@given(
    st.lists(st.tuples(BODY | RISKY, st.integers(10**17, 10**18).map(str)), min_size=1, max_size=8)
)
def test_a_csv_export_runs_nothing_and_reads_back_equal(rows: list[tuple[str, str]]):
    columns = [OutColumn("名称"), OutColumn("编码", Kind.CODE)]

    content = export_csv(columns, rows)

    raw = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert not any(cells.is_formula_text(cell) for row in raw for cell in row)
    assert [tuple(row) for row in read(content)[0].rows[1:]] == rows
    assert not read(content)[0].marks


@effort(max_examples=30)
@given(
    st.lists(
        st.tuples(
            BODY.filter(lambda t: "_x" not in t) | st.just("=1+1"),
            st.integers(10**17, 10**18).map(str),
        ),
        min_size=1,
    )
)
def test_an_xlsx_export_is_text_in_the_eyes_of_another_reader(rows: list[tuple[str, str]]):
    content = export_xlsx("清单", [OutColumn("名称"), OutColumn("编码", Kind.CODE)], rows)

    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    seen = [tuple(cell for cell in row) for row in sheet.iter_rows(min_row=2)]
    assert [(one.value or "", two.value) for one, two in seen] == rows
    assert {two.data_type for _, two in seen} <= {"s", "inlineStr"}
    assert all(one.data_type != "f" for one, _ in seen)


def test_every_kind_of_value_is_written_as_what_it_is():
    columns = [
        OutColumn(kind.value, kind)
        for kind in (Kind.DAY, Kind.MONEY, Kind.WHOLE, Kind.NUMBER, Kind.YES_NO)
    ]
    rows = [(date(2024, 3, 5), 123450, 7, Decimal("0.5"), True), (None,) * 5]

    sheet = openpyxl.load_workbook(io.BytesIO(export_xlsx("x", columns, rows))).active

    day, *others = [cell.value for cell in sheet[2]]
    assert day.date() == date(2024, 3, 5)
    assert others == [1234.5, 7, 0.5, "是"]
    assert export_csv(columns, rows).decode("utf-8-sig").splitlines()[1:] == [
        "2024-03-05,1234.50,7,0.5,是",
        ",,,,",
    ]


def given_back(content: bytes) -> openpyxl.worksheet.worksheet.Worksheet:
    table, examined = found_in(content)
    columns = {
        LAYOUT.column(key).title: at for at, key in recognise(table.titles, LAYOUT).columns.items()
    }
    said = back.verdicts({row.number: "新增" for row in examined.rows}, examined.faults)
    answer = back.give_back(content, table, columns, said, examined.faults)
    return openpyxl.load_workbook(io.BytesIO(answer)).active


FAULTY = [["标题"], TITLES, ROW, ["9.115E+17", "=2+2 店", KIND, SINCE, SEATS], ["备注：无"]]


@pytest.mark.parametrize(
    "content", [xlsx(FAULTY), xls(FAULTY), text_file(FAULTY, "gb18030")], ids=["xlsx", "xls", "csv"]
)
def test_the_file_comes_back_with_a_verdict_per_row_and_its_faults_in_red(content: bytes):
    if content.startswith(b"PK"):
        book = openpyxl.load_workbook(io.BytesIO(content))
        book.active["B4"].value = "平安店"
        content = saved(book)

    sheet = given_back(content)

    assert sheet["F2"].value == VERDICT_TITLE
    assert sheet["F3"].value == "新增"
    assert "number_spoiled" not in sheet["F4"].value
    assert sheet["F4"].value.startswith("未导入：")
    assert sheet["A4"].fill.fgColor.rgb == back.RED
    assert "文本" in sheet["A4"].comment.text
    assert sheet["F5"].value is None
    assert sheet["A3"].value == CODE
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_what_comes_back_keeps_its_looks_and_takes_the_next_verdict_in_the_same_column():
    book = openpyxl.load_workbook(io.BytesIO(xlsx([TITLES, ROW])))
    book.active.column_dimensions["B"].width = 33
    book.active["B2"].font = openpyxl.styles.Font(italic=True)

    once = given_back(saved(book))
    twice = given_back(saved(once.parent))

    assert twice.column_dimensions["B"].width == 33
    assert twice["B2"].font.italic
    assert [cell.value for cell in twice[1]] == [*TITLES, VERDICT_TITLE]
    assert [cell.value for cell in twice[2]] == [*ROW, "新增"]


def test_delimiters_inside_quotes_do_not_count():
    assert sniff('名称;地址\n"甲,乙,丙";"一,二"\n丁;三\n') == ";"


def test_gb18030_of_four_bytes_is_read():
    assert decode("㐀𠮷,1".encode("gb18030")) == "㐀𠮷,1"


def test_hidden_sheets_are_not_read():
    book = openpyxl.load_workbook(io.BytesIO(xlsx([TITLES, ROW])))
    book.create_sheet("底稿").sheet_state = "hidden"

    assert [grid.name for grid in read(saved(book))] == ["Sheet"]


def test_streamed_and_kept_workbooks_are_both_excel_files():
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet().write_row(0, 0, TITLES)

    assert read(file.getvalue())[0].kind is FileKind.XLSX
