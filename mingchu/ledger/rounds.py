"""One round to the database: several questions sent together, their answers read together.

A page asks some twenty questions, and twenty cursors take longer than all that the database does
for them. So statements are prepared and sent by libpq itself, through the wrapper that psycopg
documents for that (`psycopg.pq`), and one `Transformer` reads all answers as its cursors would.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import psycopg
from psycopg import adapt, errors, generators
from psycopg.abc import Transformer
from psycopg.adapt import PyFormat
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

Connection = psycopg.Connection[Any]
Asked = tuple[str, Any]  # SQL, and what stands in for its places: in order, or by name
Values = list[tuple[Any, ...]]

PREPARED_TOP = 200  # statements of one connection; what comes after them is planned each time
PLACE = re.compile(r"%(?:\((\w+)\))?([s%])")


class _Statement(NamedTuple):
    """What is prepared: SQL with numbered places, and the types of what stands there."""

    sql: bytes
    types: tuple[int, ...]


class _Sent(NamedTuple):
    """A statement and what stands in its places, as the database reads it and in which form."""

    statement: _Statement
    values: Any
    formats: Any


class _Kept:
    """What a connection keeps between its rounds."""

    def __init__(self, connection: Connection):
        self.prepared: dict[_Statement, bytes] = {}
        self.numbers = count(1)
        self.values: Transformer = adapt.Transformer(connection)


_kept: WeakKeyDictionary[Connection, _Kept] = WeakKeyDictionary()


def is_ready(connection: Connection) -> bool:
    """Whether statements may simply be sent: no transaction has to be begun before them."""
    ready = TransactionStatus.IDLE if connection.autocommit else TransactionStatus.INTRANS
    return connection.pgconn.transaction_status == ready


def in_one_round(connection: Connection, asked: Sequence[Asked]) -> list[Values]:
    """The rows of each answer, in the order of the questions.

    Raises the error of psycopg for the first that fails; in a transaction that breaks it off.
    """
    kept = _kept.get(connection)
    if kept is None:
        kept = _kept[connection] = _Kept(connection)
    sent = [_dumped(kept.values, *one) for one in asked]
    try:
        return _round(connection, kept, sent)
    except errors.InvalidSqlStatementName:
        # After a rollback psycopg forgets all that a connection has prepared, ours too.
        kept.prepared.clear()
        return _round(connection, kept, sent)


def _round(connection: Connection, kept: _Kept, sent: Sequence[_Sent]) -> list[Values]:
    named: dict[_Statement, bytes] = {}
    known: Mapping[_Statement, bytes] = {}
    if connection.autocommit:  # a transaction would not outlive a name that was forgotten
        new = dict.fromkeys(one.statement for one in sent if one.statement not in kept.prepared)
        room = max(PREPARED_TOP - len(kept.prepared), 0)
        named = {one: b"mingchu_%d" % next(kept.numbers) for one in list(new)[:room]}
        known = kept.prepared | named if named else kept.prepared
    try:
        results = _told(connection, named, known, sent)
    except BaseException:
        connection.close()  # nobody knows what is still on its way
        raise
    for result in results:
        if result.status == ExecStatus.FATAL_ERROR:
            raise errors.error_from_result(result, connection.info.encoding)
    kept.prepared.update(named)
    return [_rows(kept.values, result) for result in results[len(named) :]]


@lru_cache(1024)
def _numbered(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """SQL with `$1` for its first place, and the names of places if they have any."""
    names: dict[str, int] = {}
    numbers = count(1)

    def place(found: re.Match[str]) -> str:
        name, kind = found.groups()
        if kind == "%":
            return "%"
        if name is None:
            return f"${next(numbers)}"
        return f"${names.setdefault(name, len(names) + 1)}"

    return PLACE.sub(place, sql).encode(), tuple(names)


def _dumped(values: Transformer, sql: str, params: Any) -> _Sent:
    text, names = _numbered(sql)
    given = [params[name] for name in names] if isinstance(params, Mapping) else list(params or ())
    said = values.dump_sequence(given, [PyFormat.AUTO] * len(given))
    return _Sent(_Statement(text, tuple(values.types or ())), said, values.formats)


def _told(
    connection: Connection,
    new: Mapping[_Statement, bytes],
    prepared: Mapping[_Statement, bytes],
    sent: Sequence[_Sent],
) -> list[PGresult]:
    """What the database answers to each statement, the new ones that are prepared before all."""
    pg = connection.pgconn
    pg.enter_pipeline_mode()
    for statement, name in new.items():
        pg.send_prepare(name, statement.sql, statement.types)
    for statement, values, formats in sent:
        if name := prepared.get(statement, b""):
            pg.send_query_prepared(name, values, formats)
        else:
            pg.send_query_params(statement.sql, values, statement.types, formats)
    pg.pipeline_sync()
    connection.wait(generators.send(pg))
    results = list(_results(connection, len(new) + len(sent)))
    if pg.status == psycopg.pq.ConnStatus.OK:
        pg.exit_pipeline_mode()
    return results


def _results(connection: Connection, statements: int) -> Iterator[PGresult]:
    """One for each statement, as far as the server lives; then what ends the round."""
    for _statement in range(statements):
        if (result := _next(connection)) is None:
            return
        yield result
        while _next(connection) is not None:
            pass  # an empty one parts the answers
    _next(connection)


def _next(connection: Connection) -> PGresult | None:
    """The next of what the database says, waited for where it has not come yet."""
    pg = connection.pgconn
    return connection.wait(generators.fetch(pg)) if pg.is_busy() else pg.get_result()


def _rows(values: Transformer, result: PGresult) -> Values:
    values.set_pgresult(result)
    rows: Values = values.load_rows(0, result.ntuples, tuple)
    values.set_pgresult(None)
    return rows
