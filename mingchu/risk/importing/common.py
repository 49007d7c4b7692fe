"""What the lists of facts have in common: a fact is added, never changed, and a row that is known
already stays out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor
from mingchu.base.errors import Refusal
from mingchu.kit.sheets.examine import GoodRow
from mingchu.kit.sheets.faults import Fault
from mingchu.kit.sheets.importers import Named, Outcome, Planned, State
from mingchu.kit.sheets.layouts import Column, Kind
from mingchu.registry import domain as registry
from mingchu.registry import queries as registered
from mingchu.registry.models import Business
from mingchu.risk import services
from mingchu.risk.models import Ground, Profile, Source, Visit

RECORD = "risk.record"
CREDIT_CODE = 18  # characters
BUSINESS = Column(
    key="business",
    title="主体编号",
    synonyms=("档案编号", "统一社会信用代码", "社会信用代码"),
    kind=Kind.CODE,
    required=True,
    example="91150105MA00000150",
    note="档案编号或者统一社会信用代码",
)
NOTE = Column(key="note", title="来源说明", synonyms=("备注", "说明"), most=200)


class Facts:
    """What the lists that grades are made of have in common."""

    action = RECORD
    model: type[Profile] | type[Visit] | type[Ground]
    many: Callable[..., services.Recorded]
    known: ClassVar[str]  # the code by which services refuse what they have

    def plan(self, rows: Sequence[GoodRow], by: Actor | None, as_of: date) -> list[Planned]:
        known = businesses(rows, by)
        made = [self._made(row, known) for row in rows]
        good = {at: one for at, one in enumerate(made) if not isinstance(one, Fault)}
        wrong = services.faults_of(list(good.values()))
        refused = {at: wrong[n] for n, at in enumerate(good) if n in wrong}
        held = self.held(good, refused)
        return [
            Planned(row, Outcome.UNCHANGED)
            if at in held
            else self._planned(row, at, made[at], refused)
            for at, row in enumerate(rows)
        ]

    def held(self, good: Mapping[int, Any], refused: Mapping[int, Refusal]) -> set[int]:
        """Places of what is registered already: lists of a year come in every month."""
        return {at for at, refusal in refused.items() if refusal.code == self.known}

    def _made(self, row: GoodRow, known: Mapping[str, int]) -> Any:
        code = str(row.values["business"]).upper()
        if code not in known:
            return Fault.of(row.number, BUSINESS.title, unknown(code))
        try:
            return self.read(row, known[code])
        except Refusal as refusal:
            return Fault.of(row.number, "", refusal)

    def _planned(self, row: GoodRow, at: int, one: Any, refused: Mapping[int, Refusal]) -> Planned:
        if isinstance(one, Fault):
            return Planned(row, Outcome.UNCHANGED, "", one)
        if at in refused:
            return Planned(row, Outcome.UNCHANGED, "", Fault.of(row.number, "", refused[at]))
        return Planned(row, Outcome.CREATED, "", what=one)

    def read(self, row: GoodRow, business: int) -> Any:
        raise NotImplementedError

    def write(self, planned: Sequence[Planned], by: Actor | None) -> list[str]:
        done = type(self).many([plan.what for plan in planned], source=Source.SHEET, by=by)
        for _place, refusal in done.refused:  # in order when planned, taken meanwhile
            raise refusal
        services.regrade({plan.what.business for plan in planned}, by=by)
        return [str(number) for number in done.numbers]

    def current(self, subjects: Sequence[str]) -> dict[str, State]:
        found = self.model.objects.filter(pk__in=list(map(int, subjects)))
        return {str(one.pk): {"recorded": True} for one in found}

    def restore(self, states: Mapping[str, State | None], by: Actor | None) -> Collection[str]:
        numbers = [int(pk) for pk, state in states.items() if state is None]
        return [str(pk) for pk in services.take_back(self.model, numbers)]

    def named(self, subjects: Sequence[str]) -> dict[str, Named]:
        rows = self.model.objects.filter(pk__in=list(map(int, subjects)))
        return {
            str(one.pk): Named(
                registry.public_id(one.business_id),
                one.business.name,
                reverse("risk:file", args=[one.business_id]),
            )
            for one in rows.select_related("business")
        }


def businesses(rows: Sequence[GoodRow], by: Actor | None, action: str = RECORD) -> dict[str, int]:
    """Numbers by what the list calls them, as far as whoever imports may record there."""
    codes = {str(row.values["business"]).upper() for row in rows}
    numbers = {
        number: code
        for code in codes
        if len(code) < CREDIT_CODE and (number := registry.number_of(code))
    }
    listed = Business.objects.filter(registered.LISTED).defer("search_text")
    found = {
        numbers[one.pk]: one.pk for one in listed.filter(pk__in=registered.any_number(numbers))
    }
    coded = [code for code in codes if len(code) == CREDIT_CODE]
    found |= {one.code: one.pk for one in listed.filter(code__in=registered.any_of(coded))}
    if by is None:
        return found
    inside = {one.pk for one in registered.some(by.scopes_for(action), set(found.values()))}
    return {code: pk for code, pk in found.items() if pk in inside}


def unknown(code: str) -> Refusal:
    return Refusal(
        "unknown_business_code",
        _noop("您的辖区里没有主体“{code_said}”"),
        fix=_noop("请核对档案编号或统一社会信用代码"),
        status=404,
        code_said=code,
    )
