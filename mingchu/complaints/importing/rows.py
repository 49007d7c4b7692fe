"""What a row of the sheet says, as the letter it makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as _noop

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.complaints import rules
from mingchu.complaints.importing.layout import BOTH, CATEGORIES
from mingchu.complaints.models import Category, Channel
from mingchu.complaints.services.registering import ahead
from mingchu.complaints.values import Contact, NewComplaint
from mingchu.kit.sheets.examine import GoodRow
from mingchu.registry.domain import folded
from mingchu.registry.layout import options_of
from mingchu.registry.models import Business
from mingchu.registry.places import DISTRICTS
from mingchu.registry.queries import LISTED, any_of

WORDS = options_of(Category, CATEGORIES)
MORNING = timedelta(hours=12)  # a sheet names days: the middle of one stays it in every zone


@dataclass(frozen=True)
class Directory:
    """Businesses that rows may mean: by code, and by a name that only one of a district has."""

    by_code: Mapping[str, Business]
    by_name: Mapping[str, Sequence[Business]]

    @classmethod
    def of(cls, rows: Iterable[GoodRow]) -> Directory:
        codes, names = set[str](), set[str]()
        for row in rows:
            codes.add(str(row.values.get("code") or ""))
            names.add(str(row.values.get("name") or ""))
        known = Business.objects.filter(LISTED).defer("search_text")
        found = known.filter(code__in=any_of(codes - {""})).exclude(code="")
        named: dict[str, list[Business]] = {}
        for one in known.filter(name__in=any_of(names - {""})):
            named.setdefault(folded(one.name), []).append(one)
        return cls({one.code: one for one in found}, named)

    def meant(self, values: Mapping[str, Any]) -> Business | None:
        """The business of the row; None where nobody or several could be meant."""
        if found := self.by_code.get(str(values.get("code") or "")):
            return found
        alike = self.by_name.get(folded(str(values["name"])), ())
        district = str(values.get("district") or "")
        near = [one for one in alike if district in ("", one.district)]
        return near[0] if len(near) == 1 else None


def letter(row: GoodRow, directory: Directory) -> NewComplaint:
    """The letter of a row, or the first Refusal of what it says."""
    values: Mapping[str, Any] = row.values
    _check_days(values)
    business = directory.meant(values)
    district = str(values.get("district") or "")
    kind = str(values["kind"])
    return NewComplaint(
        kinds=("complaint", "report") if kind == BOTH else (kind,),
        number=str(values["number"]),
        channel=Channel.SHEET,
        category=WORDS.get(str(values.get("category") or ""), Category.OTHER),
        what=str(values["what"]),
        wants=str(values.get("wants") or ""),
        business=business.pk if business else None,
        place=" ".join(filter(None, (values["name"], values.get("address"))))[:200],
        district=business.district if business else (district if district in DISTRICTS else ""),
        happened_on=values.get("happened"),
        ill=int(values.get("ill") or 0),
        households=int(values.get("households") or 0),
        ate_at=_aware(values.get("ate")),
        contact=Contact(
            name=str(values.get("reporter") or ""), phone=str(values.get("phone") or "")
        ),
        received=clock.midnight(values["received"]) + MORNING,
    )


def _aware(said: date | None) -> datetime | None:
    return said if isinstance(said, datetime) else None


def _check_days(values: Mapping[str, Any]) -> None:
    received: date = values["received"]
    if received > clock.today():
        raise ahead(received, _("接收日期"))
    if not rules.may_be_received(received):
        raise Refusal(
            "before_the_rules",
            _noop("{day}还没有投诉举报期限的规则"),
            fix=_noop("请核对接收日期；更早的不能导入"),
            status=422,
            day=received,
        )
    happened = values.get("happened")
    if happened and happened > received:
        raise Refusal(
            "dates_out_of_order",
            _noop("发生日期晚于接收日期{first}"),
            fix=_noop("请核对日期"),
            status=422,
            first=received,
        )
