"""Questions composed once: for anybody, at some moment of a day.

To compose a list's SQL, or two dozen counts, anew for each page takes Django longer than the
database needs for the answers. So a question is composed and kept, for a day and the rules of it;
whoever asks, and now, are put in when it is asked.
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


class Composed(NamedTuple):
    """SQL, and what stands in its places."""

    sql: str
    params: tuple[Any, ...]

    def asked(self, asker: int) -> Question:
        """By somebody, now."""
        return Question(self.sql, _put_in(self.params, asker))


def composed(rows: Callable[[], QuerySet[Any]]) -> Composed:
    """The SQL of `rows()`; good for today. Raises EmptyResultSet where Django would not ask.

    It asks as `ANYBODY` where it means whoever asks. The only moments it may know are now and the
    midnights of days.
    """
    moment = clock.midnight(clock.today()) + SOME_MOMENT
    with clock.at(moment):
        sql, params = rows().query.sql_with_params()
    return Composed(sql, tuple(_marked(params, moment)))


def counted(rows: Callable[[], QuerySet[Any]], most: int) -> Composed:
    """How many rows there are, up to `most`: one number, as a part of a statement."""
    try:
        found = composed(lambda: rows().order_by().values("pk")[:most])
    except EmptyResultSet:  # nothing lies in no scope
        return Composed("0", ())
    return Composed(f"(SELECT count(*) FROM ({found.sql}) AS counted)", found.params)  # noqa: S608


def together(counts: Sequence[Composed], asker: int) -> Question:
    """All of them for somebody, now: one row of as many numbers."""
    params = [param for one in counts for param in one.params]
    return Question(f"SELECT {', '.join(one.sql for one in counts)}", _put_in(params, asker))


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


def _put_in(params: Sequence[Any], asker: int) -> list[Any]:
    put = {Put.ASKER: asker, Put.NOW: clock.now()}
    return [put[param] if isinstance(param, Put) else param for param in params]
