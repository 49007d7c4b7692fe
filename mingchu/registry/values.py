"""What a service is told: a business to enrol, with its places, licences and people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mingchu.identifiers import Result
from mingchu.registry.domain import Channel, Duty, Kind, LicenceKind, LicenceState, State

FILES_TOP = 10  # files of one act


@dataclass(frozen=True, kw_only=True, slots=True)
class NewPremises:
    """The first of a business is its main one; without an address it stands at the business's."""

    address: str = ""
    use: str = "shop"
    district: str = ""
    station: str = ""
    platform: str = ""
    hours: str = ""
    since: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewLicence:
    """`evidence` says which document was seen, where a check of the number fails.

    Without `expires` the rule of its kind says at the door how long it lasts, unless it is said to
    be `endless`.

    `number_check` is set at the door, as is `code_check` of a business.
    """

    kind: str = LicenceKind.JY
    number: str
    items: tuple[str, ...] = ()
    issued: date
    expires: date | None = None
    endless: bool = False
    state: str = LicenceState.VALID
    evidence: str = ""
    number_check: str = Result.OK
    catalogue: str = ""
    committed: bool = False
    follow_up_due: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewPerson:
    """The identity number is digested at the door and never stored."""

    name: str
    duties: tuple[str, ...] = (Duty.HANDLER,)
    identity: str = ""
    phone: str = ""
    health_number: str = ""
    health_until: date | None = None
    since: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewTraining:
    """Hours of training 培训 of somebody who works in a business."""

    business: int
    person: int
    day: date
    hours: Decimal
    topic: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NewBusiness:
    """A business with all that is known of it on the day it is enrolled.

    `identity` is the keeper's where there is no credit code; it is digested at the door.
    """

    name: str
    kind: str = Kind.SELLER
    district: str
    station: str = ""
    code: str = ""
    evidence: str = ""
    code_check: str = Result.OK
    identity: str = ""
    sign: str = ""
    channel: str = Channel.FORM
    scale: str = ""
    serves: str = ""
    diners: int | None = None
    head: int | None = None
    grid: str = ""
    legal_form: str = "company"
    address: str = ""
    phone: str = ""
    state: str = State.OPEN
    state_since: date | None = None
    opened: date | None = None
    closed: date | None = None
    premises: tuple[NewPremises, ...] = ()
    licences: tuple[NewLicence, ...] = ()
    people: tuple[NewPerson, ...] = ()
