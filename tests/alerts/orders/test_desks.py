"""Desks: handed over whole, moved with a business, swept when people leave; what is overdue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from build import XINCHENG
from orderly import MORNING, later

from mingchu.accounts import services as accounts
from mingchu.accounts.models import Post, User
from mingchu.accounts.queries import actor_for
from mingchu.alerts.models import Order
from mingchu.alerts.services import orders
from mingchu.base import clock
from mingchu.base.clock import CITY_ZONE
from mingchu.base.errors import Refusal
from mingchu.ledger.models import Entry
from mingchu.registry import services as registry
from mingchu.registry.models import Business
from mingchu.registry.services import NewPremises

pytestmark = pytest.mark.django_db


def test_a_whole_desk_changes_hands_in_one_act(
    an_order: Callable[..., Order], someone: Callable[..., User], officer: User, chief: User
) -> None:
    held = [an_order() for _ in range(3)]
    orders.begin(order=held[1], by=actor_for(officer))
    orders.await_business(
        order=held[1], note="改", correct_by=date(2026, 11, 25), by=actor_for(officer)
    )
    taker = someone("inspector")

    done = orders.hand_over_desk(giver=officer, taker=taker, by=actor_for(chief), note="调岗")

    assert {one.assignee_id for one in done.done} == {taker.pk}
    assert sorted(one.state for one in done.done) == ["assigned", "assigned", "awaiting_business"]
    assert done.left == []
    with pytest.raises(Refusal) as refusal:
        orders.hand_over_desk(giver=officer, taker=taker, by=actor_for(chief))
    assert refusal.value.code == "no_orders_to_hand_over"


def test_whoever_may_not_have_an_order_does_not_get_it_with_the_desk(
    an_order: Callable[..., Order], someone: Callable[..., User], officer: User, chief: User
) -> None:
    an_order()

    done = orders.hand_over_desk(
        giver=officer, taker=someone("inspector", "150102"), by=actor_for(chief)
    )

    assert (done.done, [refusal.code for _, refusal in done.left]) == ([], ["taker_cannot"])


def test_a_desk_handed_over_by_posts_takes_its_orders_along(
    an_order: Callable[..., Order], someone: Callable[..., User], officer: User
) -> None:
    Post.objects.filter(user=officer).update(since="2026-01-01")
    order, taker = an_order(), someone("inspector")
    city = someone("city", "")

    accounts.hand_over(giver=officer, taker=taker, since=clock.today(), by=actor_for(city))

    order.refresh_from_db()
    assert order.assignee == taker
    handed = Entry.objects.get(kind="accounts.desk_handed_over")
    assert Entry.objects.get(kind="alerts.order_moved").cause == handed.pk


def test_what_people_leave_behind_goes_to_colleagues(
    an_order: Callable[..., Order], someone: Callable[..., User], officer: User
) -> None:
    order = an_order()
    colleague = someone("inspector")
    Post.objects.filter(user=officer).update(since="2026-01-01", until="2026-11-19")

    assert orders.assign_overnight() == 1

    order.refresh_from_db()
    assert order.assignee == colleague


def test_what_was_reopened_and_is_nobodys_gets_somebody(
    an_order: Callable[..., Order], someone: Callable[..., User], chief: User
) -> None:
    order = an_order()
    orders.false_alarm(order=order, note="看错", by=actor_for(chief))
    orders.reopen(order=order, note="确有其事", by=actor_for(chief))
    came = someone("inspector")

    assert orders.assign_overnight() == 1

    order.refresh_from_db()
    assert (order.state, order.assignee) == ("assigned", came)


def test_many_are_assigned_at_once_and_what_cannot_be_is_told(
    an_order: Callable[..., Order], someone: Callable[..., User], officer: User, chief: User
) -> None:
    given = an_order()
    Order.objects.filter(pk=given.pk).update(state="closed", ended_at=MORNING, assignee=None)
    waiting = an_order()
    taker = someone("inspector")
    both = list(Order.objects.all())

    done = orders.assign_many(orders=both, taker=taker, by=actor_for(chief))

    assert [one.pk for one in done.done] == [waiting.pk]
    assert [refusal.code for _, refusal in done.left] == ["move_not_possible"]


def test_open_orders_move_with_their_business(
    an_order: Callable[..., Order],
    someone: Callable[..., User],
    officer: User,
    business: Business,
) -> None:
    order, told = an_order(), an_order()
    orders.begin(order=told, by=actor_for(officer))
    orders.await_business(
        order=told, note="改", correct_by=date(2026, 11, 25), by=actor_for(officer)
    )
    there = someone("inspector", "150102001")

    registry.move(
        number=business.pk,
        new=NewPremises(address="新城区东街9号", district=XINCHENG, station="150102001"),
        day=clock.today(),
        why="搬迁",
    )

    for one, state in ((order, "assigned"), (told, "awaiting_business")):
        one.refresh_from_db()
        assert (one.district, one.station, one.state) == (XINCHENG, "150102001", state)
        assert one.assignee == there
    moved = Entry.objects.get(kind="registry.business_moved")
    assert Entry.objects.filter(kind="alerts.order_moved", cause=moved.pk).count() >= 2
    assert clock.city(order.accept_due_at).date() == date(2026, 11, 24)  # type: ignore[arg-type]


# ── Overdue ──


def moment(day: int, hour: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, 0, tzinfo=CITY_ZONE)


@pytest.mark.parametrize(
    ("opened", "now", "up"),
    [
        (MORNING, moment(24, 3), 0),  # night
        (MORNING, moment(28, 10), 0),  # a Saturday
        (moment(30, 9, 9), moment(10, 9, 10), 1),  # a Saturday that is worked
        (MORNING, moment(24, 9), 1),
    ],
)
def test_what_is_overdue_goes_up_in_office_hours_and_once(
    opened: datetime, now: datetime, up: int, an_order: Callable[..., Order], officer: User
) -> None:
    Post.objects.filter(user=officer).update(since="2026-01-01")
    with clock.at(opened):
        order = an_order(severity=2)

    with clock.at(now):
        assert (orders.escalate_overdue(), orders.escalate_overdue()) == (up, 0)

    order.refresh_from_db()
    assert order.level == ("district" if up else "station")
    assert order.assignee == officer
    assert Entry.objects.filter(kind="alerts.order_escalated").count() == up


def test_what_is_urgent_goes_up_at_any_hour_and_to_the_city(
    an_order: Callable[..., Order], officer: User
) -> None:
    order = an_order(severity=1)

    with later(hours=11, minutes=1):
        orders.escalate_overdue()

    order.refresh_from_db()
    assert order.level == "city"


def test_across_a_year_that_is_not_announced_it_still_goes_up(
    an_order: Callable[..., Order], officer: User
) -> None:
    with clock.at(datetime(2026, 12, 30, 9, tzinfo=CITY_ZONE)):
        order = an_order(severity=2)
    assert order.provisional

    with clock.at(datetime(2027, 1, 20, 9, tzinfo=CITY_ZONE)):
        assert orders.escalate_overdue() == 1


def test_open_orders_go_to_the_kept_file_and_come_back(
    an_alert: Callable[..., Any],
    officer: User,
    business: Business,
    another_business: Business,
) -> None:
    [order] = orders.open_for([an_alert()])
    merged = registry.merge(kept=another_business.pk, gone=business.pk, why="同一家")

    order.refresh_from_db()
    [same] = orders.open_for([an_alert(business=another_business)])
    assert (order.business, same) == (another_business, order)

    registry.undo_merge(merge=merged, why="不是同一家")

    order.refresh_from_db()
    assert order.business == business


def test_what_becomes_graver_makes_its_order_graver(
    an_alert: Callable[..., Any], officer: User
) -> None:
    alert = an_alert(severity=3)
    [order] = orders.open_for([alert])
    type(alert).objects.filter(pk=alert.pk).update(severity=1)

    assert (len(orders.rise([alert.pk])), orders.rise([alert.pk])) == (1, [])

    order.refresh_from_db()
    assert (order.severity, order.due_at) == (1, MORNING + timedelta(hours=24))
