"""The registry's figures of the law, each asked in one place.

Each stands here until the rulebook has it; the function stays, only where it looks changes.
"""

from __future__ import annotations

from datetime import date

from mingchu.identifiers import health
from mingchu.registry.domain import LicenceKind

LADDER_DAYS = (90, 60, 30, 0)
LICENCE_YEARS = {LicenceKind.SC: 5, LicenceKind.JY: 5}
FOLLOW_UP_DAYS = 60
TRAINING_HOURS = 40
HEALTH_YEARS = 1
HEALTH_WARN_DAYS = 30
"""Days: a health certificate that ends within them is told."""


def ladder(day: date) -> tuple[int, ...]:
    """Days before its end at which a licence is planned for, the longest first."""
    return LADDER_DAYS


def licence_years(kind: str, day: date) -> int | None:
    """How long a licence of the kind is given for; None for filings, which do not run out."""
    return LICENCE_YEARS.get(LicenceKind(kind))


def next_term(kind: str, day: date) -> date | None:
    """The last day of a term that begins on the day."""
    years = licence_years(kind, day)
    if years is None:
        return None
    last = health.expires(day, years)
    return date.fromordinal(last.toordinal() - 1)


def follow_up_due(day: date) -> date:
    """By when a licence given on commitment 告知承诺 on the day has to be visited."""
    return date.fromordinal(day.toordinal() + FOLLOW_UP_DAYS)


def training_hours(day: date) -> int:
    """Hours a principal, director or officer trains in a year."""
    return TRAINING_HOURS


def health_expires(issued: date, day: date) -> date:
    """The last day of a health certificate issued then."""
    return health.expires(issued, HEALTH_YEARS)


def health_warn_days(day: date) -> int:
    return HEALTH_WARN_DAYS
