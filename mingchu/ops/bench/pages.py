"""B8: lists and files of the workbench at p95, public pages at p99 and by weight."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from mingchu.ops.bench import Bar, Limit, Row, city
from mingchu.ops.bench.house import House, house
from mingchu.ops.bench.load import CONNECTIONS, Target, drive

PUBLIC_BAR = Bar("<=", 30)  # ms at p99
WEIGHT_BAR = Bar("<=", 60)  # kB all in
KILO = 1000
FRONT = (Target("/", "<h1"), Target("/rules/", "<h1"))


def setup(scale: int | None) -> dict[str, Any]:
    return {"businesses": city.size(scale), "connections": CONNECTIONS}


def rows(scale: int | None) -> Iterator[Row]:
    businesses = city.size(scale)
    with house(businesses) as running:
        session = running.session(city.ROLE)
        sampled = city.sample(running, session)
        yield from desk(running, session, sampled, businesses)
        yield from public(running, sampled, city.label(businesses))


def desk(
    running: House, session: dict[str, str], sampled: list[dict[str, Any]], businesses: int
) -> Iterator[Row]:
    limit, held, size = city.empty_page(running), city.bar(businesses), city.label(businesses)
    asked = (("list", _("经营者名单"), city.lists), ("file", _("经营者档案"), city.files))
    for name, what, targets in asked:
        seen = drive(running.url, targets(sampled), headers=session)
        yield city.row(f"B8.{name}.{size}", what, seen, "p95", held, limit)


def public(running: House, sampled: list[dict[str, Any]], size: str) -> Iterator[Row]:
    empty = drive(running.url, [city.EMPTY]).spread()["p99"]
    limit = Limit("/healthz p99, ms", empty)
    asked = (
        ("front", _("首页与规则页"), list(FRONT)),
        ("public", _("经营者公开页"), city.public_files(sampled)),
        ("public_search", _("公开查询"), city.public_search(sampled)),
    )
    for name, what, targets in asked:
        seen = drive(running.url, targets)
        yield city.row(f"B8.{name}.{size}", what, seen, "p99", PUBLIC_BAR, limit)
    heaviest, path = max(
        (city.weight(running, target.path), target.path)
        for target in (*FRONT, *city.public_files(sampled)[:20])
    )
    what = _("最重的公开页（含样式与脚本）{path}").format(path=path)
    yield Row(id=f"B8.weight.{size}", what=what, value=heaviest / KILO, unit="kB", bar=WEIGHT_BAR)
