"""What the worker does for the alerts: folds what was raised, compares facts, warns at night."""

from __future__ import annotations

from contextlib import suppress

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from mingchu.alerts import services
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
