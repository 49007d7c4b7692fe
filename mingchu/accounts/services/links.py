"""Links of the command line: each signs one person in, once, from this machine."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts import events
from mingchu.accounts.models import SignInLink, User
from mingchu.accounts.queries import digest
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.ledger.services import record

LINK_MINUTES = 30


@dataclass(frozen=True)
class Ticket:
    """A secret shown once: it is kept only as a digest."""

    secret: str
    expires: datetime


@transaction.atomic
def issue_link(*, user: User) -> Ticket:
    """A link that signs the person in once, from this machine."""
    secret = secrets.token_urlsafe(24)
    expires = clock.now() + timedelta(minutes=LINK_MINUTES)
    SignInLink.objects.create(token_digest=digest(secret), user=user, expires_at=expires)
    record(events.LinkIssued(subject=f"user:{user.pk}", user_id=user.pk, expires=expires))
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
