"""The acts of this floor: people come, take posts, hand them over, and leave."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts import events
from mingchu.accounts.domain import Actor, Place, Role, Scope, may_give
from mingchu.accounts.journal import record
from mingchu.accounts.models import ApiToken, Enrolment, Post, SignInLink, User, Viewing
from mingchu.accounts.places import located
from mingchu.accounts.queries import digest
from mingchu.accounts.roles import roles
from mingchu.base import clock, trail
from mingchu.base.errors import Refusal

LINK_MINUTES = 30
ENROLMENT_DAYS = 14
ENROLMENT_TRIES = 5
TOKEN_DAYS = 90
TOKEN_DAYS_TOP = 400
PIN_DIGITS = 6


@dataclass(frozen=True)
class NewPerson:
    """What somebody says of himself when he opens an account."""

    username: str
    name: str
    password: str
    phone: str = ""


@dataclass(frozen=True)
class Ticket:
    """A secret shown once: it is kept only as a digest."""

    secret: str
    expires: datetime


@dataclass(frozen=True)
class Invitation:
    """An enrolment with the two secrets that travel apart."""

    enrolment: Enrolment
    token: str
    pin: str


# People and posts


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
    place = _check_post(_role(role), scope, by)
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
    _check_post(_role(post.role), post.scope, by)
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
        _check_post(_role(post.role), post.scope, by)
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


def _role(code: str) -> Role:
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


def _check_post(role: Role, scope: Scope, by: Actor | None) -> Place:
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


# Enrolment by paper


@transaction.atomic
def issue_enrolment(
    *, role: str, scope: Scope, by: Actor, days: int = ENROLMENT_DAYS
) -> Invitation:
    """A sheet for one person and one post; link and PIN are shown now and never again."""
    place = _check_post(_role(role), scope, by)
    token, pin = secrets.token_urlsafe(24), _pin()
    enrolment = Enrolment.objects.create(
        token_digest=digest(token),
        pin_digest=make_password(pin),
        role=role,
        scope_kind=scope.kind,
        scope_code=scope.code,
        district=place.district,
        station=place.station,
        issued_by=User.objects.get(pk=by.user_id or 0),
        expires_at=clock.now() + timedelta(days=days),
        tries_left=ENROLMENT_TRIES,
    )
    record(
        events.EnrolmentIssued(
            subject=f"enrolment:{enrolment.pk}",
            enrolment_id=enrolment.pk,
            role=role,
            scope=str(scope),
            expires=enrolment.expires_at,
        )
    )
    return Invitation(enrolment, token, pin)


def open_enrolment(token: str) -> Enrolment:
    """The enrolment behind a link, if it can still be used."""
    found = Enrolment.objects.filter(token_digest=digest(token)).first()
    if found is None or found.used_at or found.voided_at or found.expires_at <= clock.now():
        raise link_is_dead()
    if found.tries_left == 0:
        raise Refusal(
            "enrolment_locked",
            _noop("校验码错误次数太多，开户单已作废"),
            fix=_noop("请联系签发人重新开具"),
            status=403,
        )
    return found


def accept_enrolment(*, token: str, pin: str, person: NewPerson | User) -> User:
    """Whoever holds link and PIN gets the post, in a new account or the one signed in.

    A try is taken before the PIN is looked at and outside of the transaction, so that a wrong
    one costs a try whatever happens next, also when many are sent at once.
    """
    enrolment = open_enrolment(token)
    taken = Enrolment.objects.filter(pk=enrolment.pk, tries_left__gt=0, used_at=None).update(
        tries_left=F("tries_left") - 1
    )
    if not taken or not check_password(pin, enrolment.pin_digest):
        raise Refusal(
            "wrong_pin",
            _noop("校验码不对"),
            fix=_noop("请核对签发人告诉您的{digits}位数字，再错几次开户单会作废"),
            status=403,
            digits=PIN_DIGITS,
        )
    return _settle(enrolment, person)


@transaction.atomic
def _settle(enrolment: Enrolment, person: NewPerson | User) -> User:
    user = (
        person
        if isinstance(person, User)
        else enrol_person(
            username=person.username,
            name=person.name,
            password=person.password,
            phone=person.phone,
        )
    )
    won = Enrolment.objects.filter(pk=enrolment.pk, used_at=None).update(
        used_at=clock.now(), used_by=user
    )
    if not won:
        raise link_is_dead()
    post = give_post(user=user, role=enrolment.role, scope=enrolment.scope)
    record(
        events.EnrolmentAccepted(
            subject=f"enrolment:{enrolment.pk}", enrolment_id=enrolment.pk, post_id=post.pk
        )
    )
    return user


@transaction.atomic
def void_enrolment(*, enrolment: Enrolment, by: Actor) -> None:
    """A sheet that went astray opens nothing any more."""
    _check_post(_role(enrolment.role), enrolment.scope, by)
    if enrolment.used_at or enrolment.voided_at:
        return
    enrolment.voided_at = clock.now()
    enrolment.save(update_fields=["voided_at"])
    record(events.EnrolmentVoided(subject=f"enrolment:{enrolment.pk}", enrolment_id=enrolment.pk))


# Links of the command line


def issue_link(*, user: User) -> Ticket:
    """A link that signs the person in once, from this machine."""
    secret = secrets.token_urlsafe(24)
    expires = clock.now() + timedelta(minutes=LINK_MINUTES)
    SignInLink.objects.create(token_digest=digest(secret), user=user, expires_at=expires)
    return Ticket(secret, expires)


def use_link(*, token: str, from_loopback: bool) -> User:
    """Uses the link up, in one statement, so that two clicks at once are one sign-in."""
    link = SignInLink.objects.select_related("user").filter(token_digest=digest(token)).first()
    if link is None or link.expires_at <= clock.now() or not link.user.is_active:
        raise link_is_dead()
    if link.loopback_only and not from_loopback:
        raise Refusal(
            "loopback_only",
            _noop("这个链接只能在服务器本机上打开"),
            fix=_noop("请在运行 mingchu 的机器上打开，或用账号登录"),
            status=403,
        )
    if not SignInLink.objects.filter(pk=link.pk, used_at=None).update(used_at=clock.now()):
        raise link_is_dead()
    return link.user


def link_is_dead() -> Refusal:
    return Refusal(
        "link_is_dead",
        _noop("这个链接已用过、已过期或不存在"),
        fix=_noop("请重新获取链接"),
        status=403,
    )


# Tokens


@transaction.atomic
def issue_token(
    *, post: Post, title: str, api_scopes: tuple[str, ...] = (), days: int = TOKEN_DAYS
) -> tuple[ApiToken, str]:
    """A key for a program; without API scopes it may all that the post may."""
    if unknown := set(api_scopes) - set(roles().api_scopes):
        raise Refusal(
            "unknown_api_scope",
            _noop("没有“{scope}”这个接口范围"),
            fix=_noop("可用：{known}"),
            status=400,
            scope=min(unknown),
            known="、".join(roles().api_scopes),
        )
    if not 1 <= days <= TOKEN_DAYS_TOP:
        raise Refusal(
            "bad_days",
            _noop("有效天数{days}不在允许范围"),
            fix=_noop("请填1至{top}"),
            status=400,
            days=days,
            top=TOKEN_DAYS_TOP,
        )
    secret = secrets.token_urlsafe(24)
    token = ApiToken.objects.create(
        secret_digest=digest(secret),
        post=post,
        title=title,
        api_scopes=list(api_scopes),
        expires_at=clock.now() + timedelta(days=days),
    )
    record(
        events.TokenIssued(
            subject=f"token:{token.pk}",
            token_id=token.pk,
            post_id=post.pk,
            api_scopes=api_scopes,
            expires=token.expires_at,
        )
    )
    return token, f"mc_{token.pk}_{secret}"


@transaction.atomic
def revoke_token(*, token: ApiToken) -> None:
    """From now on the key opens nothing; revoking twice changes nothing."""
    if token.revoked_at:
        return
    token.revoked_at = clock.now()
    token.save(update_fields=["revoked_at"])
    record(events.TokenRevoked(subject=f"token:{token.pk}", token_id=token.pk))


def note_use(token_id: str) -> None:
    """Keeps when a key was last used, to the minute, so that a busy key costs no write each."""
    now = clock.now()
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - timedelta(minutes=1))
    ApiToken.objects.filter(stale, pk=token_id).update(last_used_at=now)


# The access log


def log_view(actor: Actor, subject: str, purpose: str) -> None:
    """Somebody looks at personal data: `subject` is an id such as `user:17`, never a name."""
    post = actor.grants[0].post.id if actor.grants else None
    Viewing.objects.create(
        actor=actor.label,
        post_id=post,
        subject=subject,
        purpose=purpose,
        request_id=trail.request_id(),
    )


def _pin() -> str:
    return f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}}"
