"""Telling 通知: a message lies in inboxes with the act it speaks of, and goes on by other ways.

All is written in the caller's transaction; what leaves the house is left to the outbox. So nobody
is told of what did not happen, and no receiver can hold up an act.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects

from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.accounts.models import Post, User
from mingchu.accounts.queries import is_certified, posted_at
from mingchu.accounts.roles import roles
from mingchu.base import clock
from mingchu.kit.messages import hours, queries
from mingchu.kit.messages.domain import News, Pace, Severity, To, called
from mingchu.kit.messages.ways import call_to, open_to, parcels_to, reach_of
from mingchu.kit.models import InboxItem, Message, Receiver, ReceiverForm
from mingchu.ledger.services import Parcel, current_cause, send_many_later

ROBOTS = (ReceiverForm.WECOM, ReceiverForm.DINGTALK, ReceiverForm.FEISHU)
ROWS_AT_ONCE = 1000


def tell(
    *,
    subject: str,
    what: str,
    to: Collection[To],
    severity: Severity,
    link: str = "",
    lines: Sequence[str] = (),
    facts: Mapping[str, Any] | None = None,
    district: str = "",
) -> Message:
    """Tells people of a subject, and the receivers of its district."""
    news = News(
        subject=subject,
        what=what,
        to=to,
        severity=severity,
        link=link,
        lines=tuple(lines),
        facts=facts or {},
        district=district,
    )
    return tell_many([news])[0]


def tell_many(told: Iterable[News]) -> list[Message]:
    """The same for many, asking for people and receivers once."""
    everything, now = list(told), clock.now()
    rows = Message.objects.bulk_create(
        [_message(news, now) for news in everything], batch_size=ROWS_AT_ONCE
    )
    items: list[InboxItem] = []
    parcels: list[Parcel] = []
    for row, (people, on_duty) in zip(rows, _people(everything, now), strict=True):
        everybody = {user.pk: user for user in (*people, *on_duty)}
        made = {number: _item(row, user, now) for number, user in everybody.items()}
        items += made.values()
        for number, item in made.items():
            if item.tell_at is None:
                parcels += parcels_to(everybody[number], [item])
        if row.severity == Severity.GRAVE:
            parcels += _calls(people, on_duty, made)
    InboxItem.objects.bulk_create(items, batch_size=ROWS_AT_ONCE)
    send_many_later([*parcels, *parcels_of(rows, now)])
    return rows


def _message(news: News, now: datetime) -> Message:
    """The row; a sentence whose places the facts do not fill is a programming error."""
    for sentence in (news.what, *news.lines):
        sentence.format(**news.facts)
    if news.link and not (news.link.startswith("/") and not news.link.startswith("//")):
        raise ValueError("a link of a message is a path of the house")
    robots_at = hours.tell_at(news.severity, Pace.AT_ONCE, now)
    return Message(
        subject=news.subject,
        severity=int(news.severity),
        what=news.what,
        lines=list(news.lines),
        facts=dict(news.facts),
        link=news.link,
        district=news.district,
        cause=current_cause(),
        at=now,
        robots_at=None if robots_at <= now else robots_at,
    )


def _people(everything: Sequence[News], now: datetime) -> Iterator[tuple[list[User], list[User]]]:
    """For each piece of news: who is told, and who is on duty if it is grave."""
    asked = [to for news in everything for to in news.to]
    known = User.objects.in_bulk({to.user for to in asked if to.user}) if asked else {}
    posts = posted_at({to.scope for to in asked if not to.user})
    prefetch_related_objects([*known.values(), *(post.user for post in posts)], "reach")
    grave = [news for news in everything if news.severity is Severity.GRAVE]
    duty = queries.on_duty({scope for news in grave for scope in _guards(news)}, now)
    prefetch_related_objects([user for guards in duty.values() for user in guards], "reach")
    for news in everything:
        found = {user.pk: user for to in news.to for user in _matching(to, posts, known)}
        guards = next((duty[scope] for scope in _guards(news) if scope in duty), [])
        yield list(found.values()), guards if news.severity is Severity.GRAVE else []


def _guards(news: News) -> list[Scope]:
    """Whose roster counts: the district's, else the city's."""
    district = [Scope(ScopeKind.DISTRICT, news.district)] if news.district else []
    return [*district, CITY]


def _matching(to: To, posts: Sequence[Post], known: Mapping[int, User]) -> Iterator[User]:
    if to.user:
        if (user := known.get(to.user)) and user.is_active:
            yield user
        return
    for post in posts:
        if post.scope == to.scope and _is_meant(to, post):
            yield post.user


def _is_meant(to: To, post: Post) -> bool:
    if to.role:
        return post.role == to.role
    role = roles().by_code.get(post.role)
    certified = is_certified(post.user)
    return role is not None and roles().grants(role, to.action, certified=certified)


def _item(row: Message, user: User, now: datetime) -> InboxItem:
    at = hours.tell_at(Severity(row.severity), Pace(reach_of(user).pace), now)
    waits = at > now and bool(open_to(user))
    return InboxItem(message=row, user=user, tell_at=at if waits else None)


def _calls(
    people: Sequence[User], on_duty: Sequence[User], made: Mapping[int, InboxItem]
) -> Iterator[Parcel]:
    """Grave news rings up whoever is on duty and has a telephone, else everybody told of it."""
    ringing = called([user for user in on_duty if user.phone], people)
    return (call for user in ringing if (call := call_to(user, made[user.pk])))


def parcels_of(rows: Iterable[Message], now: datetime) -> Iterator[Parcel]:
    """What the receivers get now: systems everything, chat groups what may not wait."""
    known = queries.receivers(active=True)
    for row in rows:
        for receiver in known:
            waits = receiver.form in ROBOTS and row.robots_at is not None and row.robots_at > now
            if not waits and wants(receiver, row):
                yield parcel_for(receiver, [row])


def wants(receiver: Receiver, row: Message) -> bool:
    """Whether the receiver asked for news of this place, kind and severity."""
    return (
        receiver.form != ReceiverForm.CHANGES
        and row.severity <= receiver.mildest
        and receiver.district in ("", row.district)
        and (not receiver.kinds or row.subject.partition(":")[0] in receiver.kinds)
    )


def parcel_for(receiver: Receiver, rows: Sequence[Message]) -> Parcel:
    name = f"receiver:{receiver.pk}"
    subject = rows[0].subject if len(rows) == 1 else ""
    payload = {"receiver": receiver.pk, "messages": [str(row.pk) for row in rows]}
    return Parcel(f"kit.{receiver.form}", payload, subject, name)
