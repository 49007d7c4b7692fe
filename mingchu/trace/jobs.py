"""What the worker does for the event repository: subscribers are told all the time, and where
events lie in months, those to come are made ahead."""

from __future__ import annotations

import logging
import threading

from django.db import close_old_connections, connection
from procrastinate.contrib.django import app

from mingchu.base import trail
from mingchu.trace import services

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 0.5
AFTER_FAULT_SECONDS = 5.0


@app.periodic(cron="23 * * * *")
@app.task(queueing_lock="trace.months", pass_context=False)
def months(timestamp: int) -> None:
    """Partitions of the months to come, where events lie in months."""
    services.make_months()


def delivery_loop(stop: threading.Event) -> None:
    """Tells subscribers until told to stop; several may run, each tells others."""
    with trail.following("loop-deliver"):
        while not stop.is_set():
            pause = LOOK_EVERY_SECONDS
            try:
                if services.deliver():
                    pause = 0.0
            except Exception:
                log.exception("subscribers are told again in a while")
                pause = AFTER_FAULT_SECONDS
                close_old_connections()
            finally:
                connection.close()  # back into the pool: many loops share few
            stop.wait(pause)
