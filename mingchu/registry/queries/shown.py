"""Rows as lists and public pages show them: read as they stand, without building models, since
these are the questions asked most."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from django.db import connection


class LicenceRow(NamedTuple):
    """A licence as a row shows it."""

    kind: str
    number: str
    items: list[str]
    issued: date
    expires: date | None
    state: str


class PublicRow(NamedTuple):
    """All of a business that is read for the public; `address` is where a guest goes."""

    pk: int
    name: str
    sign: str
    code: str
    kind: str
    district: str
    state: str
    closed: date | None
    merged_into: int | None
    address: str


LICENCES = """
SELECT business_id, kind, number, items, issued, expires, state
  FROM registry_licence WHERE business_id = ANY(%s::bigint[]) ORDER BY expires, id
"""
PUBLIC = """
SELECT id, name, sign, code, kind, district, state, closed, merged_into_id,
       coalesce((SELECT address FROM registry_premises
                  WHERE business_id = b.id AND is_main ORDER BY id LIMIT 1), address)
  FROM registry_business b WHERE id = ANY(%s::bigint[])
"""


def licence_rows(numbers: Collection[int]) -> dict[int, list[LicenceRow]]:
    """Licences by business, the first to end first; of one without licences an empty list."""
    found: dict[int, list[LicenceRow]] = {number: [] for number in numbers}
    if not found:
        return found
    with connection.cursor() as db:
        db.execute(LICENCES, [list(numbers)])
        for number, *said in db.fetchall():
            found[number].append(LicenceRow(*said))
    return found


def public_rows(numbers: Collection[int]) -> list[PublicRow]:
    """These businesses in this order; a number that nobody has is left out."""
    with connection.cursor() as db:
        db.execute(PUBLIC, [list(numbers)])
        found = {row[0]: PublicRow(*row) for row in db.fetchall()}
    return [found[number] for number in numbers if number in found]
