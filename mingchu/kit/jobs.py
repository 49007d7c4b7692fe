"""What the worker does for the kit: files that nobody uses go, messages that waited go on, and what
has been kept long enough is forgotten."""

from __future__ import annotations

from procrastinate.contrib.django import app

from mingchu.kit import forgetting
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


@app.periodic(cron="50 18 * * *")
@app.task(queueing_lock="kit.forget", pass_context=False)
def forget(timestamp: int) -> None:
    """At ten to three at night: messages, duties, lists, evidence of what is long over."""
    forgetting.forget()
