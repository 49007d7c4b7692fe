"""As of which day a list knows what it says 数据截至. Pure.

Offices write it above or below a list. One that names no day is taken for yesterday's: what a
person corrected on the day it comes in may be newer than the list, and is not overwritten.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

from mingchu.kit.sheets.cells import narrow

DAY = re.compile(
    r"(?:截至|截止|填报日期|填表日期|填报时间|制表日期|制表时间|统计日期|统计时间|更新日期|导出日期|数据日期)"
    r"\D{0,24}(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})"
)


def stated(lines: Iterable[str]) -> date | None:
    """The latest day that lines around a list name as theirs.

    >>> stated(["经营者名单", "填报单位：甲局 填报日期：2026年6月30日", "统计时间 2026-06-01"])
    datetime.date(2026, 6, 30)
    >>> stated(["截至2026年13月1日"]), stated(["2026年度汇总表"])
    (None, None)
    """
    found = (day for line in lines for said in DAY.findall(narrow(line)) if (day := _day(*said)))
    return max(found, default=None)


def _day(*parts: str) -> date | None:
    try:
        return date(*map(int, parts))
    except ValueError:
        return None


def as_of(lines: Iterable[str], came: date) -> date:
    """The day a list speaks of; never one after it came in.

    >>> as_of(["截至2026-06-30"], date(2026, 11, 20)), as_of([], date(2026, 11, 20))
    (datetime.date(2026, 6, 30), datetime.date(2026, 11, 19))
    """
    return min(stated(lines) or came - timedelta(days=1), came)
