import threading
from datetime import UTC, date, datetime, timedelta

from mingchu.base import clock


def test_the_citys_day_begins_at_its_own_midnight():
    with clock.stopped(datetime(2026, 11, 19, 16, 0, tzinfo=UTC)):
        assert clock.today().isoformat() == "2026-11-20"
        assert clock.midnight(clock.today()) == clock.now()
        assert clock.city(clock.now()).hour == 0


def test_time_goes_on_after_it_was_stopped():
    before = clock.source()

    with clock.stopped(datetime(2020, 1, 1, tzinfo=UTC)):
        assert clock.today() == date(2020, 1, 1)

    assert clock.source() is before
    assert abs(clock.now() - clock.wall()) < timedelta(days=1)


def test_every_process_follows_the_demo_clock_file(tmp_path):
    one, two = clock.DemoClock(tmp_path / "clock.json"), clock.DemoClock(tmp_path / "clock.json")
    assert abs(two.now() - clock.wall()) < timedelta(minutes=1)

    one.set(datetime(2026, 11, 20, 0, 30, tzinfo=UTC))
    assert abs(two.now() - datetime(2026, 11, 20, 0, 30, tzinfo=UTC)) < timedelta(minutes=1)

    one.set(one.now() + timedelta(days=3))
    assert abs(two.now() - datetime(2026, 11, 23, 0, 30, tzinfo=UTC)) < timedelta(minutes=1)


def test_a_replayed_moment_holds_for_its_own_thread_alone():
    moment = datetime(2026, 9, 21, 0, 30, tzinfo=UTC)
    seen: list[datetime] = []

    with clock.at(moment):
        other = threading.Thread(target=lambda: seen.append(clock.now()))
        other.start()
        other.join()
        assert clock.now() == moment

    assert seen[0] != moment != clock.now()
