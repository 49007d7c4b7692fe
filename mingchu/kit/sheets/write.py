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
from xlsxwriter.worksheet import Worksheet

from mingchu.base import clock
from mingchu.base.money import yuan
from mingchu.kit.sheets.cells import guarded
from mingchu.kit.sheets.layouts import Column, Kind, Layout

TEMPLATE_ROWS = 5000
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
    """The official empty list: groups above titles, an example, drop-downs, notes, help."""
    file = io.BytesIO()
    book = _book(file)
    sheet = book.add_worksheet(layout.title[:31])
    top = _template_head(book, sheet, layout)
    example = book.add_format({"num_format": "@", "font_color": "#51605B", "italic": True})
    for at, column in enumerate(layout.columns):
        words = list(dict.fromkeys(column.options))
        plain = book.add_format({"num_format": _format(column.kind, template=True)})
        sheet.set_column(at, at, min(max(len(column.title) * 2 + 4, NARROW), WIDE), plain)
        if column.example:
            sheet.write_string(top + 1, at, column.example, example)
        if words and sum(map(len, words)) + len(words) < 255:
            sheet.data_validation(
                top + 1, at, TEMPLATE_ROWS, at, {"validate": "list", "source": words}
            )
        if column.note:
            sheet.write_comment(top, at, column.note)
    sheet.freeze_panes(top + 1, 1)
    _help(book, layout)
    book.close()
    return file.getvalue()


def _template_head(book: xlsxwriter.Workbook, sheet: Worksheet, layout: Layout) -> int:
    """Writes one or two header rows; returns the index of the row with the titles."""
    head = book.add_format({**HEAD, "text_wrap": True})
    must = book.add_format({**HEAD, "text_wrap": True, "font_color": "#B3261E"})
    if not any(column.group for column in layout.columns):
        for at, column in enumerate(layout.columns):
            sheet.write_string(0, at, column.title, must if column.required else head)
        return 0
    for first, last, group in _groups(layout.columns):
        if group and last > first:
            sheet.merge_range(0, first, 0, last, group, head)
        elif group:
            sheet.write_string(0, first, group, head)
    for at, column in enumerate(layout.columns):
        form = must if column.required else head
        if column.group:
            sheet.write_string(1, at, column.title, form)
        else:
            sheet.merge_range(0, at, 1, at, column.title, form)
    return 1


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
        words = "、".join(dict.fromkeys(column.options))
        sheet.write_string(row, 0, column.title)
        sheet.write_string(row, 1, _("必填") if column.required else _("可不填"))
        sheet.write_string(row, 2, column.note or words)
        sheet.write_string(row, 3, column.example)
    sheet.set_column(0, 3, 24)
    remark = _("浅色斜体的示例行不会被导入。号码列请保持“文本”格式。")
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
