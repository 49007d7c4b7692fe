"""Reads of inboxes, receivers and the duty roster."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from mingchu.accounts.domain import CITY, Actor, Scope, ScopeKind
from mingchu.accounts.models import User
from mingchu.accounts.queries import posted_at
from mingchu.identifiers.divisions import REPORTING
from mingchu.kit.models import Duty, InboxItem, Message, Receiver, ReceiverForm
from mingchu.ledger.rows import Question, ask

PAGE = 30
UNREAD_TOP = 100  # more are told as 99+

# Inboxes


def unread(user: int) -> int:
    """How many messages somebody has not read, counted up to a hundred."""
    ((found,),) = ask(*unread_asked(user))
    return int(found)


def unread_asked(user: int | None) -> tuple[Question, ...]:
    """What that asks; nothing of nobody."""
    return (Question(_UNREAD, (user, UNREAD_TOP)),) if user else ()


_UNREAD = """
    SELECT count(*) FROM (
        SELECT FROM kit_inboxitem WHERE user_id = %s AND read_at IS NULL LIMIT %s
    ) AS counted
"""


def inbox(
    user: int, *, only_unread: bool = False, before: UUID | None = None, limit: int = PAGE
) -> list[InboxItem]:
    """Somebody's messages, the newest first, one page and one more."""
    rows = InboxItem.objects.filter(user_id=user).select_related("message")
    if only_unread:
        rows = rows.filter(read_at=None)
    if before:
        rows = rows.filter(pk__lt=before)
    return list(rows.order_by("-pk")[: limit + 1])


def own_item(user: int, pk: UUID) -> InboxItem | None:
    return InboxItem.objects.select_related("message").filter(user_id=user, pk=pk).first()


def carried(payload: Any) -> tuple[User | None, list[Message]]:
    """Whom a parcel is for and what it carries; nothing of what has since gone."""
    user = User.objects.filter(pk=payload["user"], is_active=True).first()
    items = InboxItem.objects.filter(pk__in=payload["items"]).select_related("message")
    return user, [item.message for item in items.order_by("pk")]


def late(moment: datetime) -> int:
    """Messages that should have gone on to people or groups before the moment."""
    return (
        InboxItem.objects.filter(tell_at__lt=moment).count()
        + Message.objects.filter(robots_at__lt=moment).count()
    )


# Receivers


def receivers(*, active: bool = False) -> list[Receiver]:
    rows = Receiver.objects.order_by("-active", "district", "pk")
    return list(rows.filter(active=True) if active else rows)


def takers_of_changes(*, active: bool = False) -> list[Receiver]:
    """Systems that are told of changes, the oldest first."""
    rows = Receiver.objects.filter(form=ReceiverForm.CHANGES).order_by("pk")
    return list(rows.filter(active=True) if active else rows)


def receiver(pk: int) -> Receiver | None:
    return Receiver.objects.filter(pk=pk).first()


def messages(pks: Collection[str]) -> list[Message]:
    return list(Message.objects.filter(pk__in=pks).order_by("pk"))


# Duty


def on_duty(scopes: Iterable[Scope], moment: datetime) -> dict[Scope, list[User]]:
    """Who is on duty in each of the scopes at the moment; scopes without anybody are left out."""
    wanted = set(scopes)
    rows = Duty.objects.filter(_of(wanted), begins__lte=moment, ends__gt=moment)
    found: dict[Scope, list[User]] = {}
    for duty in rows.filter(user__is_active=True).select_related("user").order_by("pk"):
        found.setdefault(duty.scope, []).append(duty.user)
    return found


def _of(scopes: Iterable[Scope]) -> Q:
    wanted = Q(pk__in=[])
    for scope in scopes:
        wanted |= Q(scope_kind=scope.kind.value, scope_code=scope.code)
    return wanted


def duties(scope: Scope, begin: datetime, end: datetime) -> list[Duty]:
    """The roster of one part of the city between two moments."""
    rows = Duty.objects.filter(_of([scope]), begins__lt=end, ends__gt=begin)
    return list(rows.select_related("user").order_by("begins", "pk"))


def duty_in(scopes: Iterable[Scope], pk: int) -> Duty | None:
    """One duty, if it is on a roster of the scopes."""
    return Duty.objects.select_related("user").filter(_of(scopes), pk=pk).first()


def rosters_kept(actor: Actor) -> list[Scope]:
    """The parts of the city whose roster the actor draws up, the widest first."""
    return _rosters(set(actor.scopes_for("duty.roster")))


def rosters_seen(actor: Actor) -> list[Scope]:
    """The same of those he may look at; a station looks at its district's."""
    scopes = actor.scopes_for("duty.read")
    return _rosters(
        {
            Scope(ScopeKind.DISTRICT, one.code[:6]) if one.kind is ScopeKind.STATION else one
            for one in scopes
        }
    )


def _rosters(scopes: Collection[Scope]) -> list[Scope]:
    districts = [Scope(ScopeKind.DISTRICT, row.code) for row in REPORTING]
    return [scope for scope in (CITY, *districts) if CITY in scopes or scope in scopes]


def candidates(scope: Scope) -> list[User]:
    """Whoever holds a post in that part of the city today."""
    people = {post.user_id: post.user for post in posted_at([scope])}
    return sorted(people.values(), key=lambda user: user.name)
