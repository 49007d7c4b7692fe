"""Loading a city: exact in the tables, entered in the ledger, and killed at any moment."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from build import a_restaurant
from django.db.models import Count

from mingchu.accounts.models import Post
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.demo import driver
from mingchu.demo.accounts import with_page
from mingchu.demo.census import rows
from mingchu.demo.models import City, Phase
from mingchu.demo.plan import plan
from mingchu.ledger.models import Entry
from mingchu.registry.models import Business, Licence, Person
from mingchu.registry.services import enrol

SIZE = 400
TODAY = plan().today


def load(size: int = SIZE) -> City:
    return driver.load(seed=7, businesses=size, today=TODAY)


@pytest.mark.django_db
def test_the_tables_hold_what_was_asked_for() -> None:
    city = load()

    assert Business.objects.filter(state="open").count() == SIZE
    untidy = Business.objects.filter(licences=None)
    assert Licence.objects.count() + untidy.count() == Business.objects.count() == len(_codes())
    assert set(untidy.values_list("state", flat=True)).isdisjoint({"open", "closed"})
    assert Person.objects.filter(identity_digest="", health_number="").count() == 0
    assert (city.phase, city.done, city.total) == (Phase.PLAYING, 0, 60)


def _codes() -> set[object]:
    return set(Business.objects.values_list("pk", "code"))


@pytest.mark.django_db
def test_every_act_is_entered_at_the_time_it_is_played() -> None:
    load()

    said = Entry.objects.values("kind").annotate(n=Count("id")).values_list("kind", "n")
    assert dict(said)["registry.business_enrolled"] == Business.objects.count()
    # The plan of the year was made in January, by people.
    plans = Entry.objects.filter(kind__startswith="inspection.", city_time__month=1)
    assert {actor.split(":")[0] for actor in plans.values_list("actor", flat=True)} == {"user"}
    others = Entry.objects.exclude(pk__in=plans.values("pk"))
    assert set(others.values_list("actor", flat=True)) == {"system:demo"}
    # At the end of last year everybody was graded too: that entry has the time of its day.
    assert {clock.city(t).isoformat() for t in others.values_list("city_time", flat=True)} == {
        "2025-12-31T17:00:00+08:00",
        "2026-09-21T08:30:00+08:00",
    }
    at_the_end = Entry.objects.filter(city_time__year=2025).values_list("kind", flat=True)
    assert set(at_the_end) == {"risk.grades_run"}


@pytest.mark.django_db
def test_every_role_with_a_page_has_somebody() -> None:
    load()

    held = set(Post.objects.values_list("role", flat=True))
    assert held == {role.code for role in with_page()} >= {"city", "district", "auditor", "admin"}


@pytest.mark.django_db
def test_another_city_is_refused_and_the_same_one_is_there_already() -> None:
    load()
    entries = Entry.objects.count()

    load()
    with pytest.raises(Refusal) as no:
        load(SIZE + 1)

    assert no.value.code == "another_city"
    assert Entry.objects.count() == entries


@pytest.mark.django_db
def test_a_house_with_real_businesses_never_becomes_a_demo() -> None:
    enrol(a_restaurant())

    with pytest.raises(Refusal) as no:
        load()

    assert no.value.code == "not_a_demo_home"
    assert City.objects.count() == 0


PROGRAM = """
import os, signal, sys
import django
django.setup()
from datetime import date
from mingchu.demo import driver
driver.BATCH = 100
def die(done, total):
    if done >= 300:
        os.kill(os.getpid(), signal.SIGKILL)
driver.load(seed=7, businesses=400, today=date(2026, 11, 20), progress=die)
"""


def test_a_load_that_was_killed_goes_on_without_doubles(committed: str) -> None:
    settings = {
        "DJANGO_SETTINGS_MODULE": "mingchu.site.settings",
        "MINGCHU_DATABASE_URL": committed,
    }

    killed = subprocess.run(
        [sys.executable, "-c", PROGRAM], env={**os.environ, **settings}, check=False
    )
    half = Business.objects.count()
    load()

    assert (killed.returncode, half) == (-9, 300)
    assert Business.objects.filter(state="open").count() == SIZE
    numbers = Licence.objects.values_list("number", flat=True)
    licensed = Business.objects.exclude(licences=None).count()
    assert len(set(numbers)) == len(numbers) == licensed
    assert Business.objects.count() == rows(plan(), SIZE)
    assert City.objects.get().phase == Phase.PLAYING
