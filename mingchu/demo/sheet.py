"""A list of invented businesses with known faults, and what an import must say of it.

Laid out as offices send lists: title and remarks above, two header rows with merged groups, a
remark below. Three rows in a hundred have a fault, each sort in turn; the rest are in order and of
nobody in the demo city, so that an import tells exactly the faults expected.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import cycle
from typing import Any

import xlsxwriter
import xlwt
from django.conf import settings
from django.utils import translation

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.demo.census import Cell, Maker, cells
from mingchu.demo.flaws import DOUBTS, FLAWS, FORMULA, Flaw, Row
from mingchu.demo.plan import plan
from mingchu.kit.sheets.layouts import Column
from mingchu.registry.domain import Duty
from mingchu.registry.layout import LIST
from mingchu.registry.models import Kind
from mingchu.registry.values import NewBusiness

EVERY = 33  # of so many rows one has a fault
DOUBTED = 101  # of so many one has something to look at again
AGAIN = 47  # of so many one is another licence of the business above
BRANCH = 29  # of so many one is a branch of the first
FIRST_ROW = 5  # under title, remarks and two header rows, as a person counts in Excel
XLS_ROWS = 65_536 - FIRST_ROW
# Numbers no census of a million and no played day comes to.
FIRSTS = {
    "code": 5_200_000,
    "person": 6_000_000,
    "SC": 8_000,
    "JY": 500_000,
    "YB": 500_000,
    "small": 500_000,
}
KEYS = (
    "name", "code", "kind", "scale", "diners", "head", "district", "station", "grid", "address",
    "phone", "principal", "principal_phone", "principal_identity", "officer", "health_until",
    "numbers", "items", "issued", "expires",
)  # fmt: skip
LICENCE = ("numbers", "items", "issued", "expires")
SCALES = ("大型", "中型", "小型", "微型")
Told = list[dict[str, Any]]
Table = list[list[Any]]


def sheet(
    rows: int, form: str, *, seed: int = 1, later: bool = False
) -> tuple[bytes, dict[str, Told]]:
    """The file, and its faults and warnings as an import tells them.

    `later`: the same list when every licence has been renewed and every telephone changed.
    Raises Refusal `too_many_rows` where the format has no room.
    """
    if form == "xls" and rows > XLS_ROWS:
        raise Refusal(
            "too_many_rows",
            "旧版 .xls 最多 {top} 行",
            fix="请改用 --format xlsx 或 csv",
            top=XLS_ROWS,
        )
    # An official list is in Chinese, whoever asks for it.
    with translation.override(settings.LANGUAGE_CODE):
        lines, told = _lines(rows, seed, later=later)
    table = [[line[key] for key in KEYS] for line in lines]
    return _FORMATS[form]([LIST.column(key) for key in KEYS], table), told


def _lines(rows: int, seed: int, *, later: bool) -> tuple[list[Row], dict[str, Told]]:
    lines = [_later(row) if later else row for row in _rows(rows, seed)]
    every = max(2, min(EVERY, rows // (len(FLAWS) + 1)))
    faulty = list(range(every - 1, rows, every))
    near = {at + step for at in faulty for step in (-1, 0, 1)}
    doubted = [at for at in range(min(DOUBTED, every + 2), rows, DOUBTED) if at not in near]
    near |= {at + step for at in doubted for step in (-1, 0, 1)}
    for at in range(AGAIN, rows, AGAIN):
        if at not in near:
            lines[at] = {**lines[at - 1], **{key: lines[at][key] for key in LICENCE}}
    told: dict[str, Told] = {"faults": [], "warnings": []}
    for name, places, flaws in (("faults", faulty, FLAWS), ("warnings", doubted, DOUBTS)):
        for at, flaw in zip(places, cycle(flaws), strict=False):
            lines[at] = flaw.spoil(lines[at], lines[at - 1])
            told[name].append(_told(at, flaw))
    return lines, told


def _told(at: int, flaw: Flaw) -> dict[str, Any]:
    title = LIST.column(flaw.column).title if flaw.column else ""
    return {"row": at + FIRST_ROW, "column": title, "code": flaw.code}


def _rows(rows: int, seed: int) -> Iterator[Row]:
    first = ""
    for at, new in enumerate(_businesses(rows, seed)):
        first = first or new.code
        yield _row(new, at, first if at % BRANCH == BRANCH - 1 else "")


def _later(row: Row) -> Row:
    days = {name: row[name] + timedelta(days=1) for name in ("issued", "expires")}
    ahead = days["issued"] > clock.today()
    return {**row, **({} if ahead else days), "phone": f"{row['phone']}-1"}


def _businesses(rows: int, seed: int) -> Iterator[NewBusiness]:
    """Companies and households with a licence that ends, so that any flaw can befall each."""
    maker = Maker(plan(), f"{seed}:sheet", clock.today(), FIRSTS)
    kinds = [cell for cell, count in cells(plan(), plan().size) if count and _is_full(cell)]
    made = (maker.business(cell) for cell in cycle(kinds))
    full = (new for new in made if new.licences[0].expires)
    return (new for new, _place in zip(full, range(rows), strict=False))


def _is_full(cell: Cell) -> bool:
    return cell.state == "open" and cell.kind != "vendor"


def _row(new: NewBusiness, at: int, head: str) -> Row:
    [licence] = new.licences
    principal = new.people[0]
    officer = next((one for one in new.people if Duty.OFFICER in one.duties), principal)
    return {
        "name": new.name,
        "code": new.code,
        "kind": LIST.column("kind").offers[Kind.values.index(new.kind)],
        "scale": SCALES[at % len(SCALES)],
        "diners": str(20 + at % 200),
        "head": head,
        "district": new.district,
        "station": new.station,
        "grid": f"{new.station}{1 + at % 9:03d}",
        "address": new.address,
        "phone": new.phone,
        "principal": principal.name,
        "principal_phone": principal.phone,
        "principal_identity": principal.identity,
        "officer": officer.name,
        "health_until": officer.health_until,
        "numbers": licence.number,
        "items": "、".join(licence.items),
        "issued": licence.issued,
        "expires": licence.expires,
    }


def _head(columns: Sequence[Column]) -> tuple[list[str], list[tuple[int, int, str]]]:
    """Titles, and the groups above them with the columns they span."""
    groups: list[tuple[int, int, str]] = []
    for at, column in enumerate(columns):
        if groups and groups[-1][2] == column.group:
            groups[-1] = (groups[-1][0], at, column.group)
        else:
            groups.append((at, at, column.group))
    return [column.title for column in columns], groups


def _remarks() -> tuple[str, str, str]:
    said = clock.today().isoformat()
    return LIST.title, f"填报单位：演示局 数据截至：{said}", "注：合成数据，与任何真实主体无关"


def _xlsx(columns: Sequence[Column], table: Table) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    page = book.add_worksheet(LIST.title)
    text, day = book.add_format({"num_format": "@"}), book.add_format({"num_format": "yyyy-mm-dd"})
    (title, lead, foot), (titles, groups) = _remarks(), _head(columns)
    page.merge_range(0, 0, 0, len(columns) - 1, title, text)
    page.merge_range(1, 0, 1, len(columns) - 1, lead, text)
    for first, last, group in groups:
        page.merge_range(2, first, 2, last, group, text)
    page.write_row(3, 0, titles, text)
    for y, line in enumerate(table, FIRST_ROW - 1):
        for x, value in enumerate(line):
            if value == FORMULA:
                page.write_formula(y, x, value, text, 2)
            elif isinstance(value, date):
                page.write_datetime(y, x, value, day)
            elif isinstance(value, float):
                page.write_number(y, x, value)
            elif value:
                page.write_string(y, x, value, text)
    page.write_string(len(table) + FIRST_ROW - 1, 0, foot)
    book.close()
    return file.getvalue()


def _xls(columns: Sequence[Column], table: Table) -> bytes:
    book = xlwt.Workbook()
    page = book.add_sheet(LIST.title)
    day, text = xlwt.easyxf(num_format_str="yyyy-mm-dd"), xlwt.easyxf(num_format_str="@")
    (title, lead, foot), (titles, groups) = _remarks(), _head(columns)
    page.write_merge(0, 0, 0, len(columns) - 1, title)
    page.write_merge(1, 1, 0, len(columns) - 1, lead)
    for first, last, group in groups:
        page.write_merge(2, 2, first, last, group)
    for y, line in enumerate([titles, *table], FIRST_ROW - 2):
        for x, value in enumerate(line):
            if value == FORMULA:
                page.write(y, x, xlwt.Formula(FORMULA[1:]))
            elif value not in (None, ""):
                page.write(y, x, value, day if isinstance(value, date) else text)
    page.write(len(table) + FIRST_ROW - 1, 0, foot)
    book.save(file := io.BytesIO())
    return file.getvalue()


def _csv(columns: Sequence[Column], table: Table) -> bytes:
    """As Excel saves it here: GB18030, a merged group in the first of its cells."""
    (title, lead, foot), (titles, groups) = _remarks(), _head(columns)
    above = dict.fromkeys(range(len(columns)), "") | {first: group for first, _, group in groups}
    file = io.StringIO(newline="")
    out = csv.writer(file)
    for line in ([title], [lead], list(above.values()), titles, *table, [foot]):
        said = [f"{value:.6E}" if isinstance(value, float) else value for value in line]
        out.writerow([*said, *[""] * (len(columns) - len(said))])
    return file.getvalue().encode("gb18030")


_FORMATS: dict[str, Callable[[Sequence[Column], Table], bytes]] = {
    "xlsx": _xlsx,
    "xls": _xls,
    "csv": _csv,
}
