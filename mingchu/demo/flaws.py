"""What is wrong in a faulty list, and what an import says of it: every sort that a file alone can
show. That somebody has died, or that a place lies outside an officer's district, it cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from mingchu.identifiers import check, credit_code, licences

Row = dict[str, Any]
# What no spreadsheet takes for text: a number it has rounded, and a calculation.
SPOILED = 9.2150105e17
FORMULA = "=1+1"
OWN_NUMBERS = 890_000  # of licences that occur only in a flaw


@dataclass(frozen=True)
class Flaw:
    """`spoil(row, before)` gives the faulty row, `before` being the row above it, which is in
    order; `column` is the key of the column a fault is told in, "" if it is the row's."""

    column: str
    code: str
    spoil: Callable[[Row, Row], Row]


def _put(key: str, value: Any) -> Callable[[Row, Row], Row]:
    return lambda row, before: {**row, key: value}


def _with(**said: Any) -> Callable[[Row, Row], Row]:
    return lambda row, before: {**row, **said}


def _change(key: str, change: Callable[[Any], Any]) -> Callable[[Row, Row], Row]:
    return lambda row, before: {**row, key: change(row[key])}


def _mistyped(code: str) -> str:
    """Two characters of the body changed about, so that neither check fits."""
    spoilt = (
        code[:at] + code[at + 1] + code[at] + code[at + 2 :]
        for at in range(10, 15)
        if code[at] != code[at + 1]
    )
    return next(one for one in spoilt if credit_code.check(one).code == "credit_code_mistyped")


def _identities(number: str) -> Iterator[str]:
    """The number with another last character, or born in a month that no year has."""
    for last in "123456789X":
        yield number[:17] + last
        yield from (f"{number[:10]}{month}{number[12:17]}{last}" for month in range(13, 20))


def _identity(code: str) -> Callable[[str], str]:
    """Turns a number into one that is wrong in this way."""

    def change(number: str) -> str:
        return next(one for one in _identities(number) if check("resident_id", one).code == code)

    return change


def _two_licences(row: Row, before: Row) -> Row:
    own = OWN_NUMBERS + int(row["code"][9:16], 36) % 9_000
    more = licences.build(licences.Series.OPERATION, "2", row["district"], own)
    return {**row, "numbers": f"{row['numbers']}、{more}"}


def _same_licence(row: Row, before: Row) -> Row:
    return {**row, "numbers": before["numbers"]}


def _same_row(row: Row, before: Row) -> Row:
    return dict(before)


def _other_address(row: Row, before: Row) -> Row:
    """Another licence of the business above, which now is said to be elsewhere."""
    licence = {key: row[key] for key in ("numbers", "items", "issued", "expires")}
    return {**before, **licence, "address": f"{before['address']}附1号"}


AHEAD = date(2199, 1, 1)
FLAWS = (
    Flaw("name", "required_empty", _put("name", "")),
    Flaw("name", "excel_error", _put("name", "#N/A")),
    Flaw("kind", "unknown_choice", _put("kind", "杂货")),
    Flaw("scale", "unknown_choice", _put("scale", "超大型")),
    Flaw("code", "credit_code_length", _change("code", lambda code: code[:-1])),
    Flaw("code", "credit_code_letter", _change("code", lambda code: code[:12] + "I" + code[13:])),
    Flaw("code", "credit_code_mistyped", _change("code", _mistyped)),
    Flaw("code", "number_spoiled", _put("code", SPOILED)),
    Flaw("head", "credit_code_letter", _put("head", "91150105MA0O00000X")),
    Flaw("diners", "bad_number", _put("diners", "约四十")),
    Flaw("diners", "not_whole", _put("diners", "40.5")),
    Flaw("diners", "out_of_range", _put("diners", "0")),
    Flaw("station", "station_elsewhere", _with(station="150199001", grid="")),
    Flaw("grid", "grid_elsewhere", _put("grid", "150199001001")),
    Flaw("address", "too_long", _put("address", "演示街" * 67)),
    Flaw("phone", "formula", _put("phone", FORMULA)),
    Flaw("principal", "missing", _put("principal", "")),
    Flaw(
        "principal_identity",
        "resident_id_check",
        _change("principal_identity", _identity("resident_id_check")),
    ),
    Flaw(
        "principal_identity",
        "resident_id_birth",
        _change("principal_identity", _identity("resident_id_birth")),
    ),
    Flaw("health_until", "several_officers", _put("officer", "演示甲、演示乙")),
    Flaw("health_until", "bad_date", _put("health_until", "明年春天")),
    Flaw("numbers", "licence_shape", _put("numbers", "JY2150105")),
    Flaw("numbers", "licence_twice", _same_licence),
    Flaw("numbers", "several_licences", _two_licences),
    Flaw("issued", "bad_date", _put("issued", "2024年2月30日")),
    Flaw("issued", "missing", _put("issued", None)),
    Flaw("issued", "day_ahead", _with(issued=AHEAD, expires=None)),
    Flaw("expires", "dates_out_of_order", _put("expires", date(1999, 1, 1))),
    Flaw("", "duplicate_row", _same_row),
    Flaw("address", "rows_disagree", _other_address),
)


def _of_check(row: Row, before: Row) -> Row:
    """A code of which only the last character does not fit: such have been issued."""
    code = row["code"]
    last = (code[:17] + sign for sign in "0123456789ABCDEFGHJKLMNPQRTUWXY" if sign != code[17])
    found = next(one for one in last if credit_code.check(one).code == "credit_code_check")
    return {**row, "code": found}


def _same_person(row: Row, before: Row) -> Row:
    names = ("principal", "principal_phone", "principal_identity")
    return {**row, **{name: before[name] for name in names}}


# What comes in all the same, and should be looked at again.
DOUBTS = (
    Flaw("district", "unknown_district", _put("district", "演示县")),
    Flaw("code", "credit_code_check", _of_check),
    Flaw("head", "head_unknown", _put("head", credit_code.synthetic(5_540_000))),
    Flaw("principal_identity", "person_elsewhere", _same_person),
)
