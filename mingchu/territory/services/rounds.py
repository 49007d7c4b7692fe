"""The round of a night 每晚一轮: desks passed on, every business settled, visits opened."""

from __future__ import annotations

from typing import NamedTuple

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from mingchu.territory.services.leaving import pass_on_due
from mingchu.territory.services.opening import give_up_missed, open_visits
from mingchu.territory.services.settling import settle_all

JOB = "mingchu.territory.jobs.nightly"


class Round(NamedTuple):
    """How much of each a round did."""

    passed_on: int
    settled: int
    missed: int
    opened: int


def nightly() -> Round:
    """May be asked at any time: whatever is so already writes nothing."""
    return Round(pass_on_due(), settle_all(), give_up_missed(), open_visits())


def ask_for_round() -> None:
    """The same now, by the worker; harmless when one waits already."""
    try:
        with transaction.atomic():
            app.configure_task(JOB, queueing_lock="territory.nightly").defer(timestamp=0)
    except AlreadyEnqueued:
        return
