"""The played days, as a job of the worker: one at a time, begun again where it was cut off."""

from __future__ import annotations

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from mingchu.demo import driver


@app.task(queueing_lock="demo.play", pass_context=False)
def play() -> None:
    """All days that are left."""
    driver.play()


def ask_to_play() -> None:
    """Harmless when repeated: a day is played once, whoever plays it."""
    try:
        play.defer()
    except AlreadyEnqueued:
        return
