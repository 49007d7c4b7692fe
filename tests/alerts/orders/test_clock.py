"""The clocks of an order: pure functions of its steps and the calendar.

The eight faults are those of service desks elsewhere, by the number they are known under there.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingchu.alerts.domain.clock import Beat, Cause, Clocks, clocks
from mingchu.alerts.domain.desk import Ladder, level_due
from mingchu.alerts.domain.states import Level, Move, OrderState
from mingchu.alerts.domain.terms import Office, Term, Unit
from mingchu.base.clock import CITY_ZONE, midnight
from mingchu.base.workdays import Calendar

S = OrderState
OFF = [date(2026, 10, day) for day in range(1, 8)]
MAKEUP = [date(2026, 10, 10)]
CALENDAR = Calendar.of(OFF, MAKEUP, [2025, 2026])
HOURS = ((time(8, 30), time(12)), (time(14, 30), time(17, 30)))
OFFICE = Office(((date(2019, 1, 1), HOURS),), CALENDAR)
LADDER = Ladder({"district": 0, "city": 3}, {"district": 0, "city": 4})
TERMS = {
    1: (Term(2, Unit.HOUR, "red", "2019-01-01"), Term(24, Unit.HOUR, "red", "2019-01-01")),
    2: (Term(1, rule="orange", since="2019-01-01"), Term(5, rule="orange", since="2019-01-01")),
    3: (Term(3, rule="yellow", since="2019-01-01"), Term(15, rule="yellow", since="2019-01-01")),
}


def at(day: int, hour: int = 9, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=CITY_ZONE)


def graded(severity: int) -> dict[str, Any]:
    accept, handle = TERMS[severity]
    return {"severity": severity, "accept": accept.plain(), "handle": handle.plain()}


def opened(when: datetime, severity: int = 2, after: S = S.NEW, **more: Any) -> Beat:
    return Beat(when, Move.OPEN, after, {**graded(severity), **more})


def read(*beats: Beat) -> Clocks:
    return clocks(beats, OFFICE)


def test_a_term_in_working_days_ends_with_its_last_day() -> None:
    told = read(opened(at(20)))

    assert told.handle
    assert told.accept
    assert (told.handle.day, told.accept.day) == (date(2026, 11, 27), date(2026, 11, 23))
    assert told.handle.due == midnight(date(2026, 11, 28))
    assert not told.handle.is_late(at(27, 23, 59))
    assert told.handle.is_late(at(28, 0))


def test_hours_run_round_the_clock_where_all_is_urgent_and_in_office_hours_elsewhere() -> None:
    night = at(20, 22)
    own = Term(4, Unit.OFFICE_HOUR, "own", "2019-01-01")

    red = read(opened(night, 1)).accept
    orange = read(opened(night, 2, own=own.plain(), own_from=night.isoformat())).handle

    assert red
    assert orange
    assert red.due == at(21, 0)
    # Friday night, the weekend, then 8:30 to 12:00 and half an hour of Monday afternoon.
    assert orange.due == at(23, 15)


# ── The eight faults ──


def test_zammad_5177_one_clock_does_not_overwrite_another() -> None:
    """A change of the handling clock leaves the longer acceptance clock as it is, and back."""
    before = read(opened(at(20), 3))
    after = read(
        opened(at(20), 3),
        Beat(at(20, 10), Move.JOIN_ALERT, S.NEW, _own(Term(1, rule="own", since="x"), at(20, 10))),
    )
    handed = read(opened(at(20), 3), Beat(at(24), Move.ASSIGN, S.ASSIGNED))

    assert after.accept == before.accept
    assert after.handle
    assert after.handle.day == date(2026, 11, 23)
    assert handed.handle == before.handle
    assert handed.accept
    assert handed.accept.day == date(2026, 11, 27)


def _own(term: Term, since: datetime) -> dict[str, Any]:
    return {"own": term.plain(), "own_from": since.isoformat()}


def test_zammad_3140_a_clock_stands_once_it_was_answered() -> None:
    told = read(opened(at(20)), Beat(at(20, 11), Move.ACCEPT, S.ACCEPTED))

    assert told.accept
    assert told.accept.met == at(20, 11)
    assert not told.accept.is_late(at(30))


@pytest.mark.parametrize(
    ("move", "after"), [(Move.BEGIN, S.HANDLING), (Move.FALSE_ALARM, S.FALSE_ALARM)]
)
def test_zammad_3551_answer_and_change_in_one_step_stops_the_clock(move: Move, after: S) -> None:
    """Whoever begins or ends without an acceptance of its own has taken it."""
    told = read(
        opened(at(20)), Beat(at(20, 10), Move.ASSIGN, S.ASSIGNED), Beat(at(20, 11), move, after)
    )

    assert told.accept
    assert told.accept.met == at(20, 11)
    assert (told.handle and told.handle.met) == (at(20, 11) if after is S.FALSE_ALARM else None)


def test_zammad_5624_the_old_clock_does_not_stay_after_a_handover() -> None:
    told = read(
        opened(at(20)),
        Beat(at(20, 10), Move.ASSIGN, S.ASSIGNED),
        Beat(at(26), Move.HAND_OVER, S.ASSIGNED),
    )

    assert told.accept
    assert told.handle
    assert told.accept.started == at(26)
    assert told.accept.because[0].cause is Cause.HANDED
    assert not told.accept.is_late(at(27, 17))
    assert told.handle.day == date(2026, 11, 27)


@pytest.mark.parametrize(
    ("now", "severity", "level"),
    [
        (at(28, 10), 2, Level.STATION),  # Saturday
        (at(24, 0, 30), 2, Level.STATION),  # the middle of the night
        (at(24, 12, 30), 2, Level.STATION),  # noon
        (at(24, 9), 2, Level.DISTRICT),
        (at(10, 9, month=10), 2, Level.DISTRICT),  # a Saturday that is worked
        (at(22, 3), 1, Level.CITY),  # Sunday night, red
    ],
)
def test_zammad_4432_nobody_is_called_at_midnight_or_the_weekend(
    now: datetime, severity: int, level: Level
) -> None:
    """But for what is urgent."""
    start = at(30, month=9) if now.month == 10 else at(20)
    told = read(opened(start, severity))

    assert level_due(told, severity, now, LADDER, OFFICE) is level


def test_zammad_1322_an_answer_by_another_way_counts_the_same() -> None:
    """The business at its desk, or the officer who wrote down what it told him."""
    told = (
        opened(at(20)),
        Beat(at(20, 10), Move.BEGIN, S.HANDLING),
        Beat(at(20, 11), Move.AWAIT_BUSINESS, S.AWAITING_BUSINESS, {"correct_by": "2026-11-24"}),
    )

    desk = read(*told, Beat(at(24, 23), Move.ANSWER, S.SUBMITTED)).correct
    officer = read(*told, Beat(at(24, 23), Move.SUBMIT, S.SUBMITTED)).correct
    again = read(
        *told,
        Beat(at(24, 23), Move.ANSWER, S.SUBMITTED),
        Beat(at(25), Move.AWAIT_BUSINESS, S.AWAITING_BUSINESS, {"correct_by": "2026-11-30"}),
    ).correct

    assert desk
    assert again
    assert desk == officer
    assert (desk.met, desk.is_late(at(30))) == (at(24, 23), False)
    assert (again.started, again.met, again.day) == (at(25), None, date(2026, 11, 30))


def test_glpi_6902_paused_time_is_not_lost_when_the_severity_changes() -> None:
    paused = (
        opened(at(20), 2),
        Beat(at(20, 10), Move.BEGIN, S.HANDLING),
        Beat(at(23), Move.PAUSE, S.HANDLING),
        Beat(at(26), Move.RESUME, S.HANDLING),
    )

    lowered = read(*paused, Beat(at(26, 10), Move.REGRADE, S.HANDLING, graded(3))).handle
    never = read(opened(at(20), 3)).handle

    assert lowered
    assert never
    assert never.day == date(2026, 12, 11)
    assert lowered.day == date(2026, 12, 16)  # three working days later
    assert lowered.because[-1].days == 3


def test_glpi_15429_a_custom_calendar_in_the_citys_zone_makes_nothing_late_at_once() -> None:
    """07:30 in the city is still the day before in UTC; the term counts the city's days."""
    early = at(20, 7, 30)

    told = read(opened(early, 2)).accept

    assert told
    assert told.day == date(2026, 11, 23)
    assert not told.is_late(early + timedelta(hours=1))
    assert level_due(read(opened(early, 2)), 2, at(20, 9), LADDER, OFFICE) is Level.STATION


# ── Further rules ──


def test_a_rise_gives_the_shorter_term_from_then_on_and_never_more() -> None:
    told = read(opened(at(20), 3), Beat(at(23), Move.REGRADE, S.NEW, graded(1)))
    late = read(opened(at(20), 2), Beat(at(27, 20), Move.REGRADE, S.NEW, graded(1)))

    assert told.handle
    assert late.handle
    assert told.handle.due == at(24)
    assert told.handle.because[0].cause is Cause.RAISED
    assert late.handle.due == midnight(date(2026, 11, 28))


def test_while_it_is_paused_it_has_no_due_but_what_is_left() -> None:
    told = read(
        opened(at(20), 2),
        Beat(at(20, 10), Move.BEGIN, S.HANDLING),
        Beat(at(24), Move.PAUSE, S.HANDLING),
    )

    assert told.paused
    assert told.handle
    assert (told.handle.due, told.handle.left, told.handle.paused) == (None, 3, at(24))


def test_a_pause_does_not_mend_what_was_late() -> None:
    told = read(
        opened(at(20), 2),
        Beat(at(20, 10), Move.BEGIN, S.HANDLING),
        Beat(at(30), Move.PAUSE, S.HANDLING),
    )

    assert told.handle
    assert told.handle.day == date(2026, 11, 27)
    assert told.handle.is_late(at(30))


def test_what_is_reopened_has_a_new_term_and_an_old_history() -> None:
    told = read(
        opened(at(2), 2),
        Beat(at(2, 10), Move.BEGIN, S.HANDLING),
        Beat(at(3), Move.SUBMIT, S.SUBMITTED),
        Beat(at(4), Move.CLOSE, S.CLOSED),
        Beat(at(20), Move.REOPEN, S.REOPENED),
    )

    assert told.handle
    assert (told.handle.started, told.handle.met) == (at(20), None)
    assert told.handle.day == date(2026, 11, 27)
    assert told.accept is None


def test_what_it_is_about_may_have_a_term_of_its_own_and_the_earliest_counts() -> None:
    camera = Term(2, Unit.HOUR, "alert.due_hours", "2019-01-01")
    end = Term(rule="licence", since="2019-01-01", until=midnight(date(2027, 2, 1)))

    long = read(opened(at(20), 2, **_own(end, at(20)))).handle
    both = read(
        opened(at(20), 2, **_own(end, at(20))),
        Beat(at(20, 10), Move.JOIN_ALERT, S.NEW, _own(camera, at(20, 10))),
    ).handle

    assert long
    assert both
    assert long.day == date(2027, 1, 31)
    assert both.due == at(20, 12)


def test_a_year_nobody_has_announced_makes_it_provisional() -> None:
    told = read(Beat(datetime(2026, 12, 28, 9, tzinfo=CITY_ZONE), Move.OPEN, S.NEW, graded(2)))

    assert told.provisional
    assert not read(opened(at(20))).provisional


def test_another_calendar_is_another_deadline_for_the_same_steps() -> None:
    beats = [opened(datetime(2026, 9, 29, 9, tzinfo=CITY_ZONE), 2)]
    plain = Office(OFFICE.hours, Calendar.of([], [], [2026]))

    assert clocks(beats, OFFICE).handle != clocks(beats, plain).handle
    assert clocks(beats, OFFICE).handle.day == date(2026, 10, 12)  # type: ignore[union-attr]


def test_other_clocks_run_beside_and_stop_by_name() -> None:
    term = Term(7, Unit.WORKING_DAY, "disclosure.days", "2026-01-01").plain()
    told = read(
        opened(at(20)),
        Beat(at(20, 10), Move.BEGIN, S.HANDLING, {"starts": {"publish": term, "reply": term}}),
        Beat(at(24), Move.SUBMIT, S.SUBMITTED, {"stops": ["reply"]}),
    )

    assert told.others["publish"].day == date(2026, 12, 1)
    assert (told.others["publish"].met, told.others["reply"].met) == (None, at(24))


@pytest.mark.parametrize(
    ("now", "level"),
    [
        (at(27, 17), Level.STATION),
        (at(30, 9), Level.DISTRICT),
        (at(1, 9, month=12), Level.DISTRICT),
        (at(2, 9, month=12), Level.CITY),
    ],
)
def test_what_is_overdue_goes_up_step_by_step(now: datetime, level: Level) -> None:
    told = read(opened(at(20)), Beat(at(20, 10), Move.BEGIN, S.HANDLING))

    assert level_due(told, 2, now, LADDER, OFFICE) is level


MOMENTS = st.integers(0, 90 * 24 * 60).map(lambda n: at(1, month=9) + timedelta(minutes=n))


@given(MOMENTS, st.integers(0, 60), st.integers(0, 600))
def test_office_time_added_is_office_time_between(
    start: datetime, hours: int, minutes: int
) -> None:
    span = timedelta(hours=hours, minutes=minutes)

    end = OFFICE.add(start, span)

    assert OFFICE.between(start, end) == span
    assert end >= start


@given(MOMENTS, st.lists(st.integers(0, 20), min_size=2, max_size=2), st.sampled_from([1, 2, 3]))
def test_a_pause_never_shortens_a_term(start: datetime, days: list[int], severity: int) -> None:
    first = start + timedelta(days=days[0])
    plain = read(opened(start, severity), Beat(start, Move.BEGIN, S.HANDLING)).handle
    paused = read(
        opened(start, severity),
        Beat(start, Move.BEGIN, S.HANDLING),
        Beat(first, Move.PAUSE, S.HANDLING),
        Beat(first + timedelta(days=days[1]), Move.RESUME, S.HANDLING),
    ).handle

    assert plain
    assert paused
    assert plain.due
    assert paused.due
    assert paused.due >= plain.due
