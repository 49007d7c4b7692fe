"""The demo's year of random inspection: a published plan, draws laid open, one ready to be drawn."""

from __future__ import annotations

import pytest

from mingchu.base import clock
from mingchu.demo import driver
from mingchu.demo.plan import plan
from mingchu.draw.models import Draw
from mingchu.draw.opened import names_of
from mingchu.inspection.models import Batch, Plan, Task
from mingchu.inspection.queries import people

TODAY = plan().today


@pytest.fixture(scope="module")
def city(shared_house: str) -> None:
    with clock.stopped(plan().moment(TODAY)):
        driver.load(seed=7, businesses=900, today=TODAY)
        driver.play()


@pytest.fixture
def played(city: None, db: None) -> None:
    return None


def test_the_plan_of_the_year_was_approved_by_another_filed_and_published_in_january(played):
    one = Plan.objects.get()

    assert (one.year, one.state) == (TODAY.year, "published")
    assert one.approved_by not in (None, one.drafted_by)
    days = [one.drafted_at, one.approved_at, one.published_at]
    assert days == sorted(days)
    assert {clock.city(day).month for day in days} == {1}


def test_earlier_months_are_laid_open_and_this_month_waits_for_the_draw_room(played):
    month = TODAY.replace(day=1)
    rows = list(Batch.objects.select_related("draw").order_by("number"))

    earlier = [one for one in rows if one.month < month]
    assert {one.state for one in earlier} == {"revealed"}
    assert all(not one.draw.reveal_by < one.drawn_on for one in earlier)
    [ready] = [one for one in rows if one.month == month and one.matter == "catering"]
    assert (ready.state, ready.draw.state) == ("opened", "frozen")
    assert [one.state for one in rows if one.month > month] == ["planned"]
    assert Draw.objects.exclude(state__in=["revealed", "frozen"]).count() == 0


def test_whoever_was_drawn_is_named_and_somebody_qualified_goes(played):
    for batch in Batch.objects.filter(state="revealed").select_related("draw"):
        tasks = list(batch.tasks.all())
        assert tasks
        ids = [one.pseudonym for one in tasks]
        assert set(names_of(batch.draw.number, ids)) == set(ids)
    assert Task.objects.filter(lead_id=None).count() == 0
    assert len(people.pool(list(plan().districts), TODAY)) >= 40
