"""Storing by the set: keys drawn, rows copied in and changed, each set in one statement."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, models

from mingchu.base.event import plain

Values = Sequence[Any]


def numbers(model: type[models.Model], count: int) -> list[int]:
    """So many fresh primary keys, in order."""
    if not count:
        return []
    table = model._meta.db_table
    with connection.cursor() as db:
        db.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [table, count],
        )
        return [number for (number,) in db.fetchall()]


def copy(model: type[models.Model], columns: Sequence[str], rows: Iterable[Values]) -> None:
    """New rows, streamed."""
    into = f"COPY {model._meta.db_table} ({', '.join(columns)}) FROM STDIN"
    with connection.cursor() as db, db.copy(into) as out:
        for row in rows:
            out.write_row(row)


def update(
    model: type[models.Model], columns: Sequence[str], rows: Collection[models.Model]
) -> None:
    """Writes these columns of rows that are there, as they stand in memory."""
    if not rows:
        return
    said = [plain({name: _said(getattr(row, name)) for name in ("id", *columns)}) for row in rows]
    types = ", ".join(f"{name} {_type(model, name)}" for name in ("id", *columns))
    sets = ", ".join(f"{name} = said.{name}" for name in columns)
    with connection.cursor() as db:
        db.execute(
            f"UPDATE {model._meta.db_table} held SET {sets}"  # noqa: S608 names of our own columns
            f" FROM jsonb_to_recordset(%s::jsonb) AS said({types}) WHERE held.id = said.id",
            [json.dumps(said, ensure_ascii=False)],
        )


def _said(value: Any) -> Any:
    """An event holds no UUID; a row may."""
    return str(value) if isinstance(value, UUID) else value


def _type(model: type[models.Model], name: str) -> str:
    """What PostgreSQL calls the type of a column."""
    field: Any = model._meta.get_field(name)
    return str((field.target_field if field.is_relation else field).rel_db_type(connection))


def listed(keys: Iterable[int]) -> str:
    """Many keys as one value, an array as PostgreSQL writes it."""
    return f"{{{','.join(map(str, keys))}}}"


def delete(model: type[models.Model], column: str, keys: Collection[int]) -> None:
    """Takes out all rows whose column is one of the keys; nothing may refer to them any more."""
    with connection.cursor() as db:
        db.execute(
            f"DELETE FROM {model._meta.db_table} WHERE {column} = ANY(%s::bigint[])",  # noqa: S608
            [listed(keys)],
        )
