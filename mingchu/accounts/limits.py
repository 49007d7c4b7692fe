"""Limits 限次: how often something may be tried, counted in one UNLOGGED table.

Keys may hold addresses or log-in names; the table keeps only their digest.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.models import Counter
from mingchu.base import clock
from mingchu.base.errors import Refusal


@dataclass(frozen=True)
class Tries:
    """What a window has seen so far."""

    hits: int
    limit: int
    until: datetime

    @property
    def is_over(self) -> bool:
        return self.hits > self.limit

    def refuse_if_over(self) -> None:
        if self.is_over:
            raise Refusal(
                "too_many_tries",
                _noop("尝试次数太多，已暂时停用"),
                fix=_noop("请在{minutes}分钟后再试"),
                status=429,
                minutes=max(1, -(-int((self.until - clock.wall()).total_seconds()) // 60)),
            )


def hit(key: str, limit: int, window: timedelta) -> Tries:
    """Counts one try; a new window begins with the first try after the last one has passed.

    Wall time on purpose: a demo clock that is set forward must not unlock anything. Call it
    outside of a transaction that may be rolled back, else the try is forgotten with it.
    """
    now = clock.wall()
    with connection.cursor() as db:
        db.execute(
            "INSERT INTO accounts_counter AS c (key, hits, until) VALUES (%s, 1, %s) "
            "ON CONFLICT (key) DO UPDATE SET "
            "hits = CASE WHEN c.until <= %s THEN 1 ELSE c.hits + 1 END, "
            "until = CASE WHEN c.until <= %s THEN excluded.until ELSE c.until END "
            "RETURNING hits, until",
            [_digest(key), now + window, now, now],
        )
        hits, until = db.fetchone()
    return Tries(hits, limit, until)


def seen(key: str, limit: int) -> Tries:
    """The tries so far, without counting one."""
    row = Counter.objects.filter(key=_digest(key), until__gt=clock.wall()).first()
    return Tries(row.hits if row else 0, limit, row.until if row else clock.wall())


def clear(key: str) -> None:
    """A success forgets the failures before it."""
    Counter.objects.filter(key=_digest(key)).delete()


def forget_passed() -> int:
    """Drops windows that have passed; run by the worker every hour."""
    return Counter.objects.filter(until__lte=clock.wall()).delete()[0]


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
