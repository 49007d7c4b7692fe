"""What a business's own desk is about: its file, what waits for it, what it was asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import QuerySet

from mingchu.accounts.domain import Scope
from mingchu.base import clock
from mingchu.registry import duties, rules
from mingchu.registry.domain import State
from mingchu.registry.duties import Facts, Lack
from mingchu.registry.models import (
    Business,
    HealthCertificate,
    Inquiry,
    Licence,
    Person,
)
from mingchu.registry.queries.file import licences_of
from mingchu.registry.queries.parts import Papers, papers_of
from mingchu.registry.queries.wanted import within

DESKS_SHOWN = 50


def desks(scopes: Iterable[Scope]) -> list[Business]:
    """The businesses somebody has a desk in, by name."""
    found = within(Business.objects.filter(merged_into__isnull=True), scopes)
    return list(found.defer("search_text").order_by("sort_key", "pk")[:DESKS_SHOWN])


class AtDesk(NamedTuple):
    """Who is at work with what papers, what is held, what is missing."""

    people: list[Person]
    papers: dict[int, Papers]
    licences: list[Licence]
    lacks: list[tuple[Lack, Person | None]]


def at_desk(business: Business) -> AtDesk:
    """The business today; one that is closed owes nothing more."""
    day = clock.today()
    people = list(business.people.filter(until__isnull=True).order_by("name", "pk"))
    papers = papers_of(people, day)
    staff = [papers[one.pk].staff(one) for one in people]
    facts = Facts(
        kind=business.kind,
        legal_form=business.legal_form,
        scale=business.scale,
        serves=business.serves,
        diners=business.diners,
        branches=business.branches.count(),
    )
    is_closed = business.state == State.CLOSED
    found = [] if is_closed else duties.lacking(facts, staff, rules.norms(day), day)
    by_key = {one.pk: one for one in people}
    return AtDesk(
        people,
        papers,
        licences_of([business])[business.pk],
        [(lack, by_key.get(lack.who or 0)) for lack in found],
    )


def inquiries_of(business: Business) -> list[Inquiry]:
    """What the business was asked, what is open first."""
    rows = business.inquiries.order_by("-asked_at", "-pk")[:50]
    return sorted(rows, key=lambda one: one.settled_at is not None)


def inquiry(scopes: Iterable[Scope], pk: int) -> Inquiry | None:
    found = within(Inquiry.objects.select_related("business"), scopes, "business__")
    return found.filter(pk=pk).first()


def person(scopes: Iterable[Scope], pk: int) -> Person | None:
    found = within(Person.objects.select_related("business"), scopes, "business__")
    return found.filter(pk=pk).first()


def unseen_certificates(scopes: Iterable[Scope]) -> QuerySet[HealthCertificate]:
    """Certificates that desks sent in and nobody has looked at, the oldest first."""
    rows = HealthCertificate.objects.filter(seen=False).select_related("person__business")
    return within(rows, scopes, "person__business__").order_by("pk")
