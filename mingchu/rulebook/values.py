"""Values 取值: what may stand in a version of each unit and shape, frozen, and how it is asked.

Pure. `misfits` says what is wrong with a value; the askers below presume it was fit.
"""

from __future__ import annotations

import calendar as months
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from mingchu.base.workdays import Calendar, Due, add_working_days
from mingchu.rulebook.bands import band_misfits, is_number
from mingchu.rulebook.kinds import Shape, Unit
from mingchu.rulebook.scoring import sheet_misfits

WHOLE = {
    Unit.WORKING_DAY,
    Unit.CALENDAR_DAY,
    Unit.MONTH,
    Unit.YEAR,
    Unit.MINUTE,
    Unit.PEOPLE,
    Unit.FEN,
    Unit.COUNT,
}
DAYS = {Unit.WORKING_DAY, Unit.CALENDAR_DAY, Unit.MONTH, Unit.YEAR}
MOMENTS = {Unit.HOUR: 3_600, Unit.MINUTE: 60}  # seconds
MONTHS_A_YEAR = 12
CALENDAR_KEYS = {"off", "makeup", "announced"}


def freeze(value: Any) -> Any:
    """The same value that nobody can change.

    >>> freeze({"a": [1, 2]})
    mappingproxy({'a': (1, 2)})
    """
    if isinstance(value, Mapping):
        return MappingProxyType({str(key): freeze(inner) for key, inner in value.items()})
    if isinstance(value, list | tuple):
        return tuple(freeze(inner) for inner in value)
    return value


def plain(value: Any) -> Any:
    """The same value as JSON has it: numbers stay numbers, days become ISO text.

    >>> plain(freeze({"share": Decimal("0.35"), "from": date(2026, 2, 10)}))
    {'share': 0.35, 'from': '2026-02-10'}
    """
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date) else value


def misfits(value: Any, unit: Unit, shape: Shape) -> Iterator[str]:
    """What is wrong with a value, as places and words of the format; nothing when it is fit."""
    if (unit is Unit.CALENDAR) != (shape is Shape.CALENDAR):
        yield "unit calendar <> shape calendar"
    elif shape is Shape.PLAIN:
        yield from _plain_misfits(value, unit, "value")
    elif shape is Shape.BANDS:
        yield from band_misfits(value)
    elif shape is Shape.CHOICE:
        yield from _choice_misfits(value, unit)
    elif shape is Shape.SHEET:
        yield from sheet_misfits(value)
    else:
        yield from _calendar_misfits(value)


def _plain_misfits(value: Any, unit: Unit, place: str) -> Iterator[str]:
    if unit is Unit.TABLE:
        if not isinstance(value, list | tuple | Mapping):
            yield f"{place}: list or mapping"
    elif isinstance(value, list | tuple) and value:
        for number, one in enumerate(value):
            yield from _one_misfit(one, unit, f"{place}[{number}]")
    else:
        yield from _one_misfit(value, unit, place)


def _one_misfit(value: Any, unit: Unit, place: str) -> Iterator[str]:
    if unit is Unit.TEXT:
        if not isinstance(value, str | bool):
            yield f"{place}: text, true or false"
    elif unit is Unit.PATTERN:
        if not isinstance(value, str) or not _compiles(value):
            yield f"{place}: regular expression"
    elif not is_number(value) or (value < 0 and unit is not Unit.DEGREE):
        yield f"{place}: number, not below 0"
    elif unit in WHOLE and value != int(value):
        yield f"{place}: whole number"
    elif unit is Unit.SHARE and value > 1:
        yield f"{place}: 0 to 1"


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def _choice_misfits(value: Any, unit: Unit) -> Iterator[str]:
    if not isinstance(value, Mapping) or not value:
        yield "value: mapping"
        return
    for key, result in value.items():
        if unit is not Unit.TABLE and result is not None:
            yield from _plain_misfits(result, unit, f"value.{key}")


def _calendar_misfits(value: Any) -> Iterator[str]:
    if not isinstance(value, Mapping) or value.keys() != CALENDAR_KEYS:
        yield "value: off, makeup, announced"
        return
    if not isinstance(value["announced"], bool):
        yield "value.announced: true or false"
    for part in ("off", "makeup"):
        days = value[part]
        if not isinstance(days, list | tuple) or not all(type(day) is date for day in days):
            yield f"value.{part}: list of days"
        elif list(days) != sorted(set(days)):
            yield f"value.{part}: ascending"


def due(unit: Unit, count: int | Decimal, start: date, calendar: Calendar) -> Due:
    """The last day of a term that begins the day after `start`.

    >>> plain_weeks = Calendar.of([], [], [2026])
    >>> due(Unit.MONTH, 1, date(2026, 1, 31), plain_weeks).day.isoformat()
    '2026-02-28'
    """
    if unit is Unit.WORKING_DAY:
        return add_working_days(start, int(count), calendar)
    if unit is Unit.CALENDAR_DAY:
        return Due(start + timedelta(days=int(count)), provisional=False)
    steps = int(count) * (MONTHS_A_YEAR if unit is Unit.YEAR else 1)
    return Due(_months_later(start, steps), provisional=False)


def due_at(unit: Unit, count: int | Decimal, start: datetime) -> datetime:
    """The moment at which a term of hours or minutes ends."""
    return start + timedelta(milliseconds=int(count * MOMENTS[unit] * 1_000))


def _months_later(day: date, count: int) -> date:
    """The same day of a later month, or its last where it is shorter."""
    years, month = divmod(day.month - 1 + count, MONTHS_A_YEAR)
    year = day.year + years
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def calendar_of(values: Sequence[tuple[int, Mapping[str, Any]]]) -> Calendar:
    """One calendar out of (year, value) of every version."""
    return Calendar.of(
        off={day for _, value in values for day in value["off"]},
        makeup={day for _, value in values for day in value["makeup"]},
        announced={year for year, value in values if value["announced"]},
    )
