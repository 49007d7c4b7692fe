"""Hooks 变更推送: other systems are told of sealed changes, signed, by the outbox.

A body is the page the feed would give; `Mingchu-Signature` holds the time and the HMAC-SHA256 of
time, a full stop and the body, so that a receiver knows who speaks and that it is not a replay.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.ledger import queries as ledger
from mingchu.ledger.services import Message, record, send_later
from mingchu.registry import events, queries
from mingchu.registry.models import Hook
from mingchu.registry.services.bounds import check_fits

CHANNEL = "registry.hook"
AT_ONCE = 100
SECONDS = 10
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@transaction.atomic
def add_hook(*, name: str, url: str, kinds: Sequence[str] = (), district: str = "") -> Hook:
    """Tells another system from the newest change on; what was before it reads from the feed."""
    check_fits(Hook, {"name": name, "url": url, "kinds": kinds, "district": district})
    parts = urlsplit(url)
    if not parts.hostname or (parts.scheme != "https" and parts.hostname not in LOOPBACK):
        raise Refusal(
            "hook_not_https",
            _noop("推送地址“{url}”不是 https 地址"),
            fix=_noop("请给出以 https:// 开头的完整地址"),
            status=422,
            url=url,
        )
    made = Hook.objects.create(
        name=name,
        url=url,
        kinds=list(kinds),
        district=district,
        secret=secrets.token_hex(32),
        cursor=ledger.sealed_size(),
    )
    record(
        events.HookAdded(
            subject=f"hook:{made.pk}", hook_id=made.pk, kinds=tuple(kinds), district=district
        )
    )
    return made


@transaction.atomic
def end_hook(*, hook: Hook) -> Hook:
    """Tells it no more; what waits in the outbox still goes."""
    if hook.active:
        hook.active = False
        hook.save(update_fields=["active"])
        record(events.HookEnded(subject=f"hook:{hook.pk}", hook_id=hook.pk))
    return hook


def push_changes() -> int:
    """Hands what was sealed since to the outbox, for every hook; how far they all came."""
    return sum(_push(hook.pk) for hook in queries.hooks(active=True))


@transaction.atomic
def _push(number: int) -> int:
    hook = Hook.objects.select_for_update(skip_locked=True).filter(pk=number).first()
    if hook is None:
        return 0
    scope = Scope(ScopeKind.DISTRICT, hook.district) if hook.district else CITY
    found, last = queries.changes([scope], hook.cursor, limit=AT_ONCE)
    wanted = [one for one in found if not hook.kinds or one.entry.kind in hook.kinds]
    told = [queries.change_said(one) for one in wanted]
    moved = last - hook.cursor
    if told:
        send_later(CHANNEL, {"hook": hook.pk, "items": told}, subject=f"hook:{hook.pk}")
    if moved:
        hook.cursor = last
        hook.save(update_fields=["cursor"])
    return moved


class _Stay(HTTPRedirectHandler):
    """A receiver that sends elsewhere would carry the signed body to a stranger."""

    def redirect_request(self, *said: Any, **more: Any) -> None:
        return None


_opener = build_opener(_Stay)


def deliver_hook(message: Message) -> None:
    """Posts one batch; anything but a 2xx is tried again by the outbox."""
    hook = queries.hook(message.payload["hook"])
    if hook is None:
        return
    body = json.dumps({"items": message.payload["items"]}, ensure_ascii=False).encode()
    at = str(int(clock.wall().timestamp()))
    request = Request(hook.url, data=body, method="POST")  # noqa: S310 add_hook checked the scheme
    request.add_header("Content-Type", "application/json; charset=utf-8")
    request.add_header("Idempotency-Key", str(message.key))
    request.add_header("Mingchu-Signature", f"t={at},v1={signature(hook.secret, at, body)}")
    try:
        with _opener.open(request, timeout=SECONDS) as answer:
            status = answer.status
    except HTTPError as error:
        status = error.code
    if not 200 <= status < 300:
        raise ConnectionError(f"{hook.url} answered {status}")


def signature(secret: str, at: str, body: bytes) -> str:
    """
    >>> signature("s", "1", b"{}")[:12]
    'b253639bcd70'
    """
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
