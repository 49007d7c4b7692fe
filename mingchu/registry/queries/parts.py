"""Parts of a file and what hangs together with it: papers, branches, neighbours, merges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q

from mingchu.accounts.domain import Scope
from mingchu.identifiers.clean import clean
from mingchu.ledger.rows import Question, ask
from mingchu.registry import domain
from mingchu.registry.duties import Staff
from mingchu.registry.models import (
    Business,
    Exam,
    HealthCertificate,
    Inquiry,
    Licence,
    Merge,
    Person,
    Premises,
)
from mingchu.registry.queries.wanted import LISTED, within

BRANCHES_SHOWN = 50
INQUIRIES_SHOWN = 10
NAMED = ("name", "district", "station", "state")
THEIRS = tuple(f"business__{name}" for name in NAMED)


_PRESENT = """
    SELECT EXISTS (SELECT FROM registry_business WHERE head_id = %(n)s AND merged_into_id IS NULL),
      EXISTS (SELECT FROM registry_premises WHERE landlord_id = %(n)s),
      EXISTS (SELECT FROM registry_merge WHERE kept_id = %(n)s AND undone_at IS NULL),
      EXISTS (SELECT FROM registry_inquiry WHERE business_id = %(n)s),
      EXISTS (SELECT FROM registry_healthcertificate o JOIN staff ON staff.id = o.person_id),
      EXISTS (SELECT FROM registry_training o JOIN staff ON staff.id = o.person_id),
      EXISTS (SELECT FROM registry_exam o JOIN staff ON staff.id = o.person_id),
      EXISTS (SELECT FROM registry_person o JOIN staff USING (identity_digest)
        WHERE o.identity_digest <> '' AND o.business_id <> %(n)s AND o.until IS NULL)
"""
_STAFF = """
    WITH staff AS (SELECT id, identity_digest FROM registry_person WHERE business_id = %(n)s)
"""


_HOURS = """
    SELECT person_id, sum(hours) FROM registry_training
     WHERE person_id = ANY(%s::bigint[]) AND day BETWEEN %s AND %s GROUP BY person_id
"""


class Present(NamedTuple):
    """Which of the rarer parts a file has: nine files in ten have hardly any, and one question
    instead of eight is what keeps the page quick."""

    branches: bool = True
    tenants: bool = True
    merges: bool = True
    inquiries: bool = True
    certificates: bool = True
    trainings: bool = True
    exams: bool = True
    elsewhere: bool = True


# Where nobody looked: everything is asked for.
ALL = Present()


def present(business: Business) -> Present:
    return Present(*ask(present_asked(business.pk))[0])


def present_asked(number: int) -> Question:
    return Question(_STAFF + _PRESENT, {"n": number})


@dataclass
class Papers:
    """What shows that a person may work, as of a day."""

    health_until: date | None = None
    unseen: list[HealthCertificate] = field(default_factory=list)
    hours: Decimal = Decimal(0)
    exam: Exam | None = None
    elsewhere: list[Business] = field(default_factory=list)

    def staff(self, person: Person) -> Staff:
        """The person as the rules on duties look at him."""
        return Staff(
            key=person.pk,
            duties=person.duties,
            since=person.since,
            health_until=self.health_until,
            hours=self.hours,
            passed=self.exam.passed if self.exam else None,
        )


def papers_of(people: Collection[Person], day: date, known: Present = ALL) -> dict[int, Papers]:
    """Certificates, hours of the day's year and the last exam, each kind asked once."""
    found = {one.pk: Papers() for one in people}
    if known.certificates:
        _shown(found, day)
    for person in people:
        papers = found[person.pk]
        papers.health_until = papers.health_until or person.health_until
    if known.trainings:
        _trained(found, day)
    if known.exams:
        _examined(found, day)
    return found


def _shown(found: dict[int, Papers], day: date) -> None:
    shown = HealthCertificate.objects.filter(person__in=found, issued__lte=day).order_by("until")
    for one in shown:
        papers = found[one.person_id]
        papers.health_until = one.until
        papers.unseen += [] if one.seen else [one]


def _trained(found: dict[int, Papers], day: date) -> None:
    asked = Question(_HOURS, (list(found), date(day.year, 1, 1), day))
    for pk, hours in ask(asked):
        found[pk].hours = hours


def _examined(found: dict[int, Papers], day: date) -> None:
    exams = Exam.objects.filter(person__in=found, day__lte=day)
    for exam in exams.order_by("person", "-day", "-pk").distinct("person"):
        found[exam.person_id].exam = exam


def also_posted(
    people: Iterable[Person], scopes: Sequence[Scope], number: int
) -> dict[int, list[Business]]:
    """Other businesses in the scopes where the same identity holds a post, by person."""
    digests = {one.identity_digest: one.pk for one in people if one.identity_digest}
    found: dict[int, list[Business]] = defaultdict(list)
    if not digests:
        return found
    there = Person.objects.filter(identity_digest__in=digests, until__isnull=True)
    rows = within(there.exclude(business=number), scopes, "business__")
    for row in rows.select_related("business").order_by("business__sort_key", "pk"):
        found[digests[row.identity_digest]].append(row.business)
    return found


def same_keeper(business: Business, scopes: Sequence[Scope]) -> list[Business]:
    """Other businesses in the scopes that the same identity keeps."""
    if not business.identity_digest:
        return []
    there = Business.objects.filter(LISTED, identity_digest=business.identity_digest)
    rows = within(there.exclude(pk=business.pk), scopes)
    return list(rows.only(*NAMED).order_by("sort_key", "pk")[:BRANCHES_SHOWN])


def branches_of(business: Business) -> list[Business]:
    """The first of them by name, and one more if there are more than BRANCHES_SHOWN."""
    rows = Business.objects.filter(LISTED, head=business.pk).only(*NAMED)
    return list(rows.order_by("sort_key", "pk")[: BRANCHES_SHOWN + 1])


def merged_into(business: Business) -> list[Merge]:
    """Files that became part of this one, the latest first."""
    rows = Merge.objects.filter(kept=business, undone_at__isnull=True)
    named_so = rows.select_related("gone").only("at", "why", "gone_id", "gone__name")
    return list(named_so.order_by("-at"))


def files_within(business: int) -> set[int]:
    """A file and all that became part of it, and of those."""
    found, latest = {business}, {business}
    while latest:
        rows = Business.objects.filter(merged_into__in=latest).values_list("pk", flat=True)
        latest = set(rows) - found
        found |= latest
    return found


def named(numbers: Collection[int]) -> dict[int, Business]:
    return Business.objects.only(*NAMED).in_bulk(numbers) if numbers else {}


def inquiries_of(business: Business) -> list[Inquiry]:
    """What was asked of it, the latest first."""
    return list(business.inquiries.order_by("-asked_at", "-pk")[:INQUIRIES_SHOWN])


def at_sites(sites: Collection[int], day: date) -> list[Premises]:
    """Premises of anybody at these places that had begun by the day, the latest first."""
    if not sites:
        return []
    rows = Premises.objects.filter(Q(since__isnull=True) | Q(since__lte=day), site__in=sites)
    return list(rows.select_related("business").order_by("-since", "-pk"))


def tenants_of(business: Business, day: date) -> list[Premises]:
    """Who has space let by the business on the day."""
    rows = business.lets.filter(
        Q(since__isnull=True) | Q(since__lte=day), Q(until__isnull=True) | Q(until__gte=day)
    )
    shown = rows.select_related("business").only("since", "business_id", *THEIRS)
    return list(shown.order_by("business__sort_key", "pk"))


def premises_in(scopes: Iterable[Scope], pk: int) -> Premises | None:
    """One place of a business in the scopes."""
    rows = Premises.objects.select_related("business", "site", "landlord")
    return within(rows, scopes, "business__").filter(pk=pk).first()


def place_of(business: Business, pk: int) -> Premises | None:
    return business.premises.filter(pk=pk).first()


def person_of(business: Business, pk: int) -> Person | None:
    return business.people.filter(pk=pk).first()


def person_at(business: int, pk: int) -> Person | None:
    return Person.objects.filter(business=business, pk=pk).first()


def places_of(licences: Collection[Licence]) -> dict[int, list[int]]:
    """Ids of the premises that licences name, by licence."""
    found: dict[int, list[int]] = {one.pk: [] for one in licences}
    named_places = Licence.places.through.objects.filter(licence__in=found)
    for licence, place in named_places.order_by("premises").values_list("licence", "premises"):
        found[licence].append(place)
    return found


def certificates_of(people: Collection[Person]) -> dict[int, list[HealthCertificate]]:
    """Health certificates by person, the newest first."""
    found: dict[int, list[HealthCertificate]] = {one.pk: [] for one in people}
    for one in HealthCertificate.objects.filter(person__in=found).order_by("-until", "-pk"):
        found[one.person_id].append(one)
    return found


def licences_at(premises: Collection[Premises]) -> dict[int, list[Licence]]:
    """By premises the licences that are for them: named by place, or the main ones' by default."""
    found: dict[int, list[Licence]] = {one.pk: [] for one in premises}
    main = {one.business_id: one.pk for one in premises if one.is_main}
    rows = Licence.objects.filter(business__in=[one.business_id for one in premises])
    for licence in rows.prefetch_related("places").order_by("expires", "pk"):
        named_places = [place.pk for place in licence.places.all()]
        default = main.get(licence.business_id)
        for pk in named_places or ([default] if default else []):
            if pk in found:
                found[pk].append(licence)
    return found


def by_code(said: str) -> Business | None:
    """A business by credit code or file number, or by its whole name if only one has it."""
    bare = clean(said).text
    rows = Business.objects.filter(LISTED).only(*NAMED)
    found = (
        rows.filter(code=bare).exclude(code="").first()
        or rows.filter(pk=domain.number_of(bare) if len(bare) == domain.ID_LENGTH else 0).first()
    )
    if found is None:
        named_so = list(rows.filter(name=said.strip())[:2])
        found = named_so[0] if len(named_so) == 1 else None
    return found
