"""Pages of the repository in Chromium: axe, both widths, both languages; a query without script;
bytes that are copied exactly."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote

import pytest
from browsing import DESK, PAIRS, PHONE, a_browser, faults_of, is_wide, the_program
from capturing import a_document, an_event
from corrections import owner
from django.test import Client
from live import served
from planning import shops, somebody
from playwright.sync_api import Browser, Page, sync_playwright

from mingchu.trace import viewing
from mingchu.trace.services import Behaviour, Sender, capture_document

pytestmark = pytest.mark.peer
ID = "urn:uuid:95212340-0000-4000-8000-000000000001"
LOT = "urn:epc:class:lgtin:9521234.000001.L7"
SERIALS = [f"urn:epc:id:sgtin:9521234.000011.{n}" for n in range(30)]


class House(NamedTuple):
    """The house on loopback, a browser, sessions of an office and of a firm, what was captured."""

    url: str
    browser: Browser
    office: str
    firm: str
    captures: list[str]
    event: dict
    desk: str


def _events() -> list[dict]:
    place = {"id": "urn:epc:id:sgln:9521234.00002.0"}
    event = an_event(
        eventID=ID,
        bizStep="receiving",
        disposition="in_progress",
        readPoint=place,
        bizLocation=place,
        epcList=SERIALS,
        quantityList=[{"epcClass": LOT, "quantity": 12.5, "uom": "KGM"}],
        bizTransactionList=[{"type": "po", "bizTransaction": "urn:epcglobal:cbv:bt:9:PO-1"}],
        sourceList=[{"type": "owning_party", "source": "urn:epc:id:pgln:9521234.00001"}],
        sensorElementList=[{"sensorReport": [{"type": "Temperature", "value": -18, "uom": "CEL"}]}],
        **{"example:note": {"lane": ["第7道", "  two blanks  "]}},
    )
    said = {"declarationTime": "2026-11-28T09:00:00+08:00", "reason": "did_not_occur"}
    return [event, {**event, "errorDeclaration": said}]


@pytest.fixture
def house(committed, settings, tmp_path) -> Iterator[House]:
    settings.ALLOWED_HOSTS = ["*"]
    settings.HOME, settings.SPARE_BYTES = tmp_path, 0
    the_program()
    [business] = shops(1)
    sender = Sender("user:1 token:a", f"business:{business.public_id}", business.district)
    events = _events()
    lacks = [{**events[0], "bizStep": "received"}, *events]
    captures = [
        str(capture_document(a_document(*some), Behaviour.PROCEED, sender).id)
        for some in (events, lacks)
    ]
    sessions = []
    for user in (somebody("city"), owner(business, "holder")):
        client = Client()
        client.force_login(user, backend="mingchu.accounts.backends.Backend")
        sessions.append(client.cookies["sessionid"].value)
    with served() as url, sync_playwright() as play:
        browser = a_browser(play)
        yield House(url, browser, *sessions, captures, events[0], f"/e/{business.public_id}")  # type: ignore[call-arg]
        browser.close()


def opened(house: House, who: str, language: str = "zh-hans", **more) -> Page:
    more = {"viewport": DESK, **more}
    context = house.browser.new_context(base_url=house.url, **more)
    cookies = {"django_language": language, "sessionid": who}
    context.add_cookies([{"name": k, "value": v, "url": house.url} for k, v in cookies.items()])
    page = context.new_page()
    page.set_default_timeout(8000)
    return page


def test_pages_fit_a_phone_and_a_desk_and_axe_finds_nothing(house):
    office = (
        "/w/trace/?more=1",
        "/w/trace/?thing=12345&value=1&step=shipping",
        "/w/trace/captures/",
        *(f"/w/trace/captures/{one}" for one in house.captures),
        f"/w/trace/events/{viewing.key_of(ID)}",
        f"/w/trace/events/{viewing.key_of(ID, is_declaration=True)}",
        f"/w/trace/things?of={quote(LOT)}",
        "/w/trace/send",
        "/epcis/docs",
    )
    firm = (house.desk, "/w/trace/send", "/w/trace/captures/")
    found = []
    for who, paths in ((house.office, office), (house.firm, firm)):
        for language, size in PAIRS:
            page = opened(house, who, language)
            for path in paths:
                found += faults_of(page, path, size)
            page.context.close()

    assert found == []


def test_a_query_and_a_story_are_read_without_script(house):
    page = opened(house, house.firm, java_script_enabled=False, viewport=PHONE)
    page.goto("/w/trace/")

    page.get_by_label("品种或批次").fill("9521234000013")
    page.get_by_role("button", name="查找").click()
    page.get_by_role("row").filter(has_text="已声明有误").get_by_role("link").first.click()
    assert page.get_by_text("不要再据此判断").count() == 1
    page.get_by_role("link", name="商品 9521234000013 批次 L7").first.click()

    assert page.get_by_role("heading", name="经过，按时间先后").count() == 1
    assert page.locator(".timeline > li").count() == 2
    assert not is_wide(page)


def test_a_file_is_handed_in_and_its_fault_is_shown(house):
    page = opened(house, house.firm, viewport=PHONE, java_script_enabled=False)
    page.goto("/w/trace/send")
    wrong = {"name": "a.json", "mimeType": "application/json", "buffer": b'{"type":"x"'}

    page.get_by_label("事件文件").set_input_files(wrong)
    page.get_by_role("button", name="采集").click()
    assert page.get_by_text("JSON 写法有误").count() >= 1

    page.get_by_label("事件文件").set_input_files({**wrong, "buffer": a_document(an_event())})
    page.get_by_role("button", name="采集").click()
    assert page.get_by_text("新采集 1").count() == 1


def test_the_bytes_of_an_event_are_copied_exactly(house):
    page = opened(house, house.office)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"/w/trace/events/{viewing.key_of(ID)}")

    page.get_by_role("button", name="复制").click()
    page.get_by_role("button", name="已复制").wait_for()

    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == json.dumps(house.event, ensure_ascii=False)
