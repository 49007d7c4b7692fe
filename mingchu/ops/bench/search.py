"""B8: search of the workbench at p95, by credit code and by any part of a name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from mingchu.ops.bench import Row, city
from mingchu.ops.bench.house import house
from mingchu.ops.bench.load import CONNECTIONS, drive


def setup(scale: int | None) -> dict[str, Any]:
    return {"businesses": city.size(scale), "connections": CONNECTIONS}


def rows(scale: int | None) -> Iterator[Row]:
    businesses = city.size(scale)
    held, size = city.bar(businesses), city.label(businesses)
    with house(businesses) as running:
        session = running.session(city.ROLE)
        sampled = city.sample(running, session)
        limit = city.empty_page(running)
        asked = (
            ("code", _("按统一社会信用代码"), city.by_code(sampled)),
            ("name1", _("按名称中的一个字"), city.by_name(sampled, 1)),
            ("name2", _("按名称中的两个字"), city.by_name(sampled, 2)),
            ("name4", _("按名称中的四个字"), city.by_name(sampled, 4)),
        )
        for name, what, targets in asked:
            seen = drive(running.url, targets, headers=session)
            yield city.row(f"B8.search.{name}.{size}", what, seen, "p95", held, limit)
