"""Dry run 试导: every row is read and checked; a faulty one stays out whole. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Mapping as Keyed
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from mingchu.base.errors import Refusal
from mingchu.kit.sheets import cells
from mingchu.kit.sheets.cells import Cell, Value, is_blank
from mingchu.kit.sheets.faults import Fault
from mingchu.kit.sheets.layouts import Column, Layout
from mingchu.kit.sheets.locate import Table
from mingchu.kit.sheets.progress import told
from mingchu.kit.sheets.recognise import Mapping


@dataclass(frozen=True)
class GoodRow:
    """A row whose every cell could be read; `number` is the row number in Excel."""

    number: int
    values: dict[str, Value]


@dataclass(frozen=True)
class Examined:
    rows: tuple[GoodRow, ...]
    faults: tuple[Fault, ...]
    total: int


REMEMBERED_CELLS = 2_000  # of a column
Marks = Keyed[tuple[int, int], str]
Slot = tuple[int, Column, Callable[[Cell], Value]]


def examine(table: Table, layout: Layout, mapping: Mapping) -> Examined:
    """Reads the table by a mapping that has no doubts left."""
    if not mapping.is_sure:
        raise Refusal(
            "columns_unclear",
            "有{n}列还不能确定对应关系",
            fix="请先确认列的对应关系，必填：{missing}",
            n=len(mapping.doubts) + len(mapping.missing),
            missing=[layout.column(key).title for key in mapping.missing] or "—",
        )
    slots = [
        (index, layout.column(key), _remembering(layout.column(key).reader()))
        for index, key in sorted(mapping.columns.items())
    ]
    good, faults = [], []
    for number, row in told(gettext("核对各行"), table.rows):
        wrong: list[Fault] = []
        values = dict(_values(number, row, slots, table.marks, wrong))
        if not wrong:
            wrong += _across(number, values, layout)
        if wrong:
            faults += wrong
        else:
            good.append(GoodRow(number, values))
    once, again = _unique(good, layout)
    return Examined(once, tuple(sorted([*faults, *again], key=_place)), len(table.rows))


def _remembering(read: Callable[[Cell], Value]) -> Callable[[Cell], Value]:
    """The same reading of a cell once: a list says the same kinds, places and days over and over.

    Numbers are read anew, since 1, 1.0 and TRUE are alike to a dictionary.
    """
    known: dict[Cell, Value] = {}

    def value(cell: Cell) -> Value:
        if not isinstance(cell, str | date):
            return read(cell)
        if cell not in known:
            if len(known) == REMEMBERED_CELLS:
                known.clear()
            known[cell] = read(cell)
        return known[cell]

    return value


def _place(fault: Fault) -> tuple[int, str]:
    return fault.row, fault.column


def _values(
    number: int,
    row: list[Cell],
    slots: list[Slot],
    marks: Marks,
    wrong: list[Fault],
) -> Iterator[tuple[str, Value]]:
    width = len(row)
    for index, column, read in slots:
        cell = row[index] if index < width else ""
        try:
            if marks and (number - 1, index) in marks:
                raise _marked(marks[number - 1, index])
            if cell == "" or is_blank(cell):
                if column.required:
                    raise _empty(column)
                yield column.key, None
            else:
                yield column.key, read(cell)
        except Refusal as refusal:
            wrong.append(Fault.of(number, column.title, refusal))


def _marked(mark: str) -> Refusal:
    if mark == "error":
        return cells.error_value("#")
    return Refusal(
        "formula",
        "单元格里是公式，导入时不计算公式",
        fix="请选中后复制，再用“选择性粘贴 → 数值”粘回",
    )


def _empty(column: Column) -> Refusal:
    return Refusal("required_empty", "“{title}”没有填写", fix="这一列必须填写", title=column.title)


def _across(number: int, values: dict[str, Value], layout: Layout) -> list[Fault]:
    if layout.check is None:
        return []
    try:
        layout.check(values)
    except Refusal as refusal:
        return [Fault.of(number, "", refusal)]
    return []


def _unique(good: list[GoodRow], layout: Layout) -> tuple[tuple[GoodRow, ...], list[Fault]]:
    """The first of several rows with one key counts; each later one is a fault naming it."""
    if not layout.unique:
        return tuple(good), []
    first: dict[tuple[Value, ...], int] = {}
    once, faults = [], []
    for row in good:
        key = tuple(row.values.get(name) for name in layout.unique)
        if (
            any(part is not None for part in key)
            and first.setdefault(key, row.number) != row.number
        ):
            faults.append(Fault.of(row.number, _named(layout), _twice(first[key])))
        else:
            once.append(row)
    return tuple(once), faults


def _named(layout: Layout) -> str:
    return layout.column(layout.unique[0]).title


def _twice(row: int) -> Refusal:
    return Refusal("duplicate_row", "与第{row}行重复", fix="请删去其中一行，或改正号码", row=row)
