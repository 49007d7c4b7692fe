"""An officer's phone as the bench drives it: Chromium at 390 px, its network and its processor.

Playwright comes with the tests' lock file and Chromium with the machine: a bench that needs them
says so.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from time import monotonic
from typing import Any

from mingchu.base.errors import Refusal

PHONE: Any = {"width": 390, "height": 844}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
SLOWER = 6
WAIT_MS = 180_000
MIB = 1_000_000


@contextmanager
def phone(url: str) -> Iterator[Any]:
    """A context of a browser; refuses where there is none."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None or find_spec("playwright") is None:
        raise Refusal(
            "bench_no_browser",
            "本机没有 Chromium，或者没有装测试用的 Playwright",
            fix="请先运行 ./x test --peers 装好，再重新测速",
        )
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=FLAGS)
        context = browser.new_context(base_url=url, viewport=PHONE, has_touch=True)
        context.set_default_timeout(WAIT_MS)
        yield context
        browser.close()


def get_ready(context: Any, link: str) -> None:
    """Signs in, opens the page and waits until it says that it needs no network."""
    page = context.new_page()
    page.goto(link)
    page.goto("/i/")
    page.locator('#ready[data-ready="true"]').wait_for()
    page.close()


def slow(page: Any) -> None:
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


def first_answer(context: Any) -> tuple[float, str]:
    """Seconds from a cold page without a network to the first answer saved; the record's id."""
    page = context.new_page()
    slow(page)
    begun = monotonic()
    page.goto("/i/")
    page.locator("a[href^='#/task/']").first.click()
    page.locator("#begin").click()
    page.locator("#reason").fill("bench")
    page.locator("#reason").blur()
    record = str(page.url.split("#/r/")[1].split("/")[0])
    page.evaluate("way => { location.hash = way; }", f"#/r/{record}/item/1")
    page.locator("#verdict-met").click()
    page.locator('#verdict-met[aria-pressed="true"]').wait_for()
    page.locator("#saved:not(:empty)").wait_for()
    seconds = monotonic() - begun
    page.close()
    return seconds, record


def photo_of(seed: int, size: int) -> bytes:
    """A JPEG of about the size: noise does not compress."""
    from PIL import Image

    side = 1500
    noise = random.Random(seed).randbytes(side * side * 3)  # noqa: S311 no secret
    made = Image.frombytes("RGB", (side, side), noise)
    low, high, content = 20, 100, b""
    while high - low > 1:
        quality = (low + high) // 2
        out = BytesIO()
        made.save(out, "JPEG", quality=quality)
        content = out.getvalue()
        low, high = (quality, high) if len(content) < size else (low, quality)
    return content


def photos(folder: Path, count: int, size: int) -> list[str]:
    """Files that a camera would have made; noise of one picture is turned, so each is its own."""
    first = photo_of(1, size)
    made = []
    for n in range(count):
        path = folder / f"{n:02}.jpg"
        # Bytes behind the end of the picture: another file, of the same size.
        path.write_bytes(first + n.to_bytes(4, "big"))
        made.append(str(path))
    return made
