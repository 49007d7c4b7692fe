"""A list of items in Chromium: readable on a phone, in both languages, without script."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from browsing import PAIRS, PHONE, a_browser, faults_of, is_wide, the_program
from django.test import Client
from live import served
from planning import somebody
from playwright.sync_api import Browser, Page, sync_playwright

pytestmark = pytest.mark.peer
PATHS = ("/plans/checklists/", "/plans/checklists/canteen", "/w/checklists/caterer")


class House(NamedTuple):
    """The house on loopback, a browser, and the session of somebody who inspects."""

    url: str
    browser: Browser
    session: str


@pytest.fixture
def served_house(committed, settings) -> Iterator[House]:
    settings.ALLOWED_HOSTS = ["*"]
    the_program()
    client = Client()
    client.force_login(somebody(), backend="mingchu.accounts.backends.Backend")
    with served() as url, sync_playwright() as play:
        browser = a_browser(play)
        yield House(url, browser, client.cookies["sessionid"].value)
        browser.close()


def opened(house: House, language: str, **more) -> Page:
    context = house.browser.new_context(base_url=house.url, viewport=PHONE, **more)
    cookies = {"django_language": language, "sessionid": house.session}
    context.add_cookies([{"name": k, "value": v, "url": house.url} for k, v in cookies.items()])
    return context.new_page()


def test_lists_fit_a_phone_and_a_desk_and_axe_finds_nothing(served_house):
    found = []
    for language, size in PAIRS:
        page = opened(served_house, language)
        for path in PATHS:
            found += faults_of(page, path, size)

    assert found == []


def test_a_list_is_read_without_script(served_house):
    page = opened(served_house, "zh-hans", java_script_enabled=False)

    page.goto("/plans/checklists/")
    page.get_by_role("link", name="食品摊贩").click()

    assert page.locator("h1").inner_text() == "检查项目表：食品摊贩"
    assert page.locator("tr[id]").count() == 15
    assert not is_wide(page)
