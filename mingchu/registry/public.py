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
from mingchu.registry.domain import Standing
from mingchu.registry.models import Business
from mingchu.registry.places import district_name


@dataclass(frozen=True)
class PublicLicence:
    kind: str
    kind_name: str
    number: str
    items: tuple[str, ...]
    issued: date
    expires: date | None
    standing: Standing


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
    licences: tuple[PublicLicence, ...]


def shown(businesses: Collection[Business]) -> list[PublicBusiness]:
    """The public view of some businesses, in two queries however many they are."""
    licences = queries.licences_of(businesses)
    addresses = queries.main_addresses(businesses)
    day = clock.today()
    return [
        PublicBusiness(
            id=one.public_id,
            name=one.name,
            sign=one.sign,
            code=one.code,
            kind_name=one.get_kind_display(),
            district_name=district_name(one.district),
            state=one.state,
            state_name=one.get_state_display(),
            address=addresses.get(one.pk, one.address),
            closed=one.closed,
            licences=tuple(
                PublicLicence(
                    licence.kind,
                    licence.get_kind_display(),
                    licence.number,
                    tuple(licence.items),
                    licence.issued,
                    licence.expires,
                    licence.standing(day),
                )
                for licence in licences[one.pk]
            ),
        )
        for one in businesses
    ]
