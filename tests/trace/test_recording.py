"""When an event was recorded: never skipped by who follows, however late its capture commits."""

from __future__ import annotations

import pytest
from capturing import Late, a_document, an_event, as_sent, sender
from django.db import connection

from mingchu.base import clock
from mingchu.trace import recording
from mingchu.trace.services import Behaviour, capture_document, capture_event


def times() -> list:
    with connection.cursor() as db:
        db.execute("SELECT record_time FROM trace_event ORDER BY record_time")
        return [at for (at,) in db.fetchall()]


def test_nobody_is_told_to_go_beyond_a_capture_that_is_not_committed(committed):
    capture_event(as_sent(an_event()), sender())
    with Late(an_event()) as late:
        capture_event(as_sent(an_event()), sender())
        before = times()
        while_open = recording.horizon()
        late.commit()
    afterwards = recording.horizon()
    first, middle, last = times()

    assert before == [first, last]
    assert first < while_open <= middle < last < afterwards


def test_all_of_one_capture_have_one_moment_in_every_table(committed):
    capture_document(a_document(an_event(), an_event()), Behaviour.ROLLBACK, sender())
    with connection.cursor() as db:
        db.execute(
            "SELECT record_time FROM trace_event UNION SELECT record_time FROM trace_key"
            " UNION SELECT record_time FROM trace_link"
        )
        found = db.fetchall()
    assert len(found) == 1


@pytest.mark.parametrize("ahead", [0, 3_000_000])
def test_an_event_is_recorded_at_the_citys_time(committed, tmp_path, ahead):
    hand, before = clock.DemoClock(tmp_path / "clock.json"), clock.source()
    hand.set(clock.wall() + clock.timedelta(seconds=ahead))
    clock.use(hand)
    try:
        begun = clock.now()
        capture_event(as_sent(an_event()), sender())
        [at] = times()
        horizon, ended = recording.horizon(), clock.now()
    finally:
        clock.use(before)
    assert begun <= at < horizon <= ended
    assert recording.horizon() < ended or not ahead


def test_where_the_clock_stands_still_events_are_recorded_then(committed):
    moment = clock.wall()
    with clock.stopped(moment):
        capture_event(as_sent(an_event()), sender())
        capture_document(a_document(an_event()), Behaviour.ROLLBACK, sender())
        assert recording.horizon() > moment
        assert recording.present() == moment
    assert times() == [moment, moment]
