"""Opening orders: who gets what when, what joins what, and that numbers have no gap."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from build import SAIHAN, XINCHENG
from orderly import MORNING, STATION, later

from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.accounts.models import User
from mingchu.accounts.queries import actor_for
from mingchu.alerts.models import Alert, Order
from mingchu.alerts.services import orders
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.kit.messages.duties import set_duty
from mingchu.ledger.models import Entry

pytestmark = pytest.mark.django_db


def test_each_group_gets_one_order_with_the_gravest_of_it(
    an_alert: Callable[..., Alert], officer: User
) -> None:
    one, other, third = an_alert(severity=3), an_alert(severity=1), an_alert(kind="camera_event")

    first, second = orders.open_for([one, other, third])

    assert [one.order, other.order, third.order] == [first, first, second]
    assert (first.number, second.number) == ("GD-20261120-00001", "GD-20261120-00002")
    assert (first.severity, first.state, first.assignee) == (1, "assigned", officer)
    assert Alert.objects.get(pk=other.pk).order_id == first.pk
    entries = Entry.objects.filter(kind="alerts.order_opened").order_by("id")
    assert [entry.cause for entry in entries] == [other.entry, third.entry]
    assert set(first.steps.values_list("entry", flat=True)) == {entries[0].pk}


def test_what_comes_later_joins_the_open_order_and_presses_it(
    an_alert: Callable[..., Alert], officer: User
) -> None:
    [order] = orders.open_for([an_alert(severity=3)])
    graver = an_alert(severity=1)

    [same] = orders.open_for([graver])

    assert same.pk == order.pk
    assert (same.severity, same.due_at) == (1, MORNING + timedelta(hours=24))
    assert Entry.objects.get(kind="alerts.order_moved").cause == graver.entry
    orders.gone([same])
    [new] = orders.open_for([an_alert()])
    assert new.pk != order.pk


def test_an_alert_that_has_an_order_or_is_over_opens_none(
    an_alert: Callable[..., Alert], officer: User
) -> None:
    alert = an_alert()
    orders.open_for([alert])

    assert orders.open_for([alert, an_alert(ended_at=MORNING, end="gone")]) == []


def test_the_own_deadline_of_what_it_is_about_is_the_orders(
    an_alert: Callable[..., Alert], officer: User
) -> None:
    """Five working days for a doubtful licence number, whatever its severity says."""
    known = {"rule": "alert.due_days", "rule_since": "2019-01-01", "due_at": MORNING}
    alert = an_alert(severity=3, **known)
    alert.refresh_from_db()

    [order] = orders.open_for([alert])

    assert order.due_at == clock.midnight(MORNING.date() + timedelta(days=8))
    opened = order.steps.get(move="open")
    assert (opened.data["own"]["rule"], opened.data["own"]["amount"]) == ("alert.due_days", 5)


def test_orders_go_to_whoever_has_the_fewest_of_the_station(
    an_alert: Callable[..., Alert], someone: Callable[..., User]
) -> None:
    first, second = someone("inspector"), someone("inspector")
    someone("inspector", "150105002")
    someone("education", SAIHAN)

    given = orders.open_for([an_alert(kind=f"k{n}") for n in range(5)])

    people = [one.assignee_id for one in given]
    assert {one: people.count(one) for one in (first.pk, second.pk)} == {first.pk: 3, second.pk: 2}


def test_at_night_it_lies_on_the_stations_desk_until_somebody_is_there(
    an_alert: Callable[..., Alert], officer: User
) -> None:
    with later(hours=12):
        [lying] = orders.open_for([an_alert(severity=2)])
        [urgent] = orders.open_for([an_alert(kind="fire", severity=1)])
        assert orders.assign_overnight() == 0

    assert (lying.state, lying.assignee, lying.level) == ("triaged", None, "station")
    assert urgent.assignee == officer
    with later(days=3):
        assert (orders.assign_overnight(), orders.assign_overnight()) == (1, 0)
    lying.refresh_from_db()
    assert (lying.state, lying.assignee) == ("assigned", officer)


def on_duty(user: User, scope: Scope) -> User:
    """From the evening of the Friday that tests begin on to the next morning."""
    set_duty(
        user=user,
        scope=scope,
        begins=MORNING + timedelta(hours=9),
        ends=MORNING + timedelta(hours=23),
    )
    return user


def test_at_night_what_is_urgent_goes_to_whoever_is_on_duty(
    an_alert: Callable[..., Alert], officer: User, someone: Callable[..., User]
) -> None:
    of_city = on_duty(someone("city", ""), CITY)
    of_district = on_duty(someone("district", SAIHAN), Scope(ScopeKind.DISTRICT, SAIHAN))
    elsewhere = {"business": None, "district": XINCHENG, "station": ""}

    with later(hours=12):
        [here] = orders.open_for([an_alert(severity=1)])
        [on_its_desk] = orders.open_for([an_alert(kind="b", severity=1, station="")])
        [there] = orders.open_for([an_alert(kind="c", severity=1, **elsewhere)])
        [waits] = orders.open_for([an_alert(kind="d", severity=2)])
    with later(hours=1):
        [by_day] = orders.open_for([an_alert(kind="e", severity=1)])

    assert (here.assignee, here.state) == (of_district, "assigned")
    assert on_its_desk.assignee == of_district
    assert there.assignee == of_city  # who has no roster of its own has the city's
    assert waits.assignee is None
    assert by_day.assignee == officer


def test_whoever_is_on_duty_and_may_not_handle_leaves_it_to_the_station(
    an_alert: Callable[..., Alert], officer: User, someone: Callable[..., User]
) -> None:
    on_duty(someone("auditor", ""), CITY)

    with later(hours=12):
        [urgent] = orders.open_for([an_alert(severity=1)])

    assert urgent.assignee == officer


def test_what_is_urgent_at_night_is_shared_out_among_those_on_duty(
    an_alert: Callable[..., Alert], someone: Callable[..., User]
) -> None:
    place = Scope(ScopeKind.DISTRICT, SAIHAN)
    pair = [on_duty(someone("district", SAIHAN), place) for _number in range(2)]

    with later(hours=12):
        made = orders.open_for([an_alert(kind=f"n{n}", severity=1) for n in range(4)])

    assert sorted(one.assignee_id or 0 for one in made) == sorted([one.pk for one in pair] * 2)


def test_where_nobody_is_it_stays_on_the_desk(an_alert: Callable[..., Alert]) -> None:
    [at_station] = orders.open_for([an_alert()])
    [at_district] = orders.open_for([an_alert(kind="b", station="")])
    [at_city] = orders.open_for([an_alert(kind="c", business=None, district="", station="")])

    levels = [one.level for one in (at_station, at_district, at_city)]
    assert levels == ["station", "district", "city"]
    assert {one.state for one in (at_station, at_district, at_city)} == {"triaged"}


def test_what_somebody_saw_waits_for_triage(
    someone: Callable[..., User], chief: User, officer: User
) -> None:
    grid = someone("grid")

    order = orders.report(note="后门堆放", by=actor_for(grid), district=SAIHAN, station=STATION)
    graded = orders.triage(order=order, severity=2, by=actor_for(chief))
    given = orders.assign(order=graded, taker=officer, by=actor_for(chief))

    assert (order.state, order.reporter, order.kind) == ("new", grid.pk, "reported")
    assert (graded.state, graded.severity, given.state) == ("triaged", 2, "assigned")
    with pytest.raises(Refusal) as elsewhere:
        orders.report(note="别处", by=actor_for(grid), district="150102")
    assert elsewhere.value.code == "report_elsewhere"


def test_an_order_goes_only_to_whom_it_can_be_given(
    someone: Callable[..., User], an_order: Callable[..., Order], chief: User
) -> None:
    order = an_order()

    with pytest.raises(Refusal) as refusal:
        orders.assign(order=order, taker=someone("inspector", "150102"), by=actor_for(chief))

    assert refusal.value.code == "taker_cannot"
