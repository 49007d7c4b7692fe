"""Recording: entries are exact, immutable and stand or fall with their act."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction
from django.db.transaction import TransactionManagementError

from mingchu.base import clock, trail
from mingchu.base.event import Event
from mingchu.ledger.models import Entry, Waiting
from mingchu.ledger.services import acting, caused_by, record, record_many

MORNING = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class StallMoved(Event):
    to: str
    on: date


def a_move(number: int = 1) -> StallMoved:
    return StallMoved(subject=f"stall:{number}", to="东区“甲”排", on=date(2026, 11, 20))


@pytest.mark.django_db
def test_an_entry_keeps_who_when_why_and_in_which_request():
    with clock.stopped(MORNING), acting("user:17", "市局"), trail.following("a1b2c3d4e5"):
        first = record(a_move())
        with caused_by(first.id):
            second = record(a_move())

    kept = Entry.objects.get(id=second.id)
    assert (kept.actor, kept.post, kept.request) == ("user:17", "市局", "a1b2c3d4e5")
    assert (kept.cause, kept.city_time) == (first.id, MORNING)
    assert kept.data == '{"on":"2026-11-20","to":"东区“甲”排"}'


@pytest.mark.django_db
def test_the_digest_covers_every_column():
    entry = record(a_move())

    written = (
        f'["mingchu-entry/1","{entry.id}","{entry.kind}","stall:1",{entry.data},null,"system","",'
        f'"","{entry.city_time.isoformat(timespec="microseconds")}",'
        f'"{entry.wall_time.isoformat(timespec="microseconds")}"]'
    )
    assert entry.digest == hashlib.sha256(written.encode()).digest()


@pytest.mark.django_db
def test_sm3_is_a_digest_like_sha256(settings):
    settings.DIGEST = "sm3"

    entry = record(a_move())

    assert (entry.algorithm, len(entry.digest)) == ("sm3", 32)


@pytest.mark.django_db
def test_many_are_written_as_if_one_by_one():
    with clock.stopped(MORNING):
        single = [record(a_move(n)) for n in range(3)]
        many = record_many(a_move(n) for n in range(3))

    def told(entries: list[Entry]) -> list[tuple[str, ...]]:
        kept = Entry.objects.in_bulk([entry.id for entry in entries])
        return [(kept[e.id].kind, kept[e.id].subject, kept[e.id].data) for e in entries]

    assert told(single) == told(many)
    assert record_many([]) == []


@pytest.mark.django_db
def test_everything_recorded_waits_for_its_seal():
    entries = [record(a_move()), *record_many([a_move(2), a_move(3)])]

    waiting = {row.id: bytes(row.digest) for row in Waiting.objects.all()}
    assert waiting == {entry.id: entry.digest for entry in entries}


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["entry", "leaf", "node", "head"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "TRUNCATE {}"])
def test_the_app_cannot_take_back(table, change):
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as db:
        db.execute(change.format(f"ledger_{table}"))


@pytest.mark.django_db(databases=["default", "owner"])
@pytest.mark.parametrize("table", ["entry", "leaf", "node", "head"])
@pytest.mark.parametrize("change", ["UPDATE {} SET {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_not_even_the_owner_changes_what_is_kept(table, change):
    from django.db import connections

    column = {"entry": "subject = ''"}.get(table, "hash = ''" if table != "head" else "root = ''")
    with (
        pytest.raises((InternalError, ProgrammingError), match="append-only"),
        connections["owner"].cursor() as db,
    ):
        db.execute(change.format(f"ledger_{table}", column))


def test_an_act_without_transaction_records_nothing(committed):
    with pytest.raises(TransactionManagementError):
        record(a_move())

    with transaction.atomic():
        record(a_move())
        transaction.set_rollback(True)

    assert Entry.objects.count() == 0
    assert Waiting.objects.count() == 0
