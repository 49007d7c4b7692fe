"""Jobs of a worker that was killed are done again; those of one that lives are left to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from mingchu.ops.orphans import SILENT_SECONDS, take_up

pytestmark = pytest.mark.usefixtures("committed")
TASK, LOCK = "mingchu.alerts.jobs.fold", "alerts.fold"


@pytest.fixture
def job() -> Callable[..., int]:
    """A job of the fold; with `silent` seconds it is being done by a worker that said nothing for
    so long, with None by none that is known."""

    def made(status: str, silent: float | None = None) -> int:
        with connection.cursor() as db:
            worker = None
            if silent is not None:
                db.execute(
                    "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s)"
                    " RETURNING id",
                    [timedelta(seconds=silent)],
                )
                [worker] = db.fetchone()
            db.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock,"
                " args, status, worker_id) VALUES ('default', %s, %s, %s, '{\"timestamp\": 1}',"
                " %s, %s) RETURNING id",
                [TASK, LOCK, LOCK, status, worker],
            )
            [number] = db.fetchone()
        return int(number)

    return made


def states() -> dict[int, str]:
    return dict(ProcrastinateJob.objects.values_list("pk", "status"))


@pytest.mark.parametrize("silent", [None, SILENT_SECONDS + 5])
def test_a_job_nobody_does_any_more_waits_again(job: Callable[..., int], silent: float) -> None:
    number = job("doing", silent)

    assert take_up() == 1
    assert states() == {number: "todo"}
    assert take_up() == 0


def test_a_job_of_a_worker_that_lives_is_left_to_it(job: Callable[..., int]) -> None:
    number = job("doing", 5)

    assert take_up() == 0
    assert states() == {number: "doing"}


def test_where_another_of_its_kind_waits_already_that_one_does_it(job: Callable[..., int]) -> None:
    job("doing")
    waiting = job("todo")

    assert take_up() == 1
    assert states() == {waiting: "todo"}
