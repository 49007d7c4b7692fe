"""Resident identity number 公民身份号码 (GB 11643-1999).

Checksum, date and province are tested separately. The county is not compared with a table, nor its
years with the birth year: it is that of the first registration, which may be long after birth.
Store a keyed digest and the last four where the number itself is not needed.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from mingchu.identifiers.checksums import gb11643
from mingchu.identifiers.clean import clean, spoiled_by_a_spreadsheet
from mingchu.identifiers.divisions import PROVINCES
from mingchu.identifiers.verdict import Reason, Result, Verdict, worst
from mingchu.identifiers.verdict import msgid as _

KIND = "resident_id"
_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
_OLD_SHAPE = re.compile(r"[0-9]{15}")
# Residents of Hong Kong and Macao have a residence permit under 81 and 82, of Taiwan under 83.
_FIRST_TWO = PROVINCES | {"83"}
EARLIEST_YEAR = 1900

SHAPE = Reason(
    "resident_id_shape",
    _("公民身份号码应为17位数字加1位校验码"),
    _("请对照身份证填写18位；末位可以是X"),
    Result.WRONG,
)
OLD = Reason(
    "resident_id_old",
    _("填的是15位的旧号码，已经停用"),
    _("请填写现行身份证上的18位号码"),
    Result.WRONG,
)
SPREADSHEET = Reason(
    "resident_id_spreadsheet",
    _("号码被电子表格当成数字，末几位已经丢失"),
    _("请把该列设为文本格式，再从原件重新填写"),
    Result.WRONG,
)
CHECK = Reason(
    "resident_id_check",
    _("公民身份号码的校验码不对，多半有一位填错"),
    _("请对照身份证逐位核对"),
    Result.WRONG,
)
BIRTH = Reason(
    "resident_id_birth",
    _("公民身份号码里的出生日期不存在"),
    _("请对照身份证核对第7至14位"),
    Result.WRONG,
)
FUTURE = Reason(
    "resident_id_future",
    _("公民身份号码里的出生日期还没有到"),
    _("请对照身份证核对第7至14位"),
    Result.WRONG,
)
PROVINCE = Reason(
    "resident_id_province",
    _("公民身份号码的前两位不是省级区划代码"),
    _("请对照身份证核对前两位"),
    Result.WRONG,
)


class ResidentId(NamedTuple):
    division: str
    birth: date
    sequence: str
    check: str

    def __str__(self) -> str:
        return f"{self.division}{self.birth:%Y%m%d}{self.sequence}{self.check}"

    @property
    def is_synthetic(self) -> bool:
        """Sequence 000 is never issued: ours, for invented people."""
        return self.sequence == "000"


def parse(number: str) -> ResidentId:
    """Its parts; the text is that of a verdict's `value`.

    >>> parse("150105199001010018").birth
    datetime.date(1990, 1, 1)
    """
    birth = born(number)
    if birth is None:
        raise ValueError("no such birth date")
    return ResidentId(number[:6], birth, number[14:17], number[17])


def born(number: str) -> date | None:
    """The birth date in a number of 18 characters; None where no such day exists."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def check(typed: str, on: date | None = None) -> Verdict:
    """The verdict on a text; with the day `on`, a birth after it is wrong too.

    The reasons never repeat the number: they end in logs and on screens.

    >>> check("15010219850615002 0").ok, check("150121197802300016").code
    (True, 'resident_id_birth')
    """
    text, mended = clean(typed)
    reasons = _reasons(text, on)
    return Verdict(KIND, typed, text, worst(reasons), reasons, mended)


def _reasons(text: str, on: date | None) -> tuple[Reason, ...]:
    if not _SHAPE.fullmatch(text):
        return (_misshapen(text),)
    found = []
    if gb11643(text[:17]) != text[17]:
        found.append(SPREADSHEET if spoiled_by_a_spreadsheet(text) else CHECK)
    birth = born(text)
    if birth is None or birth.year < EARLIEST_YEAR:
        found.append(BIRTH)
    elif on is not None and birth > on:
        found.append(FUTURE)
    if text[:2] not in _FIRST_TWO:
        found.append(PROVINCE)
    return tuple(found)


def _misshapen(text: str) -> Reason:
    if spoiled_by_a_spreadsheet(text):
        return SPREADSHEET
    return OLD if _OLD_SHAPE.fullmatch(text) else SHAPE


def masked(number: str) -> str:
    """For display: month and day of birth hidden, as on the licences of households.

    What is not a number of 18 characters is hidden whole.

    >>> masked("150105199001010018"), masked("15010519900101")
    ('1501051990****0018', '**************')
    """
    if len(number) != 18:
        return "*" * len(number)
    return number[:10] + "****" + number[14:]


def tail(number: str) -> str:
    """The last four, for telling people apart by telephone.

    >>> tail("150105199001010018")
    '0018'
    """
    return number[-4:] if len(number) == 18 else ""


def build(place: str, birth: date, sequence: int) -> str:
    """
    >>> build("150105", date(1990, 1, 1), 1)
    '150105199001010018'
    """
    first_17 = f"{place}{birth:%Y%m%d}{sequence:03d}"
    return first_17 + gb11643(first_17)


def synthetic(place: str, birth: date) -> str:
    """A valid number nobody has: sequence 000 is never issued.

    >>> synthetic("150102", date(1985, 6, 15))
    '150102198506150004'
    """
    return build(place, birth, 0)


def is_synthetic(number: str) -> bool:
    """
    >>> is_synthetic("150102198506150004"), is_synthetic("150102198506150020")
    (True, False)
    """
    return len(number) == 18 and number[14:17] == "000"
