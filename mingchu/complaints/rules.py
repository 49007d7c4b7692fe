"""Figures of the law that letters go by, each asked of the rulebook in one place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from mingchu.base import clock
from mingchu.complaints.domain.clocks import Clock, Letter, Step, clocks, is_too_old, next_due
from mingchu.complaints.models import NEVER, Complaint, ComplaintStep
from mingchu.rulebook.domain import Ruling
from mingchu.rulebook.store import calendar, rule


def norm(name: str, day: date) -> Ruling:
    """What a rule says on a day."""
    return rule(name).on(day)


def clocks_of(complaint: Complaint, steps: Sequence[ComplaintStep]) -> tuple[Clock, ...]:
    """Every clock of a letter as it stands now."""
    return clocks(_letter(complaint, steps), norm, calendar())


def _letter(complaint: Complaint, steps: Iterable[ComplaintStep]) -> Letter:
    return Letter(
        kind=complaint.kind,
        received=clock.city(complaint.received_at).date(),
        named=complaint.named,
        steps=tuple(Step(one.move, clock.city(one.at).date(), one.after) for one in steps),
    )


def set_index(complaint: Complaint, steps: Sequence[ComplaintStep]) -> tuple[Clock, ...]:
    """Which term ends next, for lists; a letter without one goes to their end. Its clocks."""
    running = clocks_of(complaint, steps)
    found = next_due(running)
    complaint.due_on = (found.due if found else None) or NEVER
    complaint.due_term = str(found.term) if found else ""
    complaint.provisional = bool(found and found.provisional)
    return running


def may_be_received(day: date) -> bool:
    """Whether the rules of letters were in force on a day."""
    return rule("complaint.accept_days").segment(day) is not None


def too_old(complaint: Complaint) -> bool:
    """Whether a complaint came later after the harm than it may."""
    if complaint.happened_on is None:
        return False
    received = clock.city(complaint.received_at).date()
    return is_too_old(complaint.happened_on, received, norm, calendar())


def refusal_grounds(day: date) -> Ruling:
    return norm("complaint.refusal_grounds", day)


def end_grounds(day: date) -> Ruling:
    return norm("complaint.end_grounds", day)


def warn_until(today: date) -> date:
    """A term that ends by this day is running out."""
    return norm("complaint.due_warn_days", today).due(today, calendar()).day


def ending(found: Sequence[Clock], today: date) -> list[Clock]:
    """Of some clocks those that still run and are running out."""
    until = warn_until(today)
    return [one for one in found if one.runs and one.due and one.due <= until]


def similar_since(day: date) -> date:
    """From when on a letter of one kind about one business may be the same as one of the day."""
    return day - timedelta(days=int(norm("complaint.similar_days", day).number()))


def cluster(today: date) -> tuple[int, datetime]:
    """How many letters on one business are a cluster, and since when they count."""
    days = int(norm("alert.cluster_window_days", today).number())
    since = clock.midnight(today - timedelta(days=days - 1))
    return int(norm("alert.cluster_count", today).number()), since


def illness(today: date) -> tuple[int, int]:
    """How many households within how many hours are an outbreak."""
    return (
        int(norm("alert.illness_households", today).number()),
        int(norm("alert.illness_window_hours", today).number()),
    )


def reporters_kept_since(today: date) -> date:
    """Of letters closed before this day nobody knows any more who wrote them."""
    return today - timedelta(days=int(norm("retention.reporters", today).number()))
