"""Faults, caused for real: two folders, a folder killed, a database restarted, clocks and years."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alerting import a_signal, alerted, notice
from django.db import connection, connections

from mingchu.alerts import limits, rules, services
from mingchu.alerts.models import Alert
from mingchu.alerts.services.folding import LOCK, fold
from mingchu.base import clock
from mingchu.base.workdays import Calendar
from mingchu.ledger.models import Entry
from mingchu.ops.postgres import APP, Server
from mingchu.signals.models import Noticed

ROOT = Path(__file__).parents[2]


def test_two_folders_at_once_fold_every_signal_once(committed: str) -> None:
    for _round in range(10):
        notice(*[a_signal(subject=f"device:{n % 7}") for n in range(50)])

    def run(_folder: int) -> int:
        try:
            return fold(batch=13)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        folded = sum(pool.map(run, range(3)))

    assert folded == 500
    assert sum(Alert.objects.values_list("count", flat=True)) == 500
    assert Alert.objects.count() == 7


def test_raised_while_it_is_being_folded_nothing_is_lost(committed: str) -> None:
    def write(writer: int) -> None:
        try:
            for n in range(20):
                notice(*[a_signal(subject=f"device:{n}", key=f"{writer}")] * 5)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        writers = [pool.submit(write, n) for n in range(2)]
        while not all(one.done() for one in writers):
            fold(batch=17)
        for one in writers:
            one.result()
    fold()

    assert sum(Alert.objects.values_list("count", flat=True)) == 200
    assert Alert.objects.count() == 40


FOLDER = """
import os, sys, signal
os.environ["DJANGO_SETTINGS_MODULE"] = "mingchu.site.settings"
os.environ["MINGCHU_DATABASE_URL"] = sys.argv[1]
import django
django.setup()
from mingchu.alerts.services.folding import batches, fold, intake
put_away = intake.put_away
def stop(taken):
    put_away(taken)
    print("folded", flush=True)
    signal.pause()
intake.put_away = stop
fold()
"""


def test_a_folder_that_is_killed_leaves_the_batch_as_it_was(committed: str) -> None:
    notice(*[a_signal(subject=f"device:{n}") for n in range(20)])
    folder = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(FOLDER), committed],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert folder.stdout is not None
    assert folder.stdout.readline() == "folded\n"

    os.kill(folder.pid, signal.SIGKILL)
    folder.wait()
    folder.stdout.close()

    assert Alert.objects.count() == 0
    assert Noticed.objects.count() == 20
    assert fold() == 20
    assert Alert.objects.count() == 20
    assert Entry.objects.filter(kind="alerts.alert_opened").count() == 20


def test_a_database_that_restarts_loses_nothing(committed: str, server: Server) -> None:
    notice(*[a_signal()] * 3)
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as db:
        name = connection.settings_dict["NAME"]
        db.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND usename = %s",
            [name, APP],
        )
    connection.close()
    connection.close_pool()

    fold()

    assert Alert.objects.get().count == 3


def test_the_lock_is_let_go_with_the_batch(committed: str) -> None:
    notice(a_signal())
    fold()

    with psycopg.connect(committed, autocommit=True) as db:
        assert db.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone() == (True,)


# ── Clocks and calendars ──


@pytest.mark.django_db
def test_a_clock_that_is_set_back_takes_no_deadline_with_it() -> None:
    with clock.stopped(datetime(2026, 11, 20, 2, 0, tzinfo=UTC)):
        [one] = alerted(a_signal())
    with clock.stopped(datetime(2026, 11, 19, 2, 0, tzinfo=UTC)):
        [again] = alerted(a_signal())

    assert again.count == 2
    assert again.due_at == one.due_at
    assert again.first_at < again.last_at


@pytest.mark.django_db
def test_a_device_with_a_wrong_clock_neither_hurries_nor_delays_anybody() -> None:
    with clock.stopped(datetime(2026, 11, 20, 2, 0, tzinfo=UTC)):
        past, future = alerted(
            a_signal(subject="a", at=datetime(2001, 1, 1, tzinfo=UTC)),
            a_signal(subject="b", at=datetime(2099, 1, 1, tzinfo=UTC)),
        )

    assert past.due_at == future.due_at
    assert past.opened_at == future.opened_at


@pytest.mark.django_db
def test_across_a_year_nobody_announced_a_deadline_is_provisional_until_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with clock.stopped(datetime(2026, 12, 21, 2, 0, tzinfo=UTC)):
        [one] = alerted(a_signal())
        assert one.provisional
        before = one.due_at
        assert services.redate() == 0

        announced = _announced([date(2027, 1, 1), date(2027, 1, 4)], 2026, 2027)
        office = replace(limits.office(), calendar=announced)
        monkeypatch.setattr(limits, "office", lambda: office)
        rules._due.cache_clear()
        assert services.redate() == 1

    one.refresh_from_db()
    assert not one.provisional
    assert one.due_at is not None
    assert before is not None
    assert Entry.objects.get(id=one.later[-1]).kind == "alerts.alert_redated"
    rules._due.cache_clear()


def _announced(off: list[date], *years: int) -> Any:
    return Calendar.of(off, [], years)
