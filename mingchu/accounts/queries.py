"""Reads of people and posts."""

from __future__ import annotations

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts import domain, models
from mingchu.accounts.domain import Actor, Scope, ScopeKind, grants_on
from mingchu.accounts.models import (
    ApiToken,
    Enrolment,
    Post,
    SigningPin,
    SignInLink,
    User,
    Viewing,
)
from mingchu.accounts.places import Located, located_all
from mingchu.accounts.roles import roles
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.ledger.rows import Columns, Question, ask

PAGE = 50
HELD = """
SELECT role, scope_kind, scope_code, since, until, id FROM accounts_post
 WHERE user_id = %s AND since <= %s AND (until IS NULL OR until >= %s) ORDER BY id
"""
NOBODY = Actor(roles())


def digest(secret: str) -> str:
    """Secrets of 128 bits and more need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def user(number: int) -> User | None:
    """Whoever has the number, with the posts of today: the first question of every page of
    somebody who is signed in."""
    rows = ask(user_asked(number))
    if not rows:
        return None
    end = len(_person)
    found = _person.made(rows[0][:end])
    found.held = [_post(row[end:]) for row in rows if row[-1] is not None]
    return found


def user_asked(number: int) -> Question:
    today = clock.today()
    return Question(_with_posts(), (today, today, number))


_person = Columns(User)


@cache
def _with_posts() -> str:
    return f"""
        SELECT {_person.sql("one")}, role, scope_kind, scope_code, since, until, held.id
          FROM accounts_user one LEFT JOIN accounts_post held
            ON user_id = one.id AND since <= %s AND (until IS NULL OR until >= %s)
         WHERE one.id = %s ORDER BY held.id
    """  # noqa: S608 no value


def actor_for(user: User) -> Actor:
    """A person with what the posts of today allow."""
    today = clock.today()
    return Actor(
        roles(),
        user_id=user.pk,
        name=user.name,
        grants=grants_on(_posts_of(user.pk) if user.held is None else user.held, roles(), today),
        certified=is_certified(user),
        machine=user.is_machine,
    )


def _posts_of(user: int) -> list[domain.Post]:
    """`open_posts` of one person as rows, without building models: asked before every page."""
    today = clock.today()
    return [_post(row) for row in ask(Question(HELD, (user, today, today)))]


def _post(row: Sequence[Any]) -> domain.Post:
    role, kind, code, since, until, number = row
    return domain.Post(role, Scope(ScopeKind(kind), code), since, until, number)


def is_certified(user: User) -> bool:
    """Whether an inspection certificate is in force today."""
    until = user.certificate_until
    return bool(user.certificate_no) and (until is None or clock.today() <= until)


def certificate_lapsed() -> Refusal:
    return Refusal(
        "certificate_lapsed",
        _noop("没有登记行政执法证，或者执法证不在有效期内"),
        fix=_noop("请由管理员登记执法证号和有效期；手机上的记录都会保留"),
        status=403,
    )


def actor_of_token(text: str) -> Actor | None:
    """Whoever a bearer token stands for; None if it is unknown, expired or revoked.

    Raises Refusal `post_ended` once its post is not held any more, which another token mends, and
    for a device `certificate_lapsed`, which none does.
    """
    token_id, _, secret = text.removeprefix("mc_").partition("_")
    token = ApiToken.objects.select_related("post__user").filter(pk=token_id).first()
    if token is None or not hmac.compare_digest(token.secret_digest, digest(secret)):
        return None
    now = clock.now()
    owner = token.post.user
    if token.revoked_at or token.expires_at <= now or not owner.is_active:
        return None
    table = roles()
    if not token.post.value.is_held_on(clock.today()):
        raise Refusal(
            "post_ended",
            _noop("令牌所用的岗位已经结束"),
            fix=_noop("请用现在的岗位重新签发令牌；手机请重新登录，上面的记录都会保留"),
            status=401,
        )
    if token.device and not is_certified(owner):
        raise certificate_lapsed()
    return Actor(
        table,
        user_id=owner.pk,
        name=owner.name,
        grants=grants_on([token.post.value], table, clock.today()),
        certified=is_certified(owner),
        within=tuple(
            pattern for name in token.api_scopes for pattern in table.api_scopes.get(name, ())
        )
        or ("*",),
        token=token.pk,
        machine=True,
    )


def actor_in_post(number: int) -> Actor | None:
    """Whoever holds a post, with what it allows today; None once it is not held any more."""
    post = open_posts().select_related("user").filter(pk=number, user__is_active=True).first()
    if post is None:
        return None
    return Actor(
        roles(),
        user_id=post.user_id,
        name=post.user.name,
        grants=grants_on([post.value], roles(), clock.today()),
        certified=is_certified(post.user),
        machine=post.user.is_machine,
    )


def open_posts() -> QuerySet[Post]:
    """Posts held today."""
    today = clock.today()
    return Post.objects.filter(Q(until__isnull=True) | Q(until__gte=today), since__lte=today)


def people(numbers: Sequence[int]) -> list[User]:
    """People by number, in this order."""
    known = User.objects.in_bulk(numbers)
    return [known[number] for number in numbers]


def holders(role: str, district: str = "") -> QuerySet[Post]:
    """Who holds a role today, of people who may sign in; the longest in office first."""
    posts = open_posts().filter(role=role, user__is_active=True, user__is_machine=False)
    if district:
        posts = posts.filter(district=district)
    return posts.select_related("user").order_by("since", "id")


def posted_at(scopes: Iterable[Scope]) -> list[Post]:
    """Posts held today in exactly these scopes, by people who may sign in."""
    codes = defaultdict(set)
    for scope in scopes:
        codes[scope.kind.value].add(scope.code)
    wanted = Q(pk__in=[])
    for kind, known in codes.items():
        wanted |= Q(scope_kind=kind, scope_code__in=known)
    posts = open_posts().filter(wanted, user__is_active=True, user__is_machine=False)
    return list(posts.select_related("user").order_by("id"))


def scope_filter(scopes: Iterable[Scope]) -> Q:
    """Posts and enrolments that lie in the scopes."""
    wanted = Q(pk__in=[])
    for scope in scopes:
        if scope.kind is ScopeKind.CITY:
            return Q()
        if scope.kind in (ScopeKind.DISTRICT, ScopeKind.STATION):
            wanted |= Q(**{scope.kind.value: scope.code})
        wanted |= Q(scope_kind=scope.kind, scope_code=scope.code)
    return wanted


@dataclass(frozen=True)
class PostRow:
    """A post as a list shows it."""

    id: int
    name: str
    machine: bool
    role_code: str
    scope: str
    since: date
    until: date | None


@dataclass(frozen=True)
class DeviceRow:
    """A phone with a token as a list shows it."""

    token: str
    user: int
    person: str
    device: str
    issued: datetime
    expires: datetime
    last_used: datetime | None
    revoked: datetime | None


def posts_in(
    scopes: Iterable[Scope], *, query: str = "", role: str = "", after: int = 0
) -> list[PostRow]:
    """Posts held today in the scopes, one page and one more, in the order they were given."""
    posts = open_posts().filter(scope_filter(scopes), pk__gt=after).select_related("user")
    if query:
        posts = posts.filter(Q(user__name__contains=query) | Q(user__username__contains=query))
    if role:
        posts = posts.filter(role=role)
    return _rows(posts.order_by("pk")[: PAGE + 1])


def _rows(posts: Iterable[Post]) -> list[PostRow]:
    """Rows with the names of their scopes, each context asked once."""
    held = list(posts)
    names = scope_names(post.scope for post in held)
    return [
        PostRow(
            post.pk,
            post.user.name,
            post.user.is_machine,
            post.role,
            names[post.scope],
            post.since,
            post.until,
        )
        for post in held
    ]


def scope_names(scopes: Iterable[Scope]) -> dict[Scope, str]:
    """Scopes as people read them: the kind of thing, then its name, else its code."""
    wanted = set(scopes)
    found = located_all(wanted)
    return {scope: _name(scope, found.get(scope)) for scope in wanted}


def scope_name(scope: Scope) -> str:
    return scope_names([scope])[scope]


def _name(scope: Scope, found: Located | None) -> str:
    kind = str(models.ScopeKind(scope.kind.value).label)
    name = found.name if found else scope.code
    return f"{kind} {name}" if name else kind


def post_in(scopes: Iterable[Scope], pk: int) -> Post | None:
    """One post, if it lies in the scopes."""
    return Post.objects.select_related("user").filter(scope_filter(scopes), pk=pk).first()


def open_enrolments(scopes: Iterable[Scope]) -> list[Enrolment]:
    """Sheets that could still be used."""
    sheets = Enrolment.objects.filter(
        scope_filter(scopes), used_at=None, voided_at=None, expires_at__gt=clock.now()
    )
    return list(sheets.order_by("-pk")[:PAGE])


def enrolment_in(scopes: Iterable[Scope], pk: int) -> Enrolment | None:
    return Enrolment.objects.filter(scope_filter(scopes), pk=pk).first()


def posts_of(user: User) -> list[PostRow]:
    """A person's posts, past ones too, the newest first."""
    return _rows(user.posts.select_related("user").order_by("-since", "-pk"))


def tokens_of(user: User) -> list[ApiToken]:
    return list(ApiToken.objects.filter(post__user=user).order_by("-issued_at", "pk"))


def token_of(user: User, pk: str) -> ApiToken | None:
    return ApiToken.objects.filter(post__user=user, pk=pk).first()


def token_by_id(pk: str) -> ApiToken | None:
    return ApiToken.objects.filter(pk=pk).first()


def devices_of(scopes: Iterable[Scope], user: User | None = None) -> list[DeviceRow]:
    """Phones that hold a token, of posts in the scopes, the newest first; revoked ones as well."""
    tokens = _device_tokens(scopes)
    if user is not None:
        tokens = tokens.filter(post__user=user)
    return [
        DeviceRow(
            token.pk,
            token.post.user_id,
            token.post.user.name,
            token.title,
            token.issued_at,
            token.expires_at,
            token.last_used_at,
            token.revoked_at,
        )
        for token in tokens.order_by("-issued_at", "pk")
    ]


def device_in(scopes: Iterable[Scope], pk: str) -> ApiToken | None:
    """One device's token, if its post lies in the scopes."""
    return _device_tokens(scopes).filter(pk=pk).first()


def _device_tokens(scopes: Iterable[Scope]) -> QuerySet[ApiToken]:
    posts = Post.objects.filter(scope_filter(scopes))
    tokens = ApiToken.objects.exclude(device="").filter(post__in=posts)
    return tokens.select_related("post__user")


def has_signing_pin(user_ids: Iterable[int]) -> set[int]:
    """Who of these people has set a signing PIN."""
    pins = SigningPin.objects.filter(user_id__in=set(user_ids))
    return set(pins.values_list("user_id", flat=True))


def own_post(user: User, pk: int) -> Post | None:
    return open_posts().filter(user=user, pk=pk).first()


def viewings(*, actor: str = "", subject: str = "", before: int = 0) -> list[Viewing]:
    """The access log, the newest first, one page and one more."""
    rows = Viewing.objects.order_by("-pk")
    if actor:
        rows = rows.filter(Q(actor=actor) | Q(actor__startswith=f"{actor} "))
    if subject:
        rows = rows.filter(subject=subject)
    if before:
        rows = rows.filter(pk__lt=before)
    return list(rows[: PAGE + 1])


def is_link(token: str) -> bool:
    """Whether the secret belongs to a link of the command line, used up or not."""
    return SignInLink.objects.filter(token_digest=digest(token)).exists()
