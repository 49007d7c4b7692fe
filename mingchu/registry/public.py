"""What anybody may know of a business: decided here and nowhere else.

People, telephone numbers, evidence and internal remarks are not in it; neither is anything a
context above counts as internal, since contexts hang their own public parts themselves.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from mingchu.base import clock
from mingchu.registry import queries
from mingchu.registry.models import Business
from mingchu.registry.words import LICENCE_READ, LicenceWords, licence_words, words

# Nothing else of a file is read for the public.
READ = ("name", "sign", "code", "kind", "district", "state", "address", "closed", "merged_into")


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
    licences: tuple[LicenceWords, ...]


def shown(businesses: Collection[Business]) -> list[PublicBusiness]:
    """The public view of some businesses, in two queries however many they are."""
    licences = queries.licences_of(businesses, LICENCE_READ)
    addresses = queries.main_addresses(businesses)
    day, said = clock.today(), words()
    return [
        PublicBusiness(
            id=one.public_id,
            name=one.name,
            sign=one.sign,
            code=one.code,
            kind_name=said.kinds[one.kind],
            district_name=said.districts.get(one.district, one.district),
            state=one.state,
            state_name=said.states[one.state],
            address=addresses.get(one.pk, one.address),
            closed=one.closed,
            licences=tuple(licence_words(each, day, said) for each in licences[one.pk]),
        )
        for one in businesses
    ]
