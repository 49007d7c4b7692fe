"""Reactions 联动: which event leads to which service; the whole wiring between contexts.

An event that nothing has to follow is listed in TERMINAL, so that forgetting one is seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mingchu.accounts import events as accounts
from mingchu.base import clock
from mingchu.base.event import Event
from mingchu.complaints import events as complaints
from mingchu.complaints import services as letters
from mingchu.kit import events as kit
from mingchu.ledger.services import Entry
from mingchu.registry import events as registry


def desk_passes_letters_on(event: accounts.DeskHandedOver, entry: Entry) -> None:
    """Whoever takes a desk takes the complaints and reports on it; of one that changes hands later
    the nightly task of letters finds them."""
    if event.since <= clock.today():
        letters.pass_desk(giver=event.from_user_id, taker=event.to_user_id)


def letters_follow_the_business(event: registry.BusinessMoved, entry: Entry) -> None:
    """Where a business lies now its open complaints and reports are handled."""
    letters_follow_businesses([(event, entry)])


def letters_follow_businesses(pairs: Sequence[tuple[registry.BusinessMoved, Entry]]) -> None:
    letters.follow_businesses(
        {event.business_id: (event.district, event.station) for event, _entry in pairs}
    )


REACTIONS: Mapping[type[Event], Sequence[Callable[..., Any]]] = {
    accounts.DeskHandedOver: [desk_passes_letters_on],
    registry.BusinessMoved: [letters_follow_the_business],
}

# The set-wise form of a reaction: one call for all `(event, entry)` of a `record_many`.
BATCHES: Mapping[Callable[..., Any], Callable[..., Any]] = {
    letters_follow_the_business: letters_follow_businesses,
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
        accounts.LinkIssued,
        accounts.TokenIssued,
        accounts.TokenRevoked,
        complaints.ComplaintRegistered,
        complaints.ComplaintMoved,
        complaints.ComplaintCorrected,
        complaints.ComplaintTakenBack,
        complaints.ReportersForgotten,
        kit.ImportApplied,
        kit.ImportUndone,
        kit.FileAttached,
        kit.FileDetached,
        kit.FileHeld,
        kit.FileReleased,
        # Until a context keeps work of its own about a business.
        registry.BusinessEnrolled,
        registry.BusinessCorrected,
        registry.BusinessStateChanged,
        registry.BusinessClosed,
        registry.BusinessWithdrawn,
        registry.LicenceWithdrawn,
        registry.LicenceGranted,
        registry.LicenceStateChanged,
        registry.PersonPosted,
        registry.PersonLeft,
        registry.PersonCorrected,
        registry.PersonWithdrawn,
        registry.HealthCertificateKept,
        registry.HealthCertificateSeen,
        registry.TrainingRecorded,
        registry.ExamRecorded,
        registry.LicencePlaced,
        registry.LicenceFollowedUp,
        registry.PremisesAdded,
        registry.PremisesChanged,
        registry.BusinessHandedOn,
        registry.BusinessTakenOver,
        registry.BusinessesMerged,
        registry.MergeUndone,
        registry.FoundNotSame,
        registry.AreaNamed,
        registry.AreaDropped,
        registry.BusinessAffiliated,
        registry.LicenceChanged,
        registry.HookAdded,
        registry.HookEnded,
        registry.InquiryAsked,
        registry.InquiryAnswered,
        registry.InquirySettled,
    }
)
