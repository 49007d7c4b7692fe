"""Where businesses are and what their papers are called, many at once: for contexts that keep
work about them."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from django.db import connection

from mingchu.registry.models import Licence, Person


class Whereabouts(NamedTuple):
    """The file that is kept of a business, which is its own unless it was merged, and its place."""

    number: int
    district: str
    station: str


_SQL = """
SELECT b.id, kept.id, kept.district, kept.station
  FROM registry_business b JOIN registry_business kept ON kept.id = coalesce(b.merged_into_id, b.id)
 WHERE b.id = ANY(%s::bigint[])
"""


def whereabouts(numbers: Collection[int]) -> dict[int, Whereabouts]:
    """By number; one that nobody has is left out."""
    if not numbers:
        return {}
    with connection.cursor() as db:
        db.execute(_SQL, [list(numbers)])
        return {row[0]: Whereabouts(*row[1:]) for row in db.fetchall()}


def licence_numbers(pks: Collection[int]) -> dict[int, str]:
    """What is printed on some licences, by their keys."""
    rows = Licence.objects.filter(pk__in=list(pks))
    return dict(rows.values_list("pk", "number")) if pks else {}


def person_names(pks: Collection[int]) -> dict[int, str]:
    """Whose names a reader needs; whoever shows them logs the look."""
    rows = Person.objects.filter(pk__in=list(pks))
    return dict(rows.values_list("pk", "name")) if pks else {}
