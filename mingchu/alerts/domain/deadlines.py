"""Deadlines 处理时限: when, by which rule, and whether the calendar may still change it; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Deadline:
    """The moment a term has ended that began at `start`; a term in days ends with its last day."""

    at: datetime
    rule: str
    since: date
    start: datetime
    provisional: bool = False


def sooner(one: Deadline, other: Deadline) -> Deadline:
    """What rises may get less time, never more."""
    return other if other.at < one.at else one
