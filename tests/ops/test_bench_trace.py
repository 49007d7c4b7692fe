"""The bench of the repository asks for what it loaded."""

from __future__ import annotations

from datetime import timedelta

import pytest
from capturing import events_of

from mingchu.accounts.domain import CITY
from mingchu.base import clock
from mingchu.ops.bench import trace_asking, trace_loading
from mingchu.ops.bench.trace_events import MARKED_EVERY, event, marked, time_of
from mingchu.trace.domain import reading, times
from mingchu.trace.domain.asking import ask
from mingchu.trace.finding import find

pytestmark = pytest.mark.django_db
LOADED = 3000


@pytest.fixture
def loaded():
    """Moments at which they were recorded."""
    begun = clock.now()
    assert trace_loading.run({"first": trace_loading.FIRST, "count": LOADED}) == LOADED
    assert events_of() == LOADED
    return begun


def test_every_query_of_every_family_finds_events(loaded):
    until = clock.now() + timedelta(minutes=1)
    recorded = find([CITY], ask([]), limit=5, until=until).hits
    moments = [hit.record_time for hit in recorded]
    for name, (_what, queries) in trace_asking._queries(LOADED, moments).items():
        for query in queries[:20]:
            page = find([CITY], ask(query.items()), limit=1, until=until)
            assert page.hits, (name, query)


def test_a_look_up_finds_what_was_loaded(loaded):
    numbers = [trace_loading.FIRST - trace_loading.FIRST % 6 + 6 * n for n in range(1, 30)]
    told = trace_asking.look_up(numbers)
    assert {name: len(spent) for name, spent in told.items()} == {"found": 29, "bare": 29}


@pytest.mark.parametrize("number", [0, 1, MARKED_EVERY, 86_399_999, 50 * 10**8 + 7])
def test_an_event_says_its_number(number):
    for make in (event, marked):
        [one] = reading.read(b'{"@context":[],' + make(number)[1:]).judged()
        assert times.read(one.members["eventTime"]) == time_of(number)
