"""Rows read as they stand: for the questions that nearly every page asks, whose SQL Django would
compose anew each time, which takes longer than the answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
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

    `tail` is all that stands behind the table's name.
    """

    def __init__(self, model: type[Row], tail: str, *, without: Collection[str] = ()):
        self.tail, self.columns = tail, Columns(model, without=without)

    def __call__(self, *params: Any) -> list[Row]:
        with connection.cursor() as db:
            db.execute(self._sql, params)
            return [self.columns.made(row) for row in db.fetchall()]

    @cached_property
    def _sql(self) -> str:
        table = self.columns.model._meta.db_table
        return f"SELECT {self.columns.sql(table)} FROM {table} {self.tail}"  # noqa: S608 no value
