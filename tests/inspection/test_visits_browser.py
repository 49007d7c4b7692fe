"""The office's pages of inspections in Chromium: on a phone and a desk, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from browsing import PAIRS, PHONE, a_browser, faults_of, the_program
from build import SAIHAN
from django.test import Client
from inspecting import Sent, a_plan, a_visit, officers
from live import served
from planning import TODAY, somebody
from playwright.sync_api import Browser, sync_playwright

from mingchu.accounts import services as accounts
from mingchu.inspection import services

pytestmark = pytest.mark.peer


class House(NamedTuple):
    """The house on loopback, a browser, a session of the district's, and the pages to look at."""

    url: str
    browser: Browser
    session: str
    paths: tuple[str, ...]


def the_pages() -> tuple[str, ...]:
    """Visits, a record with photos and a measure, one in doubt, an instrument, a phone."""
    team = officers(4)
    services.keep_instrument(
        number="T-1", name="中心温度计", kind="thermometer", calibrated_until=TODAY,
    )  # fmt: skip
    accounts.issue_device_token(
        user=team[0], device="018f0000-0000-7000-8000-00000000000a", name="一号手机", days=30
    )
    planned, hidden = a_plan(team), a_visit(team, type="unannounced")
    sent = Sent(a_visit(team), statement="马上改", refusal={"reason": "不认可", "witness": "社区"},
                exam=[{"person": None, "name": "张三", "asked": 10, "right": 9}])  # fmt: skip
    item = sent.an_item(key=True)
    sent.unmet(item, photos=2)
    sent.body["answers"][item]["measure"] = {"value": 9.5, "unit": "degree", "instrument": "T-1"}
    record = sent.send().record
    twice = a_visit(team)
    Sent(twice).send()
    other = Sent(twice, team[1])
    other.body["second"] = None
    doubtful = other.unmet(other.an_item(key=False)).send().record
    business = planned.business.public_id
    return (
        "/w/inspections/", f"/w/inspections/{planned.pk}", f"/w/inspections/{hidden.pk}",
        f"/w/inspections/{record.visit_id}", "/w/inspections/calendar",
        "/w/inspections/calendar?of=month", "/w/inspections/new",
        f"/w/inspections/new?business={business}", f"/w/inspections/assign?chosen={planned.pk}",
        f"/w/inspections/{planned.pk}/reassign", f"/w/inspections/{planned.pk}/do/cancel",
        "/w/inspections/records/", f"/w/inspections/records/{record.pk}",
        f"/w/inspections/records/{record.pk}/recheck", "/w/inspections/doubts/",
        f"/w/inspections/doubts/{doubtful.pk}", "/w/inspections/instruments/",
        "/w/inspections/instruments/new", "/w/inspections/phones/",
    )  # fmt: skip


@pytest.fixture
def served_house(committed, settings) -> Iterator[House]:
    settings.ALLOWED_HOSTS = ["*"]
    the_program()
    paths = the_pages()
    client = Client()
    client.force_login(somebody("district", SAIHAN), backend="mingchu.accounts.backends.Backend")
    with served() as url, sync_playwright() as play:
        browser = a_browser(play)
        yield House(url, browser, client.cookies["sessionid"].value, paths)
        browser.close()


def test_pages_fit_a_phone_and_a_desk_and_axe_finds_nothing(served_house):
    found = []
    for language, size in PAIRS:
        context = served_house.browser.new_context(base_url=served_house.url, viewport=size)
        cookies = {"django_language": language, "sessionid": served_house.session}
        context.add_cookies(
            [{"name": k, "value": v, "url": served_house.url} for k, v in cookies.items()]
        )
        page = context.new_page()
        for path in served_house.paths:
            found += faults_of(page, path, size)
        context.close()

    assert found == []


def test_several_visits_are_approved_by_ticking_them(served_house):
    context = served_house.browser.new_context(base_url=served_house.url, viewport=PHONE)
    known = {"sessionid": served_house.session, "django_language": "zh-hans"}
    context.add_cookies(
        [{"name": name, "value": value, "url": served_house.url} for name, value in known.items()]
    )
    page = context.new_page()
    page.goto("/w/inspections/?state=to_approve")
    page.locator("input[name=chosen]").first.check()
    page.get_by_role("button", name="批准选中的").click()
    page.get_by_text("已审批1项").wait_for()
