"""Writing 写表: templates and exports; codes are always text, no cell is ever run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from mingchu.base import clock
from mingchu.base.money import yuan
from mingchu.kit.sheets.cells import guarded
from mingchu.kit.sheets.layouts import Column, Kind, Layout
from mingchu.kit.sheets.locate import NUMBER

TEMPLATE_ROWS = 20_000
TITLE_ROWS = 2  # title and remarks, above the header
DROP_DOWN_TOP = 255  # characters Excel takes in the list of a drop-down itself
EXAMPLE_SAID = "示例"
NARROW, WIDE = 10, 40
EXCEL_FIRST_YEAR = 1900
CELL_CHARACTERS_TOP = 32_767  # Excel's own limit; xlsxwriter would drop the whole cell
HEAD = {"bold": True, "bg_color": "#E8EFED", "border": 1, "align": "center", "valign": "vcenter"}
Out = str | int | float | bool | date | datetime | Decimal | None


@dataclass(frozen=True)
class OutColumn:
    """A column of an export; money is given in fen and written in yuan."""

    title: str
    kind: Kind = Kind.TEXT


def template(layout: Layout) -> bytes:
    """The official empty list: title, remarks, groups above titles, an example, drop-downs, help.

    The example stands where a running number would say so, and is not imported; words that a
    drop-down cannot hold itself lie on a hidden sheet.
    """
    file = io.BytesIO()
    book = _book(file)
    sheet = book.add_worksheet(layout.title[:31])
    top = _template_head(book, sheet, layout)
    hidden = book.add_worksheet(_("选项"))
    hidden.hide()
    _example(book, sheet, layout, top + 1)
    for at, column in enumerate(layout.columns, 1):
        form = book.add_format({"num_format": _format(column.kind, template=True)})
        sheet.set_column(at, at, min(max(len(column.title) * 2 + 4, NARROW), WIDE), form)
        if words := column.offers or tuple(dict.fromkeys(column.options)):
            hidden.write_column(0, at, words)
            _drop_down(sheet, hidden, column, (top + 1, at), words)
        if column.note:
            sheet.write_comment(top, at, column.note)
    sheet.freeze_panes(top + 1, 2)
    _help(book, layout)
    book.close()
    return file.getvalue()


def _example(book: xlsxwriter.Workbook, sheet: Worksheet, layout: Layout, row: int) -> None:
    form = book.add_format(
        {"num_format": "@", "font_color": "#51605B", "italic": True, "bg_color": "#F3F1E7"}
    )
    sheet.write_string(row, 0, EXAMPLE_SAID, form)
    for at, column in enumerate(layout.columns, 1):
        sheet.write_string(row, at, column.example, form)


def _drop_down(
    sheet: Worksheet,
    hidden: Worksheet,
    column: Column,
    spot: tuple[int, int],
    words: Sequence[str],
) -> None:
    """Offers the words down a column; where others are understood too, it does not insist."""
    own = ",".join(words)
    last = xl_rowcol_to_cell(len(words) - 1, spot[1], row_abs=True, col_abs=True)
    first = xl_rowcol_to_cell(0, spot[1], row_abs=True, col_abs=True)
    away = f"='{hidden.get_name()}'!{first}:{last}"
    sheet.data_validation(
        *spot,
        TEMPLATE_ROWS,
        spot[1],
        {
            "validate": "list",
            "source": list(words) if len(own) <= DROP_DOWN_TOP else away,
            "error_type": "warning" if column.offers else "stop",
        },
    )


def _template_head(book: xlsxwriter.Workbook, sheet: Worksheet, layout: Layout) -> int:
    """Writes title, remarks and one or two header rows; the index of the row with the titles."""
    head = book.add_format({**HEAD, "text_wrap": True})
    must = book.add_format({**HEAD, "text_wrap": True, "font_color": "#B3261E"})
    _template_title(book, sheet, layout)
    top, last = TITLE_ROWS, TITLE_ROWS + any(column.group for column in layout.columns)
    _down(sheet, (top, last), 0, NUMBER, head)
    for first, end, group in _groups(layout.columns):
        if group:
            _across(sheet, top, (first + 1, end + 1), group, head)
    for at, column in enumerate(layout.columns, 1):
        form = must if column.required else head
        _down(sheet, (last if column.group else top, last), at, column.title, form)
    return last


def _template_title(book: xlsxwriter.Workbook, sheet: Worksheet, layout: Layout) -> None:
    """Whose list it is, of which day, and how it is filled in, over the whole width."""
    width = len(layout.columns)
    big = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
    small = book.add_format({"text_wrap": True, "valign": "vcenter", "font_color": "#51605B"})
    _across(sheet, 0, (0, width), layout.title, big)
    said = (
        _("填报单位："),
        _("数据截至（年-月-日）："),
        _("红字列必填。号码列请保持“文本”格式。序号写“示例”的行不导入。"),
    )
    cuts = [0, (width + 1) // 3, (width + 1) * 2 // 3, width + 1]
    for text, left, right in zip(said, cuts, cuts[1:], strict=False):
        _across(sheet, 1, (left, right - 1), text, small)
    sheet.set_row(0, 28)
    sheet.set_row(1, 32)


def _across(sheet: Worksheet, row: int, span: tuple[int, int], said: str, form: object) -> None:
    if span[1] > span[0]:
        sheet.merge_range(row, span[0], row, span[1], said, form)
    else:
        sheet.write_string(row, span[0], said, form)


def _down(sheet: Worksheet, span: tuple[int, int], at: int, said: str, form: object) -> None:
    if span[1] > span[0]:
        sheet.merge_range(span[0], at, span[1], at, said, form)
    else:
        sheet.write_string(span[0], at, said, form)


def _groups(columns: Sequence[Column]) -> list[tuple[int, int, str]]:
    """Neighbours of one group: (first, last, group)."""
    found: list[tuple[int, int, str]] = []
    for at, column in enumerate(columns):
        if found and column.group and found[-1][2] == column.group:
            found[-1] = (found[-1][0], at, column.group)
        else:
            found.append((at, at, column.group))
    return found


def _help(book: xlsxwriter.Workbook, layout: Layout) -> None:
    sheet = book.add_worksheet(_("填写说明"))
    head = book.add_format(HEAD)
    for at, title in enumerate((_("列"), _("是否必填"), _("说明"), _("示例"))):
        sheet.write_string(0, at, title, head)
    for row, column in enumerate(layout.columns, 1):
        words = "、".join(column.offers or dict.fromkeys(column.options))
        sheet.write_string(row, 0, column.title)
        sheet.write_string(row, 1, _("必填") if column.required else _("可不填"))
        sheet.write_string(row, 2, "；".join(filter(None, (column.note, words))))
        sheet.write_string(row, 3, column.example)
    sheet.set_column(0, 3, 24)
    remark = _("序号写“示例”的行不导入。同一主体有几张证件的，每张一行。")
    sheet.write_string(len(layout.columns) + 2, 0, remark)


def export_xlsx(title: str, columns: Sequence[OutColumn], rows: Iterable[Sequence[Out]]) -> bytes:
    """A list as `.xlsx`; streamed row by row, so that memory does not grow with it."""
    file = io.BytesIO()
    book = _book(file, constant_memory=True)
    sheet = book.add_worksheet(title[:31])
    head = book.add_format(HEAD)
    forms = [book.add_format({"num_format": _format(column.kind)}) for column in columns]
    for at, column in enumerate(columns):
        sheet.set_column(at, at, 22 if column.kind in (Kind.CODE, Kind.TEXT) else 14, forms[at])
    for at, column in enumerate(columns):
        sheet.write_string(0, at, column.title, head)
    sheet.freeze_panes(1, 1)
    count = 0
    for count, row in enumerate(rows, 1):
        for at, value in enumerate(row):
            if value is not None and value != "":
                _write(sheet, count, at, value, columns[at].kind, forms[at])
    sheet.autofilter(0, 0, count, len(columns) - 1)
    book.close()
    return file.getvalue()


def _write(sheet: Worksheet, y: int, x: int, value: Out, kind: Kind, form: object) -> None:
    """Text by `write_string` only: no other call leaves `=1+1` alone."""
    if kind is Kind.MONEY and isinstance(value, int):
        sheet.write_number(y, x, value / 100, form)
    elif isinstance(value, bool):
        sheet.write_string(y, x, _("是") if value else _("否"), form)
    elif isinstance(value, int | float | Decimal) and kind not in (Kind.CODE, Kind.TEXT):
        sheet.write_number(y, x, float(value), form)
    elif isinstance(value, date) and kind is Kind.DAY and value.year >= EXCEL_FIRST_YEAR:
        sheet.write_datetime(y, x, _naive(value), form)
    else:
        sheet.write_string(y, x, _said(value, kind)[:CELL_CHARACTERS_TOP], form)


def _naive(value: date) -> date:
    """Excel knows no zones: a moment is written as the city's clock showed it."""
    if isinstance(value, datetime) and value.tzinfo:
        return clock.city(value).replace(tzinfo=None)
    return value


def export_csv(columns: Sequence[OutColumn], rows: Iterable[Sequence[Out]]) -> bytes:
    """A list as CSV with BOM, so that Excel reads it as UTF-8; formula beginnings guarded."""
    file = io.StringIO(newline="")
    sheet = csv.writer(file)
    sheet.writerow([guarded(column.title) for column in columns])
    for row in rows:
        sheet.writerow(
            [
                guarded(_said(v, c.kind)) if isinstance(v, str) else _said(v, c.kind)
                for v, c in zip(row, columns, strict=True)
            ]
        )
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def _said(value: Out, kind: Kind) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if kind is Kind.MONEY and isinstance(value, int):
        return yuan(value).replace(",", "")
    if isinstance(value, datetime):
        return f"{_naive(value):%Y-%m-%d %H:%M:%S}"
    return str(value)


def _format(kind: Kind, *, template: bool = False) -> str:
    if template and kind is Kind.DAY:
        return "@"  # a typed 2024-03-05 then stays what was typed
    return {
        Kind.DAY: "yyyy-mm-dd",
        Kind.MONEY: "0.00",
        Kind.WHOLE: "0",
        Kind.NUMBER: "General",
    }.get(kind, "@")


def _book(file: io.BytesIO, **options: bool) -> xlsxwriter.Workbook:
    """Never guesses links, numbers or formulas in text; made at the city's time, not the wall's."""
    book = xlsxwriter.Workbook(
        file,
        {
            "in_memory": not options,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            **options,
        },
    )
    book.set_properties({"created": clock.now().astimezone(UTC).replace(tzinfo=None)})
    return book
