"""Where a list goes on: behind the last row of the page before, found by the index of its order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def behind(
    rows: QuerySet[Row],
    order: str,
    last: tuple[Any, int],
    limit: int,
    read: Callable[[QuerySet[Row]], list[Row]] = list,
) -> list[Row]:
    """So many rows of a list in the order of a field and then of numbers, both falling with
    `-field`, behind the one with this value and number; `read` makes them of the question.

    Two questions: of many rows of one day those that were shown are not walked through again, and
    of either the database knows how many there are, which of a comparison of pairs it does not.
    """
    value, number = last
    field, beyond = order.removeprefix("-"), "lt" if order.startswith("-") else "gt"
    found = read(rows.filter(**{field: value, f"pk__{beyond}": number})[:limit])
    if len(found) < limit:
        found += read(rows.filter(**{f"{field}__{beyond}": value})[: limit - len(found)])
    return found
