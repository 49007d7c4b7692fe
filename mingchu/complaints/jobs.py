"""What the worker does for letters: warns of terms, follows the calendar, forgets in time."""

from __future__ import annotations

from procrastinate.contrib.django import app

from mingchu.complaints import services


@app.periodic(cron="10 22 * * *")
@app.task(queueing_lock="complaints.night", pass_context=False)
def night(timestamp: int) -> None:
    """At ten past six in the city: letters of who has left, clocks asked again, warnings, data
    whose time has come."""
    services.leave_no_orphan()
    services.rebuild_index()
    services.warn_due()
    services.forget_reporters()
    services.forget_letters()
