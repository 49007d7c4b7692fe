"""Duty roster 值班表: the official list from and to Excel; one row is one person on one duty."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from mingchu.accounts.domain import CITY, Actor, Scope, ScopeKind
from mingchu.accounts.models import User
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.identifiers.divisions import REPORTING
from mingchu.kit.messages import duties, queries
from mingchu.kit.models import Duty
from mingchu.kit.sheets.examine import GoodRow
from mingchu.kit.sheets.faults import Fault
from mingchu.kit.sheets.importers import Named, Outcome, Planned, State
from mingchu.kit.sheets.layouts import Column, Kind, Layout
from mingchu.kit.sheets.write import Out, OutColumn, export_xlsx

ACTION = "duty.roster"
A_DAY = timedelta(days=1)


def _clock_time(typed: str) -> str:
    """An hour and a minute as people write them."""
    try:
        return time.fromisoformat(typed.strip().replace("：", ":").zfill(5)).strftime("%H:%M")
    except ValueError:
        raise Refusal(
            "bad_time", "“{typed}”不是时间", fix="请写成 17:30 这样的时和分", typed=typed
        ) from None


LAYOUT = Layout(
    name="duty",
    title="值班表",
    unique=("scope_code", "day", "begin", "username"),
    columns=(
        Column(
            key="scope_code",
            title="区划代码",
            synonyms=("旗县区代码", "范围代码"),
            kind=Kind.CODE,
            example="150105",
            most=6,
            note="全市值班不填",
        ),
        Column(
            key="day",
            title="值班日期",
            synonyms=("日期",),
            kind=Kind.DAY,
            required=True,
            example="2026-11-20",
        ),
        Column(
            key="begin",
            title="开始时间",
            synonyms=("起", "自"),
            required=True,
            check=_clock_time,
            example="17:30",
        ),
        Column(
            key="end",
            title="结束时间",
            synonyms=("止", "至"),
            required=True,
            check=_clock_time,
            example="08:30",
            note="不晚于开始时间的，算到次日",
        ),
        Column(
            key="username",
            title="登录账号",
            synonyms=("账号", "用户名"),
            required=True,
            example="zhangsan",
            most=150,
        ),
        Column(
            key="name",
            title="姓名",
            synonyms=("值班人", "值班人员"),
            example="张三（示例）",
            most=80,
            note="只供核对，以登录账号为准",
        ),
    ),
)


class DutyRoster:
    """The importer of rosters; it adds, and leaves what is on no row as it is."""

    key = "duty"
    title = _("值班表")
    action = ACTION
    table = "kit.Duty"
    layout = LAYOUT

    def plan(self, rows: Sequence[GoodRow], by: Actor | None, as_of: date) -> list[Planned]:
        people = _people(rows)
        known = _known(people.values())
        may = None if by is None else set(queries.rosters_kept(by))
        return [_planned(row, people, known, may) for row in rows]

    def write(self, planned: Sequence[Planned], by: Actor | None) -> list[str]:
        people = _people([plan.row for plan in planned])
        return [str(_put(plan.row.values, people).pk) for plan in planned]

    def current(self, subjects: Sequence[str]) -> dict[str, State]:
        return {str(duty.pk): _state(duty) for duty in Duty.objects.filter(pk__in=list(subjects))}

    def restore(self, states: Mapping[str, State | None], by: Actor | None) -> Collection[str]:
        """Only new rows come out of an import, so taking it back is dropping them."""
        for duty in Duty.objects.filter(pk__in=[pk for pk, was in states.items() if was is None]):
            duties.drop_duty(duty=duty)
        return ()

    def named(self, subjects: Sequence[str]) -> dict[str, Named]:
        rows = Duty.objects.filter(pk__in=list(subjects)).select_related("user")
        return {str(row.pk): Named(str(row.pk), row.user.username) for row in rows}


def _people(rows: Sequence[GoodRow]) -> dict[str, User]:
    names = {str(row.values["username"]) for row in rows}
    known = User.objects.filter(username__in=names, is_active=True, is_machine=False)
    return {user.username: user for user in known}


def _known(people: Iterable[User]) -> dict[tuple[Any, ...], int]:
    rows = Duty.objects.filter(user__in=list(people))
    return {(row.user_id, row.scope, row.begins, row.ends): row.pk for row in rows}


def _planned(
    row: GoodRow,
    people: Mapping[str, User],
    known: Mapping[tuple[Any, ...], int],
    may: Collection[Scope] | None,
) -> Planned:
    try:
        scope, user = _scope(row.values, may), _user(row.values, people)
    except Refusal as refusal:
        return Planned(row, Outcome.UNCHANGED, "", Fault.of(row.number, "", refusal))
    found = known.get((user.pk, scope, *_span(row.values)))
    return Planned(row, Outcome.UNCHANGED if found else Outcome.CREATED, str(found or ""))


def _scope(values: Mapping[str, Any], may: Collection[Scope] | None) -> Scope:
    code = str(values.get("scope_code") or "")
    scope = Scope(ScopeKind.DISTRICT, code) if code else CITY
    if code and code not in {row.code for row in REPORTING}:
        raise Refusal(
            "no_such_district",
            "没有代码为“{place}”的旗县区",
            fix="请填六位区划代码，全市值班不填",
            place=code,
        )
    if may is not None and scope not in may:
        raise Refusal(
            "not_your_roster",
            "这个范围的值班表不由您编排",
            fix="请由主管单位导入",
        )
    return scope


def _user(values: Mapping[str, Any], people: Mapping[str, User]) -> User:
    typed = str(values["username"])
    if typed not in people:
        raise Refusal(
            "no_such_login", "没有登录账号“{typed}”", fix="请核对，或先为此人开户", typed=typed
        )
    return people[typed]


def _span(values: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """A duty that ends no later than it begins ends on the next day."""
    begins, ends = (
        datetime.combine(values["day"], time.fromisoformat(values[key]), clock.CITY_ZONE)
        for key in ("begin", "end")
    )
    return begins, ends if ends > begins else ends + A_DAY


def _put(values: Mapping[str, Any], people: Mapping[str, User]) -> Duty:
    begins, ends = _span(values)
    return duties.set_duty(
        user=_user(values, people), scope=_scope(values, None), begins=begins, ends=ends
    )


def _state(duty: Duty) -> State:
    return {
        "user": duty.user_id,
        "scope": str(duty.scope),
        "begins": duty.begins.isoformat(),
        "ends": duty.ends.isoformat(),
    }


def export(rows: Iterable[Duty]) -> bytes:
    """The roster in the columns it comes in by."""
    columns = [OutColumn(column.title, column.kind) for column in LAYOUT.columns]
    return export_xlsx(LAYOUT.title, columns, map(_row, rows))


def _row(duty: Duty) -> list[Out]:
    begins, ends = clock.city(duty.begins), clock.city(duty.ends)
    return [
        duty.scope_code,
        begins.date(),
        f"{begins:%H:%M}",
        f"{ends:%H:%M}",
        duty.user.username,
        duty.user.name,
    ]
