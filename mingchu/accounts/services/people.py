"""People come, take posts, hand them over, and leave."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts import events
from mingchu.accounts.domain import Actor, Place, Role, Scope, may_give
from mingchu.accounts.models import Post, User
from mingchu.accounts.places import located
from mingchu.accounts.roles import roles
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.ledger.services import record


@transaction.atomic
def enrol_person(
    *,
    username: str,
    name: str,
    password: str | None = None,
    phone: str = "",
    certificate: str = "",
    machine: bool = False,
) -> User:
    """Opens an account; without a password it can be entered only by a link or a card."""
    if User.objects.filter(username=username).exists():
        raise Refusal(
            "username_taken",
            _noop("登录账号“{username}”已有人使用"),
            fix=_noop("请换一个账号，或用原账号登录后再扫码"),
            username=username,
        )
    user = User.objects.create_user(
        username, password, name=name, phone=phone, certificate_no=certificate, is_machine=machine
    )
    record(events.PersonEnrolled(subject=f"user:{user.pk}", user_id=user.pk, machine=machine))
    return user


@transaction.atomic
def give_post(
    *,
    user: User,
    role: str,
    scope: Scope,
    since: date | None = None,
    until: date | None = None,
    by: Actor | None = None,
) -> Post:
    """Puts a person into a post; `by` nobody means the house itself (command line, demo)."""
    place = check_post(role_of(role), scope, by)
    if Post.objects.filter(_same_post(user, role, scope), until__isnull=True).exists():
        raise Refusal(
            "post_held_already",
            _noop("此人已在这个岗位上"),
            fix=_noop("无需重复任命"),
        )
    post = Post.objects.create(
        user=user,
        role=role,
        scope_kind=scope.kind,
        scope_code=scope.code,
        district=place.district,
        station=place.station,
        since=since or clock.today(),
        until=until,
        given_by=by.label if by else "",
    )
    record(
        events.PostGiven(
            subject=f"user:{user.pk}",
            post_id=post.pk,
            user_id=user.pk,
            role=role,
            scope=str(scope),
            since=post.since,
        )
    )
    return post


@transaction.atomic
def end_post(*, post: Post, until: date, by: Actor) -> None:
    """The post is held to the end of that day; its tokens end with it."""
    check_post(role_of(post.role), post.scope, by)
    _end(post, until)


@transaction.atomic
def hand_over(*, giver: User, taker: User, since: date, by: Actor) -> list[Post]:
    """A whole desk: every open post of one person is the other's from that day on."""
    if giver.pk == taker.pk:
        raise Refusal("same_person", _noop("交接双方是同一人"), fix=_noop("请选择另一位接手人"))
    held = list(
        Post.objects.select_for_update()
        .filter(user=giver, until__isnull=True, since__lt=since)
        .order_by("id")
    )
    if not held:
        raise Refusal(
            "nothing_to_hand_over",
            _noop("此人没有可交接的岗位"),
            fix=_noop("请核对人员和交接日期"),
        )
    for post in held:
        check_post(role_of(post.role), post.scope, by)
    pairs = [(post, _pass_on(post, taker, since, by)) for post in held]
    record(
        events.DeskHandedOver(
            subject=f"user:{giver.pk}",
            from_user_id=giver.pk,
            to_user_id=taker.pk,
            since=since,
            posts=tuple((old.pk, new.pk) for old, new in pairs),
        )
    )
    return [new for _, new in pairs]


def _pass_on(post: Post, taker: User, since: date, by: Actor) -> Post:
    """The taker may already hold the same post; then it simply goes on."""
    _end(post, since - timedelta(days=1))
    held = Post.objects.filter(_same_post(taker, post.role, post.scope), until__isnull=True).first()
    return held or give_post(user=taker, role=post.role, scope=post.scope, since=since, by=by)


def _end(post: Post, until: date) -> None:
    if until < post.since:
        raise Refusal(
            "ends_before_it_begins",
            _noop("离岗日期早于到岗日期{since}"),
            fix=_noop("请改选到岗当日或以后的日期"),
            since=post.since,
        )
    post.until = until
    post.save(update_fields=["until"])
    record(
        events.PostEnded(
            subject=f"user:{post.user_id}", post_id=post.pk, user_id=post.user_id, until=until
        )
    )


def _same_post(user: User, role: str, scope: Scope) -> Q:
    return Q(user=user, role=role, scope_kind=scope.kind, scope_code=scope.code)


def role_of(code: str) -> Role:
    role = roles().by_code.get(code)
    if role is None:
        raise Refusal(
            "unknown_role",
            _noop("没有“{role}”这个角色"),
            fix=_noop("请使用角色表里的代码"),
            status=400,
            role=code,
        )
    return role


def check_post(role: Role, scope: Scope, by: Actor | None) -> Place:
    """The role must fit the scope, the scope must exist, and `by` must be allowed to give it."""
    if scope.kind not in role.scopes:
        raise Refusal(
            "wrong_scope",
            _noop("角色“{role}”不能设在这类范围"),
            fix=_noop("请选择角色表里允许的范围类别"),
            status=400,
            role=role.zh,
        )
    found = located(scope)
    if found is None:
        raise Refusal(
            "no_such_place",
            _noop("没有代码为“{place}”的单位"),
            fix=_noop("请核对代码"),
            status=400,
            place=scope.code,
        )
    if by is not None and not may_give(by, role, found.place):
        raise Refusal(
            "not_yours_to_give",
            _noop("您不能在这个范围任免“{role}”"),
            fix=_noop("请由有权限的上级办理"),
            status=403,
            role=role.zh,
        )
    return found.place


def set_preferences(*, user: User, name: str, phone: str, language: str, large_text: bool) -> None:
    """What a person says of himself; no official act, so nothing is recorded."""
    user.name, user.phone, user.language, user.large_text = name, phone, language, large_text
    user.save(update_fields=["name", "phone", "language", "large_text"])
