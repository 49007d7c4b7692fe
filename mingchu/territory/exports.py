"""Exports: the roster as it can be brought back, who visits whom, and the visits of a list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from django.utils.translation import gettext as _

from mingchu.base import clock
from mingchu.kit.sheets.layouts import Kind
from mingchu.kit.sheets.write import Out, OutColumn
from mingchu.registry.queries import area_names
from mingchu.registry.words import words as registry_words
from mingchu.territory import queries, words
from mingchu.territory.domain.quarters import quarter_of
from mingchu.territory.models import Assignment, Beat, Cadre, Visit, VisitState

CHUNK = 1_000
NUMBERS = "、"
T = TypeVar("T")


def _chunks(rows: Iterable[T]) -> Iterator[list[T]]:
    waiting = iter(rows)
    while chunk := list(islice(waiting, CHUNK)):
        yield chunk


def roster_columns() -> list[OutColumn]:
    """The titles of the layout, and what the house adds of its own."""
    return [
        OutColumn(_("姓名")),
        OutColumn(_("单位")),
        OutColumn(_("职级")),
        OutColumn(_("旗县区")),
        OutColumn(_("手机号"), Kind.CODE),
        OutColumn(_("登录账号"), Kind.CODE),
        OutColumn(_("包保区域"), Kind.CODE),
        OutColumn(_("包保主体"), Kind.CODE),
        OutColumn(_("包保户数"), Kind.WHOLE),
        OutColumn(_("待走访户数"), Kind.WHOLE),
    ]


def roster(cadres: Iterable[Cadre]) -> Iterator[list[Out]]:
    said = registry_words()
    for chunk in _chunks(cadres):
        numbers = [one.pk for one in chunk]
        ranges, loads = queries.ranges(numbers), queries.loads(numbers)
        for one in chunk:
            yield [
                one.name,
                one.unit,
                str(one.get_rank_display()),
                said.districts.get(one.district, one.district),
                one.phone,
                one.user.username if one.user else "",
                NUMBERS.join(beat.area for beat in ranges[one.pk] if beat.area),
                NUMBERS.join(_code(beat) for beat in ranges[one.pk] if not beat.area),
                loads[one.pk].businesses,
                loads[one.pk].visits,
            ]


def _code(beat: Beat) -> str:
    assert beat.business is not None  # noqa: S101 a beat without area is of a business
    return beat.business.public_id


def duty_columns() -> list[OutColumn]:
    return [
        OutColumn(_("档案编号"), Kind.CODE),
        OutColumn(_("名称")),
        OutColumn(_("业态")),
        OutColumn(_("旗县区")),
        OutColumn(_("监管所")),
        OutColumn(_("地址")),
        OutColumn(_("包保层级")),
        OutColumn(_("分级依据")),
        OutColumn(_("包保干部")),
        OutColumn(_("干部单位")),
        OutColumn(_("手机号"), Kind.CODE),
        OutColumn(_("自"), Kind.DAY),
    ]


def duty(assignments: Iterable[Assignment]) -> Iterator[list[Out]]:
    said = registry_words()
    for chunk in _chunks(assignments):
        areas = area_names(one.business.station for one in chunk)
        for one in chunk:
            business, cadre = one.business, one.cadre
            yield [
                business.public_id,
                business.name,
                said.kinds[business.kind],
                said.districts.get(business.district, business.district),
                areas.get(business.station, business.station),
                business.address,
                one.level,
                words.ground_said(one),
                cadre.name if cadre else "",
                cadre.unit if cadre else "",
                cadre.phone if cadre else "",
                one.since,
            ]


def visit_columns() -> list[OutColumn]:
    return [
        OutColumn(_("档案编号"), Kind.CODE),
        OutColumn(_("名称")),
        OutColumn(_("旗县区")),
        OutColumn(_("地址")),
        OutColumn(_("季度")),
        OutColumn(_("包保层级")),
        OutColumn(_("包保干部")),
        OutColumn(_("期限"), Kind.DAY),
        OutColumn(_("状态")),
        OutColumn(_("走访时间")),
        OutColumn(_("发现的问题")),
        OutColumn(_("说明")),
    ]


def visits(rows: Iterable[Visit]) -> Iterator[list[Out]]:
    said = registry_words()
    for one in rows:
        yield [
            one.business.public_id,
            one.business.name,
            said.districts.get(one.district, one.district),
            one.business.address,
            words.quarter_name(quarter_of(one.quarter)),
            one.level,
            one.cadre.name if one.cadre else "",
            one.due,
            standing(one),
            f"{clock.city(one.done_at):%Y-%m-%d %H:%M}" if one.done_at else "",
            words.problem_name(one),
            one.note,
        ]


def standing(one: Visit) -> str:
    """How a visit stands today, in words."""
    if one.state == VisitState.OPEN and one.due < clock.today():
        return str(words.STANDINGS["overdue"])
    if one.late:
        return str(words.STANDINGS["late"])
    return str(one.get_state_display())
