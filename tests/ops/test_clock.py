"""The demo's clock: it goes forward only, and what falls due on the way runs once, in its order."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from croniter import croniter
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.contrib.django import app

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.ops import clockwork
from mingchu.ops.clockwork import MOST_A_DAY, MOST_DAYS, all_due, put_forward, schedules

BEGIN = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)  # 08:30 in the city
EVERY_MINUTE, DAILY, TWICE = "* * * * *", "5 16 * * *", "0 1,9 * * *"
crons = st.sampled_from([EVERY_MINUTE, DAILY, TWICE, "17 * * * *", "0 2 * * 1", "30 20 1 * *"])
# Whole seconds: finer than that no schedule is told.
spans = st.integers(0, 40 * 24 * 3600).map(lambda seconds: timedelta(seconds=seconds))
Known = list[tuple[tuple[str, str], clockwork.Schedule]]


def known(*found: str) -> Known:
    return [((f"task{place}", ""), croniter(cron)) for place, cron in enumerate(found)]


def days(due: list[clockwork.Due]) -> Counter[tuple[str, object]]:
    """How often each task runs on each day of the city."""
    return Counter((one.key[0], clock.city(one.at).date()) for one in due)


@given(st.lists(crons, max_size=4), spans)
def test_what_runs_is_due_in_order_and_bounded(found: list[str], span: timedelta) -> None:
    due = list(all_due(known(*found), BEGIN, BEGIN + span))

    assert due == sorted(due)
    assert all(BEGIN < one.at <= BEGIN + span for one in due)
    assert all(croniter.match(found[int(one.key[0][4:])], one.at) for one in due)
    assert max(days(due).values(), default=0) <= MOST_A_DAY


@given(st.sampled_from([DAILY, TWICE]), spans)
def test_a_task_of_a_few_times_a_day_runs_at_each_of_them(cron: str, span: timedelta) -> None:
    times, plain = croniter(cron, start_time=BEGIN), []
    while (at := times.get_next(datetime)) <= BEGIN + span:
        plain.append(at)

    assert [one.at for one in all_due(known(cron), BEGIN, BEGIN + span)] == plain


@given(st.sampled_from([EVERY_MINUTE, "17 * * * *"]), spans, spans)
def test_two_jumps_miss_nothing_of_what_one_would_run(
    cron: str, first: timedelta, second: timedelta
) -> None:
    middle, end = BEGIN + first, BEGIN + first + second

    whole = {one.at for one in all_due(known(cron), BEGIN, end)}
    parts = {one.at for one in all_due(known(cron), BEGIN, middle)}
    parts |= {one.at for one in all_due(known(cron), middle, end)}

    assert whole <= parts


def test_a_sweep_of_every_minute_runs_once_a_day_and_last_at_the_end() -> None:
    due = list(all_due(known(EVERY_MINUTE), BEGIN, BEGIN + timedelta(days=2)))

    assert [f"{clock.city(one.at):%d %H:%M}" for one in due] == ["20 23:59", "21 23:59", "22 08:30"]


def test_a_daily_task_comes_before_the_sweep_that_ends_its_day() -> None:
    due = list(all_due(known(EVERY_MINUTE, DAILY), BEGIN, BEGIN + timedelta(days=1)))

    assert [one.key[0] for one in due] == ["task0", "task1", "task0"]


def test_every_task_of_the_house_can_be_run_by_the_clock() -> None:
    periodic = list(app.periodic_registry.periodic_tasks.values())

    assert len(periodic) >= 3
    assert [one.task.name for one in periodic if one.task.pass_context] == []
    assert [one.task.name for one in periodic if inspect.iscoroutinefunction(one.task.func)] == []


@pytest.fixture
def demo_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[clock.DemoClock]:
    monkeypatch.setenv("MINGCHU_HOME", str(tmp_path))
    before, running = clock.source(), clock.DemoClock(tmp_path / "clock.json")
    clock.use(running)
    running.set(BEGIN)
    yield running
    clock.use(before)


class Diary:
    """A task of this test's own: when it ran, and what the city's clock said to it."""

    def __init__(self, cron: str, *, spoils: bool = False):
        self.seen: list[tuple[datetime, datetime]] = []
        self.key = (f"test.diary{id(self)}", "")
        self.spoils = spoils
        task = app.task(self.write, name=self.key[0])
        app.periodic_registry.register_task(
            task=task, cron=cron, periodic_id="", configure_kwargs={}
        )

    def write(self, timestamp: int) -> None:
        self.seen.append((datetime.fromtimestamp(timestamp, UTC), clock.now()))
        if self.spoils:
            raise RuntimeError("ink")

    def burn(self) -> None:
        del app.periodic_registry.periodic_tasks[self.key]
        del app.tasks[self.key[0]]


@pytest.fixture
def daily() -> Iterator[Diary]:
    diary = Diary(DAILY)
    yield diary
    diary.burn()


@pytest.fixture
def spoilt() -> Iterator[Diary]:
    diary = Diary(DAILY, spoils=True)
    yield diary
    diary.burn()


def test_a_task_runs_at_its_own_moment_of_each_day(
    db: None, demo_clock: clock.DemoClock, daily: Diary
) -> None:
    put_forward(BEGIN + timedelta(days=3))

    due = [at for at, _now in daily.seen]
    assert [f"{clock.city(at):%d %H:%M}" for at in due] == ["21 00:05", "22 00:05", "23 00:05"]
    assert all(at <= now < at + timedelta(minutes=1) for at, now in daily.seen)
    assert clock.now() >= BEGIN + timedelta(days=3)


def test_the_house_s_own_tasks_run_on_the_way(db: None, demo_clock: clock.DemoClock) -> None:
    advanced = put_forward(BEGIN + timedelta(days=3))

    assert {due.key for due in advanced.ran} == set(schedules())
    assert advanced.failed == ()


def test_a_task_that_fails_is_told_and_keeps_no_other_from_running(
    db: None, demo_clock: clock.DemoClock, spoilt: Diary, daily: Diary
) -> None:
    advanced = put_forward(BEGIN + timedelta(days=2))

    assert len(daily.seen) == len(spoilt.seen) == 2
    assert [(due.key, why) for due, why in advanced.failed] == [
        (spoilt.key, "RuntimeError: ink")
    ] * 2


def test_what_ran_does_not_run_again(db: None, demo_clock: clock.DemoClock, daily: Diary) -> None:
    put_forward(BEGIN + timedelta(days=1))
    put_forward(BEGIN + timedelta(days=1, hours=1))

    assert len(daily.seen) == 1


def test_time_never_goes_back(demo_clock: clock.DemoClock) -> None:
    with pytest.raises(Refusal) as no:
        put_forward(BEGIN - timedelta(minutes=5))

    assert no.value.code == "clock_backwards"
    assert "2026-11-20 08:30" in no.value.why
    assert clock.now() >= BEGIN


def test_a_jump_of_lifetimes_is_refused(demo_clock: clock.DemoClock) -> None:
    with pytest.raises(Refusal) as no:
        put_forward(BEGIN + timedelta(days=MOST_DAYS + 2))

    assert no.value.code == "clock_too_far"


def test_a_real_city_lives_on_the_machine_s_time() -> None:
    with pytest.raises(Refusal) as no:
        put_forward(clock.wall() + timedelta(days=1))

    assert no.value.code == "not_a_demo_home"
