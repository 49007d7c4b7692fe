"""Hours 时段: quiet hours, digests and working days, asked of the rulebook in one place."""

from __future__ import annotations

from datetime import date, datetime, time

from mingchu.base import clock
from mingchu.kit.messages import domain
from mingchu.kit.messages.domain import Hours, Pace, Severity
from mingchu.rulebook.store import calendar, rule

RULES = QUIET, DIGEST = "message.quiet_hours", "message.digest_time"


def hours(day: date | None = None) -> Hours:
    """The hours of a day."""
    day = day or clock.today()
    begin, _dash, end = rule(QUIET).on(day).value["night"].partition("-")
    digest = rule(DIGEST).on(day).value
    return Hours(*map(time.fromisoformat, (begin, end, digest)))


def tell_at(severity: Severity, pace: Pace, moment: datetime) -> datetime:
    """When somebody hears of news of this moment; the moment itself means now."""
    there = clock.city(moment)
    return domain.tell_at(there, severity, pace, hours(there.date()), calendar())
