"""Signs of the ledger: whoever opens the health page sees what waits, lags, failed or came back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from mingchu.base import clock
from mingchu.ledger import outside, signs
from mingchu.ledger.models import Head, Outgoing, Reaction
from mingchu.ledger.services import publish_heads, seal, send_later


def made_ago(time: timedelta) -> None:
    """As if the newest entries had been made so long ago; entries themselves never change."""
    with connection.cursor() as db:
        db.execute("SELECT id FROM ledger_waiting ORDER BY id LIMIT 1")
        [waiting] = db.fetchone()
        db.execute(
            "INSERT INTO ledger_entry SELECT '018f0000-0000-7000-8000-000000000001', kind, subject,"
            " data, digest, algorithm, cause, actor, post, request, city_time, wall_time - %s"
            " FROM ledger_entry WHERE id = %s",
            [time, waiting],
        )


@pytest.mark.django_db
def test_a_sealed_ledger_with_its_copies_is_in_good_order(painted):
    painted(3)
    seal()

    readings = [signs.sealing(), signs.copies(), signs.reactions(), signs.deliveries()]

    assert {reading.condition for reading in readings} == {"good"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("waited", "condition"),
    [(timedelta(), "good"), (timedelta(seconds=20), "warn"), (timedelta(minutes=5), "bad")],
)
def test_an_entry_that_waits_long_for_its_seal_is_noticed(painted, waited, condition):
    painted(1)
    made_ago(waited)

    assert signs.sealing().condition == condition


def test_a_copy_that_lags_behind_is_noticed_and_good_again_once_it_caught_up(committed):
    Head.objects.create(
        log="journal",
        size=5,
        root=b"r" * 32,
        peaks=b"",
        algorithm="sha256",
        time=clock.wall() - timedelta(minutes=1),
        key_id="k",
        signature=b"s",
    )

    assert signs.copies().condition == "warn"
    publish_heads()
    assert signs.copies().condition == "good"


def test_a_database_that_holds_less_than_its_copies_is_bad(committed, painted, intruder):
    painted(5)
    seal()
    assert outside.last("journal").size == 5
    intruder.does("DELETE FROM ledger_head")

    assert signs.copies().condition == "bad"


@pytest.mark.django_db
def test_failed_reactions_and_dead_messages_are_noticed(painted):
    [entry] = painted(1)
    Reaction.objects.create(entry_id=entry.id, handler="x:y", state="failed", at=clock.wall())
    send_later("credit", {})
    assert signs.deliveries().condition == "good"
    Outgoing.objects.update(state="dead")

    assert (signs.reactions().condition, signs.deliveries().condition) == ("warn", "warn")
