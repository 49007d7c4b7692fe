"""Alerts and orders name the findings and visits that they are about, and lead to an inspection."""

from __future__ import annotations

from datetime import timedelta

import pytest
from build import SAIHAN, XINCHENG
from corrections import found
from inspecting import Sent, a_visit
from planning import NOW, actor, browser, shops, somebody

from mingchu.alerts import services as alerts
from mingchu.alerts.models import Alert
from mingchu.alerts.models.orders import Order
from mingchu.alerts.services import orders
from mingchu.base import clock
from mingchu.inspection import services
from mingchu.inspection.item_words import item_said

pytestmark = pytest.mark.django_db


def the_alert(kind: str) -> Alert:
    alerts.fold()
    return Alert.objects.get(kind=kind)


def page(path: str, code: str = SAIHAN) -> str:
    answer = browser(somebody("district", code)).get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_a_case_is_named_by_its_item_and_leads_to_it():
    one = found("case")
    alert = the_alert("inspection_case")

    shown = page(f"/w/alerts/{alert.pk}")

    assert alert.subject == f"finding:{one.pk}"
    assert item_said(one.item, clock.today()) in shown
    assert f'href="/w/inspections/findings/{one.pk}"' in shown
    assert f"finding:{one.pk}" not in shown


def test_a_correction_that_is_over_is_named_on_its_order_which_offers_the_recheck():
    one = found("order")
    with clock.stopped(NOW + timedelta(days=9)):
        services.note_overdue()
        alert = the_alert("correction_overdue")
        order = Order.objects.get(pk=alert.order_id)
        shown = page(f"/w/orders/{order.pk}")

    assert item_said(one.item, clock.today()) in shown
    assert f'href="/w/inspections/findings/{one.pk}"' in shown
    assert f'href="/w/inspections/findings/{one.pk}/recheck"' in shown


def test_a_business_that_was_not_there_is_named_by_the_visit():
    sent = Sent(a_visit(), outcome="unreachable", answers={})
    visit = sent.visit
    sent.send()
    alert = the_alert("inspection_absent")

    shown = page(f"/w/alerts/{alert.pk}")

    assert alert.subject == f"inspection:{visit.pk}"
    assert f'<a href="/w/inspections/{visit.pk}">{visit.number} 日常监督检查</a>' in shown


def test_an_order_about_a_business_leads_to_a_visit_of_it():
    business = shops(1)[0]
    order = orders.report(
        note="后门堆放", by=actor("district", SAIHAN), district=SAIHAN, business_id=business.pk
    )

    shown = page(f"/w/orders/{order.pk}").replace("&amp;", "&")

    asked = f"business={business.public_id}&origin=order:{order.pk}"
    assert f'href="/w/inspections/new?{asked}"' in shown
    assert "安排检查" in shown
    assert business.name in page(f"/w/inspections/new?{asked}")


def test_an_order_about_no_business_offers_no_visit():
    order = orders.report(note="后门堆放", by=actor("district", SAIHAN), district=SAIHAN)

    assert "/w/inspections/new" not in page(f"/w/orders/{order.pk}")


def test_who_may_not_read_inspections_there_finds_no_name():
    found("case")
    alert = the_alert("inspection_case")

    elsewhere = browser(somebody("district", XINCHENG)).get(f"/w/alerts/{alert.pk}")

    assert elsewhere.status_code == 404
