"""The form and an officer's work in Chromium: without script, on a phone, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import pytest
from browsing import DESK, PHONE, a_browser, faults, the_program
from build import a_restaurant
from django.test import Client
from letters import SECRET_NAME, SECRET_PHONE, a_letter
from live import served
from photos import a_photo
from playwright.sync_api import Browser, Page, sync_playwright

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.accounts.models import User
from mingchu.accounts.queries import actor_for
from mingchu.complaints import services
from mingchu.complaints.models import Complaint
from mingchu.kit.models import Upload
from mingchu.registry import services as registry

pytestmark = pytest.mark.peer


class House(NamedTuple):
    """The house on loopback with a shop, a letter in hand and one that waits; and a browser."""

    url: str
    browser: Browser
    shop: str
    session: str
    in_hand: Complaint
    waiting: Complaint


@pytest.fixture
def house(committed, settings) -> Iterator[House]:
    settings.ALLOWED_HOSTS = ["*"]
    the_program()
    restaurant = registry.enrol(a_restaurant())
    chief = a_chief()
    for ill in (2, 0):
        services.register(new=a_letter(business=restaurant.pk, ill=ill))
    in_hand, waiting = Complaint.objects.order_by("pk")
    services.take(complaint=in_hand, by=actor_for(chief))
    services.accept(complaint=in_hand, by=actor_for(chief))
    client = Client()
    client.force_login(chief, backend="mingchu.accounts.backends.Backend")
    session = client.cookies["sessionid"].value
    with served() as url, sync_playwright() as play:
        browser = a_browser(play)
        yield House(url, browser, restaurant.name, session, in_hand, waiting)
        browser.close()


def a_chief() -> User:
    user = accounts.enrol_person(username="chief", name="测试局长")
    scope = Scope(ScopeKind.DISTRICT, "150105")
    accounts.give_post(user=user, role="district", scope=scope)
    return user


def opened(
    house: House, language: str = "zh-hans", *, signed_in: bool = False, script: bool = False
) -> Page:
    context = house.browser.new_context(
        base_url=house.url, viewport=DESK if signed_in else PHONE, java_script_enabled=script
    )
    cookies = {"django_language": language} | ({"sessionid": house.session} if signed_in else {})
    context.add_cookies([{"name": k, "value": v, "url": house.url} for k, v in cookies.items()])
    page = context.new_page()
    page.set_default_timeout(8_000)
    return page


def now(house: House, find: Callable[[], Any]) -> Any:
    """Asked of the database outside of the browser's loop."""
    with ThreadPoolExecutor(1) as other:
        return other.submit(find).result()


def test_a_citizen_complains_on_a_phone_without_script(house, tmp_path):
    photo = tmp_path / "a.jpg"
    photo.write_bytes(a_photo())
    page = opened(house)
    page.goto("/complain/")
    page.get_by_label("投诉：与商家有纠纷，要求调解、退赔").check()
    page.get_by_label("店名和地址").fill("绿野")
    page.get_by_role("button", name="在名录里找这家店").click()
    page.get_by_label(house.shop).check()
    page.get_by_label("哪方面的问题").select_option("spoiled")
    page.get_by_label("照片").set_input_files(photo)
    page.get_by_label("事情经过").fill("包子馊了。")
    page.get_by_role("button", name="提交", exact=True).click()
    assert page.locator("#errors").inner_text().count("没有姓名和电话") == 1
    assert page.get_by_text("已收到第 1 张").is_visible()

    page.get_by_label("您的姓名").fill(SECRET_NAME)
    page.get_by_label("您的电话").fill(SECRET_PHONE)
    page.get_by_role("button", name="提交", exact=True).click()

    made = now(house, lambda: Complaint.objects.select_related("business").latest("pk"))
    assert page.url.endswith(made.number)
    assert page.get_by_text("待处理").is_visible()
    assert (made.business.name, made.what) == (house.shop, "包子馊了。")
    page.goto("/complain/")
    page.get_by_label("已经提交过？输入登记编号").fill(made.number.lower())
    page.get_by_role("button", name="查看办理情况").click()
    assert page.url.endswith(made.number)


def test_a_photo_goes_ahead_of_the_form_where_there_is_script(house, tmp_path):
    photo = tmp_path / "a.jpg"
    photo.write_bytes(a_photo(size=(900, 700)))
    page = opened(house, script=True)
    broken = []
    page.goto("/complain/")

    def breaks_once(route: Any) -> None:
        """The first piece is lost on the way."""
        if broken:
            route.continue_()
        else:
            broken.append(route.request.method)
            route.abort("connectionreset")

    page.route("**/api/v1/complaints/photos/**", breaks_once)
    page.get_by_label("照片").set_input_files(photo)
    page.get_by_text("照片已收到，不必再选").wait_for()

    assert broken == ["PUT"]
    assert page.locator("#id_photos").evaluate("box => box.files.length") == 0
    kept = now(house, lambda: list(Upload.objects.values_list("sender", "blob")))
    assert [(sender[:6], blob is not None) for sender, blob in kept] == [("draft:", True)]


def test_an_officer_takes_and_accepts_a_letter(house):
    page = opened(house, signed_in=True)
    page.goto("/w/complaints/")
    page.get_by_role("link", name=str(house.waiting.pk), exact=True).click()
    page.get_by_role("button", name="承办").click()
    page.get_by_role("link", name="受理", exact=True).click()
    page.get_by_role("button", name="受理").click()

    assert page.get_by_text("已受理，调解中").first.is_visible()
    assert now(house, lambda: Complaint.objects.get(pk=house.waiting.pk).state) == "accepted"


@pytest.mark.parametrize(("language", "size"), [("zh-hans", DESK), ("en", PHONE)])
def test_pages_fit_and_axe_finds_nothing(house, language, size):
    made = house.in_hand
    page = opened(house, language, signed_in=True, script=True)
    found = []
    for path in (
        "/complain/",
        f"/complain/{made.number}",
        "/w/complaints/",
        f"/w/complaints/{made.pk}",
        f"/w/complaints/{made.pk}/end-mediation",
        f"/w/complaints/{made.pk}/reporter",
        f"/w/complaints/{made.pk}/bind?q=绿野",
        "/w/complaints/statistics",
        "/w/complaints/sheets/",
    ):
        page.goto(path)
        found += faults(page, size)

    assert found == []
