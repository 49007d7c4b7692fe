"""Exports of letters: the list as it stands on the page, and counts; never who wrote."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from mingchu.base import clock
from mingchu.complaints.models import NEVER, Category, Channel, Complaint, Kind, State
from mingchu.complaints.queries import Row
from mingchu.complaints.words import TERMS
from mingchu.kit.sheets.layouts import Kind as Cell
from mingchu.kit.sheets.write import Out, OutColumn
from mingchu.registry.places import DISTRICTS, district_name

CHUNK = 2_000
TITLES: Mapping[str, Any] = {
    "kind": gettext_lazy("类型"),
    "category": gettext_lazy("问题类别"),
    "district": gettext_lazy("旗县区"),
    "channel": gettext_lazy("来源"),
    "state": gettext_lazy("办理情况"),
}
WORDS: Mapping[str, Mapping[str, Any]] = {
    "kind": dict(Kind.choices),
    "category": dict(Category.choices),
    "district": DISTRICTS,
    "channel": dict(Channel.choices),
    "state": dict(State.choices),
}


def columns() -> list[OutColumn]:
    return [
        OutColumn(_("登记编号"), Cell.CODE),
        OutColumn(_("类型")),
        OutColumn(_("来源")),
        OutColumn(_("问题类别")),
        OutColumn(_("被投诉举报的经营者")),
        OutColumn(_("旗县区")),
        OutColumn(_("收到日期"), Cell.DAY),
        OutColumn(_("状态")),
        OutColumn(_("最近期限"), Cell.DAY),
        OutColumn(_("最近期限是哪一项")),
        OutColumn(_("办结日期"), Cell.DAY),
    ]


def rows(letters: Iterable[Complaint]) -> Iterator[list[Out]]:
    """The number of a letter that came by our own form opens its page to whoever has it: it is
    left out."""
    for one in letters:
        yield [
            one.number if one.channel == Channel.SHEET else str(one.pk),
            str(one.get_kind_display()),
            str(one.get_channel_display()),
            str(one.get_category_display()),
            one.business.name if one.business else one.place,
            district_name(one.district) if one.district else "",
            clock.city(one.received_at).date(),
            str(one.get_state_display()),
            one.due_on if one.due_on != NEVER else None,
            str(TERMS.get(one.due_term, "")),
            clock.city(one.ended_at).date() if one.ended_at else None,
        ]


def tables(counted: Sequence[Row]) -> list[dict[str, Any]]:
    """Counts as the page shows them: a table for each column."""
    return [
        {
            "title": title,
            "rows": [
                {"name": named(row), "complaints": row.complaints, "reports": row.reports}
                for row in counted
                if row.by == by
            ],
        }
        for by, title in TITLES.items()
    ]


def named(row: Row) -> str:
    return str(WORDS[row.by].get(row.value, row.value) or _("未定"))


def count_columns() -> list[OutColumn]:
    return [
        OutColumn(pgettext("statistics", "分类")),
        OutColumn(_("内容")),
        OutColumn(_("投诉"), Cell.WHOLE),
        OutColumn(_("举报"), Cell.WHOLE),
    ]


def counted(found: Iterable[Row]) -> Iterator[list[Out]]:
    for row in found:
        yield [str(TITLES[row.by]), named(row), row.complaints, row.reports]
