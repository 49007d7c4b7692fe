"""Training 培训 of those who answer for food safety in a firm: most have been, some go in the last
weeks, and some will be late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.base import clock
from mingchu.base.stage import Stage
from mingchu.demo.agenda import Act, Cast, done_by, is_office_day, moment
from mingchu.demo.plan import plan
from mingchu.registry import queries, rules, services
from mingchu.registry.domain import State
from mingchu.registry.models import Person
from mingchu.registry.services import NewTraining

TOPIC = "食品安全管理人员培训"
HOURS_A_DAY = 8
FRIDAY = 4
EARLIEST, LATEST = 30, 200  # days before the played ones on which a course ended
PORTION = 20_000  # people whose courses are held in memory at a time


def standing(stage: Stage) -> None:
    """Who had been trained when the played days begin."""
    share, people = plan().trained_per_1000["before"], _short(clock.today())
    for start in range(0, len(people), PORTION):
        some = people[start : start + PORTION]
        services.record_trainings(
            [
                hours
                for one in some
                if (random := stage.random("trained", one.pk)).random() * 1000 < share
                for hours in _course(
                    one, clock.today() - timedelta(random.randint(EARLIEST, LATEST))
                )
            ]
        )


def agenda(stage: Stage, day: date, cast: Cast) -> Iterator[Act]:
    """On Fridays a course ends in every district, and its list is handed in."""
    if day.weekday() != FRIDAY or not is_office_day(day):
        return
    for code in plan().districts:
        officer = cast.at("district", code)
        yield Act(moment(day, 16, 45), partial(done_by, officer, partial(_end_course, stage, code)))


def _end_course(stage: Stage, district: str) -> None:
    share, day = plan().trained_per_1000["weekly"], clock.today()
    services.record_trainings(
        [
            hours
            for one in _short(day, Scope(ScopeKind.DISTRICT, district))
            if stage.random("course", day, one.pk).random() * 1000 < share
            for hours in _course(one, day)
        ]
    )


def _short(day: date, where: Scope = CITY) -> list[Person]:
    return list(
        queries.short_of_training(
            (where,), [State.OPEN], day.year, rules.training_hours(day), rules.norms(day).firm_forms
        ).only("pk", "business_id")
    )


def _course(one: Person, last: date) -> Iterator[NewTraining]:
    """The days of a course that ended on a day, as many as the rule asks for."""
    for back in range(-(-rules.training_hours(clock.today()) // HOURS_A_DAY)):
        yield NewTraining(
            business=one.business_id,
            person=one.pk,
            day=last - timedelta(days=back),
            hours=Decimal(HOURS_A_DAY),
            topic=TOPIC,
        )
