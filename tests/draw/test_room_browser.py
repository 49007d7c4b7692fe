"""The draw room in a real browser: without any script, on a phone and on a wall, and for axe."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from browsing import DESK, PHONE, a_browser, is_wide, the_program, told_by_axe
from django.test import Client
from drawing import drawn, frozen, joined, revealed, the_lead
from live import served
from playwright.sync_api import Page, sync_playwright

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import CITY
from mingchu.base import clock
from mingchu.draw import services
from mingchu.ledger.services import seal

pytestmark = pytest.mark.peer


def a_session(role: str) -> str:
    user = accounts.enrol_person(username=role, name={"city": "经办甲", "witness": "纪检乙"}[role])
    accounts.give_post(user=user, role=role, scope=CITY)
    client = Client()
    client.force_login(user, backend="mingchu.accounts.backends.Backend")
    return client.cookies["sessionid"].value


@pytest.fixture
def opened(committed, settings) -> Iterator[Callable[..., Page]]:
    """A browser as somebody, with draws of every kind in the house; scripts are off."""
    settings.ALLOWED_HOSTS = ["*"]
    the_program()
    frozen()
    drawn()
    joined(the_lead())
    services.void(draw=frozen(), reason="名单有误")
    revealed()
    seal()
    sessions = {role: a_session(role) for role in ("city", "witness")}
    with served() as url, sync_playwright() as play:
        browser = a_browser(play)

        def page(role: str, size: dict[str, int], *, scripts: bool = False) -> Page:
            context = browser.new_context(base_url=url, viewport=size, java_script_enabled=scripts)
            known = {"django_language": "zh-hans", "sessionid": sessions[role]}
            context.add_cookies([{"name": k, "value": v, "url": url} for k, v in known.items()])
            context.set_default_timeout(8_000)
            return context.new_page()

        yield page
        browser.close()


def test_a_draw_is_held_without_a_script_and_signed_on_a_phone(opened):
    office, witness = opened("city", DESK), opened("witness", PHONE)
    office.goto("/w/draws/")
    office.get_by_role("link", name="十一月餐饮抽查").last.click()  # the first that was frozen
    assert "下一步：公布承诺" in office.inner_text(".room__next")
    office.get_by_role("button", name="公布承诺").click()
    assert "下一步：产生随机数" in office.inner_text(".room__next")

    witness.goto(office.url)
    witness.get_by_role("button", name="签字见证：公布承诺").click()
    assert "纪检乙" in witness.inner_text(".room__steps")

    office.get_by_label("骰子依次掷出的 20 位数字").fill("31415 92653 58979 32384")
    office.get_by_role("button", name="填好了，得出结果").click()
    assert "结果已得出" in office.inner_text(".notice--good")
    office.get_by_role("link", name="抽中对象和派员").click()
    assert "户，按号码次序派员" in office.inner_text("main")


def test_axe_finds_nothing_and_nothing_is_too_wide(opened):
    rooms = [f"{clock.today().year}-{number:04}" for number in range(1, 7)]
    paths = [
        *("/draws/", "/draws/check", f"/draws/{rooms[5]}", f"/draws/{rooms[1]}"),
        *("/w/draws/", "/w/draws/new", "/w/draws/report"),
        *(f"/w/draws/{no}" for no in rooms),
        *(f"/w/draws/{rooms[1]}/{name}" for name in ("tasks", "routes", "freeze")),
    ]
    found = []
    for size in (PHONE, DESK):
        page = opened("city", size, scripts=True)
        for path in paths:
            page.goto(path)
            if size == DESK:
                found += told_by_axe(page)
            if is_wide(page):
                found.append(f"{path} is wide at {size['width']}")
    assert found == []
