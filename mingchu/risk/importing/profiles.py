"""What businesses are like: one row a business and sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.kit.sheets.examine import GoodRow
from mingchu.kit.sheets.layouts import Column, Kind, Layout
from mingchu.registry.layout import in_both
from mingchu.risk import rules, services
from mingchu.risk.importing.common import BUSINESS, NOTE, Facts
from mingchu.risk.models import Profile
from mingchu.risk.values import NewProfile
from mingchu.rulebook.scoring import Kind as ItemKind

APART = re.compile(r"[、，,;；\s]+")


class Profiles(Facts):
    """One row a business and sheet; the columns are the items of all sheets in force."""

    key = "risk_profiles"
    title = _("静态风险因素清单")
    table = "risk.Profile"
    model = Profile
    many = staticmethod(services.record_profiles_many)
    known = ""

    def _layout(self) -> Layout:
        return Layout(
            name=self.key,
            title="静态风险因素清单",
            columns=tuple(map(in_both, _columns())),
            unique=("business", "sheet", "since"),
        )

    # Not before somebody asks: a command that imports nothing need not read the rulebook.
    layout: Any = cached_property(_layout)

    def held(self, good: Mapping[int, Any], refused: Mapping[int, Refusal]) -> set[int]:
        """The same factors from the same day; other ones from that day put them right."""
        there = services.same_profiles({one.business for one in good.values()})
        return {at for at, one in good.items() if services.same_as(one) in there}

    def read(self, row: GoodRow, business: int) -> NewProfile:
        said = row.values
        name, since = str(said["sheet"]), said.get("since") or clock.today()
        assert isinstance(since, date)  # noqa: S101 the layout read it
        items = rules.sheet(name, clock.today()).value["items"]
        answers = {
            item["id"]: _answer(item, said[f"item_{item['id']}"])
            for item in items
            if said.get(f"item_{item['id']}") not in (None, "")
        }
        note = str(said.get("note") or "")
        return NewProfile(business=business, sheet=name, answers=answers, since=since, note=note)


def _columns() -> Iterator[Column]:
    day = clock.today()
    sheets = {name: rules.sheet(name, day) for name in rules.SHEET_RULES}
    yield BUSINESS
    yield Column(
        key="sheet",
        title="静态量化表",
        required=True,
        offers=tuple(one.title.zh for one in sheets.values()),
        options={
            word: name for name, one in sheets.items() for word in (one.title.zh, one.title.en)
        },
        example=sheets["seller"].title.zh,
    )
    yield Column(key="since", title="自", kind=Kind.DAY, example="2026-01-01", note="不填为今天")
    seen: set[str] = set()
    for one in sheets.values():
        for item in one.value["items"]:
            if item["id"] not in seen:
                seen.add(item["id"])
                yield _column(item)
    yield NOTE


def _column(item: Mapping[str, Any]) -> Column:
    key, title = f"item_{item['id']}", item["zh"]
    if item["kind"] != ItemKind.CHOICE:
        return Column(key=key, title=title, synonyms=(item["en"],), kind=Kind.NUMBER)
    some = "、".join(option["id"] for option in item["options"][:2])
    return Column(
        key=key, title=title, synonyms=(item["en"],), example=some,
        note="几个之间用“、”分开，写编号或者名称",
    )  # fmt: skip


def _answer(item: Mapping[str, Any], said: Any) -> Any:
    if item["kind"] != ItemKind.CHOICE:
        return said
    known = {
        word: one["id"] for one in item["options"] for word in (one["id"], one["zh"], one["en"])
    }
    return [known.get(part, part) for part in APART.split(str(said)) if part]
