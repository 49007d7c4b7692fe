"""What the worker does for alerts and orders: folds what was raised, compares facts, warns at
night; looks after desks and deadlines."""

from __future__ import annotations

from contextlib import suppress

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from mingchu.alerts import services
from mingchu.alerts.services import orders
from mingchu.base import clock

LOCK = "alerts.fold"
FOLD_SECONDS = 5.0


@app.periodic(cron="* * * * *")
@app.task(queueing_lock=LOCK, lock=LOCK, pass_context=False)
def fold(timestamp: int) -> None:
    """Every minute, and as soon as anything is raised; what is left over is the next job's."""
    services.end_silences()
    services.calm_floods()
    services.feed_touched()
    services.fold(seconds=FOLD_SECONDS)
    if services.is_waiting():
        fold_soon()


@app.periodic(cron="10 17 * * *")
@app.task(queueing_lock="alerts.night", pass_context=False)
def night(timestamp: int) -> None:
    """Ten past one in the city: the whole city's facts, deadlines, and the numbers of the day."""
    services.feed_all()
    services.redate()
    services.warn()
    services.forget_tallies()
    services.fold()


def fold_soon() -> None:
    """A job that folds, unless one waits already."""
    with suppress(AlreadyEnqueued):
        job = app.configure_task(fold.name, queueing_lock=LOCK, lock=LOCK)
        job.defer(timestamp=int(clock.wall().timestamp()))


def _tend() -> None:
    orders.assign_overnight()
    orders.escalate_overdue()


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="alerts.desks", pass_context=False)
def tend_desks(timestamp: int) -> None:
    """Every ten minutes: what came in overnight gets its officer, what is overdue goes up."""
    _tend()


@app.periodic(cron="0 1,8 * * *")
@app.task(queueing_lock="alerts.desks_in_office", pass_context=False)
def tend_desks_in_office(timestamp: int) -> None:
    """The same at nine and at four of the city (schedules are in UTC), as a task of its own: so a
    demo city whose clock is put forward by days has its desks seen to in office hours."""
    _tend()


@app.periodic(cron="40 18 * * *")
@app.task(queueing_lock="alerts.reindex", pass_context=False)
def reindex(timestamp: int) -> None:
    """Every night: deadlines anew, should the calendar have changed."""
    orders.reindex()
