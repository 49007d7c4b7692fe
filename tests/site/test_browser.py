"""Pages in a real browser: axe, keyboard, widths, no script; in both languages."""

from collections.abc import Iterator

import pytest
from browsing import DESK, PAIRS, PHONE, a_browser, faults_of, is_wide, the_program
from django.test import Client
from live import served
from playwright.sync_api import Browser, Page, sync_playwright
from walked import desk_pages, public_pages

from mingchu.ledger.services import seal

pytestmark = pytest.mark.peer


@pytest.fixture
def home(committed, settings, officer, tmp_path) -> Iterator[dict]:
    """The house on loopback: its address, its pages, an officer's session; then a browser."""
    settings.HOME = tmp_path
    settings.ALLOWED_HOSTS = ["*"]
    settings.DEMO = True
    the_program()
    desk = officer("city", "admin", "auditor")
    seal()
    known = {
        "public": public_pages(Client()),
        "desk": desk_pages(desk),
        "session": desk.cookies["sessionid"].value,
    }
    with served() as url, sync_playwright() as play:
        browser = a_browser(play)
        yield {**known, "url": url, "browser": browser}
        browser.close()


def opened(home: dict, language: str = "zh-hans", *, signed_in: bool = False, **more) -> Page:
    browser: Browser = home["browser"]
    context = browser.new_context(base_url=home["url"], viewport=DESK, **more)
    cookies = {"django_language": language} | ({"sessionid": home["session"]} if signed_in else {})
    context.add_cookies([{"name": k, "value": v, "url": home["url"]} for k, v in cookies.items()])
    page = context.new_page()
    page.set_default_timeout(8000)
    return page


@pytest.mark.parametrize(("language", "size"), PAIRS)
def test_axe_finds_nothing(home, language, size):
    front, desk = opened(home, language), opened(home, language, signed_in=True)

    found = [fault for path in home["public"] for fault in faults_of(front, path, size)]
    found += [fault for path in home["desk"] for fault in faults_of(desk, path, size)]

    assert found == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_menu_of_who_sees_most_fits_a_desk(home, language):
    page = opened(home, language, signed_in=True)
    page.goto("/w/")

    links = page.locator(".nav > ul > li")

    assert links.count() >= 12
    assert (
        page.evaluate(
            "(bar => bar.scrollWidth - bar.clientWidth)(document.querySelector('.nav > ul'))"
        )
        == 0
    )


def test_large_text_and_print_fit_too(home):
    page = opened(home, signed_in=True)
    page.set_viewport_size(PHONE)
    wide = []
    for path in ("/?text=large", "/w/", "/w/city/"):
        page.goto(path)
        if is_wide(page):
            wide.append(path)

    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "20px"
    assert wide == []
    page.emulate_media(media="print")
    assert not page.locator(".nav").is_visible()
    assert page.locator("h1").is_visible()


def test_the_keyboard_reaches_everything_and_may_skip_the_bar(home):
    page = opened(home, signed_in=True)
    page.goto("/w/")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"

    page.goto("/w/")
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            page.keyboard.press("Enter")  # a menu opens, and its links follow
        reached.add(page.evaluate("document.activeElement.outerHTML"))
    wanted = page.evaluate(
        "[...document.querySelectorAll('a[href], button, input, select')].map(e => e.outerHTML)"
    )
    assert [one for one in wanted if one not in reached] == []


def test_focus_is_seen(home):
    page = opened(home)
    page.goto("/")
    for _ in range(3):
        page.keyboard.press("Tab")

    ring = page.evaluate("getComputedStyle(document.activeElement).outlineColor")

    assert ring == "rgb(255, 191, 71)"


def test_public_pages_read_without_javascript(home):
    page = opened(home, java_script_enabled=False)

    for path in home["public"]:
        page.goto(path)
        assert page.locator("h1").inner_text().strip(), path
    page.goto("/")
    page.get_by_role("link", name="English").click()

    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator(".demo-banner").is_visible()
