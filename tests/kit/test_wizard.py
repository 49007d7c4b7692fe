"""The import wizard in a real browser, from upload to undo; axe at both widths."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing import a_browser, faults, the_program
from django.test import Client
from live import served
from playwright.sync_api import sync_playwright

from mingchu.accounts import services
from mingchu.accounts.domain import CITY
from mingchu.accounts.models import User
from mingchu.kit.models import ImportBatch

pytestmark = pytest.mark.peer
LIST = (
    "人员花名册,,,\n登录账号,人员的姓名,角色,范围代码\n"
    "p001,测试甲,station,150102001\np002,,station,150102001\n备注：合成数据\n"
)


def test_a_list_comes_in_by_hand_and_goes_back(committed, settings, tmp_path: Path):
    the_program()
    settings.ALLOWED_HOSTS, settings.DEMO = ["*"], True
    chief = services.enrol_person(username="chief", name="测试")
    services.give_post(user=chief, role="city", scope=CITY)
    desk = Client()
    desk.force_login(chief, backend="mingchu.accounts.backends.Backend")
    file = tmp_path / "名单.csv"
    file.write_bytes(LIST.encode("gb18030"))
    found: list[str] = []

    with served() as url, sync_playwright() as play:
        browser = a_browser(play)
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
