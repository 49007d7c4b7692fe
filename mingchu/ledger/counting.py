"""How many rows: questions that are composed once and counted together in one statement.

To compose two dozen of them anew takes Django longer than the database needs for their answers. So
each is composed for anybody at some moment of its day and kept; whoever asks, and now, are put in
when it is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

from mingchu.base import clock
from mingchu.ledger.rows import Question

ANYBODY = -1  # stands for whoever will ask: no key is negative
# Stands for any moment of a day: none that a question could mean by itself, as a midnight is.
SOME_MOMENT = timedelta(hours=12, microseconds=1)


class Put(Enum):
    """What is put in when the question is asked."""

    ASKER = "asker"
    NOW = "now"


class Count(NamedTuple):
    """SQL of one number, and what stands in its places."""

    sql: str
    params: tuple[Any, ...]


def composed(rows: Callable[[], QuerySet[Any]], most: int) -> Count:
    """The question how many `rows()` there are, up to `most`; good for today.

    It asks as `ANYBODY` where it means whoever asks. The only moments it may know are now and the
    midnights of days.
    """
    moment = clock.midnight(clock.today()) + SOME_MOMENT
    with clock.at(moment):
        try:
            sql, params = rows().order_by().values("pk")[:most].query.sql_with_params()
        except EmptyResultSet:  # nothing lies in no scope
            return Count("0", ())
    number = f"(SELECT count(*) FROM ({sql}) AS counted)"  # noqa: S608 no value
    return Count(number, tuple(_marked(params, moment)))


def _marked(params: Sequence[Any], moment: datetime) -> Iterator[Any]:
    for param in params:
        if param == moment:
            yield Put.NOW
        elif type(param) is int and param == ANYBODY:
            yield Put.ASKER
        elif isinstance(param, datetime) and param != clock.midnight(clock.city(param).date()):
            raise ValueError(f"{param} would stay as it is all day")
        else:
            yield param


def together(counts: Sequence[Count], asker: int) -> Question:
    """All of them for somebody, now: one row of as many numbers."""
    put = {Put.ASKER: asker, Put.NOW: clock.now()}
    params = [
        put[param] if isinstance(param, Put) else param for one in counts for param in one.params
    ]
    return Question(f"SELECT {', '.join(one.sql for one in counts)}", params)
