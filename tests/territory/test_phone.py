"""A visit on a phone, in a real browser at 390 px, without any script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from browsing import PHONE, a_browser, faults, the_program
from build import SAIHAN, a_restaurant
from django.db import connections
from django.test import Client
from duty import at
from live import served
from playwright.sync_api import Browser, Page, sync_playwright

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.base import clock
from mingchu.registry import services as registry
from mingchu.signals.models import Noticed
from mingchu.territory import services
from mingchu.territory.models import Visit

pytestmark = pytest.mark.peer
T = TypeVar("T")


@pytest.fixture
def phone(committed, settings) -> Iterator[Callable[..., Page]]:
    """A cadre with two visits to make: opens his phone, on which scripts are off."""
    settings.ALLOWED_HOSTS = ["*"]
    the_program()
    with clock.stopped(at(2026, 1, 5)):
        for number in (1, 2):
            registry.enrol(
                a_restaurant(
                    name=f"第{number}家小吃店",
                    code="",
                    people=(),
                    licences=(),
                    phone="0471-1234567",
                )
            )
    user = accounts.enrol_person(username="cadre", name="包保甲")
    accounts.give_post(user=user, role="duty_cadre", scope=Scope(ScopeKind.DISTRICT, SAIHAN))
    services.put_cadre(
        services.Listed(
            name="包保甲", phone="13800000000", unit="街道", rank="village", district=SAIHAN,
            user_id=user.pk, areas=(SAIHAN,),
        )
    )  # fmt: skip
    services.nightly()
    session = Client()
    session.force_login(user, backend="mingchu.accounts.backends.Backend")
    with served() as url, sync_playwright() as play:
        browser: Browser = a_browser(play)
        cookies = {
            "django_language": "zh-hans",
            "sessionid": session.cookies["sessionid"].value,
        }

        def opened(*, scripts: bool = False) -> Page:
            context = browser.new_context(
                base_url=url, viewport=PHONE, has_touch=True, java_script_enabled=scripts
            )
            context.add_cookies([{"name": k, "value": v, "url": url} for k, v in cookies.items()])
            context.set_default_timeout(8_000)
            return context.new_page()

        yield opened
        browser.close()


def meanwhile(ask: Callable[[], T]) -> T:
    """Asks the house in a thread of its own: the browser's loop runs in this one."""

    def run() -> T:
        try:
            return ask()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as others:
        return others.submit(run).result()


def test_a_visit_is_made_with_a_thumb(phone):
    page = phone()
    page.goto("/w/")
    page.get_by_role("link", name="我的走访").first.tap()
    page.get_by_role("link", name="开始走访").first.tap()
    page.locator(".taps").wait_for()

    taps = page.locator(".taps__row label")
    assert {box["height"] >= 44 for box in (one.bounding_box() for one in taps.all())} == {True}
    for row in page.locator(".taps__row").all():
        row.get_by_text("是", exact=True).tap()
    page.get_by_role("button", name="提交走访").tap()

    assert "已提交" in page.locator(".notice--good").inner_text()
    assert meanwhile(Visit.objects.filter(state="done", problem="").count) == 1


def test_a_problem_is_refused_without_a_word_and_sent_with_one(phone):
    page = phone()
    page.goto("/w/visits/")
    page.get_by_role("link", name="开始走访").first.tap()
    page.locator(".taps").wait_for()
    for row in page.locator(".taps__row").all():
        row.get_by_text("是", exact=True).tap()
    page.get_by_text("过期或者变质的食品", exact=True).tap()
    page.get_by_role("button", name="提交走访").tap()
    assert "还没有写看到了什么" in page.locator(".error-summary").inner_text()

    page.get_by_label("说明").fill("货架上两袋过期面粉")
    page.get_by_role("button", name="提交走访").tap()

    assert "转监管所" in page.locator(".notice--good").inner_text()
    assert meanwhile(lambda: Noticed.objects.get().kind) == "duty_problem"


def test_axe_finds_nothing_and_nothing_is_too_wide(phone):
    done, to_do = meanwhile(_one_of_two)
    page, found = phone(scripts=True), []
    for path in ("/w/visits/", f"/w/visits/{done}", f"/w/visits/{to_do}"):
        page.goto(path)
        found += faults(page, PHONE)

    assert found == []


def _one_of_two() -> tuple[int, int]:
    done, to_do = Visit.objects.order_by("pk")
    services.finish(visit=done, answers={}, problem="not_there")
    return done.pk, to_do.pk
