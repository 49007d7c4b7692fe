"""What the worker does for the kit: files that nobody uses go, messages that waited go on."""

from __future__ import annotations

from procrastinate.contrib.django import app

from mingchu.kit.files import sweeping
from mingchu.kit.messages import releasing


@app.periodic(cron="37 * * * *")
@app.task(queueing_lock="kit.sweep", pass_context=False)
def sweep(timestamp: int) -> None:
    """Every hour: files without a use, uploads that stopped, drafts of the dead."""
    sweeping.sweep()


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="kit.release", pass_context=False)
def release(timestamp: int) -> None:
    """Every minute: messages that waited for the morning or for a digest."""
    releasing.release()
