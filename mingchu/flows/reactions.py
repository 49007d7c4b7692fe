"""Reactions 联动: which event leads to which service; the whole wiring between contexts.

An event that nothing has to follow is listed in TERMINAL, so that forgetting one is seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mingchu.accounts import events as accounts
from mingchu.accounts.queries import people
from mingchu.alerts import events as alerts
from mingchu.alerts.queries import desks
from mingchu.alerts.services import orders
from mingchu.base import clock
from mingchu.base.event import Event
from mingchu.kit import events as kit
from mingchu.registry import events as registry


def orders_follow_the_business(event: registry.BusinessMoved, entry: Any) -> None:
    """Another station has it from now on, with all that is open."""
    orders.follow_business(
        business_id=event.business_id, district=event.district, station=event.station
    )


def orders_go_to_the_kept_file(event: registry.BusinessesMerged, entry: Any) -> None:
    """Of two files that became one the kept one has what is open."""
    orders.follow_merge(gone=event.gone, kept=event.business_id)


def orders_come_back(event: registry.MergeUndone, entry: Any) -> None:
    """Files that are two again have each their own."""
    orders.follow_unmerge(gone=event.gone, kept=event.business_id)


def orders_go_with_the_desk(event: accounts.DeskHandedOver, entry: Any) -> None:
    """Whoever takes the desk takes what lies on it; a desk that changes hands later is swept by
    the job that looks after orders of people who have left."""
    if event.since <= clock.today() and desks.holds_orders(event.from_user_id):
        giver, taker = people([event.from_user_id, event.to_user_id])
        orders.hand_over_desk(giver=giver, taker=taker, by=None)


REACTIONS: Mapping[type[Event], Sequence[Callable[..., Any]]] = {
    accounts.DeskHandedOver: [orders_go_with_the_desk],
    registry.BusinessMoved: [orders_follow_the_business],
    registry.BusinessesMerged: [orders_go_to_the_kept_file],
    registry.MergeUndone: [orders_come_back],
}

# The set-wise form of a reaction: one call for all `(event, entry)` of a `record_many`.
BATCHES: Mapping[Callable[..., Any], Callable[..., Any]] = {}

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
        alerts.AlertEnded,
        alerts.OrderOpened,
        alerts.OrderMoved,
        alerts.OrderEnded,
        alerts.OrderEscalated,
        alerts.OrderTransferred,
        alerts.TalkHeld,
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
