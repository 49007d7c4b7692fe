"""What the page benches ask for: rows of the running city, sampled through its own API."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, urlsplit

from django.utils.html import escape

from mingchu.base.errors import Refusal
from mingchu.ops.bench import Bar, Limit, Row
from mingchu.ops.bench.house import CITY, SMALL_CITY, House, fetch
from mingchu.ops.bench.load import Seen, Target, drive

API = "/api/v1/businesses"
LIST = "/w/businesses/"
ROLE = "city"
SAMPLE = 100  # rows per district
BAR_SMALL, BAR_LARGE = Bar("<=", 60), Bar("<=", 120)  # ms at p95, design B8
EMPTY = Target("/healthz", "ok")
BROWSER = {"Accept-Language": "zh-CN", "Accept-Encoding": "gzip, deflate, br"}
DISTRICT = re.compile(r"^\d{6}$")


def size(scale: int | None) -> int:
    return scale or CITY


def label(businesses: int) -> str:
    """How a size is called in the id of a row.

    >>> label(16_108), label(1_000_000)
    ('16k', '1m')
    """
    return f"{businesses // 1_000_000}m" if businesses >= 1_000_000 else f"{businesses // 1000}k"


def bar(businesses: int) -> Bar:
    return BAR_SMALL if businesses <= SMALL_CITY else BAR_LARGE


def sample(house: House, session: dict[str, str]) -> list[dict[str, Any]]:
    """Open businesses from every district, as the API lists them: the public finds only those."""
    first = _items(house, session, f"{API}?state=open&limit={SAMPLE}")
    districts = sorted({_district(row) for row in first} - {""})
    found = {row["id"]: row for row in first}
    for code in districts:
        for row in _items(house, session, f"{API}?state=open&district={code}&limit={SAMPLE}"):
            found[row["id"]] = row
    if not found:
        raise Refusal(
            "bench_empty_city", "演示城市里没有经营者可测", fix="请确认 ./x demo 已装入城市"
        )
    return list(found.values())


def _district(row: dict[str, Any]) -> str:
    said = row["district"]
    code = str(said.get("code", "")) if isinstance(said, dict) else str(said)
    return code if DISTRICT.match(code) else ""


def _items(house: House, session: dict[str, str], path: str) -> list[dict[str, Any]]:
    answer, body = fetch(house.url, path, session)
    if answer.status != 200:
        told = body.decode(errors="replace")[:400]
        raise Refusal(
            "bench_wrong_answer",
            "{path} 没有给出应有的页面：{told}",
            fix="请先修好这个页面，再测它的速度",
            path=path,
            told=told,
        )
    items: list[dict[str, Any]] = json.loads(body)["items"]
    return items


def marker(text: str) -> str:
    """A name as it stands in HTML."""
    return str(escape(text))


def lists(rows: list[dict[str, Any]]) -> list[Target]:
    """The list as officers open it: whole, and by district."""
    codes = sorted({_district(row) for row in rows} - {""})
    return [Target(LIST, "<table"), *(Target(f"{LIST}?district={c}", "<table") for c in codes)]


def files(rows: list[dict[str, Any]]) -> list[Target]:
    return [Target(f"{LIST}{row['id']}", marker(row["name"])) for row in rows]


def public_files(rows: list[dict[str, Any]]) -> list[Target]:
    return [Target(f"/p/{row['id']}", marker(row["name"])) for row in rows]


def public_search(rows: list[dict[str, Any]]) -> list[Target]:
    """What a citizen types from the licence on the wall, which finds one business."""
    asked = ((_number(row), row["id"]) for row in rows)
    return [Target(f"/p/?q={quote(number)}", f"/p/{key}") for number, key in asked if number]


def by_code(rows: list[dict[str, Any]]) -> list[Target]:
    """A whole number, which finds one business."""
    asked = ((_number(row), row["name"]) for row in rows)
    return [Target(f"{LIST}?q={quote(number)}", marker(name)) for number, name in asked if number]


def _number(row: dict[str, Any]) -> str:
    """The credit code, or a licence number of who has none."""
    numbers = [row["code"], *(licence["number"] for licence in row.get("licences", ()))]
    return next((str(number) for number in numbers if number), "")


def by_name(rows: list[dict[str, Any]], letters: int) -> list[Target]:
    """So many characters from the middle of a name: any substring may be asked."""
    asked = {_middle(row["name"], letters) for row in rows}
    return [Target(f"{LIST}?q={quote(part)}", "<table") for part in sorted(asked - {""})]


def _middle(name: str, letters: int) -> str:
    """Characters from the middle of a name.

    >>> _middle("回民区甲乙小吃店", 2)
    '甲乙'
    """
    start = (len(name) - letters) // 2
    return name[start : start + letters] if start >= 0 else ""


def empty_page(house: House, seconds: float | None = None) -> Limit:
    """The limit: the same server, the same middleware, nothing to show."""
    seen = drive(house.url, [EMPTY], seconds=seconds)
    return Limit("/healthz p95, ms", seen.spread()["p95"])


def row(row_id: str, what: str, seen: Seen, share: str, held: Bar | None, limit: Limit) -> Row:
    """A figure in milliseconds, judged at p95 or p99."""
    told = seen.spread()
    return Row(id=row_id, what=what, value=told[share], unit="ms", **told, bar=held, limit=limit)


class _Parts(HTMLParser):
    """Addresses of what a browser fetches to show the page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag in {"script", "img"}:
            self.found.append(known.get("src") or "")
        elif tag == "link" and (known.get("rel") or "") in {"stylesheet", "icon", "preload"}:
            self.found.append(known.get("href") or "")


def parts_of(html: str) -> Iterator[str]:
    """Own addresses only; data in the page itself is in its weight already.

    >>> list(parts_of('<link rel="stylesheet" href="/a.css"><script src="/b.js"></script>'))
    ['/a.css', '/b.js']
    """
    parts = _Parts()
    parts.feed(html)
    own = (urlsplit(address) for address in dict.fromkeys(parts.found))
    return (f"{p.path}?{p.query}" if p.query else p.path for p in own if p.path and not p.scheme)


def weight(house: House, path: str) -> int:
    """Bytes of the page and all it needs, as a browser that knows nothing yet gets them."""
    _answer, plain = fetch(house.url, path, {"Accept-Language": "zh-CN"})
    needed = [path, *parts_of(plain.decode())]
    return sum(len(fetch(house.url, part, BROWSER)[1]) for part in needed)
