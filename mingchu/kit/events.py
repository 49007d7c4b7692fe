"""What happened to lists and files that came in, to receivers, the duty roster and city rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from mingchu.base.event import Event


@dataclass(frozen=True, kw_only=True)
class ImportApplied(Event):
    """The good rows of a file were taken over; the digest names the file."""

    batch_id: int
    importer: str
    file_digest: str
    created: int
    changed: int
    unchanged: int
    faulty: int


@dataclass(frozen=True, kw_only=True)
class ImportUndone(Event):
    """What an import had done was taken back; `left` subjects had changed since and stay."""

    batch_id: int
    importer: str
    restored: int
    left: int


@dataclass(frozen=True, kw_only=True)
class FileAttached(Event):
    """A file became evidence of the subject; `commitment` is the salted digest of its digest."""

    attachment_id: str
    blob_id: int
    role: str
    commitment: str
    algorithm: str


@dataclass(frozen=True, kw_only=True)
class FileDetached(Event):
    """A file is no longer evidence of the subject."""

    attachment_id: str
    blob_id: int
    role: str


@dataclass(frozen=True, kw_only=True)
class RecordsForgotten(Event):
    """Rows of one kind were erased when the term of their retention had run."""

    count: int
    until: date


@dataclass(frozen=True, kw_only=True)
class FileHeld(Event):
    """A file is on legal hold: nothing removes it, no end of a term does either."""

    blob_id: int


@dataclass(frozen=True, kw_only=True)
class FileReleased(Event):
    """The legal hold of a file ended."""

    blob_id: int


@dataclass(frozen=True, kw_only=True)
class ReceiverAdded(Event):
    """A system or a chat group is told from now on; its address stays out of the ledger."""

    receiver_id: int
    form: str
    district: str
    kinds: tuple[str, ...]
    mildest: int


@dataclass(frozen=True, kw_only=True)
class ReceiverEnded(Event):
    """A system or a chat group is told no more."""

    receiver_id: int


@dataclass(frozen=True, kw_only=True)
class DutySet(Event):
    """Somebody is on duty in a part of the city, from a moment to a moment."""

    duty_id: int
    user_id: int
    scope: str
    begins: datetime
    ends: datetime


@dataclass(frozen=True, kw_only=True)
class DutyDropped(Event):
    """A duty was taken off the roster."""

    duty_id: int
    user_id: int
    scope: str
    begins: datetime
    ends: datetime


@dataclass(frozen=True, kw_only=True)
class RuleDrafted(Event):
    """Somebody began a version of a rule; the digest names its words to the letter."""

    version_id: int
    rule: str
    since: date
    digest: str


@dataclass(frozen=True, kw_only=True)
class RuleRewritten(Event):
    """The draft of a version says something else."""

    version_id: int
    rule: str
    since: date
    digest: str


@dataclass(frozen=True, kw_only=True)
class RuleSubmitted(Event):
    """A version was put before a reviewer."""

    version_id: int
    rule: str
    since: date
    digest: str


@dataclass(frozen=True, kw_only=True)
class RuleApproved(Event):
    """A version speaks from its day on."""

    version_id: int
    rule: str
    since: date
    digest: str


@dataclass(frozen=True, kw_only=True)
class RuleReturned(Event):
    """A reviewer gave a version back to its author."""

    version_id: int
    rule: str
    since: date
    digest: str


@dataclass(frozen=True, kw_only=True)
class RuleWithdrawn(Event):
    """A version was taken back before its day came."""

    version_id: int
    rule: str
    since: date
    digest: str
