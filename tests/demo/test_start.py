"""Starting the demo: a clock that goes on, and a way in for each role."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from mingchu.base import clock
from mingchu.demo import driver, start
from mingchu.demo.accounts import with_page
from mingchu.demo.models import City
from mingchu.demo.plan import plan

URL = "http://127.0.0.1:8000/"


@pytest.fixture
def city(db: None) -> City:
    return driver.load(seed=7, businesses=60, today=plan().today)


@pytest.fixture
def demo_clock(tmp_path: Path) -> Iterator[clock.DemoClock]:
    before, running = clock.source(), clock.DemoClock(tmp_path / "clock.json")
    clock.use(running)
    yield running
    clock.use(before)


def test_the_clock_runs_from_the_demo_s_hour(city: City, demo_clock: clock.DemoClock) -> None:
    start.wind(city)

    assert clock.city(clock.now()).isoformat()[:16] == "2026-11-20T08:30"


def test_a_clock_that_was_set_ahead_stays_there(city: City, demo_clock: clock.DemoClock) -> None:
    start.wind(city)
    ahead = clock.now() + timedelta(days=3)
    demo_clock.set(ahead)

    start.wind(city)

    assert clock.now() >= ahead


def test_every_line_signs_its_role_in_once(city: City) -> None:
    lines = [line.split() for line in start.login_lines(URL)]

    assert [(word, role) for word, role, _url in lines] == [("login", r.code) for r in with_page()]
    for _word, _role, url in lines:
        path = url.removeprefix(URL[:-1])
        browser = Client()
        assert browser.get(path, follow=True).status_code == 200
        assert "_auth_user_id" in browser.session
        assert Client().get(path).status_code == 403


@pytest.mark.django_db
def test_a_city_without_played_days_is_complete_at_once() -> None:
    driver.load(seed=7, businesses=60, today=plan().today, days=0)

    assert start.is_complete()
