"""Hooks 变更推送: other systems are told of sealed changes, signed, by the outbox.

They are receivers as those of messages are: sealed, tried, ended and looked after in one place. A
body is the page that the feed would give.
"""

from __future__ import annotations

from django.db import transaction

from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.kit.messages import queries as receivers
from mingchu.kit.messages import receiving
from mingchu.kit.models import Receiver
from mingchu.registry import queries

AT_ONCE = 100


def push_changes() -> int:
    """Hands what was sealed since to the outbox, for every system; how far they all came."""
    return sum(_push(one.pk) for one in receivers.takers_of_changes(active=True))


@transaction.atomic
def _push(number: int) -> int:
    one = Receiver.objects.select_for_update(skip_locked=True).filter(pk=number).first()
    if one is None:
        return 0
    scope = Scope(ScopeKind.DISTRICT, one.district) if one.district else CITY
    found, last = queries.changes([scope], one.cursor, limit=AT_ONCE)
    wanted = [each for each in found if not one.kinds or each.entry.kind in one.kinds]
    moved = last - one.cursor
    if wanted:
        told = [queries.change_said(each) for each in wanted]
        receiving.push(receiver=one, said={"items": told})
    if moved:
        one.cursor = last
        one.save(update_fields=["cursor"])
    return moved
