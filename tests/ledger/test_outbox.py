"""Outbox: nothing leaves for an act that did not happen, nothing is lost, nothing counts twice."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from time import monotonic, sleep

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.ledger import jobs
from mingchu.ledger.models import Leaf, Outgoing, Resting
from mingchu.ledger.services import (
    Kept,
    Message,
    OutOfReach,
    deliver,
    forget_sent,
    outbox_channel,
    send_again,
    send_later,
)
from mingchu.ledger.services import outbox as outbox_module


@pytest.fixture(autouse=True)
def channels() -> Iterator[None]:
    before = dict(outbox_module._channels)
    yield
    outbox_module._channels.clear()
    outbox_module._channels.update(before)


@pytest.fixture
def partner() -> Kept:
    kept = Kept()
    outbox_channel("credit", kept)
    return kept


def due_now() -> None:
    Outgoing.objects.filter(state="pending").update(next_try=clock.wall())


def days_have_passed() -> None:
    Outgoing.objects.update(given_up=clock.wall())


def rests_are_over() -> None:
    Resting.objects.update(until=clock.wall())


@pytest.mark.django_db
def test_a_message_arrives_once_with_its_key(partner):
    key = send_later("credit", {"case": 7}, subject="case:7")

    assert (deliver(), deliver()) == (1, 0)

    assert partner.received == {key: Message(key, "case:7", {"case": 7})}


def test_what_was_not_committed_is_not_sent(committed, partner):
    with transaction.atomic():
        send_later("credit", {})
        transaction.set_rollback(True)

    assert deliver() == 0
    with pytest.raises(TransactionManagementError):
        send_later("credit", {})


@pytest.mark.django_db
def test_what_did_not_arrive_is_tried_again_later_and_later():
    seen: list[Message] = []

    def closed(message: Message) -> None:
        seen.append(message)
        raise ConnectionRefusedError("closed")

    outbox_channel("credit", closed)
    key = send_later("credit", {})

    waits = []
    for _ in range(3):
        due_now()
        assert deliver() == 0
        row = Outgoing.objects.get()
        waits.append(round((row.next_try - clock.wall()) / timedelta(seconds=30)))

    assert waits == [1, 2, 4]
    assert {message.key for message in seen} == {key}
    assert "closed" in row.error


@pytest.mark.django_db
def test_what_never_arrives_is_laid_aside_for_somebody_to_look_at(partner):
    outbox_channel("credit", lambda message: 1 / 0)
    send_later("credit", {})
    for _ in range(3):
        due_now()
        deliver()
    assert Outgoing.objects.get().state == "pending"

    days_have_passed()
    due_now()
    deliver()

    assert Outgoing.objects.get().state == "dead"


@pytest.mark.django_db
def test_what_was_laid_aside_is_sent_again_under_its_key_once_somebody_asks(partner):
    outbox_channel("credit", lambda message: 1 / 0)
    key = send_later("credit", {"case": 7})
    days_have_passed()
    deliver()
    outbox_channel("credit", partner)
    assert (Outgoing.objects.get().state, deliver()) == ("dead", 0)

    send_again(key)

    assert deliver() == 1
    assert set(partner.received) == {key}
    with pytest.raises(Refusal, match="nothing_to_send"):
        send_again(key)


@pytest.mark.django_db
def test_messages_about_one_subject_keep_their_order():
    arrived: list[int] = []
    closed = {"case:1"}

    def sends(message: Message) -> None:
        if message.subject in closed:
            raise ConnectionRefusedError
        arrived.append(message.payload)

    outbox_channel("credit", sends)
    for number, subject in enumerate(["case:1", "case:2", "case:1"]):
        send_later("credit", number, subject=subject)

    deliver()
    closed.clear()
    due_now()
    deliver()

    assert arrived == [1, 0, 2]


@pytest.fixture
def city() -> dict[str, list[object]]:
    """Two receivers on one channel; whoever is named in `away` cannot be reached."""
    known: dict[str, list[object]] = {"away": [], "tried": [], "arrived": []}

    def sends(message: Message) -> None:
        who = message.payload[0]
        known["tried"].append(who)
        if who in known["away"]:
            raise OutOfReach("no answer")
        known["arrived"].append(tuple(message.payload))

    outbox_channel("hook", sends)
    return known


@pytest.mark.django_db
def test_a_receiver_out_of_reach_is_asked_once_and_then_left_alone(city):
    city["away"] = ["dead"]
    for number in range(20):
        send_later("hook", ["dead", number], subject=f"case:{number}", receiver="dead")
        send_later("hook", ["well", number], subject=f"case:{number}", receiver="well")

    assert deliver() == 20

    assert city["tried"].count("dead") == 1
    assert city["arrived"] == [("well", number) for number in range(20)]
    assert deliver() == 0
    assert city["tried"].count("dead") == 1


@pytest.mark.django_db
def test_a_receiver_that_comes_back_gets_everything_in_the_order_of_each_subject(city):
    city["away"] = ["dead"]
    for number in range(9):
        send_later("hook", ["dead", number], subject=f"case:{number % 3}", receiver="dead")
    rests = []
    for _ in range(8):
        rests_are_over()
        deliver()
        rests.append(round((Resting.objects.get().until - clock.wall()) / timedelta(seconds=15)))
    assert rests == [1, 2, 4, 8, 16, 32, 40, 40]

    city["away"] = []
    rests_are_over()

    assert deliver() == 9
    for case in range(3):
        numbers = [n for _, n in city["arrived"] if n % 3 == case]
        assert numbers == sorted(numbers)
    assert not Resting.objects.exists()


@pytest.mark.django_db
def test_what_waited_for_days_for_a_receiver_is_laid_aside_together(city):
    city["away"] = ["dead"]
    keys = [send_later("hook", ["dead", n], subject="", receiver="dead") for n in range(3)]
    days_have_passed()
    deliver()
    assert set(Outgoing.objects.values_list("state", flat=True)) == {"dead"}

    city["away"] = []
    for key in keys:
        send_again(key)

    assert deliver() == 3


@pytest.mark.django_db
def test_a_message_the_receiver_does_not_take_holds_back_its_own_subject_only():
    arrived = []

    def picky(message: Message) -> str:
        if message.payload == "bad":
            raise ValueError("400")
        arrived.append(message.payload)
        return "thanks\0"

    outbox_channel("hook", picky)
    for number, said in enumerate(["bad", "after it", "another"]):
        send_later("hook", said, subject=f"case:{number // 2}", receiver="one")

    deliver()

    assert arrived == ["another"]
    assert not Resting.objects.exists()
    assert Outgoing.objects.get(state="sent").answer == "thanks"


def test_one_who_hangs_keeps_one_sender_and_nobody_else(committed):
    hanging, hangs, arrived = threading.Event(), threading.Event(), []

    def slow(message: Message) -> None:
        hanging.set()
        hangs.wait(20)

    outbox_channel("slow", slow)
    outbox_channel("quick", lambda message: arrived.append(message.payload))
    with transaction.atomic():
        send_later("slow", 0, receiver="a")
        send_later("slow", 1, receiver="a")

    def send() -> None:
        deliver()
        connection.close()

    sender = threading.Thread(target=send)
    sender.start()
    assert hanging.wait(10)
    with transaction.atomic():
        send_later("quick", "call", receiver="b")
    assert deliver() == 1
    hangs.set()
    sender.join(20)

    assert arrived == ["call"]
    assert Outgoing.objects.filter(state="sent").count() == 3


@pytest.mark.django_db
def test_a_channel_this_process_does_not_know_is_left_to_another(partner):
    send_later("province", {})

    assert deliver() == 0
    assert Outgoing.objects.get().attempts == 0


@pytest.mark.django_db
def test_what_arrived_is_forgotten_after_a_week_and_the_rest_is_not(partner):
    send_later("credit", 1)
    deliver()
    send_later("province", 2)
    Outgoing.objects.update(ended=clock.wall() - timedelta(days=8))

    assert forget_sent() == 1
    assert Outgoing.objects.get().payload == 2


KILLED = """
import os, signal, sys
from mingchu.ops import home
home.configure()
from django.db import connection, transaction
from mingchu.ledger import services

def die(*_given):
    os.kill(os.getpid(), signal.SIGKILL)

with transaction.atomic():
    services.send_later("credit", {"case": 7})
if sys.argv[1] == "before":
    die()

def sends(message):
    print(message.key, flush=True)
    die()

services.outbox_channel("credit", sends)
services.deliver()
"""


@pytest.mark.parametrize("moment", ["before", "sending"])
def test_a_process_killed_around_sending_loses_nothing(committed, partner, home, moment):
    died = subprocess.run(
        [sys.executable, "-c", KILLED, moment],
        env={"MINGCHU_HOME": str(home), "MINGCHU_DATABASE_URL": committed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert died.returncode == -9, died.stderr

    assert deliver() == 1

    [key] = map(str, partner.received)
    assert died.stdout.split() == ([key] if moment == "sending" else [])


def test_the_workers_loops_seal_and_send_until_told_to_stop(committed, partner, painted):
    stop = threading.Event()
    loops = [
        threading.Thread(target=loop, args=[stop]) for loop in (jobs.seal_loop, jobs.outbox_loop)
    ]
    for loop in loops:
        loop.start()
    painted(5)
    with transaction.atomic():
        send_later("credit", {})

    end = monotonic() + 20
    while monotonic() < end and not (Leaf.objects.count() == 5 and partner.received):
        sleep(0.05)
    stop.set()
    for loop in loops:
        loop.join(10)

    assert Leaf.objects.count() == 5
    assert len(partner.received) == 1
    assert not any(loop.is_alive() for loop in loops)


def test_a_loop_outlives_a_fault(monkeypatch):
    stop, runs = threading.Event(), []

    def step() -> None:
        runs.append(1)
        if len(runs) == 2:
            raise OSError("disk full")
        if len(runs) == 3:
            stop.set()

    monkeypatch.setattr(jobs, "AFTER_FAULT_SECONDS", 0)
    jobs._over_and_over(stop, lambda: None, step, 0)

    assert len(runs) == 3
