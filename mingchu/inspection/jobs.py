"""What the worker does for inspections: days that are over, days that come near, results that have
to be public."""

from __future__ import annotations

from procrastinate.contrib.django import app

from mingchu.inspection import services


@app.periodic(cron="20 22 * * *")
@app.task(queueing_lock="inspection.night", pass_context=False)
def night(timestamp: int) -> None:
    """At twenty past six in the city: a result whose last day begins is public before anybody
    opens his shop."""
    services.note_overdue()
    services.remind_due()
    services.release_due()
