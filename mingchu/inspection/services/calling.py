"""Calling 转办: what of an inspection other desks have to see to goes out as signals."""

from __future__ import annotations

from collections.abc import Iterable

from mingchu.inspection.domain.outcome import Outcome, Way
from mingchu.inspection.models import Finding, FindingState, Record
from mingchu.signals.domain import Signal
from mingchu.signals.services import raise_signals

CASE, ABSENT, OVERDUE = "inspection_case", "inspection_absent", "correction_overdue"
GONE = (Outcome.UNREACHABLE, Outcome.CLOSED, Outcome.MOVED)


def call_for(records: Iterable[Record], findings: Iterable[Finding]) -> None:
    """Cases to be looked into; businesses that were not where they are registered."""
    called = [_of_finding(CASE, one) for one in findings if one.way == Way.CASE]
    called += [_absent(one) for one in records if one.outcome in GONE]
    if called:
        raise_signals(called)


def _absent(one: Record) -> Signal:
    return Signal(
        kind=ABSENT,
        subject=f"inspection:{one.visit_id}",
        business_id=one.business_id,
        district=one.district,
        labels={"outcome": one.outcome},
        cause=one.entry,
    )


def call_overdue(findings: Iterable[Finding]) -> None:
    """What was to be mended by a day that is over."""
    if called := [_of_finding(OVERDUE, one) for one in findings]:
        raise_signals(called)


def settled(finding: Finding) -> None:
    """It is mended, or stands in another record now: whoever was called for it is told so."""
    if finding.overdue_at is not None and finding.state != FindingState.OPEN:
        raise_signals([_of_finding(OVERDUE, finding, over=True)])


def _of_finding(kind: str, one: Finding, *, over: bool = False) -> Signal:
    return Signal(
        kind=kind,
        subject=f"finding:{one.pk}",
        business_id=one.business_id,
        district=one.district,
        labels={"item": one.item, "weight": "key" if one.is_key else "general"},
        cause=one.record.entry,
        over=over,
    )
