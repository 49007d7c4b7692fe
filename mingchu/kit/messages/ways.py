"""Ways 渠道: by which ways a person is reached, and the parcels that go there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.conf import settings

from mingchu.accounts.models import User
from mingchu.kit.messages.domain import Severity, Way, ways
from mingchu.kit.models import InboxItem, Reach
from mingchu.ledger.services import Parcel


def channel(way: Way) -> str:
    return f"kit.{way}"


def is_connected(way: Way) -> bool:
    """Whether this house has a server or gateway for it."""
    return bool(settings.EMAIL_HOST if way is Way.MAIL else settings.GATEWAYS[way]["url"])


def reach_of(user: User) -> Reach:
    """What somebody has chosen, or what holds for who has not."""
    try:
        return user.reach
    except Reach.DoesNotExist:
        return Reach(user=user)


def open_to(user: User) -> dict[Way, int]:
    """The person's own ways, each with the mildest severity it carries."""
    reach = reach_of(user)
    chosen = {
        Way.MAIL: reach.by_mail if reach.mail else 0,
        Way.TEXT: reach.by_text if user.phone else 0,
    }
    return {way: mildest for way, mildest in chosen.items() if mildest and is_connected(way)}


def parcels_to(user: User, items: Sequence[InboxItem]) -> Iterator[Parcel]:
    """One parcel for each way that carries any of the items."""
    by_way = defaultdict(list)
    for item in items:
        for way in ways(Severity(item.message.severity), open_to(user)):
            by_way[way].append(item)
    return (parcel(way, user, carried) for way, carried in by_way.items())


def call_to(user: User, item: InboxItem) -> Parcel | None:
    """A call, where there is a gateway and a number."""
    can = user.phone and is_connected(Way.VOICE)
    return parcel(Way.VOICE, user, [item]) if can else None


def parcel(way: Way, user: User, items: Sequence[InboxItem]) -> Parcel:
    """News of one subject keeps its order for one person, and waits for nobody else's."""
    about = f"{items[0].message.subject} " if len(items) == 1 else ""
    payload = {"user": user.pk, "items": [str(item.pk) for item in items]}
    return Parcel(channel(way), payload, f"{about}user:{user.pk}")
