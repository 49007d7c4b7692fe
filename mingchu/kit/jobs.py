"""What the worker does for the kit: files that nobody uses go."""

from __future__ import annotations

from procrastinate.contrib.django import app

from mingchu.kit.files import sweeping


@app.periodic(cron="37 * * * *")
@app.task(queueing_lock="kit.sweep", pass_context=False)
def sweep(timestamp: int) -> None:
    """Every hour: files without a use, uploads that stopped, drafts of the dead."""
    sweeping.sweep()
