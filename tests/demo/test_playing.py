"""The played days: acts through the services at their hour, and figures that stay exact."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter

import pytest
from django.db.models import F

from mingchu.base import clock
from mingchu.demo import driver
from mingchu.demo.models import City, Phase
from mingchu.demo.plan import plan
from mingchu.ledger.models import Entry, Reaction
from mingchu.registry.models import Business, Licence, Person

SIZE = 900
TODAY = plan().today


def counted() -> Counter[tuple[str, str]]:
    found = Business.objects.filter(state="open").values_list("kind", "district")
    return Counter(found)


def load() -> City:
    return driver.load(seed=7, businesses=SIZE, today=TODAY)


@pytest.fixture
def standing(db: None) -> Counter[tuple[str, str]]:
    load()
    return counted()


def test_after_all_days_the_figures_are_what_they_were(standing: Counter[tuple[str, str]]) -> None:
    driver.play()

    city = City.objects.get()
    assert (city.phase, city.done, city.total) == (Phase.COMPLETE, 60, 60)
    assert counted() == standing
    assert standing.total() == SIZE


def test_every_kind_of_act_happened_at_its_hour_and_by_a_bureau(
    standing: Counter[tuple[str, str]],
) -> None:
    before = Entry.objects.count()

    driver.play()

    played = list(Entry.objects.order_by("id")[before:])
    kinds = {entry.kind.removeprefix("registry.") for entry in played}
    assert kinds >= {
        "business_enrolled",
        "business_closed",
        "licence_state_changed",
        "licence_granted",
        "person_posted",
        "person_left",
        "business_corrected",
    }
    times = [clock.city(entry.city_time) for entry in played]
    assert times == sorted(times)
    assert times[-1].date() < TODAY
    assert {time.weekday() for time in times} <= set(range(5))
    by = {(entry.kind.split(".")[0], entry.actor.split(":")[0]) for entry in played}
    assert {actor for context, actor in by if context == "registry"} == {"user"}
    assert by >= {("alerts", "system"), ("alerts", "user")}
    assert Reaction.objects.filter(state="failed").count() == 0


def test_what_was_played_is_nobody_s_either_and_stands_once(
    standing: Counter[tuple[str, str]],
) -> None:
    driver.play()

    fresh = Business.objects.filter(opened__gte=driver.stage_of(City.objects.get()).day(0))
    assert fresh.count() > 0
    assert fresh.exclude(code="").exclude(code__contains="MA0").count() == 0
    assert Licence.objects.filter(business__in=fresh, issued=F("business__opened")).count() == len(
        fresh
    )
    assert Person.objects.exclude(health_number__startswith="演示").count() == 0


PROGRAM = """
import os, signal
import django
django.setup()
from mingchu.demo import driver
days = []
def die(stage, day):
    days.append(day)
    if len(days) > 20:
        os.kill(os.getpid(), signal.SIGKILL)
driver.PLAYS = (*driver.PLAYS, die)
driver.play()
"""


def said() -> list[tuple[str, str, str]]:
    return list(Entry.objects.order_by("id").values_list("kind", "subject", "data"))


def test_a_play_that_was_killed_goes_on_without_doubles(committed: str) -> None:
    settings = {
        "DJANGO_SETTINGS_MODULE": "mingchu.site.settings",
        "MINGCHU_DATABASE_URL": committed,
    }
    load()

    killed = subprocess.run(
        [sys.executable, "-c", PROGRAM], env={**os.environ, **settings}, check=False
    )
    half = City.objects.get().done
    driver.play()

    assert (killed.returncode, half) == (-9, 20)
    assert City.objects.get().phase == Phase.COMPLETE
    assert Business.objects.filter(state="open").count() == SIZE
    enrolled = [subject for kind, subject, _data in said() if kind == "registry.business_enrolled"]
    assert len(set(enrolled)) == len(enrolled) == Business.objects.count()
