"""One letter: found by whom it concerns, what may be the same, whom it can be handed to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from mingchu.accounts.domain import Place, Scope, ScopeKind, covers, may
from mingchu.accounts.models import User
from mingchu.accounts.queries import actor_for, open_posts
from mingchu.base import clock
from mingchu.complaints import rules
from mingchu.complaints.domain.likeness import ALIKE_FROM, likeness
from mingchu.complaints.domain.numbers import read_number
from mingchu.complaints.domain.states import OPEN
from mingchu.complaints.models import Channel, Complaint
from mingchu.ledger.rows import Question, Rows
from mingchu.registry import domain as registry
from mingchu.registry.queries import within

KEY_DIGITS = 12
COMPARED = 400  # letters of a district and a week that are read beside one
SUGGESTED = 8
SHOWN = 20
DIRECT = (Channel.FORM, Channel.API)


def one(scopes: Iterable[Scope], pk: int) -> Complaint | None:
    """One letter, if it lies in the scopes."""
    found = Complaint.objects.select_related("business", "handler", "merged_into", "part_of").defer(
        "business__search_text"
    )
    return within(found, scopes).filter(pk=pk).first()


def by_key(pk: int) -> Complaint | None:
    """One letter for the house itself, wherever it lies."""
    return Complaint.objects.filter(pk=pk).first()


def by_number(number: str, *, outside: bool) -> Complaint | None:
    """The letter of that number; from outside only those that came by our own doors, since a
    number of the platform can be guessed."""
    found = Complaint.objects.select_related("merged_into")
    if outside:
        found = found.filter(channel__in=DIRECT)
    return found.filter(number=number).first()


def called(scopes: Iterable[Scope], typed: str) -> Complaint | None:
    """The letter that somebody means by its number or by the one it has in this house."""
    bare = typed.strip()
    found = within(Complaint.objects.all(), scopes)
    own = int(bare) if bare.isdecimal() and len(bare) <= KEY_DIGITS else 0
    return found.filter(Q(number=read_number(bare) or bare) | Q(pk=own)).first()


def parts_of(complaint: Complaint) -> list[Complaint]:
    """What was parted from it or found in it, the earliest first."""
    return list(complaint.parts.order_by("pk"))


def merged_into(complaint: Complaint) -> list[Complaint]:
    return list(complaint.merged.order_by("pk"))


def about_business(scopes: Iterable[Scope], business: int) -> list[Complaint]:
    """The newest letters on a business and on the files that were merged into its."""
    found = _about_business(business, SHOWN)
    return [one for one in found if any(covers(scope, _place(one)) for scope in scopes)]


def _place(one: Complaint) -> Place:
    business = registry.public_id(one.business_id) if one.business_id else ""
    return Place(district=one.district, station=one.station, business=business)


def about_business_asked(business: int) -> Question:
    return _about_business.asked(business, SHOWN)


_about_business = Rows(
    Complaint,
    """WHERE business_id IN (SELECT id FROM registry_business WHERE %s IN (id, merged_into_id))
       ORDER BY received_at DESC LIMIT %s""",
)


@dataclass(frozen=True)
class Suggestion:
    """A letter that may be the same, and why: one subject and kind, or alike in words."""

    letter: Complaint
    same_subject: bool
    alike: float


def similar(scopes: Iterable[Scope], complaint: Complaint) -> list[Suggestion]:
    """Open letters that may repeat this one, the surest first; a person decides."""
    near = list(_near(complaint, scopes)[:COMPARED])
    alike = likeness(complaint.what, {other.pk: other.what for other in near})
    found = [
        Suggestion(other, _is_same_subject(complaint, other), alike[other.pk]) for other in near
    ]
    good = [each for each in found if each.same_subject or each.alike >= ALIKE_FROM]
    return sorted(good, key=lambda each: (-each.same_subject, -each.alike))[:SUGGESTED]


def _near(complaint: Complaint, scopes: Iterable[Scope]) -> QuerySet[Complaint]:
    """Letters of its kind, its week and its district."""
    day = clock.city(complaint.received_at).date()
    first = rules.similar_since(day)
    found = Complaint.objects.filter(
        kind=complaint.kind,
        state__in=OPEN,
        district=complaint.district,
        received_at__gte=clock.midnight(first),
        received_at__lt=clock.midnight(day + (day - first)),
    )
    return within(found, scopes).exclude(pk=complaint.pk).order_by("-received_at", "-pk")


def _is_same_subject(complaint: Complaint, other: Complaint) -> bool:
    return (
        complaint.business_id is not None
        and complaint.business_id == other.business_id
        and complaint.category == other.category
    )


def handlers_there(complaint: Complaint, action: str) -> list[User]:
    """Who could answer for the letter where it lies."""
    place = Place(district=complaint.district, station=complaint.station)
    posts = open_posts().filter(user__is_active=True, user__is_machine=False)
    near = posts.filter(
        Q(scope_kind=ScopeKind.CITY)
        | Q(district=complaint.district, station__in=["", complaint.station])
    )
    people = User.objects.filter(pk__in=near.values("user")).order_by("name", "pk")
    return [user for user in people if may(actor_for(user), action, place)]
