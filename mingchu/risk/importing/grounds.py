"""Why a grade may be raised or lowered: one row a case; a person decides on each afterwards."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _

from mingchu.base import clock
from mingchu.kit.sheets.examine import GoodRow
from mingchu.kit.sheets.layouts import Column, Kind, Layout
from mingchu.registry.layout import in_both, offers_of, options_of
from mingchu.risk import rules, services
from mingchu.risk.importing.common import BUSINESS, Facts
from mingchu.risk.models import Direction, Ground
from mingchu.risk.values import NewGround


class Grounds(Facts):
    """One row a case."""

    key = "risk_grounds"
    title = _("调级情形清单")
    table = "risk.Ground"
    model = Ground
    many = staticmethod(services.record_grounds_many)
    known = "ground_known"

    def _layout(self) -> Layout:
        return Layout(
            name=self.key,
            title="调级情形清单",
            columns=tuple(map(in_both, _columns())),
            unique=("business", "direction", "ground", "day"),
        )

    # Not before somebody asks: a command that imports nothing need not read the rulebook.
    layout: Any = cached_property(_layout)

    def read(self, row: GoodRow, business: int) -> NewGround:
        said = row.values
        day = said["day"]
        assert isinstance(day, date)  # noqa: S101 the layout read it
        return NewGround(
            business=business,
            direction=str(said["direction"]),
            ground=str(said["ground"]),
            day=day,
            note=str(said["note"]),
        )


def _columns() -> tuple[Column, ...]:
    day = clock.today()
    titles = {
        key: rules.title(ruling, key)
        for direction in Direction.values
        for ruling in [rules.grounds(direction, day)]
        for key in ruling.value
    }
    return (
        BUSINESS,
        Column(
            key="direction", title="方向", required=True, offers=offers_of(Direction),
            options=options_of(Direction, {}), example="调高",
        ),
        Column(
            key="ground", title="情形", required=True,
            offers=tuple(one.zh for one in titles.values()),
            options={word: key for key, one in titles.items() for word in (one.zh, one.en)},
            example=titles["failed_sample"].zh,
        ),
        Column(key="day", title="发生日期", kind=Kind.DAY, required=True, example="2026-06-01"),
        Column(
            key="note", title="事实与来源", synonyms=("来源说明", "备注"), required=True,
            example="抽检报告 2026-0612", note="文书号、抽检报告号或者认证证书号",
        ),
    )  # fmt: skip
