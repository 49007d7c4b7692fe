"""What is held against a business: one row a decision, a report, an order, with its number.

What comes back out is struck, not wiped off: a class of a past day may stand on it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor
from mingchu.base.errors import Refusal
from mingchu.kit.sheets.examine import GoodRow
from mingchu.kit.sheets.faults import Fault
from mingchu.kit.sheets.importers import Named, Outcome, Planned, State
from mingchu.kit.sheets.layouts import Column, Kind, Layout
from mingchu.registry import domain as registry
from mingchu.registry.layout import in_both, offers_of, options_of
from mingchu.risk.importing.common import BUSINESS, businesses, unknown
from mingchu.risk.models import Fact, FactKind, Origin
from mingchu.risk.services import crediting

NOTED = "risk.note"
TAKEN_BACK = _noop("导入有误，整批撤回")
LAYOUT = Layout(
    name="credit_facts",
    title="信用记录清单",
    columns=tuple(
        in_both(one)
        for one in (
            BUSINESS,
            Column(
                key="kind", title="种类", required=True, offers=offers_of(FactKind),
                options=options_of(FactKind, {}), example="行政处罚",
            ),
            Column(key="day", title="日期", kind=Kind.DAY, required=True, example="2026-06-01"),
            Column(
                key="reference", title="文号", kind=Kind.CODE, required=True, most=80,
                example="呼市监罚〔2026〕12号",
            ),
            Column(key="source", title="出处", most=120, note="作出机关或者提供单位"),
            Column(key="note", title="说明", synonyms=("备注",), most=300),
        )
    ),
    unique=("business", "kind", "reference"),
)  # fmt: skip


class CreditFacts:
    """One row a fact."""

    key = "credit_facts"
    title = _("信用记录清单")
    action = NOTED
    table = "risk.Fact"
    layout = LAYOUT

    def plan(self, rows: Sequence[GoodRow], by: Actor | None, as_of: date) -> list[Planned]:
        known = businesses(rows, by, NOTED)
        told = [self._told(row, known) for row in rows]
        held = crediting.held([one for one in told if isinstance(one, crediting.NewFact)])
        return [_planned(row, one, held) for row, one in zip(rows, told, strict=True)]

    def _told(self, row: GoodRow, known: Mapping[str, int]) -> crediting.NewFact | Fault:
        code = str(row.values["business"]).upper()
        if code not in known:
            return Fault.of(row.number, BUSINESS.title, unknown(code))
        try:
            return crediting.checked(_read(row.values, known[code]))
        except Refusal as refusal:
            return Fault.of(row.number, "", refusal)

    def write(self, planned: Sequence[Planned], by: Actor | None) -> list[str]:
        noted = crediting.note_facts([plan.what for plan in planned], by=by)
        if len(noted) != len(planned):  # somebody has registered one of them meanwhile
            raise crediting.known_already(planned[0].what)
        return [str(one.pk) for one in noted]

    def current(self, subjects: Sequence[str]) -> dict[str, State]:
        found = Fact.objects.filter(pk__in=list(map(int, subjects)), struck_at__isnull=True)
        return {str(pk): {"held": True} for pk in found.values_list("pk", flat=True)}

    def restore(self, states: Mapping[str, State | None], by: Actor | None) -> Collection[str]:
        numbers = [int(pk) for pk, state in states.items() if state is None]
        for one in Fact.objects.filter(pk__in=numbers, struck_at__isnull=True).order_by("pk"):
            crediting.strike_fact(fact=one, why=TAKEN_BACK)
        return []

    def named(self, subjects: Sequence[str]) -> dict[str, Named]:
        rows = Fact.objects.filter(pk__in=list(map(int, subjects))).select_related("business")
        return {
            str(one.pk): Named(
                registry.public_id(one.business_id),
                one.business.name,
                reverse("risk:credit_file", args=[one.business_id]),
            )
            for one in rows
        }


def _read(said: Mapping[str, Any], business: int) -> crediting.NewFact:
    return crediting.NewFact(
        business_id=business,
        kind=str(said["kind"]),
        day=said["day"],
        reference=str(said["reference"]),
        source=str(said.get("source") or ""),
        note=str(said.get("note") or ""),
        origin=Origin.SHEET,
    )


def _planned(row: GoodRow, one: crediting.NewFact | Fault, held: Collection[Any]) -> Planned:
    if isinstance(one, Fault):
        return Planned(row, Outcome.UNCHANGED, "", one)
    if crediting.key_of(one) in held:
        return Planned(row, Outcome.UNCHANGED)
    return Planned(row, Outcome.CREATED, "", what=one)
