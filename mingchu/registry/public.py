"""What anybody may know of a business: decided here and nowhere else.

People, telephone numbers, evidence and internal remarks are not in it; neither is anything a
context above counts as internal, since contexts hang their own public parts themselves.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from mingchu.base import clock
from mingchu.registry import domain, queries
from mingchu.registry.words import LicenceWords, licence_words, words


@dataclass(frozen=True)
class PublicBusiness:
    id: str
    name: str
    sign: str
    code: str
    kind_name: str
    district_name: str
    state: str
    state_name: str
    address: str
    closed: date | None
    merged_into: int | None
    licences: tuple[LicenceWords, ...]


def shown(numbers: Collection[int], *, licensed: bool = True) -> list[PublicBusiness]:
    """The public view of some businesses, in two questions however many they are; a list that
    shows no licences asks for none."""
    rows = queries.public_rows(numbers)
    licences = queries.licence_rows(numbers if licensed else ())
    day, said = clock.today(), words()
    return [
        PublicBusiness(
            id=domain.public_id(one.pk),
            name=one.name,
            sign=one.sign,
            code=one.code,
            kind_name=said.kinds[one.kind],
            district_name=said.districts.get(one.district, one.district),
            state=one.state,
            state_name=said.states[one.state],
            address=one.address,
            closed=one.closed,
            merged_into=one.merged_into,
            licences=tuple(licence_words(each, day, said) for each in licences.get(one.pk, ())),
        )
        for one in rows
    ]
