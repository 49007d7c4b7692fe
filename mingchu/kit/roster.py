"""Roster 人员花名册: people come in as a list; one row is one person in one post."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from mingchu.accounts import events
from mingchu.accounts.domain import Actor, Place, Role, Scope, ScopeKind, may_give
from mingchu.accounts.models import Post, User
from mingchu.accounts.places import located
from mingchu.accounts.roles import roles
from mingchu.accounts.services import enrol_person, give_post
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.kit.sheets.examine import GoodRow
from mingchu.kit.sheets.faults import Fault
from mingchu.kit.sheets.importers import Named, Outcome, Planned, State
from mingchu.kit.sheets.layouts import Column, Kind, Layout
from mingchu.ledger.services import record

LOGIN = re.compile(r"[\w.@-]{3,150}")
PHONE = re.compile(r"\+?[\d-]{5,20}")
KINDS = {
    "全市": "city",
    "旗县区": "district",
    "监管所": "station",
    "经营者": "business",
    "学校": "school",
    "市场": "market",
}
# Columns that are the person's own; an empty cell says nothing and changes nothing.
FACTS = {
    "name": "name",
    "phone": "phone",
    "certificate": "certificate_no",
    "certificate_until": "certificate_until",
}


def _login(typed: str) -> str:
    if not LOGIN.fullmatch(typed):
        raise Refusal(
            "bad_login",
            "“{typed}”不能作登录账号",
            fix="请用3个以上的字母、数字、汉字或 . - _ @",
            typed=typed,
        )
    return typed


def _phone(typed: str) -> str:
    if not PHONE.fullmatch(typed):
        raise Refusal("bad_phone", "“{typed}”不是电话号码", fix="请只填数字", typed=typed)
    return typed


def _order(values: Mapping[str, Any]) -> None:
    """A post cannot end before it begins."""
    since, until = values.get("since"), values.get("until")
    if until and until < (since or clock.today()):
        raise Refusal(
            "ends_before_it_begins",
            "离岗日期早于到岗日期{since}",
            fix="请改选到岗当日或以后的日期",
            since=since or clock.today(),
        )


PERSON = (
    Column(
        key="username",
        title="登录账号",
        synonyms=("账号", "用户名", "登录名"),
        required=True,
        check=_login,
        example="zhangsan",
        most=150,
        group="人员",
        note="每人一个，不可重复",
    ),
    Column(
        key="name",
        title="姓名",
        synonyms=("人员姓名", "名字"),
        required=True,
        example="张三（示例）",
        most=80,
        group="人员",
    ),
    Column(
        key="phone",
        title="手机号",
        synonyms=("电话", "联系电话", "手机", "手机号码"),
        kind=Kind.CODE,
        check=_phone,
        example="13800000000",
        group="人员",
    ),
    Column(
        key="certificate",
        title="行政执法证号",
        synonyms=("执法证号", "执法证件号"),
        kind=Kind.CODE,
        example="15010000001",
        most=40,
        group="人员",
    ),
    Column(
        key="certificate_until",
        title="执法证有效期至",
        synonyms=("执法证有效期",),
        kind=Kind.DAY,
        example="2027-12-31",
        group="人员",
    ),
)


def _post_columns() -> tuple[Column, ...]:
    """The roles that can be written are those of the table of roles."""
    words = {name: role.code for role in roles() for name in (role.zh, role.code)}
    return (
        Column(
            key="role",
            title="角色",
            synonyms=("岗位", "岗位角色"),
            required=True,
            options=words,
            example="监管所",
            group="岗位",
        ),
        Column(
            key="scope_kind",
            title="范围类别",
            synonyms=("管辖范围类别",),
            options={**KINDS, **{kind: kind for kind in KINDS.values()}},
            example="监管所",
            group="岗位",
            note="不填则按角色和范围代码判断",
        ),
        Column(
            key="scope_code",
            title="范围代码",
            synonyms=("区划代码", "所在单位代码"),
            kind=Kind.CODE,
            example="150102001",
            most=40,
            group="岗位",
            note="全市不填；旗县区填六位区划代码",
        ),
        Column(
            key="since",
            title="到岗日期",
            synonyms=("任职日期", "到岗时间"),
            kind=Kind.DAY,
            example="2026-01-01",
            group="岗位",
            note="不填为今天",
        ),
        Column(
            key="until",
            title="离岗日期",
            synonyms=("离任日期",),
            kind=Kind.DAY,
            example="2026-12-31",
            group="岗位",
        ),
    )


class Roster:
    """The importer of people; who is on no row is left as he is."""

    key = "people"
    title = _("人员花名册")
    action = "accounts.people"
    table = "accounts.User"

    def __init__(self) -> None:
        self.layout = Layout(
            name="people",
            title="人员花名册",
            unique=("username",),
            check=_order,
            columns=(*PERSON, *_post_columns()),
        )

    def plan(self, rows: Sequence[GoodRow], by: Actor | None, as_of: date) -> list[Planned]:
        known = _by_name(str(row.values["username"]) for row in rows)
        return [_planned(row, known.get(str(row.values["username"])), by) for row in rows]

    def write(self, planned: Sequence[Planned], by: Actor | None) -> list[str]:
        known = _by_name(str(plan.row.values["username"]) for plan in planned)
        return [
            str(_put(plan.row, known.get(str(plan.row.values["username"])), by).pk)
            for plan in planned
        ]

    def current(self, subjects: Sequence[str]) -> dict[str, State]:
        users = User.objects.filter(pk__in=list(subjects)).prefetch_related("posts")
        return {str(user.pk): _state(user) for user in users}

    def restore(self, states: Mapping[str, State | None], by: Actor | None) -> Collection[str]:
        users = User.objects.filter(pk__in=list(states)).prefetch_related("posts")
        for user in users:
            _restore(user, states[str(user.pk)])
        return ()

    def named(self, subjects: Sequence[str]) -> dict[str, Named]:
        known = User.objects.filter(pk__in=list(subjects))
        return {str(user.pk): Named(str(user.pk), user.username) for user in known}


def _by_name(names: Iterable[str]) -> dict[str, User]:
    users = User.objects.filter(username__in=list(names)).prefetch_related("posts")
    return {user.username: user for user in users}


def _state(user: User) -> State:
    until = user.certificate_until
    return {
        "name": user.name,
        "phone": user.phone,
        "certificate_no": user.certificate_no,
        "certificate_until": until.isoformat() if until else None,
        "is_active": user.is_active,
        "posts": sorted(
            [post.pk, post.until.isoformat() if post.until else None] for post in user.posts.all()
        ),
    }


def _planned(row: GoodRow, user: User | None, by: Actor | None) -> Planned:
    subject = str(user.pk) if user else ""
    try:
        scope = _scope(row.values)
        _check_post(_role(row.values), scope, by)
        if user is None:
            return Planned(row, Outcome.CREATED)
        _check_person(user, row.values, by)
    except Refusal as refusal:
        return Planned(row, Outcome.UNCHANGED, subject, Fault.of(row.number, "", refusal))
    same = not _differing(user, row.values) and user.is_active
    held = _open_post(user, row.values) is not None
    return Planned(row, Outcome.UNCHANGED if same and held else Outcome.CHANGED, subject)


def _role(values: Mapping[str, Any]) -> Role:
    return roles().by_code[values["role"]]


def _scope(values: Mapping[str, Any]) -> Scope:
    """The scope that was written; without its kind, the one kind that role and code allow."""
    code = str(values.get("scope_code") or "")
    if kind := values.get("scope_kind"):
        return Scope(ScopeKind(kind), "" if kind == "city" else code)
    fitting = [
        scope
        for kind in _role(values).scopes
        if (kind is ScopeKind.CITY) == (not code) and located(scope := Scope(kind, code))
    ]
    if len(fitting) != 1:
        raise Refusal(
            "scope_unclear",
            "看不出“{role}”的管辖范围",
            fix="请填写范围类别和范围代码",
            role=_role(values).zh,
        )
    return fitting[0]


def _check_post(role: Role, scope: Scope, by: Actor | None) -> None:
    """What giving the post would refuse, asked before anything is written."""
    found = located(scope)
    if scope.kind not in role.scopes:
        raise Refusal(
            "wrong_scope",
            "角色“{role}”不能设在这类范围",
            fix="请选择角色表里允许的范围类别",
            role=role.zh,
        )
    if found is None:
        raise Refusal(
            "no_such_place",
            "没有代码为“{place}”的单位",
            fix="请核对代码",
            place=scope.code,
        )
    if by is not None and not may_give(by, role, found.place):
        raise Refusal(
            "not_yours_to_give",
            "您不能在这个范围任免“{role}”",
            fix="请由有权限的上级办理",
            role=role.zh,
        )


def _check_person(user: User, values: Mapping[str, Any], by: Actor | None) -> None:
    """Somebody else's people cannot be rewritten by giving them a post of one's own."""
    if user.is_machine:
        raise Refusal(
            "machine_account", "这是程序账号", fix="请换一个登录账号", username=user.username
        )
    if by is None or not _differing(user, values):
        return
    for post in _open_posts(user):
        if not may_give(by, roles().by_code[post.role], Place(post.district, post.station)):
            raise Refusal(
                "not_your_person",
                "此人另有不归您管的岗位，资料不能由您修改",
                fix="请去掉要改的内容，或由其主管单位办理",
            )


def _differing(user: User, values: Mapping[str, Any]) -> dict[str, Any]:
    """Facts the row says otherwise."""
    return {
        field: values[key]
        for key, field in FACTS.items()
        if values.get(key) is not None and values[key] != getattr(user, field)
    }


def _open_posts(user: User) -> list[Post]:
    return [post for post in user.posts.all() if post.until is None]


def _open_post(user: User, values: Mapping[str, Any]) -> Post | None:
    """The post the row speaks of, if the person holds it to the day it says."""
    scope, until = _scope(values), values.get("until")
    return next(
        (
            post
            for post in user.posts.all()
            if (post.role, post.scope) == (values["role"], scope) and post.until == until
        ),
        None,
    )


def _put(row: GoodRow, user: User | None, by: Actor | None) -> User:
    values: Mapping[str, Any] = row.values
    if user is None:
        user = enrol_person(username=values["username"], name=values["name"])
    fields = {**_differing(user, values), "is_active": True}
    for field, value in fields.items():
        setattr(user, field, value)
    user.save(update_fields=list(fields))
    if _open_post(user, values) is None:
        _give(user, values, by)
    return user


def _give(user: User, values: Mapping[str, Any], by: Actor | None) -> None:
    """A new post; or the last day of one that is open."""
    scope = _scope(values)
    held = [p for p in _open_posts(user) if (p.role, p.scope) == (values["role"], scope)]
    for post in held:
        _end(post, values["until"])
    if not held:
        give_post(
            user=user,
            role=values["role"],
            scope=scope,
            since=values.get("since"),
            until=values.get("until"),
            by=by,
        )


def _end(post: Post, until: date) -> None:
    post.until = max(until, post.since)
    post.save(update_fields=["until"])
    record(
        events.PostEnded(
            subject=f"user:{post.user_id}",
            post_id=post.pk,
            user_id=post.user_id,
            until=post.until,
        )
    )


def _restore(user: User, state: State | None) -> None:
    """Facts as they were; posts that came with the import end today.

    An account that the import opened is closed, not erased: the ledger refers to it.
    """
    kept = dict(state["posts"]) if state else {}
    for post in user.posts.all():
        if post.pk in kept:
            post.until = date.fromisoformat(kept[post.pk]) if kept[post.pk] else None
            post.save(update_fields=["until"])
        elif post.until is None or post.until > clock.today():
            _end(post, clock.today())
    if state is None:
        user.is_active = False
    else:
        for field in ("name", "phone", "certificate_no", "is_active"):
            setattr(user, field, state[field])
        until = state["certificate_until"]
        user.certificate_until = date.fromisoformat(until) if until else None
    user.save()
