"""What the worker does for the registry: hands sealed changes to the outbox of systems."""

from __future__ import annotations

from procrastinate.contrib.django import app

from mingchu.registry import services


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="registry.push", pass_context=False)
def push(timestamp: int) -> None:
    """Every minute, batch after batch until all of them know everything."""
    while services.push_changes():
        pass
