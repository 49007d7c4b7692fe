"""Questions that a page foresees go out together, and each answer is given once."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from mingchu.ledger.rows import Question, ask, foresee, foreseen

pytestmark = pytest.mark.django_db
ONE, TWO, THREE = (Question("SELECT %s::int", (number,)) for number in (1, 2, 3))


def test_what_was_foreseen_comes_with_the_first_answer_and_is_not_asked_again() -> None:
    with foreseen((ONE, TWO)), CaptureQueriesContext(connection) as seen:
        assert len(seen) == 0
        assert ask(TWO) == [(2,)]
        assert len(seen) == 2
        assert ask(ONE) == [(1,)]

    assert len(seen) == 2


def test_another_question_takes_along_what_waits() -> None:
    with foreseen((ONE,)), CaptureQueriesContext(connection) as seen:
        foresee(TWO)
        assert ask(THREE) == [(3,)]
        assert len(seen) == 3
        assert (ask(ONE), ask(TWO)) == ([(1,)], [(2,)])

    assert len(seen) == 3


def test_what_is_foreseen_inside_is_forgotten_after_it_and_the_rest_is_not() -> None:
    with foreseen((ONE,)):
        with foreseen((TWO,)):
            ask(THREE)
        with CaptureQueriesContext(connection) as seen:
            assert (ask(ONE), ask(TWO)) == ([(1,)], [(2,)])

    assert len(seen) == 1


def test_what_was_foreseen_around_stays_foreseen_when_it_is_foreseen_inside_too() -> None:
    with foreseen((ONE, TWO)), CaptureQueriesContext(connection) as seen:
        with foreseen((ONE,)):
            pass
        assert ask(TWO) == [(2,)]
        assert len(seen) == 2
        assert ask(ONE) == [(1,)]

    assert len(seen) == 2


def test_what_nobody_asks_for_costs_nothing() -> None:
    with CaptureQueriesContext(connection) as seen, foreseen((ONE,)):
        foresee(TWO)
    foresee(THREE)

    assert len(seen) == 0


def test_an_answer_is_given_once() -> None:
    with foreseen((ONE,)), CaptureQueriesContext(connection) as seen:
        assert ask(ONE) == ask(ONE) == [(1,)]

    assert len(seen) == 2


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
        ask(ONE)

    connection.savepoint_rollback(savepoint)
    assert ask(ONE) == [(1,)]
