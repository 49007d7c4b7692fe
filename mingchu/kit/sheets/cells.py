"""Cells 单元格: what a person meant by what Excel made of it. Pure.

Codes stay text to the last digit; a number that Excel has already rounded is a fault, since no
program can bring the lost digits back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from mingchu.base import money
from mingchu.base.errors import Refusal

Cell = str | int | float | bool | date | datetime | time | timedelta
Value = str | int | bool | date | Decimal | None

# Excel keeps 15 significant digits (IEEE 754 doubles); from here on digits are lost.
EXACT_NUMBER_TOP = 10**15
# Day 0 of Excel's calendar, moved by its non-existent 1900-02-29; true for days from 61 on.
EXCEL_EPOCH = date(1899, 12, 30)
SERIAL_FIRST, SERIAL_LAST = 61, 80_000
SPOILED = re.compile(r"\d(?:\.\d+)?E\+\d{1,2}", re.IGNORECASE)
DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]\d.*)?")
COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})
# Characters that look like nothing and come along from web pages and chat programs.
INVISIBLE = dict.fromkeys((8203, 8204, 8205, 8288, 65279, 173))
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def shown(cell: Cell) -> str:
    """The cell as text, nothing guessed.

    >>> shown(5.0), shown(" 911 "), shown(date(2024, 3, 5)), shown(0.1)
    ('5', '911', '2024-03-05', '0.1')
    """
    if isinstance(cell, str):
        # Nothing that is to be mended is printable, and most cells are.
        if cell.isprintable():
            return cell.strip()
        return cell.translate(INVISIBLE).replace("\xa0", " ").strip()
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT_NUMBER_TOP:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(" ") if cell.time() != time() else cell.date().isoformat()
    return str(cell)


def is_blank(cell: Cell) -> bool:
    return isinstance(cell, str) and not (cell[:1].isalnum() or shown(cell))


def narrow(text: str) -> str:
    """Full-width digits, letters and signs as plain ones (NFKC)."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def text(cell: Cell) -> str:
    """A text; a number that Excel has rounded is refused here too."""
    if not isinstance(cell, str):
        return _digits(cell)
    found = shown(cell)
    if found in ERRORS:
        raise error_value(found)
    return found


def error_value(found: str) -> Refusal:
    """What Excel shows where a calculation failed, such as #N/A."""
    return Refusal(
        "excel_error",
        "单元格里是 Excel 的错误值“{shown}”",
        fix="请改成正确的内容，或清空",
        shown=found,
    )


def code(cell: Cell) -> str:
    """A code such as a licence number: every digit kept, no spaces inside, upper case."""
    if not isinstance(cell, str):
        return _digits(cell)
    found = "".join(narrow(text(cell)).split()).upper()
    if SPOILED.fullmatch(found):
        raise _spoiled(found)
    # Excel users type an apostrophe to keep a code text; a CSV keeps the apostrophe itself.
    return found.removeprefix("'")


def _digits(cell: Cell) -> str:
    if isinstance(cell, int | float) and abs(cell) >= EXACT_NUMBER_TOP:
        raise _spoiled(f"{float(cell):.4G}")
    return shown(cell)


def _spoiled(found: str) -> Refusal:
    return Refusal(
        "number_spoiled",
        "“{shown}”已被 Excel 当作数字改写，号码的后几位已经丢失",
        fix="请先把这一列设为“文本”格式，再重新录入完整号码",
        shown=found,
    )


def day(cell: Cell) -> date:
    """A day in any of the ways people write one.

    >>> [day(typed).isoformat() for typed in ("2024/3/5", "2024年3月5日", 20240305, 45356.0)]
    ['2024-03-05', '2024-03-05', '2024-03-05', '2024-03-05']
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    found = narrow(shown(cell))
    match = DAY.fullmatch(found) or COMPACT_DAY.fullmatch(found)
    try:
        if match:
            return date(*(int(part) for part in match.groups()))
        serial = float(found)
        if SERIAL_FIRST <= serial <= SERIAL_LAST:
            return EXCEL_EPOCH + timedelta(days=int(serial))
    except ValueError:
        pass
    raise Refusal(
        "bad_date", "“{shown}”不是日期", fix="请写成 2024-03-05 这样的年月日", shown=found
    )


def whole(cell: Cell) -> int:
    """A whole number, thousands separators allowed."""
    found = number(cell)
    if found != found.to_integral_value():
        raise Refusal("not_whole", "“{shown}”不是整数", fix="请填写整数", shown=shown(cell))
    return int(found)


def number(cell: Cell) -> Decimal:
    """A number as it was typed; binary rounding of Excel's doubles does not show."""
    found = narrow(shown(cell)).replace(",", "")
    try:
        value = Decimal(found)
    except InvalidOperation:
        value = Decimal("NaN")
    if isinstance(cell, bool) or not value.is_finite():
        raise Refusal("bad_number", "“{shown}”不是数字", fix="请只填写数字", shown=shown(cell))
    return value


def fen(cell: Cell) -> int:
    """An amount in yuan, as fen."""
    return money.fen(narrow(shown(cell)))


YES = frozenset({"是", "有", "TRUE", "Y", "YES", "1", "√", "✓"})
NO = frozenset({"否", "无", "FALSE", "N", "NO", "0", "×", "X"})


def yes_no(cell: Cell) -> bool:
    """是 or 否, and the signs people put instead."""
    found = shown(cell).upper()
    if found in YES or found in NO:
        return found in YES
    raise Refusal(
        "bad_yes_no", "“{shown}”不是“是”或“否”", fix="请填写“是”或“否”", shown=shown(cell)
    )


def choice(options: dict[str, str], words: Iterable[str] = ()) -> Callable[[Cell], str]:
    """Reads one of the options: `{what people write: what is kept}`; a refusal names `words`."""
    known = {narrow(word).upper(): kept for word, kept in options.items()}
    labels = "、".join(dict.fromkeys(words or options))

    def read(cell: Cell) -> str:
        found = known.get(narrow(shown(cell)).upper())
        if found is None:
            raise Refusal(
                "unknown_choice",
                "“{shown}”不在可选内容里",
                fix="可填：{options}",
                shown=shown(cell),
                options=labels,
            )
        return found

    return read


def is_formula_text(found: str) -> bool:
    """Text that a spreadsheet would run when it opens the file."""
    return found.startswith(FORMULA_SIGNS)


def guarded(found: str) -> str:
    """Text that no spreadsheet takes for a formula; `unguarded` gives the original back.

    >>> guarded("=1+1"), guarded("'tis"), guarded("平安")
    ("'=1+1", "''tis", '平安')
    """
    return f"'{found}" if is_formula_text(found) or found.startswith("'") else found


def unguarded(found: str) -> str:
    """A text as it was before `guarded`.

    >>> unguarded("'=1+1"), unguarded("''tis"), unguarded("平安"), unguarded("'t")
    ('=1+1', "'tis", '平安', "'t")
    """
    bare = found[1:]
    plain = found.startswith("'") and (is_formula_text(bare) or bare.startswith("'"))
    return bare if plain else found
