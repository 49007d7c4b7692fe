"""Exports: pools with reasons, who is looked after beside the draw, regional tasks as they came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mingchu.base import clock
from mingchu.inspection import words
from mingchu.inspection.importing import REGIONAL
from mingchu.inspection.models import PoolRow, RegionalSubject
from mingchu.kit.sheets.layouts import Kind
from mingchu.kit.sheets.write import Out, OutColumn
from mingchu.registry.places import district_name
from mingchu.registry.words import words as registry_words


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
