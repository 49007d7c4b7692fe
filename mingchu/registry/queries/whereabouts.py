"""Where businesses are, many at once: for contexts that keep work about them."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from django.db import connection


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
