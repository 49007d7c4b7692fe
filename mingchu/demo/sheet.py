"""A list of invented businesses with known faults, and what an import must say of it.

Every eighth row has one fault, of each sort in turn; the rest are in order and of nobody in the
demo city, so that a dry run tells exactly the faults expected.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import cycle
from typing import Any

import xlwt
from django.conf import settings
from django.utils import translation

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.demo.census import Cell, Maker, cells
from mingchu.demo.plan import plan
from mingchu.identifiers import credit_code
from mingchu.kit.sheets.write import OutColumn, export_csv, export_xlsx
from mingchu.registry.layout import LIST
from mingchu.registry.models import Kind
from mingchu.registry.values import NewBusiness

EVERY = 8
FIRST_ROW = 2  # under the titles, as a person counts in Excel
XLS_ROWS = 65_535
# Numbers no census of a million and no played day comes to.
FIRSTS = {"code": 5_200_000, "SC": 8_000, "JY": 500_000, "YB": 500_000, "small": 500_000}
KEYS = ("name", "code", "kind", "district", "station", "address", "phone", "opened",
        "numbers", "items", "issued", "expires")  # fmt: skip
Row = dict[str, Any]


@dataclass(frozen=True)
class Flaw:
    """What is done to a row, and what an import then says, in which column; "" is the row."""

    column: str
    code: str
    spoil: Callable[[Row], Row]


def _swapped(row: Row) -> Row:
    """Two characters of the body changed about, so that neither check fits."""
    code = row["code"]
    spoilt = (
        code[:at] + code[at + 1] + code[at] + code[at + 2 :]
        for at in range(10, 15)
        if code[at] != code[at + 1]
    )
    wrong = (one for one in spoilt if credit_code.check(one).code == "credit_code_mistyped")
    return {**row, "code": next(wrong)}


def _put(key: str, value: Any) -> Callable[[Row], Row]:
    return lambda row: {**row, key: value}


def _change(key: str, change: Callable[[Any], Any]) -> Callable[[Row], Row]:
    return lambda row: {**row, key: change(row[key])}


FLAWS = (
    Flaw("name", "required_empty", _put("name", "")),
    Flaw("kind", "unknown_choice", _put("kind", "杂货")),
    Flaw("district", "unknown_district", _put("district", "演示县")),
    Flaw("code", "credit_code_length", _change("code", lambda code: code[:-1])),
    Flaw("code", "credit_code_letter", _change("code", lambda code: code[:12] + "I" + code[13:])),
    Flaw("code", "credit_code_mistyped", _swapped),
    Flaw("numbers", "licence_shape", _put("numbers", "JY2150105")),
    Flaw("issued", "bad_date", _put("issued", "2024年13月1日")),
    Flaw("address", "too_long", _put("address", "演示街" * 67)),
    Flaw("", "missing", _put("issued", None)),
    Flaw("", "day_ahead", _put("opened", date(2199, 1, 1))),
    Flaw("", "dates_out_of_order", _put("expires", date(1999, 1, 1))),
    Flaw("", "station_elsewhere", _put("station", "150199001")),
)


def sheet(rows: int, form: str, *, seed: int = 1) -> tuple[bytes, list[dict[str, Any]]]:
    """The file, and its faults as `import --dry-run` tells them.

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
        lines, faults = _lines(rows, seed)
    columns = [OutColumn(LIST.column(key).title, LIST.column(key).kind) for key in KEYS]
    table = [[line[key] for key in KEYS] for line in lines]
    return _FORMATS[form](columns, table), faults


def _lines(rows: int, seed: int) -> tuple[list[Row], list[dict[str, Any]]]:
    flaws, lines = cycle(FLAWS), [_row(new) for new in _businesses(rows, seed)]
    faults = []
    for place in range(EVERY - 1, len(lines), EVERY):
        flaw = next(flaws)
        lines[place] = flaw.spoil(lines[place])
        title = LIST.column(flaw.column).title if flaw.column else ""
        faults.append({"row": place + FIRST_ROW, "column": title, "code": flaw.code})
    return lines, faults


def _businesses(rows: int, seed: int) -> Iterator[NewBusiness]:
    """Companies and households with a licence that ends, so that any flaw can befall each."""
    maker = Maker(plan(), f"{seed}:sheet", clock.today(), FIRSTS)
    kinds = [cell for cell, count in cells(plan(), plan().size) if count and _is_full(cell)]
    made = (maker.business(cell) for cell in cycle(kinds))
    full = (new for new in made if new.licences[0].expires)
    return (new for new, _place in zip(full, range(rows), strict=False))


def _is_full(cell: Cell) -> bool:
    return cell.state == "open" and cell.kind != "vendor"


def _row(new: NewBusiness) -> Row:
    [licence] = new.licences
    return {
        "name": new.name,
        "code": new.code,
        "kind": str(Kind(new.kind).label),
        "district": new.district,
        "station": new.station,
        "address": new.address,
        "phone": new.phone,
        "opened": new.opened,
        "numbers": licence.number,
        "items": "、".join(licence.items),
        "issued": licence.issued,
        "expires": licence.expires,
    }


def _xls(columns: list[OutColumn], table: list[list[Any]]) -> bytes:
    book = xlwt.Workbook()
    page = book.add_sheet(LIST.title)
    day, text = xlwt.easyxf(num_format_str="yyyy-mm-dd"), xlwt.easyxf(num_format_str="@")
    for y, line in enumerate([[column.title for column in columns], *table]):
        for x, value in enumerate(line):
            if value not in (None, ""):
                page.write(y, x, value, day if isinstance(value, date) else text)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


_FORMATS: dict[str, Callable[[list[OutColumn], list[list[Any]]], bytes]] = {
    "xlsx": lambda columns, table: export_xlsx(LIST.title, columns, table),
    "xls": _xls,
    "csv": export_csv,
}
