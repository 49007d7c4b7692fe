"""The importer of regional tasks: one row is one business of one task, in the platform's layout.

The file is given back in the same layout, with results as far as they are known.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.inspection.models import RegionalSubject
from mingchu.inspection.services.regional import (
    FACTS,
    OWN,
    Brought,
    bring_regional,
    restore_regional,
    take_back_regional,
)
from mingchu.kit.sheets.examine import GoodRow
from mingchu.kit.sheets.faults import Fault
from mingchu.kit.sheets.importers import Named, Outcome, Planned, State
from mingchu.kit.sheets.layouts import Column, Kind, Layout
from mingchu.registry import domain as registry
from mingchu.registry import queries as registered
from mingchu.registry.layout import in_both
from mingchu.registry.models import Business
from mingchu.rulebook.store import rule

PLAN = "inspection.plan"
CODES = "inspection.result_codes"
APART = re.compile(r"[、，,;；\s]+")
COLUMNS = (
    Column(
        key="number", title="任务编号", synonyms=("抽查任务编号", "任务号"), kind=Kind.CODE,
        required=True, example="NMSSJ202611001", most=60, group="任务",
    ),
    Column(
        key="title", title="任务名称", synonyms=("抽查任务名称",), required=True,
        example="2026年餐饮服务跨部门联合抽查（示例）", most=120, group="任务",
    ),
    Column(
        key="issuer", title="发起单位", synonyms=("任务发起单位", "发起部门"), required=True,
        example="自治区市场监督管理局", most=80, group="任务",
    ),
    Column(
        key="departments", title="联合部门", synonyms=("配合部门", "参与部门"),
        example="卫生健康委员会", most=120, group="任务",
    ),
    Column(
        key="matter", title="抽查事项", synonyms=("抽查事项名称", "检查事项"), required=True,
        example="餐饮服务监督检查", most=120, group="任务",
    ),
    Column(
        key="first", title="开始日期", synonyms=("任务开始日期", "抽查开始日期"), kind=Kind.DAY,
        required=True, example="2026-11-01", group="任务",
    ),
    Column(
        key="last", title="截止日期", synonyms=("任务截止日期", "抽查截止日期"), kind=Kind.DAY,
        required=True, example="2026-11-30", group="任务",
    ),
    Column(
        key="code", title="统一社会信用代码", synonyms=("社会信用代码", "统一社会信用代码/注册号"),
        kind=Kind.CODE, required=True, example="91150105MA00000150", most=40, group="检查对象",
    ),
    Column(
        key="name", title="检查对象名称", synonyms=("企业名称", "对象名称", "市场主体名称"),
        required=True, example="示例家常菜馆", most=120, group="检查对象",
    ),
    Column(
        key="inspectors", title="检查人员编号", synonyms=("检查人员", "执法证号"), kind=Kind.CODE,
        most=120, group="结果", note="执法证号，几个之间用“、”分开，不写姓名",
    ),
    Column(
        key="done_on", title="检查日期", synonyms=("实际检查日期",), kind=Kind.DAY, group="结果"
    ),
    Column(
        key="results", title="检查结果代码", synonyms=("检查结果", "抽查结果代码"), kind=Kind.CODE,
        most=60, group="结果", note="平台的结果代码，几个之间用“、”分开",
    ),
)  # fmt: skip


def _in_order(said: Mapping[str, Any]) -> None:
    """Raises Refusal where a task ends before it begins."""
    first, last = said.get("first"), said.get("last")
    if isinstance(first, date) and isinstance(last, date) and last < first:
        raise Refusal(
            "ends_before_it_begins", _noop("截止日期早于开始日期"), fix=_noop("请核对日期"),
            status=422,
        )  # fmt: skip


REGIONAL = Layout(
    name="regional_tasks",
    title="自治区平台抽查任务",
    columns=tuple(map(in_both, COLUMNS)),
    unique=("number", "code"),
    check=_in_order,
)


class RegionalTasks:
    """One row a business of a task."""

    key = "regional_tasks"
    title = _("自治区双随机平台任务")
    action = PLAN
    table = "inspection.RegionalSubject"
    layout = REGIONAL

    def plan(self, rows: Sequence[GoodRow], by: Actor | None, as_of: date) -> list[Planned]:
        known = _businesses([str(row.values["code"]).upper() for row in rows], by)
        held = _held(rows)
        codes = set(rule(CODES).on(clock.today()).value)
        return [_planned(row, known, held, codes) for row in rows]

    def write(self, planned: Sequence[Planned], by: Actor | None) -> list[str]:
        return [str(pk) for pk in bring_regional([plan.what for plan in planned])]

    def current(self, subjects: Sequence[str]) -> dict[str, State]:
        rows = RegionalSubject.objects.filter(pk__in=list(map(int, subjects)))
        return {str(one.pk): _state(one) for one in rows}

    def restore(self, states: Mapping[str, State | None], by: Actor | None) -> Collection[str]:
        take_back_regional([int(pk) for pk, state in states.items() if state is None])
        for pk, state in states.items():
            if state is not None:
                restore_regional(int(pk), state)
        return []

    def named(self, subjects: Sequence[str]) -> dict[str, Named]:
        rows = RegionalSubject.objects.select_related("task").filter(
            pk__in=list(map(int, subjects))
        )
        return {
            str(one.pk): Named(
                one.code, one.name, reverse("inspection:regional_task", args=[one.task_id])
            )
            for one in rows
        }


def _state(one: RegionalSubject) -> State:
    return {
        "code": one.code,
        "name": one.name,
        "inspectors": one.inspectors,
        "done_on": one.done_on.isoformat() if one.done_on else None,
        "results": one.results,
    }


def _planned(
    row: GoodRow,
    known: Mapping[str, int],
    held: Mapping[tuple[str, int], RegionalSubject],
    codes: Collection[str],
) -> Planned:
    said: Mapping[str, Any] = row.values
    code = str(said["code"]).upper()
    if code not in known:
        return Planned(row, Outcome.UNCHANGED, "", _fault(row, "code", _unknown(code)))
    wrong = [one for one in APART.split(str(said.get("results") or "")) if one and one not in codes]
    if wrong:
        return Planned(row, Outcome.UNCHANGED, "", _fault(row, "results", _no_result(wrong[0])))
    what = _brought(said, known[code], code)
    before = held.get((what.number, what.business))
    if before is None:
        return Planned(row, Outcome.CREATED, "", what=what)
    same = all(getattr(before, name) == value for name, value in what.own.items())
    same = same and all(getattr(before.task, name) == value for name, value in what.task.items())
    outcome = Outcome.UNCHANGED if same else Outcome.CHANGED
    return Planned(row, outcome, str(before.pk), what=what)


def _brought(said: Mapping[str, Any], business: int, code: str) -> Brought:
    own = {name: said.get(name) or ("" if name != "done_on" else None) for name in OWN}
    own["code"] = code
    return Brought(
        number=str(said["number"]),
        business=business,
        task={name: said.get(name) or "" for name in FACTS},
        own=own,
    )


def _held(rows: Sequence[GoodRow]) -> dict[tuple[str, int], RegionalSubject]:
    numbers = {str(row.values["number"]) for row in rows}
    found = RegionalSubject.objects.select_related("task").filter(
        task__number__in=registered.any_of(numbers)
    )
    return {(one.task.number, one.business_id): one for one in found}


def _businesses(codes: Collection[str], by: Actor | None) -> dict[str, int]:
    """Numbers by credit code or file number, as far as whoever imports plans there."""
    listed = Business.objects.filter(registered.LISTED).defer("search_text")
    coded = listed.filter(code__in=registered.any_of(set(codes)))
    found = {one.code: one.pk for one in coded}
    own = {
        number: code
        for code in set(codes) - set(found)
        if len(code) == registry.ID_LENGTH and (number := registry.number_of(code))
    }
    found |= {own[one.pk]: one.pk for one in listed.filter(pk__in=registered.any_number(own))}
    if by is None:
        return found
    inside = {one.pk for one in registered.some(by.scopes_for(PLAN), set(found.values()))}
    return {code: pk for code, pk in found.items() if pk in inside}


def _fault(row: GoodRow, column: str, refusal: Refusal) -> Fault:
    return Fault.of(row.number, REGIONAL.column(column).title, refusal)


def _unknown(code: str) -> Refusal:
    return Refusal(
        "unknown_business_code",
        _noop("您的辖区里没有主体“{code_said}”"),
        fix=_noop("请核对档案编号或统一社会信用代码"),
        status=404,
        code_said=code,
    )


def _no_result(code: str) -> Refusal:
    return Refusal(
        "unknown_result_code",
        _noop("没有检查结果代码“{said}”"),
        fix=_noop("请按平台的代码填写，见规则 inspection.result_codes"),
        status=422,
        said=code,
    )
