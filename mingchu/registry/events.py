"""What happened to businesses: ids, words and days, never a person's data.

Names and addresses stay out: those of an individual household may be a person's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

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
    channel: str = "form"


@dataclass(frozen=True, kw_only=True)
class BusinessCorrected(Event):
    """`fields` names what changed; the values stay in the registry."""

    business_id: int
    fields: tuple[str, ...]
    why: str
    channel: str = "form"


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
    """`attachments` are the files that show it, `commitments` the salted digests of each."""

    business_id: int
    before: str
    state: str
    since: date
    why: str
    attachments: tuple[str, ...] = ()
    commitments: tuple[str, ...] = ()


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
    committed: bool = False


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
    channel: str = "form"


@dataclass(frozen=True, kw_only=True)
class PersonCorrected(Event):
    business_id: int
    person_id: int
    fields: tuple[str, ...]
    why: str
    channel: str


@dataclass(frozen=True, kw_only=True)
class PersonLeft(Event):
    business_id: int
    person_id: int
    until: date


@dataclass(frozen=True, kw_only=True)
class PersonWithdrawn(Event):
    """Somebody entered by mistake was taken out again."""

    business_id: int
    person_id: int
    why: str


@dataclass(frozen=True, kw_only=True)
class HealthCertificateKept(Event):
    """A certificate was shown, or sent in by the desk and waits to be looked at."""

    business_id: int
    person_id: int
    certificate_id: int
    until: date
    channel: str


@dataclass(frozen=True, kw_only=True)
class HealthCertificateSeen(Event):
    business_id: int
    person_id: int
    certificate_id: int
    good: bool
    why: str


@dataclass(frozen=True, kw_only=True)
class TrainingRecorded(Event):
    business_id: int
    person_id: int
    day: date
    hours: Decimal
    channel: str


@dataclass(frozen=True, kw_only=True)
class ExamRecorded(Event):
    business_id: int
    person_id: int
    day: date
    passed: bool


@dataclass(frozen=True, kw_only=True)
class LicencePlaced(Event):
    """Which premises a licence is for; none means the main ones."""

    business_id: int
    licence_id: int
    licence_kind: str
    premises: tuple[int, ...]
    why: str


@dataclass(frozen=True, kw_only=True)
class LicenceChanged(Event):
    """What a licence allows or how long, changed under its number; `fields` names what."""

    business_id: int
    licence_id: int
    licence_kind: str
    fields: tuple[str, ...]
    why: str


@dataclass(frozen=True, kw_only=True)
class LicenceFollowedUp(Event):
    """The visit after a notice-and-commitment licence."""

    business_id: int
    licence_id: int
    licence_kind: str
    day: date
    why: str


@dataclass(frozen=True, kw_only=True)
class PremisesAdded(Event):
    business_id: int
    premises_id: int
    use: str
    why: str


@dataclass(frozen=True, kw_only=True)
class PremisesChanged(Event):
    business_id: int
    premises_id: int
    fields: tuple[str, ...]
    why: str


@dataclass(frozen=True, kw_only=True)
class BusinessAffiliated(Event):
    """It became a branch of a head office, of another, or (None) of none."""

    business_id: int
    head: int | None
    why: str


@dataclass(frozen=True, kw_only=True)
class BusinessHandedOn(Event):
    """The old owner's side of a takeover."""

    business_id: int
    to_business: int
    day: date
    why: str


@dataclass(frozen=True, kw_only=True)
class BusinessTakenOver(Event):
    """The new owner's side of a takeover."""

    business_id: int
    from_business: int
    day: date
    why: str


@dataclass(frozen=True, kw_only=True)
class BusinessesMerged(Event):
    """Two files of one subject became one: contexts move what they keep of `gone`."""

    business_id: int
    gone: int
    merge_id: int
    why: str


@dataclass(frozen=True, kw_only=True)
class MergeUndone(Event):
    business_id: int
    gone: int
    merge_id: int
    why: str


@dataclass(frozen=True, kw_only=True)
class FoundNotSame(Event):
    """Two files that looked alike are of two subjects."""

    business_id: int
    other: int


@dataclass(frozen=True, kw_only=True)
class NotSameTakenBack(Event):
    """They may be of one subject after all, and are suggested again."""

    business_id: int
    other: int


@dataclass(frozen=True, kw_only=True)
class AreaNamed(Event):
    """A station or a grid cell has a name; `before` is empty when it is new."""

    code: str
    area_kind: str
    name: str
    before: str


@dataclass(frozen=True, kw_only=True)
class AreaDropped(Event):
    """It should never have been entered, and nothing lay in it."""

    code: str
    area_kind: str


@dataclass(frozen=True, kw_only=True)
class InquiryAsked(Event):
    """An office asks a business for something until a day."""

    business_id: int
    inquiry_id: int
    due: date


@dataclass(frozen=True, kw_only=True)
class InquiryAnswered(Event):
    business_id: int
    inquiry_id: int
    files: int


@dataclass(frozen=True, kw_only=True)
class InquirySettled(Event):
    """Accepted, returned or withdrawn by the office."""

    business_id: int
    inquiry_id: int
    state: str
