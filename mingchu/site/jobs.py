"""Housekeeping of what is kept only for a while."""

from __future__ import annotations

from procrastinate.contrib.django import app

from mingchu.accounts import limits
from mingchu.site import repeats


@app.periodic(cron="7 * * * *")
@app.task(queueing_lock="site.forget", pass_context=False)
def forget(timestamp: int) -> None:
    """Every hour: answers kept for repeats and windows of tries that have passed."""
    repeats.forget_old()
    limits.forget_passed()
