"""The page that checks a bundle, in a real browser: it fits, or what was changed is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import a_browser, the_program
from bundles import files, frame, joint_files
from drawing import DICE, FELL
from live import served
from playwright.sync_api import Page, sync_playwright

from mingchu.draw.domain.bundle import zipped

pytestmark = pytest.mark.peer
CHECKS = 9


@pytest.fixture
def page(committed, settings, tmp_path) -> Iterator[Page]:
    settings.HOME, settings.ALLOWED_HOSTS = tmp_path, ["*"]
    the_program()
    with served() as url, sync_playwright() as play:
        browser = a_browser(play)
        opened = browser.new_page(base_url=url, locale="zh-CN")
        yield opened
        browser.close()


def judged(page: Page, content: dict[str, bytes], folder: Path) -> tuple[str, list[str]]:
    """The verdict, and what the checks that fail say."""
    page.goto("/draws/check")
    (folder / "b.zip").write_bytes(zipped(content))
    page.set_input_files("#bundle", folder / "b.zip")
    page.wait_for_selector("#verdict.notice")
    return page.inner_text("#verdict"), [
        row.inner_text()
        for row in page.query_selector_all("tr[data-check]")
        if row.query_selector(".tag--bad")
    ]


def test_a_browser_judges_bundles_by_itself(page, tmp_path):
    honest = files(frame(announced=[DICE]), [FELL])
    verdict, wrong = judged(page, honest, tmp_path)
    assert (verdict, wrong) == ("这里能核对的全部相符", [])
    assert len(page.query_selector_all(".tag--good")) == CHECKS

    changed = {**honest, "subjects.tsv": honest["subjects.tsv"].replace(b"\t3\t", b"\t4\t", 1)}
    verdict, wrong = judged(page, changed, tmp_path)
    assert verdict.startswith("不相符")
    assert "subjects.tsv was changed" in wrong[0]
    assert any("subjects.tsv is not the file that was committed" in one for one in wrong)

    joint = joint_files([FELL], announced=[DICE])
    assert judged(page, joint, tmp_path) == ("这里能核对的全部相符", [])
    verdict, wrong = judged(page, {**joint, "manifest.json": b"{}"}, tmp_path)
    assert "manifest.json was changed" in wrong[0]

    page.goto("/draws/check")
    (tmp_path / "b.zip").write_bytes(b"no zip")
    page.set_input_files("#bundle", tmp_path / "b.zip")
    page.wait_for_selector("#verdict.notice")
    assert page.inner_text("#verdict").startswith("打不开")
