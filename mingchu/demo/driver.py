"""The driver: loads a demo city batch by batch, then plays it day by day; killed, it goes on.

Each batch or day and the count of it are one transaction, so whoever comes after goes on exactly
there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from itertools import chain, islice
from operator import attrgetter

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.base.stage import Stage
from mingchu.demo import (
    alerts,
    coldchain,
    complaints,
    grading,
    inspection,
    messages,
    outbreak,
    registry,
    supervision,
    territory,
    training,
    visits,
)
from mingchu.demo.accounts import give_accounts
from mingchu.demo.agenda import Act, Cast
from mingchu.demo.areas import give_areas
from mingchu.demo.census import census, rows
from mingchu.demo.models import City, Phase
from mingchu.demo.plan import plan
from mingchu.ledger.services import acting
from mingchu.registry.models import Business
from mingchu.registry.services import NewBusiness, enrol_many

ACTOR = "system:demo"
BATCH = 5_000
Progress = Callable[[int, int], None]
# What each part of the city does on a day; the driver plays all of it in the order of its moments.
AGENDAS: tuple[Callable[[Stage, date, Cast], Iterable[Act]], ...] = (
    alerts.agenda,
    territory.agenda,
    registry.agenda,
    complaints.agenda,
    outbreak.agenda,
    supervision.agenda,
    grading.agenda,
    inspection.agenda,
    visits.agenda,
    messages.agenda,
    training.agenda,
    coldchain.agenda,
)


def load(
    *,
    seed: int,
    businesses: int,
    today: date,
    days: int | None = None,
    progress: Progress = lambda done, total: None,
) -> City:
    """The standing facts of a city, or what is left of them to load; so many `days` before its
    today are then to be played, as many as the plan says where nothing is said.

    Raises Refusal `another_city` when the home holds a different one, `not_a_demo_home`.
    """
    city = begun(seed=seed, businesses=businesses, today=today)
    if city.phase != Phase.STANDING:
        return city
    days = plan().played_days if days is None else days
    moment = plan().begins(today, days)
    made = census(plan(), seed=seed, businesses=businesses, day=clock.city(moment).date())
    left = islice(made, city.done, None)
    with clock.at(moment), acting(ACTOR):
        while batch := list(islice(left, BATCH)):
            _enrol(city, batch)
            progress(city.done, city.total)
        _end_standing(city, days)
    return city


def begun(*, seed: int, businesses: int, today: date) -> City:
    """The row of the city, made when the home has none yet."""
    city = City.objects.first() or _made(seed, businesses, today)
    if (city.seed, city.businesses, city.today) != (seed, businesses, today):
        raise Refusal(
            "another_city",
            _noop("家目录里已有另一座演示城市：种子{seed}，{businesses}户，演示日{today}"),
            fix=_noop("请沿用这些参数，或加 --fresh 从头重建"),
            seed=city.seed,
            businesses=city.businesses,
            today=city.today,
        )
    return city


def _made(seed: int, businesses: int, today: date) -> City:
    """Only in a house where nobody is enrolled: invented rows never come among real ones."""
    if Business.objects.exists():
        raise not_a_demo_home()
    total = rows(plan(), businesses)
    return City.objects.create(pk=1, seed=seed, businesses=businesses, today=today, total=total)


def not_a_demo_home() -> Refusal:
    return Refusal(
        "not_a_demo_home",
        _noop("这个家目录里是正式数据，不是演示城市"),
        fix=_noop("请用 MINGCHU_HOME 为演示城市指定另一个目录"),
    )


@transaction.atomic
def _enrol(city: City, batch: list[NewBusiness]) -> None:
    enrolled = enrol_many(batch)
    for _place, refusal in enrolled.refused:
        raise refusal
    city.done += len(batch)
    city.save(update_fields=["done"])


@transaction.atomic
def _end_standing(city: City, days: int) -> None:
    """People come last: a post in a business needs the business."""
    give_areas()
    give_accounts()
    city.phase = Phase.PLAYING if days else Phase.COMPLETE
    city.done, city.total = 0, days
    city.save(update_fields=["phase", "done", "total"])
    training.standing(stage_of(city))
    grading.standing(stage_of(city))
    inspection.standing(stage_of(city))


def play() -> None:
    """The days that have not been played yet, in their order."""
    while _play_day():
        pass


@transaction.atomic
def _play_day() -> bool:
    """The next day; False when there is none. The row's lock keeps a second player waiting."""
    city = City.objects.select_for_update().first()
    if city is None or city.phase != Phase.PLAYING:
        return False
    stage = stage_of(city)
    for act in _agenda(stage, stage.day(city.done)):
        with clock.at(act.at):
            act.does()
    city.done += 1
    if city.done == city.total:
        city.phase = Phase.COMPLETE
    city.save(update_fields=["phase", "done"])
    return True


def _agenda(stage: Stage, day: date) -> list[Act]:
    """All that is done on a day, in the order of its moments."""
    cast = Cast()
    with clock.at(clock.midnight(day)):
        acts = chain.from_iterable(agenda(stage, day, cast) for agenda in AGENDAS)
        return sorted(acts, key=attrgetter("at"))


def stage_of(city: City) -> Stage:
    return Stage(city.seed, city.businesses, city.today, city.total)
