"""Two senders at once, with the same events and documents that overlap: no deadlock, each once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any, NamedTuple

import psycopg
import pytest
from capturing import a_document, an_event, as_sent, sender
from django.db import connection, connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingchu.base.errors import Refusal
from mingchu.ops.postgres import APP, OWNER
from mingchu.trace.services import Behaviour, capture_document, capture_event, storing

POOL = 12
SINGLE = "single"
_rounds = count(1)


class Letter(NamedTuple):
    """Which events of the pool go together, and how: a behaviour, or one by one."""

    how: str
    events: list[int]


class Told(NamedTuple):
    """What a sender was told of one letter."""

    letter: Letter
    captured: int
    duplicate: int
    rejected: int


letters = st.builds(
    Letter,
    st.sampled_from([*Behaviour, SINGLE]),
    st.lists(st.integers(0, POOL - 1), min_size=1, max_size=10),
)


def pool(number: int) -> list[dict[str, Any]]:
    """Events of one round. They share things and places; of the last four two each bear one id,
    with other content."""
    thing = "urn:epc:id:sgtin:4012345.022222.{}-{}".format
    events = [
        an_event(epcList=[thing(number, at % 5), thing(number, 5 + at * 3 % 5)], **_place(at))
        for at in range(POOL)
    ]
    for at, event in enumerate(events):
        event["example:at"] = f"{number}.{at}"
        if at >= POOL - 4:
            event["eventID"] = f"urn:x:{number}:{at // 2}"
    return events


def _place(at: int) -> dict[str, Any]:
    return {"bizLocation": {"id": f"urn:epc:id:sgln:4012345.{at % 3:05}.0"}}


def send(letter: Letter, events: list[dict[str, Any]]) -> list[Told]:
    chosen = [events[at] for at in letter.events]
    if letter.how == SINGLE:
        return [_single(at, events[at]) for at in letter.events]
    job = capture_document(a_document(*chosen), Behaviour(letter.how), sender())
    assert job.state == ("captured" if not job.errors else "partial" if job.captured + job.duplicate
                         else "failed")  # fmt: skip
    return [Told(letter, job.captured, job.duplicate, len(job.errors))]


def _single(at: int, event: dict[str, Any]) -> Told:
    try:
        outcome = capture_event(as_sent(event), sender()).outcome
    except Refusal as refused:
        outcome = refused.code
    became = [outcome == one for one in ("captured", "duplicate", "event_exists")]
    return Told(Letter(SINGLE, [at]), *map(int, became))


def race(both: list[list[Letter]], events: list[dict[str, Any]]) -> list[Told]:
    """What each was told; both begin each letter together, as far as they go."""
    together = threading.Barrier(len(both))

    def run(mine: list[Letter]) -> list[Told]:
        try:
            return [
                told for letter in mine if together.wait() >= 0 for told in send(letter, events)
            ]
        except BaseException:
            together.abort()
            raise
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(len(both)) as pool_of_threads:
        return [told for some in pool_of_threads.map(run, both) for told in some]


def stored(number: int) -> list[tuple[int, int]]:
    """(event of the pool, how many links it has) for each row of one round."""
    with connection.cursor() as db:
        db.execute(
            "SELECT convert_from(document, 'UTF8')::json ->> 'example:at',"
            " (SELECT count(*) FROM trace_link WHERE event = key)"
            " FROM trace_event WHERE position(%s in convert_from(document, 'UTF8')) > 0",
            [f'"{number}.'],
        )
        return [(int(at.partition(".")[2]), links) for at, links in db.fetchall()]


# Rows that two transactions may both insert go in slowly, so that a circle of waiting would show.
SLOWLY = """
CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_sleep(0.001); RETURN NEW; END $$;
CREATE TRIGGER slowly BEFORE INSERT ON trace_key FOR EACH ROW EXECUTE FUNCTION slowly();
CREATE TRIGGER slowly BEFORE INSERT ON trace_item FOR EACH ROW EXECUTE FUNCTION slowly();
CREATE TRIGGER slowly BEFORE INSERT ON trace_context FOR EACH ROW EXECUTE FUNCTION slowly();
"""


@pytest.fixture
def slow(committed):
    with psycopg.connect(committed.replace(APP, OWNER, 1), autocommit=True) as db:
        db.execute(SLOWLY)


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(both=st.integers(1, 3).flatmap(lambda n: st.lists(
    st.lists(letters, min_size=n, max_size=n), min_size=2, max_size=2)))  # fmt: skip
def test_two_senders_of_the_same_events_do_not_stop_each_other_and_each_lands_once(slow, both):
    number = next(_rounds)
    events = pool(number)
    storing._known_items.forget()
    told = race(both, events)
    found = stored(number)
    there = {at for at, _links in found}

    assert all(one.captured + one.duplicate + one.rejected > 0 for one in told)
    assert len(found) == len(there)
    assert sum(one.captured for one in told) == len(found)
    assert {links for _at, links in found} <= {1, 2}
    assert all(len(there & set(pair)) <= 1 for pair in ((8, 9), (10, 11)))
    for one in told:
        taken = one.captured + one.duplicate
        assert taken + one.rejected <= len(one.letter.events)
        if taken and not one.rejected:
            assert there >= set(one.letter.events)
        if one.letter.how == Behaviour.ROLLBACK and one.rejected:
            assert taken == 0
