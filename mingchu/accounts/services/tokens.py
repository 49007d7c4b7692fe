"""Tokens: keys for programs, each no wider than the post behind it."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts import events
from mingchu.accounts.models import ApiToken, Post
from mingchu.accounts.queries import digest
from mingchu.accounts.roles import roles
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.ledger.services import record

TOKEN_DAYS = 90
TOKEN_DAYS_TOP = 400


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
