"""How levels, grounds, items and problems are said; the words of a rule are the rulebook's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingchu.base import clock
from mingchu.registry.models import Kind, Scale, Serves
from mingchu.rulebook.words import words as said
from mingchu.territory import rules
from mingchu.territory.domain.quarters import Quarter
from mingchu.territory.models import Assignment, Rank, Visit

# What a list of visits can be filtered by.
STANDINGS: Mapping[str, Any] = {
    "all": gettext_lazy("应走访"),
    "todo": gettext_lazy("待走访"),
    "overdue": gettext_lazy("已逾期"),
    "nobody": gettext_lazy("没有包保干部"),
    "done": gettext_lazy("已走访"),
    "late": gettext_lazy("逾期完成"),
    "missed": gettext_lazy("漏访"),
    "problem": gettext_lazy("发现问题"),
}
ANSWERS: Mapping[str, Any] = {
    "yes": gettext_lazy("是"),
    "no": gettext_lazy("否"),
    "none": gettext_lazy("无此项"),
}
FIELDS: Mapping[str, Any] = {
    "name": gettext_lazy("姓名"),
    "unit": gettext_lazy("单位"),
    "rank": gettext_lazy("职级"),
    "phone": gettext_lazy("手机号"),
    "district": gettext_lazy("旗县区"),
    "user": gettext_lazy("账号"),
    "areas": gettext_lazy("包保区域"),
    "businesses": gettext_lazy("点名包保的主体"),
    "heir": gettext_lazy("接手人"),
    "leaves": gettext_lazy("移交日期"),
}


def quarter_name(quarter: Quarter) -> str:
    return _("%(year)s年第%(number)s季度") % {"year": quarter.year, "number": quarter.number}


def level_name(level: str, day: date) -> str:
    """A letter that says of itself which scale it is of."""
    rank = rules.ranks(day).get(level)
    if rank is None:
        return _("不纳入包保")
    return _("包保%(level)s级 · %(rank)s干部") % {"level": level, "rank": Rank(rank).label}


def ground_said(one: Assignment) -> str:
    """Why the business has its level, by the rule's version that decided."""
    lines = rules.grounds(one.rule_since).lines
    if not 0 < one.ground <= len(lines):
        return ""
    ground = lines[one.ground - 1]
    parts = [
        _named(_("业态"), ground.kinds, Kind),
        _named(_("规模"), ground.scales, Scale),
        _named(_("供餐对象"), ground.serves, Serves),
    ]
    if ground.diners is not None:
        parts.append(_("每餐用餐%(n)s人以上") % {"n": f"{ground.diners:,}"})
    return _("；").join(filter(None, parts)) or _("其他主体")


def _named(what: str, codes: Any, labels: Any) -> str:
    if not codes:
        return ""
    return what + _("：") + _("、").join(str(labels(code).label) for code in codes)


def answers_said(visit: Visit) -> list[tuple[str, str, str]]:
    """(item, answer, its code) in the order of the sheet of its day."""
    if visit.done_at is None:
        return []
    return [
        (said(item.words), str(ANSWERS[answer]), answer)
        for item in rules.items(_day(visit.done_at))
        if (answer := visit.answers.get(item.key))
    ]


def problem_name(visit: Visit) -> str:
    """What was found, "" for nothing."""
    if not visit.problem or visit.done_at is None:
        return ""
    names = {item.key: said(item.words) for item in rules.problems(_day(visit.done_at))}
    return names.get(visit.problem, visit.problem)


def _day(moment: datetime) -> date:
    return clock.city(moment).date()
