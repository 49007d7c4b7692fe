"""Where a list goes on: behind the last row of the page before, found by the index of its order.

The key is compared as one, so that of many rows of one day those that were shown already are not
walked through again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import F, Model, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

Row = TypeVar("Row", bound=Model)


def behind(rows: QuerySet[Row], last: Mapping[str, Any]) -> QuerySet[Row]:
    """Rows of a list that rises by these fields."""
    return rows.filter(TupleGreaterThan(Tuple(*map(F, last)), tuple(last.values())))


def below(rows: QuerySet[Row], last: Mapping[str, Any]) -> QuerySet[Row]:
    """Rows of a list that falls by them."""
    return rows.filter(TupleLessThan(Tuple(*map(F, last)), tuple(last.values())))
