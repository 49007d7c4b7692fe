"""Several at once, with real commits: each thing happens once."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable

from build import SAIHAN, a_restaurant
from django.db import connections
from duty import at, the_visit

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.ledger.models import Entry
from mingchu.registry import services as registry
from mingchu.registry.models import Business
from mingchu.signals.models import Noticed
from mingchu.territory import services
from mingchu.territory.models import Assignment, Visit
from mingchu.territory.services import Listed

SHOPS = 40


def a_city() -> list[Business]:
    with clock.stopped(at(2026, 1, 5)):
        shops = [
            registry.enrol(
                a_restaurant(name=f"第{number}家", code="", licences=(), people=(), station="")
            )
            for number in range(SHOPS)
        ]
    services.put_cadre(
        Listed(
            name="干部", phone="13800000000", unit="街道", rank="village", district=SAIHAN,
            areas=(SAIHAN,),
        )
    )  # fmt: skip
    return shops


def together(*works: Callable[[], object]) -> list[Exception]:
    """Does all at once, each in a thread and a connection of its own; what went wrong."""
    start, faults = threading.Barrier(len(works)), []

    def run(work: Callable[[], object]) -> None:
        start.wait()
        try:
            work()
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return faults


def said(kind: str) -> list[dict]:
    return [json.loads(one.data) for one in Entry.objects.filter(kind=kind)]


def test_two_rounds_at_once_open_one_visit_a_business(committed):
    a_city()

    faults = together(services.nightly, services.nightly, services.open_visits)

    assert faults == []
    assert (Visit.objects.count(), Assignment.objects.count()) == (SHOPS, SHOPS)
    assert len(said("territory.duty_assigned")) == SHOPS
    assert sum(one["visits"] for one in said("territory.visits_opened")) == SHOPS


def test_a_round_while_businesses_close_leaves_no_open_visit_behind(committed):
    shops = a_city()
    services.nightly()

    def close() -> None:
        for one in shops[:10]:
            registry.close(number=one.pk, closed=clock.today(), why="注销")

    faults = together(close, services.nightly, services.nightly)

    assert faults == []
    closed = Visit.objects.filter(business__state="closed")
    assert set(closed.values_list("state", flat=True)) == {"ended"}
    assert Assignment.objects.filter(until=None).count() == SHOPS - 10


def test_the_same_visit_sent_twice_counts_once(committed):
    [shop, *_others] = a_city()
    services.nightly()
    visit = the_visit(shop)

    def send() -> None:
        services.finish(visit=visit, answers={}, problem="not_there")

    faults = together(send, send)

    assert [type(one) for one in faults] == [Refusal]
    assert len(said("territory.visit_done")) == 1
    assert Noticed.objects.filter(kind="duty_problem").count() == 1
