"""Questions that a page foresees go out together, and each answer is given once."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from mingchu.ledger.rows import Question, ask, foreseen

pytestmark = pytest.mark.django_db
ONE, TWO = Question("SELECT %s::int", (1,)), Question("SELECT %s::int", (2,))


def test_what_was_foreseen_is_not_asked_again() -> None:
    with foreseen((ONE, TWO)), CaptureQueriesContext(connection) as seen:
        assert (ask(TWO), ask(ONE)) == ([(2,)], [(1,)])

    assert len(seen) == 0


def test_an_answer_is_given_once() -> None:
    with foreseen((ONE,)), CaptureQueriesContext(connection) as seen:
        assert ask(ONE) == ask(ONE) == [(1,)]

    assert len(seen) == 1


def test_what_nobody_foresaw_is_asked() -> None:
    with foreseen((ONE,)):
        assert ask(TWO) == [(2,)]
    assert ask(ONE) == [(1,)]


def test_afterwards_nothing_is_known_beforehand() -> None:
    with foreseen((ONE,)):
        pass
    with CaptureQueriesContext(connection) as seen:
        ask(ONE)

    assert len(seen) == 1


def test_values_of_another_kind_are_another_question() -> None:
    texts = Question("SELECT %s::text", ("1",)), Question("SELECT %s::text", (1,))

    with foreseen(texts):
        assert [ask(one) for one in texts] == [[("1",)], [("1",)]]


def test_a_question_that_fails_says_so_and_the_house_goes_on() -> None:
    broken = Question("SELECT no_such_column FROM ledger_entry", ())
    savepoint = connection.savepoint()

    with pytest.raises(DatabaseError), foreseen((ONE, broken, TWO)):
        pass

    connection.savepoint_rollback(savepoint)
    assert ask(ONE) == [(1,)]
