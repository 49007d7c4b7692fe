"""Importers of facts: what businesses are like, and what visits found, from Excel.

A fact is added, never changed: a row that is known already stays out. A list is taken back whole
but for profiles that a grade stands on by now.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.kit.sheets.examine import GoodRow
from mingchu.kit.sheets.faults import Fault
from mingchu.kit.sheets.importers import Named, Outcome, Planned, State
from mingchu.kit.sheets.layouts import Column, Kind, Layout
from mingchu.registry import domain as registry
from mingchu.registry import queries as registered
from mingchu.registry.layout import in_both, offers_of, options_of
from mingchu.registry.models import Business
from mingchu.risk import rules, services
from mingchu.risk.models import Department, Profile, Purpose, Source, Visit
from mingchu.risk.values import NewProfile, NewVisit
from mingchu.rulebook.scoring import Kind as ItemKind

RECORD = "risk.record"
CREDIT_CODE = 18  # characters
APART = re.compile(r"[、，,;；\s]+")
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
VISITS = Layout(
    name="risk_visits",
    title="检查发现清单",
    columns=tuple(
        in_both(one)
        for one in (
            BUSINESS,
            Column(key="day", title="检查日期", kind=Kind.DAY, required=True, example="2026-06-01"),
            Column(
                key="department", title="部门", offers=offers_of(Department),
                options=options_of(Department, {}), example="市场监管", note="不填为市场监管",
            ),
            Column(
                key="purpose", title="检查类型", offers=offers_of(Purpose),
                options=options_of(Purpose, {}), example="日常监督检查",
                note="不填为日常监督检查",
            ),
            Column(
                key="inspector", title="检查人员编号", synonyms=("执法证号",), kind=Kind.CODE,
                most=40, note="执法证号，不写姓名",
            ),
            Column(key="applicable_key", title="适用重点项", kind=Kind.WHOLE, example="20"),
            Column(key="failed_key", title="不符合重点项", kind=Kind.WHOLE, example="1"),
            Column(key="applicable_general", title="适用一般项", kind=Kind.WHOLE, example="30"),
            Column(key="failed_general", title="不符合一般项", kind=Kind.WHOLE, example="3"),
            Column(key="joint", title="联合检查编号", kind=Kind.CODE, most=40),
            NOTE,
        )
    ),
)  # fmt: skip
COUNTS = ("applicable_key", "failed_key", "applicable_general", "failed_general")


class _Facts:
    """What both lists have in common."""

    action = RECORD
    model: type[Profile] | type[Visit]
    many: Callable[..., services.Recorded]

    def plan(self, rows: Sequence[GoodRow], by: Actor | None, as_of: date) -> list[Planned]:
        known = _businesses(rows, by)
        made = [self._made(row, known) for row in rows]
        good = {at: one for at, one in enumerate(made) if not isinstance(one, Fault)}
        wrong = services.faults_of(list(good.values()))
        refused = {at: wrong[n] for n, at in enumerate(good) if n in wrong}
        return [self._planned(row, at, made[at], refused) for at, row in enumerate(rows)]

    def _made(self, row: GoodRow, known: Mapping[str, int]) -> Any:
        code = str(row.values["business"]).upper()
        if code not in known:
            return Fault.of(row.number, BUSINESS.title, _unknown(code))
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


class Visits(_Facts):
    """One row a visit."""

    key = "risk_visits"
    title = _("检查发现清单")
    table = "risk.Visit"
    layout = VISITS
    model = Visit
    many = staticmethod(services.record_visits_many)

    def read(self, row: GoodRow, business: int) -> NewVisit:
        said = row.values
        day = said["day"]
        assert isinstance(day, date)  # noqa: S101 the layout read it
        key, key_failed, general, general_failed = (_count(said.get(name)) for name in COUNTS)
        return NewVisit(
            business=business,
            day=day,
            department=str(said.get("department") or Department.MARKET),
            purpose=str(said.get("purpose") or Purpose.ROUTINE),
            inspector=str(said.get("inspector") or ""),
            joint=str(said.get("joint") or ""),
            note=str(said.get("note") or ""),
            applicable_key=key,
            failed_key=key_failed,
            applicable_general=general,
            failed_general=general_failed,
        )


class Profiles(_Facts):
    """One row a business and sheet; the columns are the items of all sheets in force."""

    key = "risk_profiles"
    title = _("静态风险因素清单")
    table = "risk.Profile"
    model = Profile
    many = staticmethod(services.record_profiles_many)

    def _layout(self) -> Layout:
        return Layout(
            name=self.key,
            title="静态风险因素清单",
            columns=tuple(map(in_both, _columns())),
            unique=("business", "sheet", "since"),
        )

    # Not before somebody asks: a command that imports nothing need not read the rulebook.
    layout: Any = cached_property(_layout)

    def read(self, row: GoodRow, business: int) -> NewProfile:
        said = row.values
        name, since = str(said["sheet"]), said.get("since") or clock.today()
        assert isinstance(since, date)  # noqa: S101 the layout read it
        items = rules.sheet(name, clock.today()).value["items"]
        answers = {
            item["id"]: _answer(item, said[f"item_{item['id']}"])
            for item in items
            if said.get(f"item_{item['id']}") not in (None, "")
        }
        note = str(said.get("note") or "")
        return NewProfile(business=business, sheet=name, answers=answers, since=since, note=note)


def _count(said: Any) -> int:
    return int(said or 0)


def _columns() -> Iterator[Column]:
    day = clock.today()
    sheets = {name: rules.sheet(name, day) for name in rules.SHEET_RULES}
    yield BUSINESS
    yield Column(
        key="sheet",
        title="静态量化表",
        required=True,
        offers=tuple(one.title.zh for one in sheets.values()),
        options={
            word: name for name, one in sheets.items() for word in (one.title.zh, one.title.en)
        },
        example=sheets["seller"].title.zh,
    )
    yield Column(key="since", title="自", kind=Kind.DAY, example="2026-01-01", note="不填为今天")
    seen: set[str] = set()
    for one in sheets.values():
        for item in one.value["items"]:
            if item["id"] not in seen:
                seen.add(item["id"])
                yield _column(item)
    yield NOTE


def _column(item: Mapping[str, Any]) -> Column:
    key, title = f"item_{item['id']}", item["zh"]
    if item["kind"] != ItemKind.CHOICE:
        return Column(key=key, title=title, synonyms=(item["en"],), kind=Kind.NUMBER)
    some = "、".join(option["id"] for option in item["options"][:2])
    return Column(
        key=key, title=title, synonyms=(item["en"],), example=some,
        note="几个之间用“、”分开，写编号或者名称",
    )  # fmt: skip


def _answer(item: Mapping[str, Any], said: Any) -> Any:
    if item["kind"] != ItemKind.CHOICE:
        return said
    known = {
        word: one["id"] for one in item["options"] for word in (one["id"], one["zh"], one["en"])
    }
    return [known.get(part, part) for part in APART.split(str(said)) if part]


def _businesses(rows: Sequence[GoodRow], by: Actor | None) -> dict[str, int]:
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
    inside = {one.pk for one in registered.some(by.scopes_for(RECORD), set(found.values()))}
    return {code: pk for code, pk in found.items() if pk in inside}


def _unknown(code: str) -> Refusal:
    return Refusal(
        "unknown_business_code",
        _noop("您的辖区里没有主体“{code_said}”"),
        fix=_noop("请核对档案编号或统一社会信用代码"),
        status=404,
        code_said=code,
    )
