"""What a business's own desk is about: its file, what waits for it, what it was asked."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Sum

from mingchu.accounts.domain import Scope
from mingchu.base import clock
from mingchu.registry import duties, rules
from mingchu.registry.domain import LicenceState, Standing
from mingchu.registry.duties import Facts, Lack, Staff
from mingchu.registry.models import (
    Business,
    Exam,
    HealthCertificate,
    Inquiry,
    Licence,
    Person,
    Training,
)
from mingchu.registry.queries.file import licences_of
from mingchu.registry.queries.wanted import within

TELLING = (Standing.EXPIRING, Standing.EXPIRED)


def desks(scopes: Iterable[Scope]) -> list[Business]:
    """The businesses somebody has a desk in, by name."""
    found = within(Business.objects.filter(merged_into__isnull=True), scopes)
    return list(found.defer("search_text").order_by("sort_key", "pk")[:50])


def facts(business: Business) -> Facts:
    return Facts(
        kind=business.kind,
        legal_form=business.legal_form,
        scale=business.scale,
        serves=business.serves,
        diners=business.diners,
        branches=business.branches.count(),
    )


def staff(business: Business) -> list[tuple[Person, Staff]]:
    """Everybody at work with the papers shown, in three queries."""
    day = clock.today()
    people = list(business.people.filter(until__isnull=True).order_by("name", "pk"))
    numbers = [one.pk for one in people]
    trained = Training.objects.filter(person__in=numbers, day__year=day.year).order_by()
    hours = dict(
        trained.values("person").annotate(total=Sum("hours")).values_list("person", "total")
    )
    latest = dict(
        Exam.objects.filter(person__in=numbers)
        .order_by("day", "pk")
        .values_list("person", "passed")
    )
    return [
        (
            one,
            Staff(
                key=one.pk,
                duties=one.duties,
                since=one.since,
                health_until=one.health_until,
                hours=hours.get(one.pk, Decimal(0)),
                passed=latest.get(one.pk),
            ),
        )
        for one in people
    ]


def lacks(business: Business) -> list[tuple[Lack, Person | None]]:
    """All that a business lacks today, each with the person it is about."""
    day = clock.today()
    people = staff(business)
    by_key = {one.pk: one for one, _staff in people}
    found = duties.lacking(facts(business), [each for _one, each in people], rules.norms(day), day)
    return [(lack, by_key.get(lack.who) if lack.who else None) for lack in found]


class Ending(NamedTuple):
    licence: Licence
    standing: Standing


def licences_to_renew(business: Business) -> list[Ending]:
    """Licences of a business that end soon, or have ended and stand undecided."""
    day = clock.today()
    held = [one for one in licences_of([business])[business.pk] if one.state == LicenceState.VALID]
    told = [Ending(one, one.standing(day)) for one in held]
    return [one for one in told if one.standing in TELLING]


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


def unseen_certificates(scopes: Iterable[Scope]) -> list[HealthCertificate]:
    """Certificates that desks sent in and nobody has looked at, the oldest first."""
    rows = HealthCertificate.objects.filter(seen=False).select_related("person__business")
    return list(within(rows, scopes, "person__business__").order_by("pk")[:200])
