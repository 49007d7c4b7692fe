"""What happened to businesses: ids, words and days, never a person's data.

Names and addresses stay out: those of an individual household may be a person's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mingchu.base.event import Event


@dataclass(frozen=True, kw_only=True)
class BusinessEnrolled(Event):
    business_id: int
    kind_of: str
    district: str
    station: str
    state: str
    opened: date | None
    licences: int
    people: int
    evidence: bool = False


@dataclass(frozen=True, kw_only=True)
class BusinessCorrected(Event):
    """`fields` names what changed; the values stay in the registry."""

    business_id: int
    fields: tuple[str, ...]
    why: str


@dataclass(frozen=True, kw_only=True)
class BusinessMoved(Event):
    """Another district or station: contexts move their open work with it."""

    business_id: int
    from_district: str
    from_station: str
    district: str
    station: str


@dataclass(frozen=True, kw_only=True)
class BusinessStateChanged(Event):
    business_id: int
    before: str
    state: str
    since: date
    why: str


@dataclass(frozen=True, kw_only=True)
class BusinessClosed(Event):
    business_id: int
    closed: date
    why: str


@dataclass(frozen=True, kw_only=True)
class BusinessWithdrawn(Event):
    """It should never have been enrolled, and nothing had come to refer to it."""

    business_id: int
    why: str


@dataclass(frozen=True, kw_only=True)
class LicenceWithdrawn(Event):
    business_id: int
    licence_id: int
    licence_kind: str
    why: str


@dataclass(frozen=True, kw_only=True)
class LicenceGranted(Event):
    business_id: int
    licence_id: int
    licence_kind: str
    issued: date
    expires: date | None
    evidence: bool = False


@dataclass(frozen=True, kw_only=True)
class LicenceStateChanged(Event):
    business_id: int
    licence_id: int
    licence_kind: str
    before: str
    state: str
    why: str


@dataclass(frozen=True, kw_only=True)
class PersonPosted(Event):
    business_id: int
    person_id: int
    duties: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PersonLeft(Event):
    business_id: int
    person_id: int
    until: date
