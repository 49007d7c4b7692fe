"""The phone's page in Chromium, with the house behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from browsing import PHONE, a_browser, the_program
from build import SAIHAN
from cryptography.hazmat.primitives.asymmetric import rsa
from live import served
from onsite import RULES, TOOLS, Office, a_list, a_task, jwk_of, officer
from photos import a_photo
from planning import browser as client_of
from planning import somebody
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from mingchu.accounts.models import User

WAIT_MS = 15_000


class House(NamedTuple):
    """The house on loopback, two inspectors and a browser."""

    url: str
    browser: Browser
    office: Office
    key: Any
    lead: User
    second: User
    sessions: dict[int, str]


@contextmanager
def opened_house(
    tasks: int = 3, items: int = 6, change: Callable[[dict[str, Any]], None] | None = None, **kinds
) -> Iterator[House]:
    """`change` alters the pack of each; `kinds` the items of the list."""
    the_program()
    lead, second = (somebody("inspector", SAIHAN, f"NM{n}", name) for n, name in PEOPLE)
    key = rsa.generate_private_key(65537, 2048)
    sheet = a_list(items, **kinds)
    packs = {}
    for one, other in ((lead, second), (second, lead)):
        packs[one.pk] = {
            "person": {**officer(one), "until": None}, "day": "2026-11-20",
            "key": {"kid": "k1", "jwk": jwk_of(key)}, "rules": dict(RULES),
            "checklists": {sheet["digest"]: sheet}, "instruments": TOOLS,
            "people": [{**officer(other), "has_pin": True}],
            "tasks": [a_task(n, one, other, sheet["digest"]) for n in range(1, tasks + 1)],
        }  # fmt: skip
        if change:
            change(packs[one.pk])
    office = Office(jwk_of(key), packs)
    sessions = {one.pk: client_of(one).cookies["sessionid"].value for one in (lead, second)}
    with served(around=office.around) as url, sync_playwright() as play:
        browser = a_browser(play)
        yield House(url, browser, office, key, lead, second, sessions)
        browser.close()


PEOPLE = ((1, "李检查"), (2, "赵同行"))


def sign_in(house: House, context: BrowserContext, user: User) -> None:
    context.add_cookies([{"name": "sessionid", "value": house.sessions[user.pk], "url": house.url}])


def a_phone(house: House, user: User | None = None, language: str = "zh-hans") -> BrowserContext:
    context = house.browser.new_context(base_url=house.url, viewport=PHONE, has_touch=True)
    context.set_default_timeout(WAIT_MS)
    context.add_cookies([{"name": "django_language", "value": language, "url": house.url}])
    if user:
        sign_in(house, context, user)
    return context


def ready(context: BrowserContext) -> Page:
    """Opened with a network, until it says that none is needed."""
    page = context.new_page()
    page.goto("/i/")
    page.locator('#ready[data-ready="true"]').wait_for()
    return page


def reopened(context: BrowserContext, way: str = "") -> Page:
    page = context.new_page()
    page.goto(f"/i/{way}")
    page.locator("html[data-started]").wait_for(state="attached")
    return page


def begin(page: Page, number: int = 1) -> str:
    """Opens a task and arrives; returns the id of its record."""
    page.goto(f"/i/#/task/{number}")
    page.locator("#begin").click()
    page.locator("#code").fill(f"shop{number}")
    page.locator("#come").click()
    page.locator("#here").wait_for()
    return record_of(page)


def record_of(page: Page) -> str:
    return page.url.split("#/r/")[1].split("/")[0]


def go(page: Page, way: str) -> None:
    """Within the page, as a link does."""
    page.evaluate("way => { location.hash = way; }", f"#/{way}")
    page.wait_for_function("way => document.title && location.hash === way", arg=f"#/{way}")


def show_and_inspect(page: Page, record: str) -> None:
    go(page, f"r/{record}/shown")
    for who in ("lead", "second"):
        page.locator(f"#shown-{who}").check()
    go(page, f"r/{record}/outcome")
    page.locator("#outcome-inspected").click()
    page.locator('#outcome-inspected[aria-pressed="true"]').wait_for()


def all_met(page: Page, record: str) -> None:
    go(page, f"r/{record}/list")
    page.locator("[id^=rest-]").first.wait_for()
    while page.locator("[id^=rest-]").count():
        left = page.locator("[id^=rest-]").count()
        page.locator("[id^=rest-]").first.click()
        page.wait_for_function("n => document.querySelectorAll('[id^=rest-]').length < n", arg=left)


def sign_all(page: Page, record: str, pin: str = "135790", party: str = "王某") -> None:
    go(page, f"r/{record}/sign")
    names = {"lead": "李检查", "second": "赵同行", "party": party}
    page.locator("#party-name").fill(party)
    page.locator("#party-name").blur()
    for who, name in names.items():
        page.locator(f"#name-{who}").fill(name)
        page.locator(f"#write-{who}").click()
        page.locator(f"#keep-{who}").click()
        page.locator(f"img.pad[alt*='{name if who != 'party' else '当事人'}']").wait_for()
    page.locator("#pin").fill(pin)
    page.locator("#confirm").click()
    page.locator("#pin-kept").wait_for()


def seal(page: Page) -> None:
    page.locator("#seal").click()
    page.locator("#state").wait_for()


def whole(page: Page, number: int = 1) -> str:
    """A visit from door to seal, all met."""
    record = begin(page, number)
    show_and_inspect(page, record)
    all_met(page, record)
    sign_all(page, record)
    seal(page)
    return record


def until_state(page: Page, state: str) -> None:
    page.locator(f'#state[data-state="{state}"]').wait_for()


def stored(page: Page, store: str) -> list[dict[str, Any]]:
    """Everything of a store, bytes told by their number."""
    return page.evaluate(
        """store => new Promise((done) => {
          const opens = indexedDB.open("mingchu-phone");
          opens.onsuccess = () => {
            const asks = opens.result.transaction(store).objectStore(store).getAll();
            asks.onsuccess = () => {
              opens.result.close();
              const told = (one) => one.bytes ? { ...one, bytes: one.bytes.byteLength } : one;
              done(asks.result.map(told));
            };
          };
        })""",
        store,
    )


def now(find: Callable[[], Any]) -> Any:
    """Asked of the database outside of the browser's loop."""
    with ThreadPoolExecutor(1) as other:
        return other.submit(find).result()


def a_photo_file(folder: Path, seed: int = 0) -> str:
    path = folder / f"{seed}.jpg"
    path.write_bytes(a_photo(seed=seed))
    return str(path)
