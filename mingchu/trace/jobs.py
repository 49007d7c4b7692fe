"""What the worker does for trace."""

from __future__ import annotations

from procrastinate.contrib.django import app

from mingchu.trace import services


@app.periodic(cron="23 * * * *")
@app.task(queueing_lock="trace.months", pass_context=False)
def months(timestamp: int) -> None:
    """Partitions of the months to come, where events lie in months."""
    services.make_months()
