"""How reasons, clashes and matters are said; the words of a rule are the rulebook's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingchu.base import clock
from mingchu.inspection import rules
from mingchu.inspection.domain.balance import Clash
from mingchu.inspection.domain.checklists import Checklist, Item
from mingchu.inspection.models import Batch, Plan, PoolRow
from mingchu.inspection.models.people import Absence
from mingchu.inspection.models.pools import Standing
from mingchu.inspection.queries.people import NO_CERTIFICATE
from mingchu.inspection.standing import grounds_said
from mingchu.registry.places import district_name
from mingchu.registry.words import words as registry_words
from mingchu.rulebook import scoring
from mingchu.rulebook.domain import Title
from mingchu.rulebook.kinds import Status, Unit
from mingchu.rulebook.words import STATUS_SAYS, STATUSES, heading, ranged
from mingchu.rulebook.words import words as said

CLASHES: Mapping[Clash, tuple[Any, Any]] = {
    Clash.COVER_OR_CEILING: (
        gettext_lazy("两年全覆盖到期，而年度检查次数已到上限"),
        gettext_lazy("由您决定哪一条优先，决定随抽取公开"),
    ),
    Clash.COVER_OR_THREE_MONTHS: (
        gettext_lazy("两年全覆盖到期，而上级检查后未满三个月"),
        gettext_lazy("同一项目不重复检查，本批不抽；三个月满后的批次再查"),
    ),
    Clash.FLOOR_OR_CEILING: (
        gettext_lazy("按风险等级本批期内应查，而年度检查次数已到上限"),
        gettext_lazy("不抽；列入抽查之外的计划，由责任单位安排并说明"),
    ),
    Clash.FLOOR_BEYOND: (
        gettext_lazy("按风险等级本批期内应查，随机抽取不保证抽到"),
        gettext_lazy("照常参加抽取；没有抽中的，列入抽查之外的计划"),
    ),
    Clash.MATTER_RATIO: (
        gettext_lazy("按差异化比例高于事项清单的年度比例上限"),
        gettext_lazy("一般检查事项按清单上限抽取"),
    ),
    Clash.NO_PAIR: (
        gettext_lazy("没有合格的一组检查人员"),
        gettext_lazy("抽中后会公布为例外；请先补充检查人员名录库"),
    ),
}
FIELDS: Mapping[str, Any] = {
    "month": gettext_lazy("月份"),
    "matter": gettext_lazy("抽查事项"),
    "districts": gettext_lazy("旗县区"),
    "campaign": gettext_lazy("联合任务"),
    "departments": gettext_lazy("联合部门"),
}


def matter_name(name: str) -> str:
    found = rules.matters(clock.today()).get(name)
    return said(found.title) if found else name


# The matter list names departments in Chinese alone; others than these are said as they stand.
DEPARTMENTS = {
    "市场监管部门": gettext_lazy("市场监管部门"),
    "教育部门": gettext_lazy("教育部门"),
    "卫生健康部门": gettext_lazy("卫生健康部门"),
}


def departments(listed: str) -> str:
    """Those of a matter or a batch, parted as officials part them."""
    return _("、").join(str(DEPARTMENTS.get(one, one)) for one in listed.split("、"))


def matter_rows(day: date) -> list[dict[str, Any]]:
    """The matter list as a table."""
    kinds = registry_words().kinds
    return [
        {
            "matter": one,
            "name": said(one.title),
            "category": heading(one.category),
            "way": heading(one.way),
            "department": departments(one.department),
            "kinds": _("、").join(kinds.get(kind, kind) for kind in one.kinds),
        }
        for one in rules.matters(day).values()
    ]


def office(district: str) -> str:
    return district_name(district) if district else _("全市")


def places(batch: Batch) -> str:
    """Where a batch draws."""
    if batch.districts:
        return _("、").join(district_name(code) for code in batch.districts)
    return office(batch.plan.district)


def plan_name(plan: Plan) -> str:
    return f"{plan.year} · {office(plan.district)}"


def clash_name(clash: str) -> str:
    return str(CLASHES[Clash(clash)][0]) if clash else ""


def clashes(found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Clashes of a check, each with the two rules behind it and what becomes of it."""
    kinds = registry_words().kinds
    return [
        {
            "code": one["clash"],
            "count": one["count"],
            "name": CLASHES[Clash(one["clash"])][0],
            "then": CLASHES[Clash(one["clash"])][1],
            "rules": one["rules"],
            "places": [
                f"{district_name(district)} · {kinds.get(kind, kind)}"
                for district, kind in one.get("places", ())
            ],
            "rows": one["clash"] not in (Clash.NO_PAIR, Clash.MATTER_RATIO),
        }
        for one in found
    ]


def standings(found: Mapping[str, int]) -> list[tuple[str, Any, int]]:
    """(code, name, count) of each standing that occurs, in the order of the model."""
    return [(code, name, found[code]) for code, name in Standing.choices if found.get(code)]


def beside_said(row: PoolRow, day: date) -> list[tuple[str, str]]:
    """Why somebody is looked after beside the draw: (ground, rule)."""
    if row.grounds:
        return grounds_said(row.grounds, day)
    return [(clash_name(row.clash), rules.FLOOR)] if row.clash else []


def absent_name(code: str) -> str:
    if not code:
        return ""
    if code == NO_CERTIFICATE:
        return _("没有有效的执法证")
    return str(Absence(code).label)


def change_said(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[Any, str, str]]:
    """(field, as it was, as it is) of what a change changed."""
    if not after:
        return [(_("批次"), _("保留"), _("取消"))]
    return [
        (FIELDS[name], _value(name, before[name]), _value(name, after[name]))
        for name in FIELDS
        if before.get(name) != after.get(name)
    ]


def _value(name: str, value: Any) -> str:
    if name == "matter":
        return matter_name(value)
    if name == "districts":
        return _("、").join(map(district_name, value)) or _("计划的全部范围")
    if name == "month":
        return str(value)[:7]
    return str(value) or "—"


# ── Checklists ──


def checklist_row(one: Checklist) -> dict[str, Any]:
    """A list on one line."""
    return {
        "kind": one.kind,
        "name": heading(one.title),
        "all": len(one.items),
        "key": len(one.keys),
        "general": len(one.items) - len(one.keys),
    }


def checklist_groups(one: Checklist) -> list[dict[str, Any]]:
    """A list part by part, each item as a page shows it."""
    number = 0
    shown = []
    for group in one.groups:
        items = [_item_said(item, number + n) for n, item in enumerate(one.of(group.id), 1)]
        number += len(items)
        shown.append({"id": group.id, "name": heading(group.title), "items": items})
    return shown


def _item_said(item: Item, number: int) -> dict[str, Any]:
    status = Status(item.status)
    return {
        "item": item,
        "number": number,
        "text": said(Title(item.zh, item.en)),
        "proof": evidence_said(item),
        "law": f"《{item.law}》{item.article}",
        "status": status,
        "status_name": STATUSES[status],
        "status_says": STATUS_SAYS[status],
        "verified": status is Status.VERIFIED,
    }


def evidence_said(item: Item) -> str:
    """What the inspector takes along: a photo, or a value between its ends."""
    if item.evidence == scoring.PHOTO:
        return _("拍照")
    if item.evidence == scoring.MEASURE:
        both = (("from", item.low), ("to", item.high))
        ends = {end: value for end, value in both if value is not None}
        return _("测量：{range}").format(range=ranged(ends, Unit(item.unit)))
    return ""


def statuses_of(one: Checklist) -> list[dict[str, Any]]:
    """What the badges of a list mean, those that occur in it."""
    held = {item.status for item in one.items}
    return [
        {"code": status, "name": STATUSES[status], "says": STATUS_SAYS[status]}
        for status in Status
        if status in held and status is not Status.VERIFIED
    ]
