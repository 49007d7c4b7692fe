"""Several at once, and one killed in the middle: with real connections and real commits."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from orderly import MORNING

from mingchu.accounts.models import User
from mingchu.accounts.queries import actor_for
from mingchu.alerts.models import Alert, Order, OrderStep
from mingchu.alerts.services import orders
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.ledger.models import Entry


@pytest.fixture(autouse=True)
def real(committed: str) -> str:
    return committed


def _at_once(act: Callable[[int], object], count: int) -> list[object]:
    """So many at the same time, each with a connection of its own; a refusal is an answer."""

    def run(number: int) -> object:
        try:
            with clock.at(MORNING):
                return act(number)
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_of_two_officers_who_accept_at_once_one_has_it(
    someone: Callable[..., User], an_order: Callable[..., Order]
) -> None:
    order = an_order()
    people = [someone("inspector") for _ in range(4)]

    said = _at_once(lambda n: orders.accept(order=order, by=actor_for(people[n])), 4)

    won = [one for one in said if isinstance(one, Order)]
    assert len(won) == 1
    assert {one for one in said if not isinstance(one, Order)} == {"move_not_possible"}
    assert OrderStep.objects.filter(order=order, move="accept").count() == 1
    assert Order.objects.get(pk=order.pk).assignee_id == won[0].assignee_id


def test_two_forms_opened_at_once_are_one_move(
    an_order: Callable[..., Order], officer: User
) -> None:
    order = an_order()

    said = _at_once(
        lambda n: orders.accept(order=order, by=actor_for(officer), revision=order.revision), 3
    )

    assert sorted(str(one) for one in said if isinstance(one, str)) == ["changed_meanwhile"] * 2


def test_openers_at_once_leave_no_gap_and_no_group_two_orders(
    an_alert: Callable[..., Alert], officer: User
) -> None:
    batches = [[an_alert(kind=f"k{n % 7}") for n in range(start, start + 6)] for start in range(6)]

    _at_once(lambda n: orders.open_for(batches[n]), 6)

    numbers = sorted(Order.objects.values_list("number", flat=True))
    assert numbers == [f"GD-20261120-{n:05}" for n in range(1, len(numbers) + 1)]
    assert len(numbers) == 7
    assert not Alert.objects.filter(order=None).exists()


RUN = """
import sys, django
django.setup()
from django.conf import settings
from datetime import datetime
from mingchu.base import clock
from mingchu.alerts.services import orders
with clock.at(datetime.fromisoformat(sys.argv[1])):
    orders.escalate_overdue()
"""


def test_a_worker_killed_in_the_middle_loses_nothing_and_doubles_nothing(
    real: str, an_order: Callable[..., Order], officer: User
) -> None:
    made = [an_order(severity=2) for _ in range(60)]
    now = MORNING + timedelta(days=4)
    environment = {
        **os.environ,
        "MINGCHU_DATABASE_URL": real,
        "DJANGO_SETTINGS_MODULE": "mingchu.site.settings",
    }
    program = subprocess.Popen([sys.executable, "-c", RUN, now.isoformat()], env=environment)
    went_up = Order.objects.filter(level="district")
    while program.poll() is None and went_up.count() < 5:
        time.sleep(0.01)
    program.send_signal(signal.SIGKILL)
    program.wait()
    killed_at = went_up.count()

    with clock.at(now):
        again = orders.escalate_overdue()

    assert killed_at + again == len(made)
    assert killed_at >= 5
    steps = OrderStep.objects.filter(move="escalate").values_list("order", flat=True)
    assert sorted(steps) == sorted(one.pk for one in made)
    assert Entry.objects.filter(kind="alerts.order_escalated").count() == len(made)
