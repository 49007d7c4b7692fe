"""Questions of one round are answered as cursors answer them; a fault spoils nothing after it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import DataError, OperationalError, ProgrammingError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from mingchu.ledger import rounds
from mingchu.ledger.rows import Question, ask, foreseen

pytestmark = pytest.mark.usefixtures("shared_house")  # nothing is written; it commits
ECHO = "SELECT %s::{}, 7"
KINDS: dict[str, st.SearchStrategy[Any]] = {
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "text": st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    "date": st.dates(),
    "timestamptz": st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)).map(  # noqa: DTZ001
        lambda moment: moment.replace(tzinfo=UTC)
    ),
    "interval": st.timedeltas(timedelta(days=-999), timedelta(days=999)),
    "numeric": st.decimals(allow_nan=False, allow_infinity=False, places=4),
    "uuid": st.uuids(),
    "bytea": st.binary(),
    "boolean": st.booleans(),
    "bigint[]": st.lists(st.integers(-(2**63), 2**63 - 1)),
    "text[]": st.lists(st.text(st.characters(codec="ascii", exclude_characters="\0"))),
}
VALUES = st.sampled_from(sorted(KINDS)).flatmap(
    lambda kind: st.tuples(st.just(kind), KINDS[kind] | st.none())
)


def raw() -> psycopg.Connection[Any]:
    connection.ensure_connection()
    found: psycopg.Connection[Any] = connection.connection
    return found


def by_cursor(sql: str, params: Any) -> list[tuple[Any, ...]]:
    with raw().cursor() as db:
        return db.execute(sql.encode(), params).fetchall()


@given(st.lists(VALUES, min_size=1, max_size=8))
def test_every_value_is_read_as_a_cursor_reads_it(asked: list[tuple[str, Any]]) -> None:
    questions = [(ECHO.format(kind), (value,)) for kind, value in asked]

    assert rounds.in_one_round(raw(), questions) == [by_cursor(*one) for one in questions]


def test_places_may_have_names_and_a_percent_stays_one() -> None:
    named = ("SELECT %(a)s::int, %(b)s::text, %(a)s::int + 1, 'x' LIKE '%%'", {"a": 1, "b": "乙"})
    plain = ("SELECT '100%%', %s::int", (5,))

    assert rounds.in_one_round(raw(), [named, plain]) == [[(1, "乙", 2, True)], [("100%", 5)]]


def test_one_statement_takes_values_of_other_types() -> None:
    sql = "SELECT %s + 1"

    answers = [rounds.in_one_round(raw(), [(sql, (one,))]) for one in (1, 2**40, Decimal("0.5"))]

    assert answers == [[[(2,)]], [[(2**40 + 1,)]], [[(Decimal("1.5"),)]]]


def test_what_is_asked_after_very_many_statements_is_answered_too() -> None:
    questions = [(f"SELECT {n}, %s::int", (n,)) for n in range(rounds.PREPARED_TOP + 50)]

    for _round in range(2):
        answers = rounds.in_one_round(raw(), questions)
        assert answers == [[(n, n)] for n in range(len(questions))]


def test_many_rows_come_whole() -> None:
    sql = "SELECT n, repeat('字', 300) FROM generate_series(1, %s) AS n"

    [rows, [(after,)]] = rounds.in_one_round(raw(), [(sql, (20_000,)), ("SELECT 1", ())])

    assert (len(rows), rows[-1], after) == (20_000, (20_000, "字" * 300), 1)


@pytest.mark.parametrize("bad", ["SELECT nothing_of_the_kind", "SELECT 1 / %s::int"])
def test_a_question_that_fails_spoils_none_that_come_later(bad: str) -> None:
    wrong = Question(bad, (0,) if "%s" in bad else ())
    right = Question("SELECT %s::int", (4,))

    for _again in range(2):
        with pytest.raises((ProgrammingError, DataError)), foreseen((right, wrong)):
            ask(right)
        assert ask(right) == [(4,)]


def test_inside_a_transaction_a_question_sees_it_and_a_savepoint_survives_its_fault() -> None:
    with transaction.atomic():
        ask(Question("SELECT set_config('mingchu.told', 'here', true)", ()))
        with pytest.raises(ProgrammingError), transaction.atomic():
            ask(Question("SELECT nothing_of_the_kind", ()))
        assert ask(Question("SELECT current_setting('mingchu.told')", ())) == [("here",)]
    assert ask(Question("SELECT current_setting('mingchu.told', true)", ())) == [("",)]


def test_statements_that_were_forgotten_are_prepared_again() -> None:
    question = Question("SELECT %s::int", (6,))
    for forget in ("DEALLOCATE ALL", "DISCARD ALL"):
        assert ask(question) == [(6,)]
        raw().execute(forget.encode())
        assert ask(question) == [(6,)]

    with transaction.atomic():
        ask(question)
        transaction.set_rollback(True)
    with transaction.atomic():
        assert ask(question) == [(6,)]
        assert ask(Question("SELECT 2", ())) == [(2,)]
    assert ask(question) == [(6,)]


def test_the_first_question_of_a_transaction_begins_it() -> None:
    with transaction.atomic():
        assert ask(Question("SELECT pg_current_xact_id_if_assigned() IS NULL", ())) == [(True,)]
        assert not raw().autocommit
        assert raw().pgconn.transaction_status == psycopg.pq.TransactionStatus.INTRANS


def test_a_server_that_goes_away_is_said_and_the_next_request_has_a_new_connection() -> None:
    ask(Question("SELECT 1", ()))
    own = raw().info.backend_pid
    wait = Question("SELECT pg_terminate_backend(%s), pg_sleep(5)", (own,))

    with pytest.raises(OperationalError), foreseen((wait,)):
        ask(Question("SELECT 2", ()))
    connection.close_if_unusable_or_obsolete()

    assert ask(Question("SELECT 3", ())) == [(3,)]
    assert raw().info.backend_pid != own


def test_what_cannot_be_written_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(psycopg.DataError):
        rounds.in_one_round(raw(), [("SELECT %s::text", ("a\0b",))])

    day, who = date(2026, 11, 27), UUID(int=5)
    answers = rounds.in_one_round(raw(), [("SELECT %s::date", (day,)), ("SELECT %s", (who,))])
    assert answers == [[(day,)], [(who,)]]
