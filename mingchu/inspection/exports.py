"""Exports: pools with reasons, who is looked after beside the draw, regional tasks as they came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mingchu.base import clock
from mingchu.inspection import visit_words, words
from mingchu.inspection.importing import REGIONAL
from mingchu.inspection.models import Instrument, PoolRow, Record, RegionalSubject, Visit
from mingchu.kit.sheets.layouts import Kind
from mingchu.kit.sheets.write import Out, OutColumn
from mingchu.registry.places import district_name
from mingchu.registry.words import words as registry_words

CHUNK = 2_000


def _who() -> list[OutColumn]:
    return [
        OutColumn(_("档案编号"), Kind.CODE),
        OutColumn(_("名称")),
        OutColumn(_("业态")),
        OutColumn(_("旗县区")),
        OutColumn(_("地址")),
    ]


def _named(row: PoolRow) -> list[Out]:
    one = row.business
    kind = registry_words().kinds.get(row.kind, row.kind)
    return [one.public_id, one.name, kind, district_name(row.district), one.address]


def pool_columns() -> list[OutColumn]:
    return [*_who(), OutColumn(pgettext("pool", "情形")), OutColumn(_("冲突"))]


def pool(rows: Iterable[PoolRow]) -> Iterator[list[Out]]:
    for row in rows:
        yield [*_named(row), str(row.get_standing_display()), words.clash_name(row.clash)]


def beside_columns() -> list[OutColumn]:
    return [*_who(), OutColumn(_("应查期限"), Kind.DAY), OutColumn(_("依据"))]


def beside(rows: Iterable[PoolRow]) -> Iterator[list[Out]]:
    day = clock.today()
    for row in rows:
        grounds = _("、").join(name for name, _rule in words.beside_said(row, day))
        yield [*_named(row), row.due, grounds]


def regional_columns() -> list[OutColumn]:
    """The very layout it came in."""
    return [OutColumn(one.title, one.kind) for one in REGIONAL.columns]


def regional(rows: Iterable[RegionalSubject]) -> Iterator[list[Out]]:
    for one in rows:
        task = one.task
        yield [
            task.number,
            task.title,
            task.issuer,
            task.departments,
            task.matter,
            task.first,
            task.last,
            one.code,
            one.name,
            one.inspectors,
            one.done_on,
            one.results,
        ]


# ── Visits, records, instruments ──


def visit_columns() -> list[OutColumn]:
    return [
        OutColumn(_("检查编号"), Kind.CODE),
        OutColumn(_("检查类型")),
        OutColumn(_("档案编号"), Kind.CODE),
        OutColumn(_("名称")),
        OutColumn(_("旗县区")),
        OutColumn(_("监管所")),
        OutColumn(_("状态")),
        OutColumn(_("带队人员")),
        OutColumn(_("同行人员")),
        OutColumn(_("计划日期"), Kind.DAY),
        OutColumn(_("期限"), Kind.DAY),
        OutColumn(_("检查事由")),
    ]


def visits(found: Iterable[Visit]) -> Iterator[list[Out]]:
    for some in batched(found, CHUNK):
        for row in visit_words.rows(some):
            one = row["visit"]
            yield [
                row["number"],
                str(row["type"]),
                row["business"].public_id,
                row["business"].name,
                row["district"],
                row["station"],
                str(row["state_name"]),
                row["lead"],
                row["second"],
                one.day,
                one.due,
                one.reason,
            ]


def record_columns() -> list[OutColumn]:
    return [
        OutColumn(_("检查编号"), Kind.CODE),
        OutColumn(_("检查类型")),
        OutColumn(_("检查日期"), Kind.DAY),
        OutColumn(_("档案编号"), Kind.CODE),
        OutColumn(_("名称")),
        OutColumn(_("旗县区")),
        OutColumn(_("检查人员")),
        OutColumn(_("检查情形")),
        OutColumn(_("结果判定")),
        OutColumn(_("检查结果")),
        OutColumn(_("符合项数"), Kind.WHOLE),
        OutColumn(_("不符合项数"), Kind.WHOLE),
        OutColumn(_("状态")),
        OutColumn(_("公开期限"), Kind.DAY),
    ]


def records(found: Iterable[Record]) -> Iterator[list[Out]]:
    for some in batched(found, CHUNK):
        for row in visit_words.record_rows(some):
            one = row["record"]
            yield [
                row["number"],
                str(row["type"]),
                one.day,
                row["business"].public_id,
                row["business"].name,
                row["district"],
                _("、").join(row["people"]),
                row["outcome"],
                row["word"],
                _("、").join(row["results"]),
                len(one.met),
                len(one.unmet),
                row["state_name"],
                one.publish_by,
            ]


def instrument_columns() -> list[OutColumn]:
    return [
        OutColumn(_("器具编号"), Kind.CODE),
        OutColumn(_("名称")),
        OutColumn(_("用途")),
        OutColumn(_("范围")),
        OutColumn(_("校准有效期至"), Kind.DAY),
        OutColumn(_("校准证书号"), Kind.CODE),
        OutColumn(_("在用")),
    ]


def instruments(found: Iterable[Instrument]) -> Iterator[list[Out]]:
    for one in found:
        yield [
            one.number,
            one.name,
            str(visit_words.INSTRUMENT_KINDS.get(one.kind, one.kind)),
            words.office(one.district),
            one.calibrated_until,
            one.certificate,
            _("是") if one.in_use else _("否"),
        ]


def batched(found: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """So many at a time: names are asked once for each."""
    rows = iter(found)
    while some := list(islice(rows, size)):
        yield some
