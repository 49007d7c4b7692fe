"""Limits: tries are counted once for all processes, and forgotten in time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from mingchu.accounts import limits
from mingchu.base.errors import Refusal

HOUR = timedelta(hours=1)


@pytest.mark.django_db
def test_one_try_too_many_is_refused_with_the_time_to_wait():
    tries = [limits.hit("k", 2, HOUR) for _ in range(3)]

    assert [t.is_over for t in tries] == [False, False, True]
    with pytest.raises(Refusal) as refused:
        tries[-1].refuse_if_over()
    assert refused.value.status == 429
    assert refused.value.facts["minutes"] == 60


@pytest.mark.django_db
def test_a_passed_window_starts_anew():
    limits.hit("k", 1, timedelta(0))

    assert limits.hit("k", 1, timedelta(0)).hits == 1
    assert limits.forget_passed() == 1


@pytest.mark.django_db
def test_a_success_forgets_the_failures_before_it():
    limits.hit("k", 1, HOUR)
    limits.clear("k")

    assert limits.seen("k", 1).hits == 0


@pytest.mark.django_db
def test_the_table_keeps_no_name_and_survives_no_crash():
    limits.hit("somebody@203.0.113.7", 5, HOUR)

    with connection.cursor() as db:
        db.execute("SELECT key FROM accounts_counter")
        assert "203.0.113.7" not in db.fetchone()[0]
        db.execute("SELECT relpersistence FROM pg_class WHERE relname = 'accounts_counter'")
        assert db.fetchone() == ("u",)


def test_tries_at_once_are_all_counted(committed):
    def one(_: int) -> int:
        try:
            return limits.hit("k", 100, HOUR).hits
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        hits = sorted(pool.map(one, range(20)))

    assert hits == list(range(1, 21))
