"""A business that was enrolled by mistake: what the house made of it lets it go, people do not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from alerting import a_signal, alerted
from build import a_pdf, an_attachment
from orderly import MORNING

from mingchu.accounts.models import User
from mingchu.accounts.queries import actor_for
from mingchu.alerts import services
from mingchu.alerts.models import Alert, Order
from mingchu.alerts.services import orders
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.kit.forgetting import forget
from mingchu.kit.models import Attachment
from mingchu.ledger.models import Reaction
from mingchu.registry import services as registry
from mingchu.registry.models import Business
from mingchu.signals.models import Noticed
from mingchu.signals.services import raise_signals

pytestmark = pytest.mark.django_db


def expired(business: Business, worker: int = 1) -> Any:
    return a_signal(
        kind="health_expired",
        subject=f"person:{worker}",
        labels={"until": "2026-11-01"},
        business_id=business.pk,
    )


def test_an_import_can_still_be_undone_after_it_raised_alerts_and_orders(
    business: Business,
) -> None:
    alerted(expired(business))
    raise_signals([expired(business, 2)])

    registry.withdraw_many([business.pk], why="导入错误")
    services.fold()

    order, alert = Order.objects.get(), Alert.objects.get()
    assert (Business.objects.count(), Noticed.objects.count()) == (0, 0)
    assert (order.business, order.state, order.outcome) == (None, "closed", "gone")
    assert (alert.business, alert.end, alert.order) == (None, "gone", order)
    assert not Reaction.objects.filter(state="failed").exists()


def test_a_business_somebody_worked_on_an_order_of_is_not_withdrawn(
    business: Business, officer: User
) -> None:
    [alert] = alerted(expired(business))
    Order.objects.update(assignee=officer)
    assert alert.order is not None
    orders.accept(order=alert.order, by=actor_for(officer))

    with pytest.raises(Refusal, match="business_in_use"):
        registry.withdraw_many([business.pk], why="导入错误")


def test_a_report_of_a_person_keeps_its_business(
    business: Business, someone: Callable[..., User]
) -> None:
    orders.report(
        note="见到积水",
        business_id=business.pk,
        district=business.district,
        station=business.station,
        by=actor_for(someone("grid")),
    )

    with pytest.raises(Refusal, match="business_in_use"):
        registry.withdraw_many([business.pk], why="导入错误")


def test_evidence_of_an_order_is_kept_for_years_after_its_end_not_after_it_was_sent(
    an_order: Callable[..., Order],
) -> None:
    ended, open_ = an_order(), an_order()
    for order in (ended, open_):
        an_attachment(f"order:{order.pk}", "evidence", a_pdf(order.number))
    late = MORNING.replace(year=MORNING.year + 3)
    Order.objects.filter(pk=ended.pk).update(ended_at=late)

    with clock.at(MORNING.replace(year=MORNING.year + 6)):
        assert forget().files == 0
    with clock.at(late.replace(year=late.year + 5) + timedelta(days=1)):
        assert forget().files == 1

    assert [one.subject for one in Attachment.objects.all()] == [f"order:{open_.pk}"]
