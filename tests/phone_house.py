"""The phone's page in Chromium, with the house behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from browsing import PHONE, a_browser, the_program
from inspecting import PIN, a_photo, a_visit, officers
from live import served
from onsite import Line
from planning import browser as client_of
from planning import shops
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from mingchu.accounts.models import User
from mingchu.inspection.models import Instrument, Visit
from mingchu.registry.services import NewPerson

WAIT_MS = 15_000
A_MANAGER = NewPerson(name="测试甲", duties=("officer",), identity="150105199001010018")


class House(NamedTuple):
    """The house on loopback, the pair of its visits, a line that can break, and a browser."""

    url: str
    browser: Browser
    line: Line
    lead: User
    second: User
    visits: list[Visit]
    sessions: dict[int, str]


@contextmanager
def opened_house(
    count: int = 3, before: Callable[[list[User], list[Any]], None] | None = None, **facts: Any
) -> Iterator[House]:
    """So many visits of one pair; `before` is what happened at their shops in earlier days."""
    the_program()
    pair = officers(2)
    places = shops(count, people=(A_MANAGER,))
    if before:
        before(pair, places)
    visits = [a_visit(pair, business_id=one.pk, **facts) for one in places]
    for number, until in (("T-1", "2027-03-01"), ("T-0", "2026-03-01")):
        Instrument.objects.create(
            number=number, name="温度计", kind="thermometer", calibrated_until=until
        )
    line = Line()
    sessions = {one.pk: client_of(one).cookies["sessionid"].value for one in pair}
    with served(around=line.around) as url, sync_playwright() as play:
        browser = a_browser(play)
        yield House(url, browser, line, *pair, visits, sessions)
        browser.close()


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
    """Opens a task of the day and arrives; returns the id of its record."""
    tasks = stored(page, "packs")[0]["body"]["tasks"]
    rows = sorted((one for one in tasks if not one["recheck_of"]), key=lambda one: one["visit"])
    task = rows[number - 1]
    page.goto(f"/i/#/task/{task['visit']}")
    page.locator("#begin").click()
    page.locator("#code").fill(f"https://example.test/p/{task['business']['public']}")
    page.locator("#come").click()
    page.locator("#here").wait_for()
    return record_of(page)


def items(page: Page, record: str, **wants: Any) -> list[int]:
    """Places of the items that are so, from 1."""
    (one,) = [one for one in stored(page, "records") if one["client_id"] == record]
    return [
        place
        for place, item in enumerate(one["list"]["items"], 1)
        if all(item[name] == value for name, value in wants.items())
    ]


def measure_all(page: Page, record: str) -> None:
    """Each measured item gets a value within its range, and its instrument."""
    (one,) = [one for one in stored(page, "records") if one["client_id"] == record]
    for place, item in enumerate(one["list"]["items"], 1):
        if item["evidence"] != "measure":
            continue
        go(page, f"r/{record}/item/{place}")
        value = item["from"] if item["from"] is not None else item["to"]
        page.locator("#value").fill(str(value))
        page.locator("#value").blur()
        page.locator("#instrument").select_option("T-1")
        page.wait_for_function("() => document.getElementById('instrument').value === 'T-1'")


def record_of(page: Page) -> str:
    return page.url.split("#/r/")[1].split("/")[0]


def go(page: Page, way: str) -> None:
    """Within the page, as a link does, until it is drawn."""
    page.evaluate("way => { location.hash = way; }", f"#/{way}")
    page.locator(f'#main[data-way="/{way}"]').wait_for()


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


def sign_all(page: Page, record: str, pin: str = PIN, party: str = "王某") -> None:
    go(page, f"r/{record}/sign")
    names = {"lead": "检查员甲", "second": "检查员乙", "party": party}
    page.locator("#party-name").fill(party)
    page.locator("#party-name").blur()
    for who, name in names.items():
        page.locator(f"#name-{who}").fill(name)
        page.locator(f"#write-{who}").click()
        page.locator(f"#keep-{who}").click()
        page.locator(f"section:has(#pad-{who}) img.pad").wait_for()
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
    measure_all(page, record)
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
    path.write_bytes(a_photo(seed))
    return str(path)
