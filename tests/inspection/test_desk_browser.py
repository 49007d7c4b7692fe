"""Corrections in Chromium: a business answers with one hand on a phone, pages fit, axe is quiet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from browsing import PAIRS, PHONE, a_browser, faults_of, is_wide, the_program
from build import SAIHAN
from corrections import found, owner
from django.test import Client
from inspecting import a_photo, a_visit, chief, officers
from live import served
from planning import shops, somebody
from playwright.sync_api import Browser, Page, sync_playwright

from mingchu.inspection import services

pytestmark = pytest.mark.peer


class House(NamedTuple):
    """The house on loopback, a browser, sessions of a business and of an office, what was found."""

    url: str
    browser: Browser
    own: str
    office: str
    business: str
    record: int
    finding: int
    notice: int
    public: str


def session(user) -> str:
    client = Client()
    client.force_login(user, backend="mingchu.accounts.backends.Backend")
    return client.cookies["sessionid"].value


@pytest.fixture
def house(committed, settings, tmp_path) -> Iterator[House]:
    settings.ALLOWED_HOSTS = ["*"]
    settings.HOME, settings.SPARE_BYTES = tmp_path, 0
    the_program()
    business, other = shops(2)
    one = found("by", photos=1, business_id=business.pk)
    public = found("order", business_id=other.pk)
    services.release(records=[public.record], by=chief())
    visit = a_visit(officers(2), business_id=business.pk)
    services.notify_visits(visits=[visit])
    services.reply(record=one.record, kind="objection", text="不是本店的", by=chief())
    own, office = session(owner(business)), session(somebody("district", SAIHAN))
    with served() as url, sync_playwright() as play:
        browser = a_browser(play)
        yield House(
            url, browser, own, office, business.public_id, one.record_id, one.pk, visit.pk,
            other.public_id,
        )  # fmt: skip
        browser.close()


def opened(house: House, who: str, language: str, **more) -> Page:
    context = house.browser.new_context(base_url=house.url, viewport=PHONE, **more)
    cookies = {"django_language": language, "sessionid": who}
    context.add_cookies([{"name": k, "value": v, "url": house.url} for k, v in cookies.items()])
    return context.new_page()


def test_pages_fit_a_phone_and_a_desk_and_axe_finds_nothing(house):
    own = (
        f"/e/{house.business}",
        f"/e/{house.business}/inspections/",
        f"/e/inspections/{house.record}",
        f"/e/inspections/{house.record}/reply",
        f"/e/inspections/findings/{house.finding}",
        f"/e/inspections/visits/{house.notice}",
        f"/p/{house.public}",
        "/plans/results/",
    )
    office = (
        "/w/inspections/findings/",
        f"/w/inspections/findings/{house.finding}",
        f"/w/inspections/findings/{house.finding}/recheck",
        "/w/inspections/replies/",
        "/w/inspections/publication/",
        "/w/inspections/statistics/",
        "/w/inspections/statistics/rows",
    )
    found_faults = []
    for who, paths in ((house.own, own), (house.office, office)):
        for language, size in PAIRS:
            page = opened(house, who, language)
            for path in paths:
                found_faults += faults_of(page, path, size)
            page.context.close()

    assert found_faults == []


def test_a_business_answers_with_one_hand_and_without_script(house):
    page = opened(house, house.own, "zh-hans", java_script_enabled=False)

    page.goto(f"/e/{house.business}/inspections/")
    page.get_by_role("link", name="拍照提交").click()
    photo = {"name": "after.jpg", "mimeType": "image/jpeg", "buffer": a_photo(7)}
    page.locator("input[type=file]").set_input_files(photo)
    page.get_by_label("怎么改的").fill("换了新的温度计")
    assert page.get_by_role("button", name="提交整改情况").bounding_box()["height"] >= 44
    page.get_by_role("button", name="提交整改情况").click()

    page.get_by_text("已提交，等待核实").wait_for()
    assert not is_wide(page)
    page.goto(f"/e/inspections/findings/{house.finding}")
    assert page.get_by_text("换了新的温度计").count() == 1
    assert page.get_by_alt_text("整改照片").count() == 1
