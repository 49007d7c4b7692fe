"""Reactions: in the act's transaction, once, each on its own; failures are kept and retried."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

import pytest
from django.core.cache import cache
from django.db import connection

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.base.event import Event
from mingchu.ledger.models import Entry, Reaction
from mingchu.ledger.services import (
    acting,
    caused_by,
    current_actor,
    event_of,
    reacting_afterwards,
    record,
    record_many,
    retry_failed,
    retry_now,
    wire,
    wired,
)
from mingchu.ledger.services.reacting import unwired

pytestmark = pytest.mark.django_db


class Weather(StrEnum):
    HOT = "hot"


@dataclass(frozen=True, kw_only=True)
class FridgeBroke(Event):
    degrees: Decimal
    at: datetime
    seen: date
    weather: Weather
    shelves: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RepairOrdered(Event):
    fridge: str


BROKEN = {"on": True}
BATCHED: list[int] = []


def a_break(number: int = 1) -> FridgeBroke:
    return FridgeBroke(
        subject=f"fridge:{number}",
        degrees=Decimal("8.50"),
        at=datetime(2026, 11, 20, 0, 30, tzinfo=UTC),
        seen=date(2026, 11, 20),
        weather=Weather.HOT,
        shelves=(1, 2),
    )


def orders_repair(event: FridgeBroke, entry: Entry) -> None:
    record(RepairOrdered(subject=event.subject, fridge=event.subject))


def orders_repairs(pairs: list[tuple[FridgeBroke, Entry]]) -> None:
    BATCHED.append(len(pairs))
    for event, entry in pairs:
        with caused_by(entry.id):
            orders_repair(event, entry)


def rings_a_bell(event: FridgeBroke, entry: Entry) -> None:
    with connection.cursor() as db:
        db.execute("INSERT INTO site_cache VALUES ('bell ' || %s, '', now())", [event.subject])
        if BROKEN["on"] and event.subject == "fridge:1":
            db.execute("SELECT 1 / 0")


@pytest.fixture(autouse=True)
def wiring() -> Iterator[None]:
    cache.clear()
    BROKEN["on"] = True
    BATCHED.clear()
    with unwired():
        wire({FridgeBroke: [orders_repair, rings_a_bell]}, {orders_repair: orders_repairs})
        yield


def bells() -> int:
    with connection.cursor() as db:
        db.execute("SELECT count(*) FROM site_cache WHERE cache_key LIKE 'bell%'")
        return int(db.fetchone()[0])


def test_what_follows_is_an_entry_that_names_its_cause():
    with acting("user:7", "post:3"):
        first = record(a_break(2))

    order = Entry.objects.get(kind=RepairOrdered.kind)
    assert (order.cause, order.actor, order.post) == (first.id, "user:7", "post:3")


def test_a_failing_reaction_takes_back_its_own_work_and_nothing_else():
    entry = record(a_break())

    failed = Reaction.objects.get(state="failed")
    assert failed.entry_id == entry.id
    assert "division by zero" in failed.error
    assert bells() == 0
    assert Entry.objects.filter(cause=entry.id).count() == 1


def test_what_failed_is_tried_again_when_due_and_then_done_for_good():
    with acting("user:7"):
        record(a_break())
    BROKEN["on"] = False

    assert retry_failed() == 0
    Reaction.objects.update(next_try=clock.wall())
    assert (retry_failed(), retry_failed()) == (1, 0)

    assert bells() == 1
    assert set(Reaction.objects.values_list("state", flat=True)) == {"done"}


def test_what_fails_again_waits_longer_and_is_never_forgotten():
    record(a_break())
    waits = []
    for _ in range(3):
        Reaction.objects.filter(state="failed").update(next_try=clock.wall())
        retry_failed()
        run = Reaction.objects.get(state="failed")
        waits.append(run.next_try - run.at)

    assert waits == [timedelta(minutes=n) for n in (2, 4, 8)]
    assert run.attempts == 4


def test_a_retry_asked_for_by_hand_does_not_wait_until_it_is_due():
    entry = record(a_break())
    handler = Reaction.objects.get(state="failed").handler

    assert retry_now(entry_id=entry.id, handler=handler) is False
    BROKEN["on"] = False
    assert retry_now(entry_id=entry.id, handler=handler) is True

    assert bells() == 1
    with pytest.raises(Refusal, match="nothing_to_retry"):
        retry_now(entry_id=entry.id, handler=handler)
    assert bells() == 1


def test_one_bad_entry_does_not_hold_up_a_retry_of_the_others():
    record(a_break())
    gone = Reaction.objects.get(state="failed")
    Reaction.objects.create(
        entry_id="018f0000-0000-7000-8000-000000000000",
        handler=gone.handler,
        state="failed",
        next_try=clock.wall() - timedelta(days=1),
        at=clock.wall(),
    )
    Reaction.objects.filter(entry_id=gone.entry_id).update(
        next_try=clock.wall() - timedelta(hours=1)
    )
    BROKEN["on"] = False

    assert retry_failed() == 1
    assert "DoesNotExist" in Reaction.objects.get(state="failed").error


def test_many_react_as_if_one_by_one_in_one_call():
    single = [record(a_break(n)) for n in (2, 3)]
    many = record_many([a_break(n) for n in (2, 3)])

    def told(entries: list[Entry]) -> list[tuple[str, str, str]]:
        rows = Entry.objects.filter(cause__in=[entry.id for entry in entries])
        return sorted(rows.values_list("kind", "subject", "data"))

    assert told(single) == told(many)
    assert BATCHED == [2]


def test_of_a_batch_only_the_faulty_stay_behind():
    record_many([a_break(n) for n in (1, 2, 3)])

    assert bells_rung_for() == {"fridge:2", "fridge:3"}


def bells_rung_for() -> set[str]:
    done = Reaction.objects.filter(state="done", handler__endswith="rings_a_bell")
    ids = done.values_list("entry_id", flat=True)
    return set(Entry.objects.filter(id__in=ids).values_list("subject", flat=True))


def test_an_event_is_read_back_from_its_entry_as_it_was():
    entry = record(a_break())

    assert event_of(Entry.objects.get(id=entry.id)) == a_break()


def test_a_late_reaction_runs_as_whoever_acted_then():
    seen: list[str] = []

    def notes(event: RepairOrdered, entry: Entry) -> None:
        seen.append(current_actor().actor)
        if len(seen) == 1:
            raise ValueError

    wire({RepairOrdered: [notes]})
    with acting("user:9"):
        record(RepairOrdered(subject="fridge:1", fridge="fridge:1"))
    Reaction.objects.update(next_try=clock.wall())
    retry_failed()

    assert seen == ["user:9", "user:9"]


def test_inside_a_block_acts_are_entered_at_once_and_answered_at_its_end():
    with reacting_afterwards():
        first = record(a_break())
        with reacting_afterwards():
            record_many([a_break(n) for n in (2, 3)])
        inside = Entry.objects.filter(cause__isnull=False).count() + Reaction.objects.count()

    orders = Entry.objects.filter(cause__isnull=False)
    assert inside == 0
    assert {one.subject for one in orders} == {"fridge:1", "fridge:2", "fridge:3"}
    assert orders.get(subject="fridge:1").cause == first.id


def test_of_a_block_that_fails_nothing_is_answered():
    def fails() -> None:
        with reacting_afterwards():
            record(a_break())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()

    record(a_break(2))

    answered = Entry.objects.filter(id__in=Reaction.objects.values("entry_id"))
    assert set(answered.values_list("subject", flat=True)) == {"fridge:2"}


def test_the_wiring_can_be_read():
    assert [name.split(":")[1] for name in wired()[FridgeBroke]] == [
        "orders_repair",
        "rings_a_bell",
    ]


def test_two_reactions_cannot_share_a_name():
    def again() -> object:
        def orders_repair(event: object, entry: object) -> None: ...

        orders_repair.__qualname__ = "orders_repair"
        return orders_repair

    with pytest.raises(ValueError, match="two handlers"):
        wire({RepairOrdered: [again()]})  # type: ignore[list-item]
