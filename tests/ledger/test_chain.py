"""The chain of a case: what led to an act, the act, what followed from it, and nothing beside."""

from __future__ import annotations

from random import Random

import pytest

from mingchu.ledger import queries

pytestmark = pytest.mark.django_db


def chain(done, start):
    numbers = {entry.id: at for at, entry in enumerate(done)}
    return [numbers[step.entry.id] for step in queries.chain([done[start].id])]


def test_a_chain_goes_back_to_the_first_cause_and_on_to_the_last_answer(answering):
    # 0 leads to 1 and 4; 1 to 2 and 3; 5 stands alone.
    done = answering([None, 0, 1, 1, 0, None])

    assert chain(done, 1) == [0, 1, 2, 3]
    assert chain(done, 0) == [0, 1, 2, 3, 4]
    assert chain(done, 3) == [0, 1, 3]
    assert chain(done, 5) == [5]


def test_what_begins_a_thousand_cases_does_not_make_them_one(answering):
    done = answering([None, *[0] * 300])

    assert chain(done, 7) == [0, 7]


def test_a_chain_is_the_one_that_is_found_by_hand(answering):
    random = Random(4)  # noqa: S311 no secret
    causes = [random.choice([None, *range(at)]) if at else None for at in range(60)]
    done = answering(causes)

    for start in range(60):
        back, at = {start}, start
        while (at := causes[at]) is not None:
            back.add(at)
        onward = {start}
        for number, cause in enumerate(causes):
            if cause in onward:
                onward.add(number)
        assert chain(done, start) == sorted(back | onward)


def test_causes_of_an_entry_are_those_before_it(answering):
    done = answering([None, 0, 1, 2])

    assert [step.entry.id for step in queries.causes(done[3])] == [one.id for one in done[:3]]
    assert queries.causes(done[0]) == []
