"""What the worker does for the ledger: sealing and sending all the time, the rest by the clock."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from django.db import close_old_connections, connection
from procrastinate.contrib.django import app

from mingchu.base import trail
from mingchu.ledger import services

log = logging.getLogger(__name__)

SEAL_EVERY_SECONDS = 0.2
SEND_EVERY_SECONDS = 1.0
AFTER_FAULT_SECONDS = 5.0


def seal_loop(stop: threading.Event) -> None:
    """Seals what is committed until told to stop; several may run, one seals."""
    _over_and_over(stop, services.publish_heads, services.seal, SEAL_EVERY_SECONDS)


def outbox_loop(stop: threading.Event) -> None:
    """Sends what waits until told to stop."""
    _over_and_over(stop, services.forget_sent, services.deliver, SEND_EVERY_SECONDS)


def _over_and_over(
    stop: threading.Event,
    begin: Callable[[], object],
    step: Callable[[], object],
    every: float,
) -> None:
    """A fault (database away, disk full) is logged and the step tried again a while later."""
    todo = begin
    with trail.following(f"loop-{step.__name__}"):
        while not stop.is_set():
            pause = every
            try:
                todo()
                todo = step
            except Exception:
                log.exception("loop step failed step=%s", step.__name__)
                pause = AFTER_FAULT_SECONDS
                close_old_connections()
            stop.wait(pause)
    connection.close()


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="ledger.retry", pass_context=False)
def retry(timestamp: int) -> None:
    """Every minute: reactions that failed and are due."""
    services.retry_failed()


@app.periodic(cron="17 * * * *")
@app.task(queueing_lock="ledger.forget", pass_context=False)
def forget(timestamp: int) -> None:
    """Every hour: messages that arrived a week ago."""
    services.forget_sent()
