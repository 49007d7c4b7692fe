"""What happened to alerts: ids, words and moments, never a person's data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mingchu.base.event import Event


@dataclass(frozen=True, kw_only=True)
class OfAlert:
    """What every event of an alert says: which, of what kind, whose, where; no event itself.

    `subject` of the event is the business where there is one, so that its story has it; `about`
    is what the alert itself is about, such as `licence:5`.
    """

    alert_id: int
    kind_of: str
    about: str
    business_id: int | None
    district: str
    station: str
    severity: int


@dataclass(frozen=True, kw_only=True)
class AlertOpened(OfAlert, Event):
    """`rule` and `since` are what its deadline stands on; `held_by` what holds it at once."""

    due: datetime | None
    rule: str
    since: str
    held_by: str = ""


@dataclass(frozen=True, kw_only=True)
class AlertRose(OfAlert, Event):
    """Noticed again, and graver; `before` is the severity it had."""

    before: int
    due: datetime | None


@dataclass(frozen=True, kw_only=True)
class AlertHeld(OfAlert, Event):
    """Calls nobody for now: covered by another alert (`alert:7`) or by a silence (`silence:3`)."""

    held_by: str


@dataclass(frozen=True, kw_only=True)
class AlertReleased(OfAlert, Event):
    """What held it is over, it is not."""

    held_by: str


@dataclass(frozen=True, kw_only=True)
class AlertRedated(OfAlert, Event):
    """Its deadline is another: the calendar it was counted by has been announced since."""

    due: datetime
    before: datetime


@dataclass(frozen=True, kw_only=True)
class AlertEnded(OfAlert, Event):
    """`how` is gone, handled, false or merged; `count` how often it was noticed."""

    how: str
    count: int


@dataclass(frozen=True, kw_only=True)
class SilenceMade(Event):
    """Known, and shall call nobody until then; the reason stands with the silence."""

    silence_id: int
    kind_of: str
    business_id: int | None
    district: str
    station: str
    about: str
    until: datetime


@dataclass(frozen=True, kw_only=True)
class SilenceLifted(Event):
    """Ended before its time."""

    silence_id: int
    kind_of: str
    business_id: int | None
    district: str
    station: str
