"""Reading 阅读: a person's own inbox and how he wants to be reached; nobody else's business."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts import limits
from mingchu.accounts.models import User
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.kit.messages.domain import Severity
from mingchu.kit.messages.ways import open_to, parcel
from mingchu.kit.models import InboxItem, Message, Reach
from mingchu.ledger.services import send_many_later

TESTS_AN_HOUR = 5
AN_HOUR = timedelta(hours=1)
TEST = _noop("这是一条测试消息")


def mark_read(*, user: int, only: Collection[UUID] | None = None) -> int:
    """Marks messages of one's own as read, all of them unless some are named; how many were not."""
    rows = InboxItem.objects.filter(user_id=user, read_at=None)
    if only is not None:
        rows = rows.filter(pk__in=only)
    return rows.update(read_at=clock.now())


def set_reach(*, user: User, **chosen: Any) -> Reach:
    """How one wants to be reached from now on."""
    return Reach.objects.update_or_create(user=user, defaults=chosen)[0]


def send_test(*, user: User) -> int:
    """A message to oneself by every way one has chosen, whatever the hour; how many those are."""
    open_ways = open_to(user)
    if not open_ways:
        raise Refusal(
            "no_way_to_you",
            _noop("您还没有可用的通知方式"),
            fix=_noop("请填写电子邮箱或手机号，并选择用它接收哪些消息"),
        )
    limits.hit(f"message-test:{user.pk}", TESTS_AN_HOUR, AN_HOUR).refuse_if_over()
    with transaction.atomic():
        message = Message.objects.create(
            subject=f"user:{user.pk}", severity=Severity.PLAIN, what=TEST
        )
        item = InboxItem.objects.create(message=message, user=user)
        send_many_later([parcel(way, user, [item]) for way in open_ways])
    return len(open_ways)
