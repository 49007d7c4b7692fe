"""Filling in 回填: the same file with some of its columns filled, and some emptied.

An `.xlsx` keeps its formatting; `.xls` and CSV come back as `.xlsx`.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator, Mapping

import openpyxl
import xlsxwriter
from openpyxl.cell.cell import MergedCell
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from mingchu.kit.sheets.cells import shown
from mingchu.kit.sheets.locate import Table
from mingchu.kit.sheets.read import FileKind, read

Filled = Mapping[int, Mapping[str, str]]  # by row as Excel counts it, then by heading


def fill_in(
    content: bytes,
    table: Table,
    places: Mapping[str, int],
    cells: Filled,
    emptied: Collection[int] = (),
) -> bytes:
    """`places` says at which index each heading stands, or is to stand if it is not there yet."""
    if table.kind is FileKind.XLSX:
        return _filled(content, table, places, cells, emptied)
    return _rebuilt(content, table, places, cells, emptied)


def places_of(table: Table, known: Mapping[str, int | None]) -> dict[str, int]:
    """Where headings stand; those without a place go behind everything that is filled."""
    behind = max([len(table.titles), *(len(row) for _number, row in table.rows)])
    found: dict[str, int] = {}
    for title, at in known.items():
        found[title] = behind if at is None else at
        behind += at is None
    return found


def _filled(
    content: bytes,
    table: Table,
    places: Mapping[str, int],
    cells: Filled,
    emptied: Collection[int],
) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content), keep_vba=b"vbaProject" in content)
    sheet: Worksheet = book[table.sheet]
    for title, at in places.items():
        if at >= len(table.titles):
            head = sheet.cell(table.header_row + table.header_rows - 1, at + 1)
            if isinstance(head, MergedCell):
                head = sheet.cell(table.header_row, at + 1)
            head.value, head.font = title, Font(bold=True)
    for number, _row in table.rows:
        for at in emptied:
            _write(sheet, number, at, "")
        for title, said in cells.get(number, {}).items():
            _write(sheet, number, places[title], said)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _write(sheet: Worksheet, row: int, at: int, said: str) -> None:
    """As text, whatever it begins with: nothing that is filled in may run."""
    cell = sheet.cell(row, at + 1)
    if isinstance(cell, MergedCell):
        return
    cell.value, cell.comment = said or None, None
    if said:
        cell.data_type = "s"


def _rebuilt(
    content: bytes,
    table: Table,
    places: Mapping[str, int],
    cells: Filled,
    emptied: Collection[int],
) -> bytes:
    """Every cell as the text it showed, then what changes: nothing of it can run."""
    grid = next(grid for grid in read(content) if grid.name == table.sheet)
    said = {(y, x): shown(cell) for y, row in enumerate(grid.rows) for x, cell in enumerate(row)}
    said |= dict(_changes(table, places, cells, emptied))
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet(table.sheet[:31])
    form = book.add_format({"num_format": "@"})
    for (y, x), text in said.items():
        if text:
            sheet.write_string(y, x, text, form)
    book.close()
    return file.getvalue()


def _changes(
    table: Table, places: Mapping[str, int], cells: Filled, emptied: Collection[int]
) -> Iterator[tuple[tuple[int, int], str]]:
    for number, _row in table.rows:
        yield from (((number - 1, at), "") for at in emptied)
    head = table.header_row + table.header_rows - 2
    yield from (((head, at), title) for title, at in places.items() if at >= len(table.titles))
    for number, filled in cells.items():
        yield from (((number - 1, places[title]), text) for title, text in filled.items())
