"""Reactions 联动: which event leads to which service; the whole wiring between contexts.

An event that nothing has to follow is listed in TERMINAL, so that forgetting one is seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mingchu.accounts import events as accounts
from mingchu.alerts import events as of_alerts
from mingchu.alerts import services as alerts
from mingchu.base.event import Event
from mingchu.kit import events as kit
from mingchu.ledger.services import Entry
from mingchu.registry import events as registry


def its_alerts_are_looked_at_again(event: Any, entry: Entry) -> None:
    """Something changed about a business: an alert ends as soon as its fact does, and open ones
    go where the business goes."""
    their_alerts_are_looked_at_again([(event, entry)])


def their_alerts_are_looked_at_again(written: Sequence[tuple[Any, Entry]]) -> None:
    alerts.touch({number: entry.id for event, entry in written for number in _businesses(event)})


def _businesses(event: Any) -> Sequence[int]:
    """Whom an event of the registry concerns: of a merger both files."""
    numbers = (getattr(event, name, None) for name in ("business_id", "gone"))
    return [number for number in numbers if number]


# What the alerts' facts are made of.
FACTS: Sequence[type[Event]] = (
    registry.BusinessCorrected,
    registry.BusinessMoved,
    registry.BusinessStateChanged,
    registry.BusinessClosed,
    registry.BusinessesMerged,
    registry.MergeUndone,
    registry.BusinessHandedOn,
    registry.BusinessTakenOver,
    registry.BusinessAffiliated,
    registry.LicenceGranted,
    registry.LicenceChanged,
    registry.LicenceStateChanged,
    registry.LicenceFollowedUp,
    registry.LicenceWithdrawn,
    registry.PersonPosted,
    registry.PersonLeft,
    registry.PersonCorrected,
    registry.PersonWithdrawn,
    registry.HealthCertificateKept,
    registry.HealthCertificateSeen,
    registry.TrainingRecorded,
)

REACTIONS: Mapping[type[Event], Sequence[Callable[..., Any]]] = dict.fromkeys(
    FACTS, (its_alerts_are_looked_at_again,)
)

# The set-wise form of a reaction: one call for all `(event, entry)` of a `record_many`.
BATCHES: Mapping[Callable[..., Any], Callable[..., Any]] = {
    its_alerts_are_looked_at_again: their_alerts_are_looked_at_again,
}

TERMINAL: frozenset[type[Event]] = frozenset(
    {
        accounts.PersonEnrolled,
        accounts.EnrolmentIssued,
        accounts.EnrolmentAccepted,
        accounts.EnrolmentVoided,
        accounts.ResetIssued,
        accounts.ResetAccepted,
        accounts.PostGiven,
        accounts.PostEnded,
        accounts.DeskHandedOver,  # until a context keeps open work under a person
        accounts.LinkIssued,
        accounts.TokenIssued,
        accounts.TokenRevoked,
        kit.ImportApplied,
        kit.ImportUndone,
        kit.FileAttached,
        kit.FileDetached,
        kit.FileHeld,
        kit.FileReleased,
        # A new business has no alerts to end; what it lacks is found at night.
        registry.BusinessEnrolled,
        # Nothing that anybody keeps work about depends on these.
        registry.BusinessWithdrawn,
        registry.ExamRecorded,
        registry.LicencePlaced,
        registry.PremisesAdded,
        registry.PremisesChanged,
        registry.FoundNotSame,
        registry.AreaNamed,
        registry.AreaDropped,
        registry.HookAdded,
        registry.HookEnded,
        registry.InquiryAsked,
        registry.InquiryAnswered,
        registry.InquirySettled,
        of_alerts.AlertOpened,  # until people are told
        of_alerts.AlertRose,
        of_alerts.AlertHeld,
        of_alerts.AlertReleased,
        of_alerts.AlertRedated,
        of_alerts.AlertEnded,
        of_alerts.SilenceMade,
        of_alerts.SilenceLifted,
    }
)
