"""Lists of credit and supervision as tables for Excel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from mingchu.kit.sheets.layouts import Kind
from mingchu.kit.sheets.write import Out, OutColumn
from mingchu.registry.domain import public_id
from mingchu.registry.places import district_name
from mingchu.registry.words import words as registry_words
from mingchu.risk import credit_words
from mingchu.risk.models import CreditClass, Listing


def _who() -> list[OutColumn]:
    return [
        OutColumn(_("档案编号"), Kind.CODE),
        OutColumn(_("名称")),
        OutColumn(_("旗县区")),
        OutColumn(_("住所")),
    ]


def class_columns() -> list[OutColumn]:
    return [
        *_who(),
        OutColumn(_("企业信用风险类别（内部）")),
        OutColumn(_("分值"), Kind.NUMBER),
        OutColumn(_("从严依据")),
        OutColumn(_("自"), Kind.DAY),
    ]


def classes(rows: Iterable[CreditClass]) -> Iterator[list[Out]]:
    for one in rows:
        yield [
            one.business.public_id,
            one.business.name,
            district_name(one.business.district),
            one.business.address,
            credit_words.credit_name(one.credit),
            one.points,
            credit_words.lifted_said(one),
            one.since,
        ]


def listing_columns() -> list[OutColumn]:
    return [
        *_who(),
        OutColumn(_("名录")),
        OutColumn(_("列入情形")),
        OutColumn(_("列入日期"), Kind.DAY),
        OutColumn(_("列入决定文号"), Kind.CODE),
        OutColumn(_("期满日期"), Kind.DAY),
        OutColumn(_("移出期限"), Kind.DAY),
    ]


def listings(rows: Iterable[Listing]) -> Iterator[list[Out]]:
    for one in rows:
        yield [
            one.business.public_id,
            one.business.name,
            district_name(one.business.district),
            one.business.address,
            credit_words.roll_name(one, one.business.legal_form),
            credit_words.ground_said(one),
            one.since,
            one.decision,
            one.ends,
            one.leave_by,
        ]


def business_columns(*more: OutColumn) -> list[OutColumn]:
    return [*_who(), OutColumn(_("业态")), *more]


def key_columns() -> list[OutColumn]:
    return business_columns(OutColumn(_("风险等级")), OutColumn(_("重点监管依据")))


def key(rows: Iterable[Mapping[str, Any]], day: date) -> Iterator[list[Out]]:
    for row in rows:
        grounds = credit_words.key_said(row["grounds"], day)
        yield [*_business(row), row["grade"], _("；").join(name for name, _rule in grounds)]


def burden_columns() -> list[OutColumn]:
    return business_columns(
        OutColumn(_("部门检查次数"), Kind.WHOLE),
        OutColumn(_("上门次数"), Kind.WHOLE),
        OutColumn(_("计入上限的次数"), Kind.WHOLE),
        OutColumn(_("年度上限"), Kind.WHOLE),
    )


def burdens(rows: Iterable[Mapping[str, Any]]) -> Iterator[list[Out]]:
    for row in rows:
        yield [*_business(row), row["visits"], row["calls"], row["counted"], row["cap"]]


def quiet(rows: Iterable[Mapping[str, Any]]) -> Iterator[list[Out]]:
    return map(_business, rows)


def _business(row: Mapping[str, Any]) -> list[Out]:
    return [
        public_id(row["id"]),
        row["name"],
        district_name(row["district"]),
        row["address"],
        registry_words().kinds.get(row["kind"], row["kind"]),
    ]
