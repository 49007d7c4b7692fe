from datetime import UTC, datetime

from mingchu.base import clock


def test_the_citys_day_begins_at_its_own_midnight():
    with clock.stopped(datetime(2026, 11, 19, 16, 0, tzinfo=UTC)):
        assert clock.today().isoformat() == "2026-11-20"


def test_every_process_follows_the_demo_clock_file(tmp_path):
    one, two = clock.DemoClock(tmp_path / "clock.json"), clock.DemoClock(tmp_path / "clock.json")
    two.now()

    one.set(datetime(2026, 11, 20, 0, 30, tzinfo=UTC))

    assert abs((two.now() - datetime(2026, 11, 20, 0, 30, tzinfo=UTC)).total_seconds()) < 5
