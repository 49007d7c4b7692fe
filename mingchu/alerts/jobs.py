"""What the worker does for alerts and orders."""

from __future__ import annotations

from procrastinate.contrib.django import app

from mingchu.alerts.services import orders


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
