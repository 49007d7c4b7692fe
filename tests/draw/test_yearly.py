"""The year's report, and the way of a pair: figures out of results, nothing else."""

from __future__ import annotations

import json
from collections import Counter

from bundles import NONCE, frame
from drawing import DICE, FELL
from hypothesis import given
from hypothesis import strategies as some

from mingchu.draw.domain.routing import route
from mingchu.draw.domain.yearly import Held, year


def held(nonce: bytes, **people: str) -> Held:
    one = frame(announced=[DICE])
    sizes = Counter(row.stratum for row in one.subjects if not row.standing)
    result = json.loads(one.draw(nonce, [FELL]).file())
    return Held(json.loads(one.plan.file()), sizes, result, people)


def test_what_was_drawn_lies_within_one_of_what_the_rates_promise():
    first, second = held(NONCE), held(NONCE[::-1])
    found = year([first, second])
    assert found.draws == 2
    assert all(abs(found.drawn[one] - found.expected[one]) < 2 for one in found.strata)
    assert sum(found.drawn.values()) + found.certain == found.tasks


def test_loads_and_meetings_add_up_to_the_tasks():
    found = year([held(NONCE)])
    assert sum(map(found.load, found.inspectors)) == 2 * (found.tasks - found.alone)
    assert sum(times * pairs for times, pairs in found.meetings.items()) == sum(
        found.pairs.values()
    )
    assert [count for _pair, count in found.repeated] == sorted(
        (count for count in found.pairs.values() if count > 1), reverse=True
    )


def test_an_inspector_whom_each_list_names_otherwise_is_one_person_in_the_year():
    named = {f"i{n:02}": f"officer:{n}" for n in range(18)}
    found = year([held(NONCE, **named), held(NONCE[::-1], **named)])
    assert set(found.inspectors) <= set(named.values())


def test_a_year_without_draws_is_empty():
    found = year([])
    assert (found.tasks, found.strata, found.inspectors, found.meetings) == (0, [], [], {})


points = some.tuples(some.integers(-50, 50), some.integers(-50, 50))
names = some.lists(some.sampled_from("abcdefgh"), unique=True)


@given(names, some.dictionaries(some.sampled_from("abcdefgh"), points))
def test_a_way_has_every_stop_once_and_those_of_unknown_place_last(stops, known):
    way = route(stops, known)
    assert sorted(way) == sorted(stops)
    unknown = [one for one in stops if one not in known]
    assert way[len(way) - len(unknown) :] == unknown
