"""Months 分月: where events lie in monthly partitions, those of the next months are made ahead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db import connection

from mingchu.base import clock

AHEAD = 3
IS_PARTED = "SELECT EXISTS (SELECT FROM pg_partitioned_table WHERE partrelid = to_regclass(%s))"
MAKE = "SELECT trace_make_month(%s)"


def make_months() -> int:
    """How many partitions were made; none where the tables are whole, or all are there.

    The clock of a demo city may stand in another month than the machine's.
    """
    with connection.cursor() as db:
        db.execute(IS_PARTED, ["trace_event"])
        if not db.fetchone()[0]:
            return 0
        made = 0
        for month in sorted({*_months(clock.now().date()), *_months(clock.wall().date())}):
            db.execute(MAKE, [month])
            made += db.fetchone()[0]
    return made


def _months(day: date) -> Iterator[date]:
    first = day.year * 12 + day.month - 1
    for number in range(first, first + AHEAD + 1):
        yield date(number // 12, number % 12 + 1, 1)
