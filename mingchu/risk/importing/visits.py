"""What visits found, one row a visit."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from mingchu.kit.sheets.examine import GoodRow
from mingchu.kit.sheets.layouts import Column, Kind, Layout
from mingchu.registry.layout import in_both, offers_of, options_of
from mingchu.risk import services
from mingchu.risk.importing.common import BUSINESS, NOTE, Facts
from mingchu.risk.models import Department, Purpose, Visit
from mingchu.risk.values import NewVisit

VISITS = Layout(
    name="risk_visits",
    title="检查发现清单",
    columns=tuple(
        in_both(one)
        for one in (
            BUSINESS,
            Column(key="day", title="检查日期", kind=Kind.DAY, required=True, example="2026-06-01"),
            Column(
                key="department", title="部门", offers=offers_of(Department),
                options=options_of(Department, {}), example="市场监管", note="不填为市场监管",
            ),
            Column(
                key="purpose", title="检查类型", offers=offers_of(Purpose),
                options=options_of(Purpose, {}), example="日常监督检查",
                note="不填为日常监督检查",
            ),
            Column(
                key="inspector", title="检查人员编号", synonyms=("执法证号",), kind=Kind.CODE,
                most=40, note="执法证号，不写姓名",
            ),
            Column(key="applicable_key", title="适用重点项", kind=Kind.WHOLE, example="20"),
            Column(key="failed_key", title="不符合重点项", kind=Kind.WHOLE, example="1"),
            Column(key="applicable_general", title="适用一般项", kind=Kind.WHOLE, example="30"),
            Column(key="failed_general", title="不符合一般项", kind=Kind.WHOLE, example="3"),
            Column(key="joint", title="联合检查编号", kind=Kind.CODE, most=40),
            NOTE,
        )
    ),
    unique=("business", "day", "department", "purpose", "inspector"),
)  # fmt: skip
COUNTS = ("applicable_key", "failed_key", "applicable_general", "failed_general")


class Visits(Facts):
    """One row a visit."""

    key = "risk_visits"
    title = _("检查发现清单")
    table = "risk.Visit"
    layout = VISITS
    model = Visit
    many = staticmethod(services.record_visits_many)
    known = "visit_known"

    def read(self, row: GoodRow, business: int) -> NewVisit:
        said = row.values
        day = said["day"]
        assert isinstance(day, date)  # noqa: S101 the layout read it
        key, key_failed, general, general_failed = (_count(said.get(name)) for name in COUNTS)
        return NewVisit(
            business=business,
            day=day,
            department=str(said.get("department") or Department.MARKET),
            purpose=str(said.get("purpose") or Purpose.ROUTINE),
            inspector=str(said.get("inspector") or ""),
            joint=str(said.get("joint") or ""),
            note=str(said.get("note") or ""),
            applicable_key=key,
            failed_key=key_failed,
            applicable_general=general,
            failed_general=general_failed,
        )


def _count(said: Any) -> int:
    return int(said or 0)
