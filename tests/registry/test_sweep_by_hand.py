"""The sweep in a real browser, JavaScript or not: files chosen, one refused, the rest not lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing import PHONE, a_browser, is_wide, the_program, told_by_axe
from build import SAIHAN, a_pdf, a_restaurant
from django.test import Client
from live import served
from photos import a_photo
from playwright.sync_api import Page, sync_playwright

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.kit.models import Attachment
from mingchu.registry import services
from mingchu.registry.models import Business

pytestmark = pytest.mark.peer


def faults(page: Page, scripts: bool) -> list[str]:
    found = told_by_axe(page) if scripts else []
    return [*found, f"{page.title()} is wide"] if is_wide(page) else found


def press(page: Page, name: str) -> None:
    """Without scripts nothing else tells when the page behind the button has come."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


def session_of_an_officer() -> str:
    chief = accounts.enrol_person(username="chief", name="测试")
    accounts.give_post(user=chief, role="district", scope=Scope(ScopeKind.DISTRICT, SAIHAN))
    client = Client()
    client.force_login(chief, backend="mingchu.accounts.backends.Backend")
    return client.cookies["sessionid"].value


@pytest.mark.parametrize("scripts", [True, False])
def test_a_sweep_with_photos_on_a_phone(committed, settings, tmp_path: Path, scripts):
    the_program()
    settings.ALLOWED_HOSTS, settings.DEMO, settings.HOME = ["*"], True, tmp_path
    names = ("面馆", "饼店")
    facts = {"code": "", "licences": (), "people": ()}
    shops = [services.enrol(a_restaurant(name=name, **facts)) for name in names]
    files = {"门面.jpg": a_photo(), "记录.pdf": a_pdf(), "片.gif": b"GIF89a" + bytes(80)}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    asked = "&".join(f"chosen={one.public_id}" for one in shops)
    session, found = session_of_an_officer(), []

    with served() as url, sync_playwright() as play:
        browser = a_browser(play)
        context = browser.new_context(
            base_url=url, locale="zh-CN", viewport=PHONE, java_script_enabled=scripts
        )
        context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
        page = context.new_page()
        page.set_default_timeout(8000)
        page.goto(f"/w/businesses/sweep?take=chosen&{asked}")
        page.get_by_label("自哪一天起").fill("2026-01-12")
        page.get_by_label("理由").fill("清查")
        page.get_by_label("查找经过").fill("一所到场，门面已拆")
        press(page, "下一步：核对")
        found += faults(page, scripts)
        page.get_by_label("现场照片或材料").set_input_files([tmp_path / name for name in files])
        press(page, "确认标记")
        found += faults(page, scripts)
        told = page.get_by_role("alert").inner_text()
        page.get_by_label("记录.pdf").uncheck()
        press(page, "确认标记")
        found += faults(page, scripts)
        page.goto(f"/w/businesses/{shops[0].public_id}")
        found += faults(page, scripts)
        links = page.get_by_role("link", name="查无下落2026-01-12-1.jpg").count()
        browser.close()

    assert found == []
    assert "片.gif：这种文件不能作附件" in told
    assert Business.objects.filter(state="not_found").count() == 2
    assert (Attachment.objects.count(), links) == (2, 1)
