"""What the worker does for territorial duty: one round a night."""

from __future__ import annotations

from procrastinate.contrib.django import app

from mingchu.territory import services


# Schedules are kept in UTC: twenty past two in the city's night.
@app.periodic(cron="20 18 * * *")
@app.task(queueing_lock="territory.nightly", pass_context=False)
def nightly(timestamp: int) -> None:
    """Desks passed on, levels and cadres put right, the quarter's visits opened."""
    services.nightly()
