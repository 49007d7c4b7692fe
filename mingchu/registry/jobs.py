"""What the worker does for the registry: hands sealed changes to the outbox of systems, forgets
people in time."""

from __future__ import annotations

from procrastinate.contrib.django import app

from mingchu.registry import services


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="registry.push", pass_context=False)
def push(timestamp: int) -> None:
    """Every minute, batch after batch until all of them know everything."""
    while services.push_changes():
        pass


@app.periodic(cron="25 22 * * *")
@app.task(queueing_lock="registry.forget", pass_context=False)
def forget(timestamp: int) -> None:
    """At twenty-five past six in the city."""
    services.forget_people()
