"""A browser for tests, and what is wrong with the page that it shows."""

from __future__ import annotations

import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Playwright

DESK, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


# Style sheets are the page's own and need not be fetched again.
_ASKED = {"resultTypes": ["violations"], "preload": False}


def the_program() -> str:
    """The machine's Chromium. A fixture asks first, before it builds what a browser would see."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("no chromium on this machine")
    return program


def a_browser(play: Playwright) -> Browser:
    return play.chromium.launch(executable_path=the_program(), args=_FLAGS)


def is_wide(page: Page) -> bool:
    """Whether it must be scrolled sideways. By its element, so that a page on its way is awaited:
    without scripts a click does not tell when the next page has a body."""
    wide = "() => document.documentElement.scrollWidth > innerWidth"
    return bool(page.locator("body").evaluate(wide))


# Every page in each language and at each size, but not in every pair of them.
PAIRS = (("zh-hans", DESK), ("en", PHONE))


def told_by_axe(page: Page) -> list[str]:
    """One line for each fault; axe is itself a script, so the page must allow scripts."""
    return [
        f"{page.url} {one['id']} {one['nodes'][0]['html'][:120]}"
        for one in Axe().run(page, options=_ASKED).response["violations"]
    ]


def faults_of(page: Page, path: str, size: dict[str, int]) -> list[str]:
    """Of the page at `path`: axe at one size, since it costs half a second; its width at both."""
    answer = page.goto(path)
    found = [] if answer and answer.ok else [f"{path} does not open"]
    # Folded parts are looked at, too.
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    other = PHONE if size == DESK else DESK
    page.set_viewport_size(other)
    wide = [f"{path} at {other['width']} is wide"] if is_wide(page) else []
    return found + wide + faults(page, size)


def faults(page: Page, *sizes: dict[str, int]) -> list[str]:
    """What axe finds and what is too wide, at each of the sizes; at both when none is named."""
    found = []
    for size in sizes or (DESK, PHONE):
        page.set_viewport_size(size)
        found += [f"at {size['width']}: {one}" for one in told_by_axe(page)]
        if is_wide(page):
            found.append(f"at {size['width']}: {page.url} is wide")
    return found
