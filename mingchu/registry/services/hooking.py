"""Hooks 变更推送: other systems are told of sealed changes, signed, by the outbox.

A body is the page the feed would give, signed as everything that leaves the house is.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from django.db import transaction

from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.kit import outward
from mingchu.ledger import queries as ledger
from mingchu.ledger.services import Message, record, send_later
from mingchu.registry import events, queries
from mingchu.registry.models import Hook
from mingchu.registry.services.bounds import check_fits

CHANNEL = "registry.hook"
AT_ONCE = 100


@transaction.atomic
def add_hook(*, name: str, url: str, kinds: Sequence[str] = (), district: str = "") -> Hook:
    """Tells another system from the newest change on; what was before it reads from the feed."""
    check_fits(Hook, {"name": name, "url": url, "kinds": kinds, "district": district})
    outward.check_address(url)
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
        name = f"hook:{hook.pk}"
        send_later(CHANNEL, {"hook": hook.pk, "items": told}, subject=name, receiver=name)
    if moved:
        hook.cursor = last
        hook.save(update_fields=["cursor"])
    return moved


def deliver_hook(message: Message) -> str:
    """Posts one batch; anything but a success is tried again by the outbox."""
    hook = queries.hook(message.payload["hook"])
    if hook is None:
        return ""
    said = {"items": message.payload["items"]}
    return outward.post_signed(hook.url, said, secret=hook.secret, key=message.key)
