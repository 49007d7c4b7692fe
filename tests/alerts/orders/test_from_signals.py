"""From a signal to the end of its order: the whole way, by the job's own services."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from alerting import a_signal, alerted
from build import a_pdf

from mingchu.accounts.domain import Actor
from mingchu.accounts.models import User
from mingchu.accounts.queries import actor_for
from mingchu.alerts.models import Alert, Order
from mingchu.alerts.services import orders
from mingchu.base.errors import Refusal
from mingchu.kit.files import keeping
from mingchu.kit.models import Upload
from mingchu.ledger.models import Entry
from mingchu.registry.models import Business

pytestmark = pytest.mark.django_db


def a_file(user: User, text: str = "1") -> Upload:
    return keeping.keep(file=io.BytesIO(a_pdf(text)), by=actor_for(user))


def handled(order: Order, officer: User) -> None:
    """Up to where somebody else has to look at it."""
    by = actor_for(officer)
    Order.objects.filter(pk=order.pk).update(assignee=officer)
    orders.accept(order=order, by=by)
    orders.begin(order=order, by=by)
    orders.submit(order=order, note="办了", files=[a_file(officer)], by=by)


def about(business: Business, **said: Any) -> Any:
    known = {"kind": "health_expired", "subject": "person:1", "labels": {"until": "2026-11-01"}}
    return a_signal(**{**known, "business_id": business.pk, **said})


def test_an_order_has_the_term_the_level_and_the_cause_of_its_alert(business: Business) -> None:
    [one] = alerted(about(business))

    order = one.order
    assert order is not None
    assert (order.level, order.station, order.severity) == ("station", business.station, 2)
    assert order.due_at == one.due_at
    opened = Entry.objects.get(kind="alerts.order_opened")
    assert opened.cause == one.entry


def test_three_workers_of_one_business_are_one_order(business: Business) -> None:
    alerted(*[about(business, subject=f"person:{n}") for n in range(3)])

    assert Order.objects.count() == 1
    assert alerted(about(business, subject="person:9"))[-1].order == Order.objects.get()


def test_the_order_closed_ends_its_alerts_as_handled(
    business: Business, someone: Callable[..., User], chief: User
) -> None:
    [one] = alerted(about(business))
    handled(one.order, someone("inspector"))

    orders.review(order=one.order, by=actor_for(chief))
    orders.close(order=one.order, note="已调离岗位", by=actor_for(chief))

    one.refresh_from_db()
    assert one.end == "handled"


def test_what_only_its_fact_ends_cannot_be_closed_while_it_is_so(
    business: Business, someone: Callable[..., User], chief: User
) -> None:
    labels = {"until": "2026-11-25", "step": "due"}
    visit = about(business, kind="commitment_visit", subject="licence:1", labels=labels)
    [one] = alerted(visit)
    handled(one.order, someone("inspector"))
    orders.review(order=one.order, by=actor_for(chief))

    with pytest.raises(Refusal) as refused:
        orders.close(order=one.order, note="核查了", by=actor_for(chief))
    assert refused.value.code == "fact_still_holds"
    assert Order.objects.get().ended_at is None

    alerted(about(business, kind="commitment_visit", subject="licence:1", over=True))
    assert Order.objects.get().outcome == "gone"
    assert Alert.objects.get().end == "gone"


def to_another_authority(order: Order, by: Actor) -> Order:
    return orders.transfer(order=order, authority="health", receipt="收1号", note="移送", by=by)


def to_the_police(order: Order, by: Actor) -> Order:
    return orders.refer_to_police(order=order, receipt="公收2号", note="涉嫌犯罪", by=by)


@pytest.mark.parametrize("hand_on", [to_another_authority, to_the_police])
def test_somebody_else_goes_on_with_it_although_the_fact_still_holds(
    business: Business,
    someone: Callable[..., User],
    chief: User,
    hand_on: Callable[[Order, Actor], Order],
) -> None:
    labels = {"until": "2026-11-25", "step": "due"}
    visit = about(business, kind="commitment_visit", subject="licence:1", labels=labels)
    [one] = alerted(visit)
    handled(one.order, someone("inspector"))

    hand_on(one.order, actor_for(chief))

    one.refresh_from_db()
    assert one.ended_at is None
    alerted(visit)
    [order] = Order.objects.all()
    assert order.state == "transferred"
    alerted(about(business, kind="commitment_visit", subject="licence:1", over=True))
    one.refresh_from_db()
    assert one.end == "gone"


def test_a_case_is_opened_although_the_fact_still_holds(
    business: Business, someone: Callable[..., User], chief: User
) -> None:
    visit = about(
        business,
        kind="commitment_visit",
        subject="licence:1",
        labels={"until": "2026-11-25", "step": "due"},
    )
    [one] = alerted(visit)
    officer = someone("inspector")
    handled(one.order, officer)
    orders.review(order=one.order, by=actor_for(chief))

    orders.escalate_to_case(
        order=one.order, note="拒不整改", by=actor_for(chief), files=[a_file(chief, "2")]
    )

    [again] = alerted(visit)
    assert (again.pk, again.ended_at, again.count) == (one.pk, None, 2)
    assert Order.objects.get().outcome == "case"
    alerted(about(business, kind="commitment_visit", subject="licence:1", over=True))
    assert (Order.objects.get().outcome, Alert.objects.get().end) == ("case", "gone")
