"""Releasing 转告: what waited for the morning or for a digest goes on, once for each person."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

from django.db import transaction

from mingchu.accounts.models import User
from mingchu.base import clock
from mingchu.kit.messages import queries
from mingchu.kit.messages.telling import ROBOTS, parcel_for, wants
from mingchu.kit.messages.ways import parcels_to
from mingchu.kit.models import InboxItem, Message
from mingchu.ledger.services import Parcel, send_many_later

PEOPLE_AT_ONCE = 200


def release() -> int:
    """Sends on what has waited long enough; how many parcels that made."""
    now, made = clock.now(), 0
    while people := _waiting(now):
        made += _to_people(people, now)
    return made + _to_groups(now)


def _waiting(now: datetime) -> list[int]:
    rows = InboxItem.objects.filter(tell_at__lte=now).order_by("user_id")
    return list(rows.values_list("user_id", flat=True).distinct()[:PEOPLE_AT_ONCE])


@transaction.atomic
def _to_people(people: list[int], now: datetime) -> int:
    """One message a person and way with all that came together, but for what was read since."""
    due = InboxItem.objects.filter(tell_at__lte=now, user_id__in=people)
    rows = list(
        due.select_for_update(of=["self"]).select_related("message").order_by("user_id", "pk")
    )
    users = User.objects.filter(is_active=True).select_related("reach").in_bulk(people)
    parcels: list[Parcel] = []
    for number, items in groupby(rows, lambda item: item.user_id):
        unread = [item for item in items if item.read_at is None]
        if number in users:
            parcels += parcels_to(users[number], unread)
    InboxItem.objects.filter(pk__in=[row.pk for row in rows]).update(tell_at=None)
    return len(send_many_later(parcels))


@transaction.atomic
def _to_groups(now: datetime) -> int:
    """One message a chat group."""
    due = Message.objects.filter(robots_at__lte=now).order_by("pk")
    rows = list(due.select_for_update())
    parcels = [
        parcel_for(receiver, wanted)
        for receiver in queries.receivers(active=True)
        if receiver.form in ROBOTS and (wanted := [row for row in rows if wants(receiver, row)])
    ]
    Message.objects.filter(pk__in=[row.pk for row in rows]).update(robots_at=None)
    return len(send_many_later(parcels))
