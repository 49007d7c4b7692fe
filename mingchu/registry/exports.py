"""Exports: the list as it stands on the page, to the last row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from django.utils.translation import gettext as _

from mingchu.kit.sheets.layouts import Kind
from mingchu.kit.sheets.write import Out, OutColumn
from mingchu.registry import queries
from mingchu.registry.models import Business, LegalForm
from mingchu.registry.words import labels, words

CHUNK = 2_000


def columns() -> list[OutColumn]:
    return [
        OutColumn(_("档案编号"), Kind.CODE),
        OutColumn(_("名称")),
        OutColumn(_("店招")),
        OutColumn(_("统一社会信用代码"), Kind.CODE),
        OutColumn(_("业态")),
        OutColumn(_("旗县区")),
        OutColumn(_("监管所")),
        OutColumn(_("网格")),
        OutColumn(_("主体类型")),
        OutColumn(_("地址")),
        OutColumn(_("联系电话"), Kind.CODE),
        OutColumn(_("经营状态")),
        OutColumn(_("开业日期"), Kind.DAY),
        OutColumn(_("证件编号"), Kind.CODE),
        OutColumn(_("最早到期"), Kind.DAY),
    ]


def rows(businesses: Iterable[Business]) -> Iterator[list[Out]]:
    """One row a business; what stands beside it is asked for a chunk at a time."""
    waiting, said, forms = iter(businesses), words(), labels(LegalForm.choices)
    while chunk := list(islice(waiting, CHUNK)):
        licences = queries.licences_of(chunk)
        areas = queries.area_names(code for one in chunk for code in (one.station, one.grid))
        for one in chunk:
            yield [
                one.public_id,
                one.name,
                one.sign,
                one.code,
                said.kinds[one.kind],
                said.districts.get(one.district, one.district),
                areas.get(one.station, one.station),
                areas.get(one.grid, one.grid),
                forms[one.legal_form],
                one.address,
                one.phone,
                said.states[one.state],
                one.opened,
                "、".join(licence.number for licence in licences[one.pk]),
                one.expires,
            ]
