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

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models.base import ModelState

from mingchu.ledger.rounds import in_one_round, is_ready

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
            self.known.update(zip(asked, _asked(list(asked.values())), strict=True))
        return self.known.pop(key)


_foreseen: ContextVar[_Foreseen | None] = ContextVar("foreseen", default=None)


def ask(question: Question) -> Values:
    """The rows of the answer; where it was foreseen, it is there already, once."""
    foresight = _foreseen.get()
    return foresight.answer(question) if foresight else _asked([question])[0]


def tell(statement: Question) -> None:
    """Writes something, together with what waits to be asked."""
    ask(statement)


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


def _asked(questions: Sequence[Question]) -> Sequence[Values]:
    """What the database answers to each."""
    connection.ensure_connection()
    raw = connection.connection
    if connection.queries_logged or not is_ready(raw):
        return [_by_cursor(one) for one in questions]
    with connection.wrap_database_errors:
        return in_one_round(raw, questions)


def _by_cursor(question: Question) -> Values:
    """As Django asks: it begins a transaction where one is due, and tells what is asked to whoever
    counts it."""
    with connection.cursor() as db:
        db.execute(*question)
        found: Values = db.fetchall() if db.description else ()
        return found


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
        """As `Model.from_db` makes it, without its walk through the fields for each row: what is
        not set is read when it is asked for."""
        made = self.model.__new__(self.model)
        known = made.__dict__
        known["_state"] = state = ModelState()
        state.adding, state.db = False, connection.alias
        known.update(zip(self.names, values, strict=True))
        for name, read in self._read:
            known[name] = read(known[name])
        return made

    @cached_property
    def _fields(self) -> list[models.Field[Any, Any]]:
        return [
            field
            for field in self.model._meta.concrete_fields
            if field.attname not in self._without
            and (not self._only or field.primary_key or field.attname in self._only)
        ]

    @cached_property
    def names(self) -> list[str]:
        """Of its fields, the key first."""
        return [field.attname for field in self._fields]

    @cached_property
    def _read(self) -> list[tuple[str, Callable[[Any], Any]]]:
        """Fields that the database gives in another form, such as JSON."""
        return [
            (field.attname, partial(_read_by, field))
            for field in self._fields
            if hasattr(field, "from_db_value")
        ]


def _read_by(field: Any, value: Any) -> Any:
    return field.from_db_value(value, None, connection)


class Joined(Generic[Row]):
    """Columns of a model and of the rows that some of its keys point to (`related`), which are
    made along with it."""

    def __init__(
        self,
        model: type[Row],
        names: Collection[str] = (),
        *,
        without: Collection[str] = (),
        related: Mapping[str, Collection[str]] | None = None,
    ):
        self.columns = Columns(model, names, without=without)
        self._asked_along = related or {}

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """The same as a QuerySet's `values_list` names them, in their order."""
        along = (f"{at}__{name}" for at, one in self.related.items() for name in one.names)
        return (*self.columns.names, *along)

    def read(self, rows: models.QuerySet[Row]) -> list[Row]:
        """The rows of a QuerySet."""
        try:
            sql, params = rows.values_list(*self.paths).query.sql_with_params()
        except EmptyResultSet:  # where Django would not ask
            return []
        return [self.made(values) for values in ask(Question(sql, params))]

    def made(self, values: Sequence[Any]) -> Row:
        """The row, with the rows it points to."""
        begin = len(self.columns)
        made = self.columns.made(values[:begin])
        for name, columns in self.related.items():
            end = begin + len(columns)
            there = values[begin] is not None  # the key comes first
            setattr(made, name, columns.made(values[begin:end]) if there else None)
            begin = end
        return made

    @cached_property
    def related(self) -> dict[str, Columns[Any]]:
        """Asked for late: models know each other only when all are loaded."""
        return {
            name: Columns(self._key(name).related_model, names)
            for name, names in self._asked_along.items()
        }

    def _key(self, name: str) -> Any:
        return self.columns.model._meta.get_field(name)


class Rows(Joined[Row]):
    """`Rows(Premises, "WHERE business_id = %s ORDER BY id")` is asked like a function: `(7)`.

    `tail` is all that stands behind the tables' names; a column that two of them have is named
    with its table there.
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
        super().__init__(model, names, without=without, related=related)
        self.tail = tail

    def __call__(self, *params: Any) -> list[Row]:
        return [self.made(row) for row in ask(self.asked(*params))]

    def asked(self, *params: Any) -> Question:
        """The question, for whoever foresees it."""
        return Question(self._sql, params)

    @cached_property
    def _sql(self) -> str:
        table = self.columns.model._meta.db_table
        columns, joins = [self.columns.sql(table)], ""
        for name, read in self.related.items():
            columns.append(read.sql(name))
            joined, key = read.model._meta.db_table, self._key(name).column
            joins += f'LEFT JOIN {joined} {name} ON {name}.id = {table}."{key}" '
        return f"SELECT {', '.join(columns)} FROM {table} {joins}{self.tail}"  # noqa: S608 no value
