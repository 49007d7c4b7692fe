"""One file and its parts; counts over all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from django.db import models
from django.db.models import Count, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.fields.reverse_related import ForeignObjectRel

from mingchu.accounts.domain import Place, Scope
from mingchu.accounts.places import Located
from mingchu.ledger.rows import Question, Rows
from mingchu.registry import domain
from mingchu.registry.models import Business, Licence, Past, Person, Premises
from mingchu.registry.queries.wanted import LISTED, any_number, is_within, within

# What a business is made of.
OWN = (Premises, Licence, Person)
# What is kept beside it and goes with it.
BESIDE = (Past, Licence.places.through)
_numbered = Rows(Business, "WHERE id = %s", without=("search_text",))


def business(scopes: Iterable[Scope], number: int) -> Business | None:
    """One business, if it lies in the scopes."""
    found = next(iter(_numbered(number)), None)
    return found if found and is_within(found, scopes) else None


def business_asked(number: int) -> Question:
    return _numbered.asked(number)


def any_of(keys: Iterable[str]) -> RawSQL:
    """Many keys as one value of a question: a list of thousands of places is slow to fill."""
    return RawSQL("SELECT unnest(%s::text[])", [list(keys)])


def of_codes(codes: Collection[str]) -> tuple[models.QuerySet[Business], ...]:
    """Who has these codes, in two questions: those listed, and those merged into another.

    Two, since the index of codes holds those that are listed.
    """
    listed = Business.objects.filter(LISTED, code__in=any_of(codes)).exclude(code="")
    merged = Business.objects.filter(merged_into__isnull=False, code__in=any_of(codes))
    return listed, merged


def people_of_digests(digests: Iterable[str]) -> models.QuerySet[Person]:
    """Every post of whoever has one of these identities; of an empty one nobody's."""
    known = Person.objects.filter(identity_digest__in=any_of(digests))
    return known.exclude(identity_digest="")


def licences_of(businesses: Collection[Business]) -> dict[int, list[Licence]]:
    """Licences of a page of businesses, asked once."""
    found: dict[int, list[Licence]] = {one.pk: [] for one in businesses}
    for licence in Licence.objects.filter(business__in=found).order_by("expires", "pk"):
        found[licence.business_id].append(licence)
    return found


def licence_of(business: Business, number: int) -> Licence | None:
    return business.licences.filter(pk=number).first()


def premises_of(business: Business) -> list[Premises]:
    return list(business.premises.order_by("-is_main", "pk"))


def people_of(business: Business) -> list[Person]:
    """Those still there first, then by name."""
    return list(business.people.order_by("until", "name", "pk"))


def locate(codes: Collection[str]) -> dict[str, Located]:
    """Where businesses lie, for whoever is given a post in one."""
    numbers = {number: code for code in codes if (number := domain.number_of(code))}
    found = Business.objects.filter(pk__in=numbers).only("name", "district", "station")
    return {
        (code := numbers[one.pk]): Located(
            one.name, Place(district=one.district, station=one.station, business=code)
        )
        for one in found
    }


def counted_by(field: str, *, states: Sequence[str] = (domain.State.OPEN,)) -> dict[str, int]:
    """How many businesses in these states, by `kind` or `district`."""
    rows = Business.objects.filter(LISTED, state__in=states).order_by()
    return dict(rows.values_list(field).annotate(n=Count("pk")))


def expiring(scopes: Iterable[Scope], before: date) -> QuerySet[Business]:
    """Open businesses of whom a licence runs out before the day."""
    open_ones = within(Business.objects.filter(LISTED, state=domain.State.OPEN), scopes)
    return open_ones.filter(expires__lt=before)


def in_use(
    numbers: Collection[int], own: tuple[type[models.Model], ...] = (*OWN, *BESIDE)
) -> set[int]:
    """Which businesses something outside of the registry refers to, itself or by its parts.

    Those asked about may refer to one another: a head office and its branches, a landlord and its
    tenants go together. A context above marks rows that merely follow from the registry by
    `FOLLOWS`, a condition on the model; it takes them away when it hears of the withdrawal.
    """
    keys = any_number(numbers)
    found: set[int] = set()
    for model, path in ((Business, ""), *((part, "__business") for part in OWN)):
        for relation in model._meta.get_fields(include_hidden=True):
            if not isinstance(relation, ForeignObjectRel) or relation.related_model in own:
                continue
            column = f"{relation.field.name}{path}"
            rows = relation.related_model._base_manager.filter(**{f"{column}__in": keys})
            # What merely follows from the registry holds nobody: its context takes it back.
            rows = rows.exclude(getattr(relation.related_model, "FOLLOWS", Q(pk__in=[])))
            if relation.related_model is Business:
                rows = rows.exclude(pk__in=keys)
            found.update(rows.values_list(column, flat=True))
    tenants = Premises.objects.filter(landlord__in=keys).exclude(business__in=keys)
    return found | {pk for pk in tenants.values_list("landlord", flat=True) if pk}
