"""The import wizard in a real browser, from upload to undo; axe at both widths."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from live import served
from playwright.sync_api import Page, sync_playwright

from mingchu.accounts import services
from mingchu.accounts.domain import CITY
from mingchu.accounts.models import User
from mingchu.kit.models import ImportBatch

pytestmark = pytest.mark.peer
LIST = (
    "人员花名册,,,\n登录账号,人员的姓名,角色,范围代码\n"
    "p001,测试甲,station,150102001\np002,,station,150102001\n备注：合成数据\n"
)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def faults(page: Page) -> list[str]:
    """What axe finds at both widths, and whether the page must be scrolled sideways."""
    found = []
    for width, height in ((1366, 768), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        found += [
            f"{page.url} {fault['id']} {fault['nodes'][0]['html'][:120]}"
            for fault in Axe().run(page).response["violations"]
        ]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{page.url} at {width}: wide")
        if folder := os.environ.get("MINGCHU_TEST_SHOTS"):
            name = page.url.split("/w/")[1].replace("/", "-")
            page.screenshot(
                path=Path(folder) / f"{page.title()[:6]}-{name}-{width}.png", full_page=True
            )
    return found


def test_a_list_comes_in_by_hand_and_goes_back(committed, settings, tmp_path: Path):
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("no chromium on this machine")
    settings.ALLOWED_HOSTS, settings.DEMO = ["*"], True
    chief = services.enrol_person(username="chief", name="测试")
    services.give_post(user=chief, role="city", scope=CITY)
    desk = Client()
    desk.force_login(chief, backend="mingchu.accounts.backends.Backend")
    file = tmp_path / "名单.csv"
    file.write_bytes(LIST.encode("gb18030"))
    found: list[str] = []

    with served() as url, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=FLAGS)
        context = browser.new_context(base_url=url, locale="zh-CN")
        context.add_cookies(
            [{"name": "sessionid", "value": desk.cookies["sessionid"].value, "url": url}]
        )
        page = context.new_page()
        page.set_default_timeout(8000)
        page.goto("/w/imports/")
        page.get_by_label("清单").select_option("people")
        page.get_by_label("文件").set_input_files(file)
        page.get_by_role("button", name="上传并试导").click()
        found += faults(page)
        page.get_by_label("人员的姓名").select_option("name")
        page.get_by_role("button", name="确认并试导").click()
        found += faults(page)
        page.get_by_role("button", name="导入 1 行").click()
        found += faults(page)
        page.get_by_role("button", name="整批撤销").click()
        found += faults(page)
        browser.close()

    assert found == []
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.created, batch.faulty) == ("undone", 1, 1)
    assert not User.objects.get(username="p001").is_active
