"""Lines of a file as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from mingchu.registry.models import Business


@dataclass(frozen=True)
class Ref:
    """Another business: led to where the reader may see its file, else to its public page."""

    name: str
    href: str
    note: str = ""


@dataclass(frozen=True)
class Fact:
    """One field of the file; `source` is the door and the day it came by, if it was corrected."""

    label: str
    value: str
    source: str = ""
    note: str = ""
    warn: str = ""
    mono: bool = False
    refs: tuple[Ref, ...] = ()


@dataclass(frozen=True)
class LicenceLine:
    pk: int
    kind: str
    number: str
    items: str
    issued: str
    expires: str
    standing: str
    standing_name: str
    left: str
    share: int
    rung: str
    warn: str
    note: str
    state: str
    places: tuple[str, ...] = ()
    follow_up: str = ""
    follow_up_late: bool = False
    to_follow_up: bool = False
    renewable: bool = False

    @property
    def ended(self) -> bool:
        return self.state in ("revoked", "cancelled")


@dataclass(frozen=True)
class PlaceLine:
    pk: int
    address: str
    use: str
    where: str
    is_main: bool
    since: str
    until: str
    platform: str
    hours: str
    licences: tuple[str, ...]
    landlord: tuple[Ref, ...] = ()
    before: tuple[Ref, ...] = ()
    after: tuple[Ref, ...] = ()


@dataclass(frozen=True)
class PersonLine:
    pk: int
    name: str
    duties: str
    identity: str
    phone: str
    since: str
    until: str
    health: str
    health_state: str
    health_until: str
    hours: str
    hours_short: bool
    exam: str
    exam_state: str
    elsewhere: tuple[Ref, ...] = ()
    unseen: tuple[int, ...] = ()


@dataclass(frozen=True)
class Warn:
    """What an officer at the door should know first."""

    level: str
    said: str
    href: str


@dataclass(frozen=True)
class InquiryLine:
    """What was asked of the business and how that stands."""

    pk: int
    title: str
    due: str
    state: str
    state_name: str
    late: bool


@dataclass(frozen=True)
class LackLine:
    """Something the rules of the day demand and the file does not show."""

    said: str
    rule: str
    grave: bool


@dataclass(frozen=True)
class Dossier:
    business: Business
    day: date
    as_of: bool
    name: str
    sign: str
    state: str
    state_name: str
    kind_name: str
    district: str
    who: tuple[Fact, ...]
    door: tuple[Fact, ...]
    licences: tuple[LicenceLine, ...]
    premises: tuple[PlaceLine, ...]
    people: tuple[PersonLine, ...]
    gone: tuple[PersonLine, ...]
    tenants: tuple[Ref, ...]
    merged: tuple[Ref, ...] = ()
    merged_names: Mapping[int, str] = field(default_factory=dict)
    inquiries: tuple[InquiryLine, ...] = ()
    lacks: tuple[LackLine, ...] = ()
    source: str = ""
