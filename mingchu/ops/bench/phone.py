"""Phone: how soon an officer answers without a network, what survives, how fast a week of records
comes in.

Measured in a running demo: the browser is a real one at 390 px, the records go over HTTP one after
the other, as a phone sends them.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from mingchu.base.errors import Refusal
from mingchu.ops.bench import Bar, Limit, Row, browsing, spread
from mingchu.ops.bench.house import ROOT, House, clean_environment, house

BUSINESSES = 3_000
TASKS, PHOTOS, PHOTO_BYTES, RECORDS = 50, 40, 3_000_000, 300
FIRST_BAR, SYNC_BAR = Bar("<=", 10), Bar("<=", 60)  # seconds
TRIES = 3


def setup(scale: int | None) -> dict[str, Any]:
    return {
        "businesses": scale or BUSINESSES,
        "tasks": TASKS,
        "photos": PHOTOS,
        "photo_bytes": PHOTO_BYTES,
        "records": RECORDS,
        "cpu_slower": browsing.SLOWER,
    }


def rows(scale: int | None) -> Iterator[Row]:
    with house(scale or BUSINESSES, keep=True) as running:
        told = _client(running, "tasks", str(TASKS))
        link = running.links["inspector"]
        with tempfile.TemporaryDirectory() as folder, browsing.phone(running.url) as context:
            browsing.get_ready(context, link)
            context.set_offline(True)
            yield _first(context, told["tasks"])
            yield from _survive(running, context, Path(folder), told)
        with tempfile.TemporaryDirectory() as folder:
            yield from _sync(running, Path(folder))


def _first(context: Any, tasks: int) -> Row:
    spent = [browsing.first_answer(context)[0] for _n in range(TRIES)]
    what = _("断网、处理器慢{slower}倍，{n}项任务已下载：冷开到第一项答完").format(
        slower=browsing.SLOWER, n=tasks
    )
    return Row(
        id="B.phone.first", what=what, value=max(spent), unit="s", n=len(spent), bar=FIRST_BAR
    )


def _survive(running: House, context: Any, folder: Path, told: Mapping[str, Any]) -> Iterator[Row]:
    """Photos are queued without a network, the tab is closed and reloaded, then all is sent."""
    _seconds, record = browsing.first_answer(context)
    files = browsing.photos(folder, PHOTOS, PHOTO_BYTES)
    page = context.new_page()
    page.goto(f"/i/#/r/{record}/item/1")
    begun = monotonic()
    page.locator("#photo").set_input_files(files)
    page.wait_for_function(f"() => document.querySelectorAll('.thumbs img').length === {PHOTOS}")
    queued = monotonic() - begun
    page.close(run_before_unload=False)
    page = context.new_page()
    page.goto(f"/i/#/r/{record}/item/1")
    page.reload()
    page.wait_for_function(f"() => document.querySelectorAll('.thumbs img').length === {PHOTOS}")
    _finish(page, record, told)
    context.set_offline(False)
    begun = monotonic()
    page.evaluate("() => { location.hash = '#/tray'; }")
    page.locator("#send").click()
    page.evaluate("way => { location.hash = way; }", f"#/r/{record}")
    page.locator('#state[data-state="accepted"], #state[data-state="conflict"]').wait_for()
    sent = monotonic() - begun
    came = _client(running, "arrived", record)
    what = _("{n}张3 MB照片断网拍下，关页、重载后送达的张数（各一次）").format(n=PHOTOS)
    yield Row(
        id="B.phone.photos", what=what, value=came["photos"] if came["records"] == 1 else 0,
        unit="photos", n=PHOTOS, bar=Bar(">=", PHOTOS),
    )  # fmt: skip
    yield Row(id="phone.photos.queued", what=_("其中存入手机"), value=queued, unit="s", n=PHOTOS)
    yield Row(id="phone.photos.sent", what=_("其中发送"), value=sent, unit="s", n=PHOTOS)


def _finish(page: Any, record: str, told: Mapping[str, Any]) -> None:
    """The rest of a visit, as an officer does it."""

    def go(way: str) -> None:
        page.evaluate("way => { location.hash = way; }", f"#/r/{record}/{way}")

    go("shown")
    for who in ("lead", "second"):
        page.locator(f"#shown-{who}").check()
    go("outcome")
    page.locator("#outcome-unreachable").click()
    page.locator('#outcome-unreachable[aria-pressed="true"]').wait_for()
    page.locator("#note").fill("bench")
    page.locator("#note").blur()
    go("sign")
    for n, who in enumerate(("lead", "second")):
        page.locator(f"#name-{who}").fill(f"bench {who}")
        page.locator(f"#write-{who}").click()
        page.locator(f"#keep-{who}").click()
        page.locator("img.pad").nth(n).wait_for()
    page.locator("#pin").fill(str(told["pin"]))
    page.locator("#confirm").click()
    page.locator("#pin-kept").wait_for()
    page.locator("#seal").click()
    page.locator("#state").wait_for()


def _sync(running: House, folder: Path) -> Iterator[Row]:
    told = _client(running, "records", str(RECORDS), str(folder))
    lines = (folder / "records.jsonl").read_text(encoding="utf-8").splitlines()
    where = urlsplit(running.url)
    line = http.client.HTTPConnection(where.hostname or "", where.port or 80, timeout=60)
    headers = {"Authorization": f"Bearer {told['token']}", "Content-Type": "application/json"}
    spent, states, begun = [], [], monotonic()
    for one in lines:
        name, body = json.loads(one)
        content = json.dumps(body)
        asked = monotonic()
        line.request("PUT", f"/api/v1/inspections/{name}/1", content, headers)
        answer = line.getresponse()
        states.append(json.loads(answer.read()).get("state"))
        spent.append((monotonic() - asked) * 1000)
    whole = monotonic() - begun
    bare = _bare(line, headers, len(lines))
    line.close()
    accepted = states.count("accepted")
    if accepted != len(lines):
        raise Refusal(
            "bench_not_accepted",
            "{n}份记录里只收下了{m}份：{states}",
            fix="请先确认检查记录可以正常收下，再重新测速",
            n=len(lines),
            m=accepted,
            states=sorted({str(one) for one in states}),
        )
    what = _("{n}份记录、每份30项，照片已送达：全部收下").format(n=len(lines))
    limit = Limit(_("同样多次只问一份记录的状态，秒"), bare)
    yield Row(
        id="B.phone.sync", what=what, value=whole, unit="s", n=len(lines), bar=SYNC_BAR,
        limit=limit,
    )  # fmt: skip
    yield Row(
        id="phone.record", what=_("其中每份"), value=sum(spent) / len(spent), unit="ms",
        **spread(spent),
    )  # fmt: skip


def _bare(line: http.client.HTTPConnection, headers: Mapping[str, str], count: int) -> float:
    """As many requests that only ask."""
    begun = monotonic()
    for n in range(count):
        line.request("GET", f"/api/v1/inspections/00000000-0000-4000-8000-{n:012}", headers=headers)
        line.getresponse().read()
    return monotonic() - begun


def _client(running: House, *said: str) -> Mapping[str, Any]:
    """What a client of the house answers."""
    done = subprocess.run(
        [sys.executable, "-m", "mingchu.ops.bench.phoning", *said],
        cwd=ROOT,
        env={**clean_environment(), "MINGCHU_HOME": str(running.home), "MINGCHU_DEMO": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Refusal(
            "bench_broke_off",
            "测速中的写入中断：{said}",
            fix="请先确认服务正在运行，再重新测速",
            said=" / ".join(done.stderr.splitlines()[-3:]),
        )
    answer: Mapping[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer
