"""Reads of people and posts."""

from __future__ import annotations

import hashlib
import hmac

from django.db.models import Q, QuerySet

from mingchu.accounts.domain import CITY, Actor, Scope, ScopeKind, grants_on
from mingchu.accounts.models import ApiToken, Post, User
from mingchu.accounts.roles import roles
from mingchu.base import clock

NOBODY = Actor(roles())


def digest(secret: str) -> str:
    """Secrets of 128 bits and more need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def actor_for(user: User) -> Actor:
    """A person with what the posts of today allow."""
    today = clock.today()
    posts = [post.value for post in open_posts().filter(user=user).order_by("id")]
    return Actor(
        roles(),
        user_id=user.pk,
        name=user.name,
        grants=grants_on(posts, roles(), today),
        certified=is_certified(user),
        machine=user.is_machine,
    )


def is_certified(user: User) -> bool:
    """Whether an inspection certificate is in force today."""
    until = user.certificate_until
    return bool(user.certificate_no) and (until is None or clock.today() <= until)


def actor_of_token(text: str) -> Actor | None:
    """Whoever a bearer token stands for; None if it is unknown, expired, revoked or orphaned."""
    token_id, _, secret = text.removeprefix("mc_").partition("_")
    token = ApiToken.objects.select_related("post__user").filter(pk=token_id).first()
    if token is None or not hmac.compare_digest(token.secret_digest, digest(secret)):
        return None
    now = clock.now()
    owner = token.post.user
    if token.revoked_at or token.expires_at <= now or not owner.is_active:
        return None
    table = roles()
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


def open_posts() -> QuerySet[Post]:
    """Posts held today."""
    today = clock.today()
    return Post.objects.filter(Q(until__isnull=True) | Q(until__gte=today), since__lte=today)


def holders(role: str, district: str = "") -> QuerySet[Post]:
    """Who holds a role today, of people who may sign in; the longest in office first."""
    posts = open_posts().filter(role=role, user__is_active=True, user__is_machine=False)
    if district:
        posts = posts.filter(
            Q(scope_kind=ScopeKind.DISTRICT, scope_code=district)
            | Q(scope_kind=ScopeKind.STATION, scope_code__startswith=district)
        )
    return posts.select_related("user").order_by("since", "id")


def scope_filter(scopes: tuple[Scope, ...]) -> Q:
    """Posts and enrolments that lie in the scopes; a station's code begins with its district's."""
    if CITY in scopes:
        return Q()
    wanted = Q(pk__in=[])
    for scope in scopes:
        wanted |= Q(scope_kind=scope.kind, scope_code=scope.code)
        if scope.kind is ScopeKind.DISTRICT:
            wanted |= Q(scope_kind=ScopeKind.STATION, scope_code__startswith=scope.code)
    return wanted
