"""Signals of letters: that one is in hand, that a term runs out, that they gather on one business,
that households fell ill after one meal. Labels are words of the tables, nothing of a writer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import date, timedelta
from uuid import UUID

from mingchu.base import clock
from mingchu.complaints import queries, rules
from mingchu.complaints.domain.outbreaks import Outbreak, outbreaks
from mingchu.complaints.models import Complaint
from mingchu.registry import domain as registry
from mingchu.registry.models import Business
from mingchu.signals.domain import Signal
from mingchu.signals.services import raise_signals

RECEIVED, DUE = "complaint_received", "complaint_due"
CLUSTER, ILLNESS = "complaint_cluster", "illness_cluster"


def subject(pk: int) -> str:
    """How the ledger and signals name a letter."""
    return f"complaint:{pk}"


def in_hand(complaint: Complaint, *, over: bool = False) -> Signal:
    """Somebody has to work on the letter; `over`: there is nothing more to do."""
    return _about(complaint, RECEIVED, over=over)


def running_out(complaint: Complaint, term: str, until: date, *, overdue: bool) -> Signal:
    """A term ends soon, or (`overdue`) has ended."""
    step = "overdue" if overdue else "near"
    return _about(complaint, DUE, key=term, term=term, until=until.isoformat(), step=step)


def no_longer_due(complaint: Complaint, term: str) -> Signal:
    """The term was met or put off."""
    return _about(complaint, DUE, key=term, over=True, term=term)


def _about(
    complaint: Complaint,
    kind: str,
    *,
    key: str = "",
    over: bool = False,
    **labels: str,
) -> Signal:
    return Signal(
        kind=kind,
        subject=subject(complaint.pk),
        key=key,
        business_id=complaint.business_id,
        district=complaint.district,
        station=complaint.station,
        labels={
            "letter": complaint.kind,
            "category": complaint.category,
            "channel": complaint.channel,
            **labels,
        },
        over=over,
    )


def notice(letters: Iterable[Complaint], causes: Mapping[int, UUID]) -> None:
    """Looks whether letters gather on the businesses that these are about; `causes` are the newest
    entries by business."""
    fresh: dict[int, set[int]] = {}
    for one in letters:
        if one.business_id:
            fresh.setdefault(one.business_id, set()).add(one.pk)
    known = queries.businesses(fresh)
    # All questions are asked before signals begin to be written: both go through one connection.
    found = [
        signal
        for business in known.values()
        for signal in _gathered(business, fresh[business.pk], causes.get(business.pk))
    ]
    raise_signals(found)


def _gathered(business: Business, fresh: Set[int], cause: UUID | None) -> Iterator[Signal]:
    today = clock.today()
    least, since = rules.cluster(today)
    count = queries.count_about(business.pk, since)
    if count >= least:
        yield _of(business, CLUSTER, cause, count=str(count))
    if found := _worst(business.pk, fresh):
        yield _of(
            business,
            ILLNESS,
            cause,
            households=str(found.households),
            people=str(found.people),
        )


def _worst(business: int, fresh: Set[int]) -> Outbreak | None:
    """Of the outbreaks that the fresh letters belong to the one with most households; meals long
    before cannot belong to it."""
    households, hours = rules.illness(clock.today())
    since = clock.now() - timedelta(hours=2 * hours)
    found = outbreaks(queries.sick_at(business, since), households, hours)
    ours = [one for one in found if fresh & set(one.letters)]
    return max(ours, key=lambda one: (one.households, one.people, one.last), default=None)


def _of(business: Business, kind: str, cause: UUID | None, **labels: str) -> Signal:
    return Signal(
        kind=kind,
        subject=registry.subject(business.pk),
        business_id=business.pk,
        district=business.district,
        station=business.station,
        labels=labels,
        cause=cause,
    )
