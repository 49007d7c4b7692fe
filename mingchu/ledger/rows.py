"""Rows read as they stand: for the questions that nearly every page asks, whose SQL Django would
compose anew each time, which takes longer than the answer.

A page that knows beforehand what it will ask says so (`foreseen`), and all of it goes to the
database in one round with the first question; whoever asks then finds the answer there already.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property, partial
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)


Values = Sequence[tuple[Any, ...]]


class Question(NamedTuple):
    """SQL and what stands in for its places."""

    sql: str
    params: Any

    @property
    def key(self) -> tuple[str, str]:
        return self.sql, repr(self.params)


class _Foreseen:
    """Questions that wait for a round, and answers that wait for whoever asks."""

    def __init__(self) -> None:
        self.waiting: dict[tuple[str, str], Question] = {}
        self.known: dict[tuple[str, str], Values] = {}

    def add(self, questions: Iterable[Question]) -> list[tuple[str, str]]:
        """The keys of those that nobody around had foreseen already."""
        asked = {one.key: one for one in questions}
        new = {
            key: one
            for key, one in asked.items()
            if key not in self.known and key not in self.waiting
        }
        self.waiting.update(new)
        return list(new)

    def forget(self, keys: Iterable[tuple[str, str]]) -> None:
        for key in keys:
            self.waiting.pop(key, None)
            self.known.pop(key, None)

    def answer(self, question: Question) -> Values:
        """What is known of it; if nothing is, all that waits is asked together with it."""
        key = question.key
        if key not in self.known:
            asked = {key: question, **self.waiting}
            self.waiting.clear()
            self.known.update(_round(asked) if len(asked) > 1 else {key: _alone(question)})
        return self.known.pop(key)


_foreseen: ContextVar[_Foreseen | None] = ContextVar("foreseen", default=None)


def ask(question: Question) -> Values:
    """The rows of the answer; where it was foreseen, it is there already, once."""
    foresight = _foreseen.get()
    return foresight.answer(question) if foresight else _alone(question)


@contextmanager
def foreseen(questions: Iterable[Question] = ()) -> Iterator[None]:
    """What will be asked inside goes to the database with the first question that is asked there:
    one round instead of many.

    An answer is as of then and is given once, so nothing is read again that was changed since.
    """
    outside = _foreseen.get()
    foresight = outside or _Foreseen()
    token = _foreseen.set(foresight)
    added = foresight.add(questions)
    try:
        yield
    finally:
        foresight.forget(added)
        _foreseen.reset(token)


def foresee(*questions: Question) -> None:
    """The same for the rest of what is `foreseen` around here; elsewhere it does nothing."""
    if foresight := _foreseen.get():
        foresight.add(questions)


def _alone(question: Question) -> Values:
    with connection.cursor() as db:
        db.execute(*question)
        found: Values = db.fetchall()
        return found


def _round(questions: Mapping[tuple[str, str], Question]) -> dict[tuple[str, str], Values]:
    connection.ensure_connection()
    raw = connection.connection
    # Django's cursors would cost as much as the driver; they tell what is asked to who counts it.
    ask_by = connection.cursor if connection.queries_logged else raw.cursor
    cursors = {key: ask_by() for key in questions}
    with connection.wrap_database_errors:
        with raw.pipeline():
            for key, cursor in cursors.items():
                cursor.execute(*questions[key])
        return {key: cursor.fetchall() for key, cursor in cursors.items()}


class Columns(Generic[Row]):
    """Fields of a model as columns of a question, and models made of its answer.

    Without `names` all but those in `without`; a field that is not read is read when it is asked
    for.
    """

    def __init__(
        self, model: type[Row], names: Collection[str] = (), *, without: Collection[str] = ()
    ):
        self.model, self._only, self._without = model, names, without

    def sql(self, table: str) -> str:
        return ", ".join(f'{table}."{field.column}"' for field in self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def made(self, values: Sequence[Any]) -> Row:
        if self._read:
            values = list(values)
            for at, read in self._read:
                values[at] = read(values[at])
        return self.model.from_db(connection.alias, self._names, values)

    @cached_property
    def _fields(self) -> list[models.Field[Any, Any]]:
        return [
            field
            for field in self.model._meta.concrete_fields
            if field.attname not in self._without
            and (not self._only or field.primary_key or field.attname in self._only)
        ]

    @cached_property
    def _names(self) -> list[str]:
        return [field.attname for field in self._fields]

    @cached_property
    def _read(self) -> list[tuple[int, Callable[[Any], Any]]]:
        """Fields that the database gives in another form, such as JSON."""
        return [
            (at, partial(_read_by, field))
            for at, field in enumerate(self._fields)
            if hasattr(field, "from_db_value")
        ]


def _read_by(field: Any, value: Any) -> Any:
    return field.from_db_value(value, None, connection)


class Rows(Generic[Row]):
    """`Rows(Premises, "WHERE business_id = %s ORDER BY id")` is asked like a function: `(7)`.

    `tail` is all that stands behind the tables' names. `related` are foreign keys whose rows are
    read along; a column that both tables have is named with its table in the tail.
    """

    def __init__(
        self,
        model: type[Row],
        tail: str,
        names: Collection[str] = (),
        *,
        without: Collection[str] = (),
        related: Mapping[str, Collection[str]] | None = None,
    ):
        self.tail, self.columns = tail, Columns(model, names, without=without)
        self._asked_along = related or {}

    def __call__(self, *params: Any) -> list[Row]:
        return [self._made(row) for row in ask(self.asked(*params))]

    def asked(self, *params: Any) -> Question:
        """The question, for whoever foresees it."""
        return Question(self._sql, params)

    def _made(self, values: Sequence[Any]) -> Row:
        """The row, with the rows it points to."""
        begin = len(self.columns)
        made = self.columns.made(values[:begin])
        for name, columns in self._related.items():
            end = begin + len(columns)
            there = values[begin] is not None  # the key comes first
            setattr(made, name, columns.made(values[begin:end]) if there else None)
            begin = end
        return made

    @cached_property
    def _related(self) -> dict[str, Columns[Any]]:
        """Asked for late: models know each other only when all are loaded."""
        return {
            name: Columns(self._key(name).related_model, names)
            for name, names in self._asked_along.items()
        }

    def _key(self, name: str) -> Any:
        return self.columns.model._meta.get_field(name)

    @cached_property
    def _sql(self) -> str:
        table = self.columns.model._meta.db_table
        columns, joins = [self.columns.sql(table)], ""
        for name, read in self._related.items():
            columns.append(read.sql(name))
            joined, key = read.model._meta.db_table, self._key(name).column
            joins += f'LEFT JOIN {joined} {name} ON {name}.id = {table}."{key}" '
        return f"SELECT {', '.join(columns)} FROM {table} {joins}{self.tail}"  # noqa: S608 no value
