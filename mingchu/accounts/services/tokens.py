"""Tokens: keys for programs, each no wider than the post behind it."""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts import events
from mingchu.accounts.domain import ScopeKind
from mingchu.accounts.models import ApiToken, Post, User
from mingchu.accounts.queries import actor_for, certificate_lapsed, digest, is_certified
from mingchu.accounts.roles import roles
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.ledger.services import record

TOKEN_DAYS = 90
TOKEN_DAYS_TOP = 400
TITLE_TOP = 80
DEVICE_SCOPES = ("inspect:sync",)
WIDTHS = (ScopeKind.CITY, ScopeKind.DISTRICT, ScopeKind.STATION)


@transaction.atomic
def issue_token(
    *, post: Post, title: str, api_scopes: tuple[str, ...] = (), days: int = TOKEN_DAYS
) -> tuple[ApiToken, str]:
    """A key for a program; without API scopes it may all that the post may."""
    return _issue(post, title, api_scopes, days)


@transaction.atomic
def issue_device_token(*, user: User, device: str, name: str, days: int) -> tuple[ApiToken, str]:
    """An inspector's phone signs in: a key for its records alone, one a person and device.

    `device` is the UUID the phone made, `name` what the person calls it. The post is the widest
    he inspects in. Raises Refusal `bad_device`, `certificate_lapsed`, `no_inspector_post`.
    """
    device = _device(device)
    # Twice at once is one after the other: the later one is what the phone keeps.
    owner = User.objects.select_for_update().get(pk=user.pk)
    post = _inspectors_post(owner)
    for older in ApiToken.objects.filter(post__user=owner, device=device, revoked_at=None):
        revoke_token(token=older)
    return _issue(post, name.strip()[:TITLE_TOP] or device, DEVICE_SCOPES, days, device)


def _device(said: str) -> str:
    try:
        return str(UUID(said))
    except ValueError as error:
        raise Refusal(
            "bad_device",
            _noop("“{device}”不是设备编号"),
            fix=_noop("设备编号是手机第一次打开时生成的 UUID"),
            status=400,
            device=said[:40],
        ) from error


def _inspectors_post(owner: User) -> Post:
    if not is_certified(owner):
        raise certificate_lapsed()
    grants = list(actor_for(owner).grants_for("inspection.conduct"))
    if not grants:
        raise Refusal(
            "no_inspector_post",
            _noop("没有在任的执法检查岗位"),
            fix=_noop("请由上级任命后再登录手机"),
            status=403,
        )
    widest = min(grants, key=lambda one: (WIDTHS.index(one.post.scope.kind), one.post.id or 0))
    return Post.objects.get(pk=widest.post.id or 0)


def _issue(
    post: Post, title: str, api_scopes: tuple[str, ...], days: int, device: str = ""
) -> tuple[ApiToken, str]:
    if unknown := set(api_scopes) - set(roles().api_scopes):
        raise Refusal(
            "unknown_api_scope",
            _noop("没有“{scope}”这个接口范围"),
            fix=_noop("可用：{known}"),
            status=400,
            scope=min(unknown),
            known=list(roles().api_scopes),
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
        device=device,
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
