"""What happened to people, posts and tokens: ids only, for ever in the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from mingchu.base.event import Event


@dataclass(frozen=True, kw_only=True)
class PersonEnrolled(Event):
    user_id: int
    machine: bool = False


@dataclass(frozen=True, kw_only=True)
class EnrolmentIssued(Event):
    enrolment_id: int
    role: str
    scope: str
    expires: datetime


@dataclass(frozen=True, kw_only=True)
class EnrolmentAccepted(Event):
    enrolment_id: int
    post_id: int


@dataclass(frozen=True, kw_only=True)
class EnrolmentVoided(Event):
    enrolment_id: int


@dataclass(frozen=True, kw_only=True)
class ResetIssued(Event):
    enrolment_id: int
    user_id: int
    expires: datetime


@dataclass(frozen=True, kw_only=True)
class ResetAccepted(Event):
    enrolment_id: int
    user_id: int


@dataclass(frozen=True, kw_only=True)
class PostGiven(Event):
    post_id: int
    user_id: int
    role: str
    scope: str
    since: date


@dataclass(frozen=True, kw_only=True)
class PostEnded(Event):
    post_id: int
    user_id: int
    until: date


@dataclass(frozen=True, kw_only=True)
class DeskHandedOver(Event):
    """Contexts that keep open work under a person give it to the other from that day."""

    from_user_id: int
    to_user_id: int
    since: date
    posts: tuple[tuple[int, int], ...]


@dataclass(frozen=True, kw_only=True)
class LinkIssued(Event):
    user_id: int
    expires: datetime


@dataclass(frozen=True, kw_only=True)
class TokenIssued(Event):
    token_id: str
    post_id: int
    api_scopes: tuple[str, ...]
    expires: datetime


@dataclass(frozen=True, kw_only=True)
class TokenRevoked(Event):
    token_id: str


@dataclass(frozen=True, kw_only=True)
class SigningPinSet(Event):
    """The subject is the person; of the PIN nothing is said."""
