"""B8 beside B2: what officers and the public wait for while firms send events at half the rate."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext as _

from mingchu.ops.bench import SECONDS, Limit, Row, city
from mingchu.ops.bench.house import CITY, ROOT, House
from mingchu.ops.bench.load import WARM_UP_SECONDS, Target, drive
from mingchu.ops.bench.pages import PUBLIC_BAR

LEAD_SECONDS = 4.0  # making the bodies, and the first answers


def rows(running: House, plan: Callable[[], dict[str, Any]], per_second: float) -> Iterator[Row]:
    """`plan` makes clients that send events nobody has sent; here so many a second at most."""
    session = running.session(city.ROLE)
    sampled, limit = city.sample(running, session), city.empty_page(running)
    asked: tuple[tuple[str, str, Callable[[Any], list[Target]], str], ...] = (
        ("list", _("经营者名单"), city.lists, "p95"),
        ("file", _("经营者档案"), city.files, "p95"),
        ("public", _("经营者公开页"), city.public_files, "p99"),
    )
    for name, what, targets, share in asked:
        with _sending({**plan(), "per_second": per_second}) as told:
            headers = None if name == "public" else session
            seen = drive(running.url, targets(sampled), headers=headers)
        rate = told["events"] / told["spent"]
        held = PUBLIC_BAR if name == "public" else city.bar(CITY)
        beside = _("{what}，同时每秒采集{n}条事件").format(what=what, n=round(rate))
        yield city.row(f"B8.{name}.beside", beside, seen, share, held, limit)
    yield Row(
        id="B8.beside.rate", what=_("其间每秒采集的事件"), value=rate, unit="/s",
        limit=Limit(_("要求的速率"), per_second),
    )  # fmt: skip


@contextmanager
def _sending(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Events come before the pages are asked for and until they were."""
    seconds = LEAD_SECONDS + WARM_UP_SECONDS + SECONDS.get() + 2
    told: dict[str, Any] = {}
    process = subprocess.Popen(
        [sys.executable, "-m", "mingchu.ops.bench.trace_posting"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    said: list[str] = []
    asked = json.dumps({**plan, "seconds": seconds})
    reader = threading.Thread(target=lambda: said.append(process.communicate(asked)[0]))
    reader.start()
    threading.Event().wait(LEAD_SECONDS)
    try:
        yield told
    finally:
        reader.join()
    told.update(json.loads(said[0]))
