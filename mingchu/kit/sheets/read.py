"""Reading 读表: bytes of any file an office sends become grids of cells. Pure.

The kind is told by content, never by name. Formulas are found, not believed (a result that Excel
kept may be old), and so are error values, which the reader gives as empty: both become faults.
"""

from __future__ import annotations

import csv
import io
import re
import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from html import unescape

import python_calamine as calamine

from mingchu.base.errors import Refusal
from mingchu.kit.sheets import biff
from mingchu.kit.sheets.cells import Cell, unguarded

FILE_BYTES_TOP = 30 * 2**20
UNPACKED_BYTES_TOP = 600 * 2**20
ROWS_TOP = 200_000
COLUMNS_TOP = 200
SNIFFED_LINES = 20
CHARACTER_BYTES_TOP = 4
DELIMITERS = (",", "\t", ";", "|")
Spot = tuple[int, int]


class FileKind(StrEnum):
    XLSX = "xlsx"
    XLS = "xls"
    CSV = "csv"


@dataclass(frozen=True)
class Grid:
    """A sheet as it lies in the file: `rows[0]` is row 1; spots count from zero.

    `marks` says of cells that they hold a "formula" or an "error".
    """

    name: str
    kind: FileKind
    rows: list[list[Cell]]
    merges: tuple[tuple[Spot, Spot], ...] = ()
    marks: Mapping[Spot, str] = field(default_factory=dict)


def read(content: bytes) -> list[Grid]:
    """Every visible sheet of the file."""
    if len(content) > FILE_BYTES_TOP:
        raise _too_big(f"{FILE_BYTES_TOP >> 20} MB")
    if content.startswith(b"PK"):
        return _workbook(content, FileKind.XLSX)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return _workbook(content, FileKind.XLS)
    if re.match(
        rb"\s*(<\?xml|<html|<!doctype|<table)", content[:500].lstrip(b"\xef\xbb\xbf"), re.IGNORECASE
    ):
        raise Refusal(
            "not_a_sheet",
            "这个文件名为表格，实际是网页",
            fix="请用 Excel 或 WPS 打开后，另存为 .xlsx 再上传",
        )
    return [_text_sheet(content)]


def _workbook(content: bytes, kind: FileKind) -> list[Grid]:
    if kind is FileKind.XLSX:
        _check_archive(content)
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [
            grid
            for at, meta in enumerate(book.sheets_metadata)
            if meta.visible == calamine.SheetVisibleEnum.Visible
            and meta.typ == calamine.SheetTypeEnum.WorkSheet
            for grid in [_grid(book, at, meta.name, kind, content)]
        ]
    except calamine.PasswordError as error:
        raise Refusal("locked_file", "文件设有打开密码", fix="请去掉密码后另存再上传") from error
    except (calamine.CalamineError, struct.error, zipfile.BadZipFile, KeyError) as error:
        raise _damaged() from error


def _grid(
    book: calamine.CalamineWorkbook, at: int, name: str, kind: FileKind, content: bytes
) -> Grid:
    sheet = book.get_sheet_by_index(at)
    if sheet.total_height > ROWS_TOP:
        raise _too_big(f"{ROWS_TOP} 行")
    rows: list[list[Cell]] = sheet.to_python(skip_empty_area=False)
    if sheet.total_width > COLUMNS_TOP:
        rows = [row[:COLUMNS_TOP] for row in rows]
    found = _xlsx_marks(content, name) if kind is FileKind.XLSX else biff.marks(content)[at]
    return Grid(name, kind, rows, tuple(sheet.merged_cell_ranges or ()), found)


def _check_archive(content: bytes) -> None:
    """A small archive that unpacks into a huge one is refused before it is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
            names = set(archive.namelist())
    except zipfile.BadZipFile as error:
        raise _damaged() from error
    if unpacked > UNPACKED_BYTES_TOP:
        raise _too_big(f"{UNPACKED_BYTES_TOP >> 20} MB")
    if "xl/workbook.xml" not in names:
        raise Refusal(
            "not_a_sheet",
            "这个压缩文件不是 Excel 表格",
            fix="请上传 .xlsx、.xls 或 .csv 表格文件",
        )


_SHEET = re.compile(r"<(?:\w+:)?sheet\s[^>]*>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\s[^>]*>")
_FORMULA = re.compile(rb'<(?:\w+:)?c r="([A-Z]+)(\d+)"[^>]*>\s*<(?:\w+:)?f[ >/]')
_ERROR = re.compile(rb'<(?:\w+:)?c r="([A-Z]+)(\d+)"[^>]*\st="e"')


def _xlsx_marks(content: bytes, name: str) -> dict[Spot, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        path = _sheet_path(archive, name)
        if path is None or path not in archive.namelist():
            return {}
        part = archive.read(path)
    # Most lists have neither, and looking for the tag alone is far cheaper than matching cells.
    errors = _spots(_ERROR, part) if b't="e"' in part else []
    formulas = _spots(_FORMULA, part) if re.search(rb"[<:]f[ >/]", part) else []
    return {**dict.fromkeys(errors, "error"), **dict.fromkeys(formulas, "formula")}


def _spots(pattern: re.Pattern[bytes], part: bytes) -> list[Spot]:
    return [(int(row) - 1, _column(letters.decode())) for letters, row in pattern.findall(part)]


def _sheet_path(archive: zipfile.ZipFile, name: str) -> str | None:
    """The part that holds a sheet: workbook.xml names the relation, the relation the part."""
    book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    wanted = next(
        (tag for tag in _SHEET.findall(book) if unescape(_attribute(tag, "name")) == name), ""
    )
    links = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    target = next(
        (
            _attribute(tag, "Target")
            for tag in _RELATION.findall(links)
            if _attribute(tag, "Id") == _attribute(wanted, r"\w+:id")
        ),
        "",
    )
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}" if target else None


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\s{name}="([^"]*)"', tag)
    return found[1] if found else ""


def _column(letters: str) -> int:
    """
    >>> _column("A"), _column("AA")
    (0, 26)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _text_sheet(content: bytes) -> Grid:
    lines = decode(content)
    delimiter = sniff(lines)
    rows: list[list[Cell]] = []
    found: dict[Spot, str] = {}
    for row in csv.reader(io.StringIO(lines, newline=""), delimiter=delimiter):
        # Only "=" counts as a formula: +86 and -5 are honest beginnings in a text file.
        found |= {(len(rows), x): "formula" for x, cell in enumerate(row) if cell.startswith("=")}
        rows.append([unguarded(cell) for cell in row[:COLUMNS_TOP]])
        if len(rows) > ROWS_TOP:
            raise _too_big(f"{ROWS_TOP} 行")
    if _is_cut_off(lines, rows):
        raise _damaged()
    return Grid("CSV", FileKind.CSV, rows, marks=found)


def _is_cut_off(text: str, rows: list[list[Cell]]) -> bool:
    """A text file that ends in the middle: of a quoted cell, or of a row where every other row
    has as many cells as the one before."""
    if not rows or text.endswith(("\n", "\r")):
        return False
    if text.count('"') % 2 and "\n" in str(rows[-1][-1] if rows[-1] else ""):
        return True
    widths = {len(row) for row in rows[:-1] if row}
    return len(widths) == 1 and 1 < len(rows[-1]) < widths.pop()


def decode(content: bytes) -> str:
    """Text of a CSV: its BOM speaks first, then UTF-8, then UTF-16, then GB18030."""
    for mark, name in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if content.startswith(mark):
            return _decoded(content, [name])
    sample = content[:2000]
    if sample.count(b"\0") > len(sample) // 8:
        big = sample[::2].count(b"\0") > sample[1::2].count(b"\0")
        return _decoded(content, ["utf-16-be" if big else "utf-16-le"])
    return _decoded(content, ["utf-8", "gb18030"])


def _decoded(content: bytes, names: Sequence[str]) -> str:
    text = _decodes(content, names)
    if text is not None:
        return text
    # One or more bytes too few at the very end: a character of several was cut in two.
    if any(_decodes(content[:-cut], names) is not None for cut in range(1, CHARACTER_BYTES_TOP)):
        raise _damaged()
    raise Refusal(
        "unreadable_text",
        "认不出这个文件的文字编码",
        fix="请用 Excel 另存为 .xlsx，或存为 UTF-8 编码的 CSV",
    )


def _decodes(content: bytes, names: Sequence[str]) -> str | None:
    """The text in the first encoding that fits; None if none does."""
    for name in names:
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    return None


def sniff(text: str) -> str:
    """The delimiter: the one that cuts most lines into the same number of parts, at least two."""
    lines = [line for line in text[:100_000].splitlines() if line.strip()][:SNIFFED_LINES]

    def cuts(delimiter: str) -> tuple[int, int]:
        counts = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        usual = max(set(counts), key=lambda count: (counts.count(count), count), default=1)
        return (counts.count(usual), usual) if usual > 1 else (0, 0)

    best = max(DELIMITERS, key=cuts)
    return best if cuts(best)[0] else ","


def _too_big(top: str) -> Refusal:
    return Refusal(
        "file_too_big", "文件太大，超过{top}", fix="请拆成几个文件分别上传", status=413, top=top
    )


def _damaged() -> Refusal:
    return Refusal(
        "damaged_file", "文件已损坏，或上传没有传完", fix="请用 Excel 打开确认无误，另存后再上传"
    )
