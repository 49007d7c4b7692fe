"""Sameness 是不是同一件: which facts are one and the same, so that a list of a year may come in
every month, and that a business is graded by one sheet at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.utils.translation import gettext_noop as _noop

from mingchu.base.errors import Refusal
from mingchu.registry.queries import any_number
from mingchu.registry.services import storing
from mingchu.risk.models import Profile
from mingchu.risk.values import NewGround, NewProfile, NewVisit
from mingchu.rulebook import scoring
from mingchu.rulebook.values import plain


def twice(batch: Sequence[Any]) -> set[int]:
    """Places of what stands in the list twice, or in the table already; of profiles, where another
    sheet speaks from the same day."""
    if not batch:
        return set()
    if isinstance(batch[0], NewProfile):
        return _two_sheets(batch)
    columns = KEYS[type(batch[0])]
    days = [one.day for one in batch]
    with connection.cursor() as db:
        db.execute(
            f"SELECT {', '.join(columns)} FROM {TABLES[type(batch[0])]}"  # noqa: S608 our own names
            " WHERE day BETWEEN %s AND %s AND business_id = ANY(%s::bigint[])",
            [min(days), max(days), storing.listed({one.business for one in batch})],
        )
        seen = set(db.fetchall())
    found: set[int] = set()
    for place, one in enumerate(batch):
        key = tuple(_told(one, column) for column in columns)
        if key in seen:
            found.add(place)
        seen.add(key)
    return found


def _two_sheets(batch: Sequence[NewProfile]) -> set[int]:
    """A business is graded by one sheet: which, the day decides, so two cannot begin together."""
    rows = Profile.objects.filter(business__in=any_number({one.business for one in batch}))
    known: dict[tuple[int, date], set[str]] = {}
    for number, since, sheet in rows.values_list("business_id", "since", "sheet"):
        known.setdefault((number, since), set()).add(sheet)
    found: set[int] = set()
    for place, one in enumerate(batch):
        there = known.setdefault((one.business, one.since), set())
        if there - {one.sheet}:
            found.add(place)
        else:
            there.add(one.sheet)
    return found


def _two_sheets_there(new: NewProfile) -> Refusal:
    return Refusal(
        "two_sheets",
        _noop("自{day}起已经按另一张静态量化表登记"),
        fix=_noop("一个主体同时只用一张表：请写明改用这张表的日期，或先撤回另一张"),
        status=409,
        day=new.since,
    )


def _told(one: Any, column: str) -> Any:
    value = getattr(one, column.removesuffix("_id") if column == "business_id" else column)
    return str(value) if isinstance(value, str) else value


def known(new: Any) -> Refusal:
    """Why it stays out."""
    return KNOWN[type(new)](new)


def same_as(new: NewProfile) -> tuple[Any, ...]:
    """What makes two profiles one and the same."""
    return (new.business, new.sheet, new.since, scoring.digest(as_json(new.answers)))


def same_profiles(businesses: Collection[int]) -> set[tuple[Any, ...]]:
    """Those of some businesses that are registered, as `same_as` has them."""
    rows = Profile.objects.filter(business__in=any_number(businesses))
    return {
        (number, sheet, since, scoring.digest(answers))
        for number, sheet, since, answers in rows.values_list(
            "business_id", "sheet", "since", "answers"
        )
    }


def as_json(value: Any) -> Any:
    """Decimals as JSON numbers would be floats: an exact whole stays whole, else its own text."""
    if isinstance(value, dict):
        return {key: as_json(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(one) for one in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    number = float(plain(value))
    return int(number) if number.is_integer() else number


def _visited_already(new: Any) -> Refusal:
    return Refusal(
        "visit_known",
        _noop("{day}的这次检查已经登记过"),
        fix=_noop("同一天、同一部门、同一类型、同一人员的检查只登记一次"),
        day=new.day,
    )


def _ground_known(new: Any) -> Refusal:
    return Refusal(
        "ground_known",
        _noop("{day}的这一情形已经登记过"),
        fix=_noop("同一天的同一情形只登记一次；另有一件的，请写明各自的日期"),
        day=new.day,
    )


# ── What is one and the same ──

KNOWN: Mapping[type, Callable[[Any], Refusal]] = {
    NewProfile: _two_sheets_there,
    NewVisit: _visited_already,
    NewGround: _ground_known,
}
TABLES = {NewVisit: "risk_visit", NewGround: "risk_ground"}
KEYS = {
    NewVisit: ("business_id", "day", "department", "purpose", "inspector", "inspector_id"),
    NewGround: ("business_id", "day", "direction", "ground"),
}
