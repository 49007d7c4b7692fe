"""The worker: jobs from the queue, and loops that run as long as the house does.

In a demo the days that are left are played before it takes any job: tasks live at the hour the
demo stands at, and what they did meanwhile would be done in the future of the played days.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from importlib import import_module
from typing import cast

from django.conf import settings

Loop = Callable[[threading.Event], None]
LOOPS = (
    "mingchu.site.metrics:flush_loop",
    "mingchu.ops.orphans:loop",
    "mingchu.ledger.jobs:seal_loop",
    # Three, so that a receiver who keeps one waiting does not keep all of them.
    *("mingchu.ledger.jobs:outbox_loop",) * 3,
    *("mingchu.trace.jobs:delivery_loop",) * 3,
)
CONCURRENCY = 2
LOOK_SECONDS = 1.0
END_SECONDS = 10
_log = logging.getLogger(__name__)


def run() -> None:
    """Until SIGTERM: a job that runs is finished, a loop ends at its next breath."""
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    from mingchu.demo import driver
    from mingchu.kit.rules import source

    source.speak()
    stop = threading.Event()
    threads = [
        threading.Thread(target=_keep, args=(_load(path), stop), name=path, daemon=True)
        for path in LOOPS
    ]
    for thread in threads:
        thread.start()
    if settings.DEMO:
        driver.play()
    connector = cast(DjangoConnector, app.connector).get_worker_connector()
    with app.replace_connector(connector) as worker:
        worker.run_worker(
            name="worker",
            concurrency=CONCURRENCY,
            # A job that goes on in another of its kind cannot wake it while it holds their lock.
            fetch_job_polling_interval=LOOK_SECONDS,
            shutdown_graceful_timeout=END_SECONDS,
            install_signal_handlers=True,
            delete_jobs="successful",
        )
    stop.set()
    for thread in threads:
        thread.join(END_SECONDS)


def _load(path: str) -> Loop:
    module, name = path.split(":")
    loop: Loop = getattr(import_module(module), name)
    return loop


def _keep(loop: Loop, stop: threading.Event) -> None:
    """A loop that fails is told and begun again, so that one bad minute ends nothing."""
    while not stop.is_set():
        try:
            loop(stop)
        except Exception:
            _log.exception("loop %s begins again", loop.__name__)
            stop.wait(1)
