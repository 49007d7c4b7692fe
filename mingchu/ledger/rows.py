"""Rows read as they stand: for the questions that nearly every page asks, whose SQL Django would
compose anew each time, which takes longer than the answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property, partial
from typing import Any, Generic, TypeVar

from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)


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
        with connection.cursor() as db:
            db.execute(self._sql, params)
            return [self._made(row) for row in db.fetchall()]

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
