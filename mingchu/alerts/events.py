"""What happened to alerts and orders: ids, words and moments, never a person's data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

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


@dataclass(frozen=True, kw_only=True)
class OfOrder:
    """What every event of an order says; no event itself. `step` is its number in the order.

    `said` is the salted digest of what was written, which stays in the step; `attachments` are
    the files that came with it, `commitments` the salted digests of each.
    """

    order_id: int
    number: str
    step: int
    kind_of: str
    severity: int
    business_id: int | None
    district: str
    station: str
    level: str
    assignee: int | None
    said: str
    attachments: tuple[str, ...] = ()
    commitments: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OrderOpened(OfOrder, Event):
    """As it stands at once: in which state, until when, by which version of which rule."""

    state: str
    alerts: tuple[int, ...]
    due: datetime | None
    rule: str
    since: str


@dataclass(frozen=True, kw_only=True)
class OrderMoved(OfOrder, Event):
    """A step that ends nothing; `rule` is what it stood on, where it stood on one."""

    move: str
    before: str
    after: str
    due: datetime | None
    rule: str = ""
    since: str = ""


@dataclass(frozen=True, kw_only=True)
class OrderEnded(OfOrder, Event):
    """The step that ended it, and how; `late` if its due had passed."""

    move: str
    before: str
    after: str
    outcome: str
    due: datetime | None
    late: bool


@dataclass(frozen=True, kw_only=True)
class OrderEscalated(OfOrder, Event):
    """It went up to `level`, by somebody or because it was overdue."""

    overdue: bool


@dataclass(frozen=True, kw_only=True)
class TalkHeld(OfOrder, Event):
    """A responsibility talk 约谈 with the business."""

    day: date


@dataclass(frozen=True, kw_only=True)
class OrderTransferred(OfOrder, Event):
    """To another authority, which gave a receipt; recorded beside its end."""

    authority: str
