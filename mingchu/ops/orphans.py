"""Jobs of a worker that is gone 孤儿任务: done again, since nothing else would, and since the locks
they hold would keep back all that come after them."""

from __future__ import annotations

import logging
import threading

from asgiref.sync import async_to_sync
from django.db import Error, close_old_connections, connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status

from mingchu.base import clock

LOOK_SECONDS = 10.0
# A worker says every ten seconds that it lives; one that was stopped for good says it no more.
SILENT_SECONDS = 60.0
_log = logging.getLogger(__name__)


def loop(stop: threading.Event) -> None:
    """Looks for them until told to stop; the database may be away for a while."""
    while not stop.is_set():
        try:
            take_up()
        except (Error, ConnectorException):
            _log.warning("jobs of a worker that is gone were not looked for", exc_info=True)
            close_old_connections()
        stop.wait(LOOK_SECONDS)
    connection.close()


def take_up() -> int:
    """Puts them back into the queue; how many. Our jobs go by what they find, so one that is done
    twice does nothing twice. Where another of its kind waits already, that one does its work."""
    found = async_to_sync(app.job_manager.get_stalled_jobs)(seconds_since_heartbeat=SILENT_SECONDS)
    jobs = list(found)
    for job in jobs:
        _log.warning("done again, its worker is gone job=%s task=%s", job.id, job.task_name)
        _again(job)
    return len(jobs)


def _again(job: Job) -> None:
    assert job.id is not None  # noqa: S101 it came from the database
    kind = ProcrastinateJob.objects.filter(status=Status.TODO.value)
    if job.queueing_lock and kind.filter(queueing_lock=job.queueing_lock).exists():
        finish = async_to_sync(app.job_manager.finish_job_by_id_async)
        finish(job.id, Status.ABORTED, delete_job=True)
    else:
        app.job_manager.retry_job_by_id(job.id, retry_at=clock.wall())
