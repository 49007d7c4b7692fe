"""The same file back 原表退回: one more column says per row what was done or what to mend.

An `.xlsx` keeps its formatting; `.xls` and CSV come back as `.xlsx`.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import openpyxl
import xlsxwriter
from django.utils.translation import gettext as _
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from mingchu.kit.sheets.cells import shown
from mingchu.kit.sheets.faults import Fault
from mingchu.kit.sheets.locate import Table
from mingchu.kit.sheets.read import FileKind, Grid, read
from mingchu.kit.sheets.recognise import VERDICT_TITLE

RED, GREEN = "FFF4C7C3", "FFE3F1E8"
RED_FILL = PatternFill("solid", fgColor=RED)
GREEN_FILL = PatternFill("solid", fgColor=GREEN)
COMMENTS_TOP = 2000  # Excel grows slow with more; the verdict column says the same


@dataclass(frozen=True)
class Verdict:
    """What became of a row."""

    row: int
    good: bool
    said: str


def verdicts(outcomes: Mapping[int, str], faults: Iterable[Fault]) -> list[Verdict]:
    """`outcomes` says by row what was done; a row with faults was left out."""
    wrong: dict[int, list[str]] = {}
    for fault in faults:
        place = f"{fault.column}{_('：')}" if fault.column else ""
        wrong.setdefault(fault.row, []).append(place + _("。").join((fault.why, fault.fix)))
    left = _("未导入")
    bad = [
        Verdict(row, False, _("：").join((left, _("；").join(said)))) for row, said in wrong.items()
    ]
    good = [Verdict(row, True, said) for row, said in outcomes.items() if row not in wrong]
    return sorted([*bad, *good], key=lambda verdict: verdict.row)


def warn(outcomes: dict[int, str], warnings: Iterable[Fault]) -> None:
    """Puts behind what was done what should be looked at again."""
    note = _("提示")
    for warning in warnings:
        if warning.row in outcomes:
            said = _("。").join((f"{warning.column} {warning.why}", warning.fix))
            outcomes[warning.row] += _("；") + _("：").join((note, said))


def give_back(
    content: bytes,
    table: Table,
    columns: Mapping[str, int],
    said: Sequence[Verdict],
    faults: Sequence[Fault],
) -> bytes:
    """The file with its verdicts; `columns` says at which index each official title stands."""
    place = _verdict_column(table)
    spots = {
        (fault.row, columns[fault.column]): fault for fault in faults if fault.column in columns
    }
    if table.kind is FileKind.XLSX:
        return _marked(content, table, place, said, spots)
    return _rebuilt(content, table, place, said, spots)


def _verdict_column(table: Table) -> int:
    """Where an earlier verdict stands, else behind everything that is filled in any row."""
    for index, title in enumerate(table.titles):
        if title.name == VERDICT_TITLE:
            return index
    return max(
        [len(table.titles), *(len(row) for _, row in table.rows)],
    )


def _marked(
    content: bytes,
    table: Table,
    place: int,
    said: Sequence[Verdict],
    spots: Mapping[tuple[int, int], Fault],
) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content), keep_vba=b"vbaProject" in content)
    sheet: Worksheet = book[table.sheet]
    title = sheet.cell(table.header_row + table.header_rows - 1, place + 1)
    # In a two-row header the lower cell may be part of a merge and take no value.
    if isinstance(title, MergedCell):
        title = sheet.cell(table.header_row, place + 1)
    title.value = VERDICT_TITLE
    title.font = Font(bold=True)
    for verdict in said:
        cell = sheet.cell(verdict.row, place + 1, verdict.said)
        cell.fill = GREEN_FILL if verdict.good else RED_FILL
    for number, ((row, column), fault) in enumerate(spots.items()):
        wrong = sheet.cell(row, column + 1)
        wrong.fill = RED_FILL
        if number < COMMENTS_TOP and isinstance(wrong, Cell):
            wrong.comment = Comment(f"{fault.why}\n{fault.fix}", "mingchu")
    sheet.column_dimensions[get_column_letter(place + 1)].width = 60
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _rebuilt(
    content: bytes,
    table: Table,
    place: int,
    said: Sequence[Verdict],
    spots: Mapping[tuple[int, int], Fault],
) -> bytes:
    grid = next(grid for grid in read(content) if grid.name == table.sheet)
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet(table.sheet[:31])
    forms = {
        "plain": book.add_format({"num_format": "@"}),
        "bad": book.add_format({"num_format": "@", "bg_color": f"#{RED[2:]}"}),
        "good": book.add_format({"bg_color": f"#{GREEN[2:]}"}),
    }
    _copy(sheet, grid, spots, forms)
    sheet.write_string(table.header_row + table.header_rows - 2, place, VERDICT_TITLE)
    for verdict in said:
        form = forms["good" if verdict.good else "bad"]
        sheet.write_string(verdict.row - 1, place, verdict.said, form)
    for (row, column), fault in list(spots.items())[:COMMENTS_TOP]:
        sheet.write_comment(row - 1, column, f"{fault.why}\n{fault.fix}")
    sheet.set_column(place, place, 60)
    book.close()
    return file.getvalue()


def _copy(
    sheet: xlsxwriter.worksheet.Worksheet,
    grid: Grid,
    spots: Mapping[tuple[int, int], Fault],
    forms: Mapping[str, object],
) -> None:
    """Every cell as the text it showed: nothing of it can be rounded or run."""
    for y, row in enumerate(grid.rows):
        for x, cell in enumerate(row):
            if found := shown(cell):
                sheet.write_string(y, x, found, forms["bad" if (y + 1, x) in spots else "plain"])
