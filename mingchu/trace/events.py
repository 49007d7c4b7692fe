"""What people decided about the repository; telemetry never stands here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mingchu.base.event import Event


@dataclass(frozen=True, kw_only=True)
class NumberAllotted(Event):
    """From now on the party speaks for a company prefix or a single number."""

    number: str
    party: str
    role: str
    since: date | None
    until: date | None


@dataclass(frozen=True, kw_only=True)
class AllotmentEnded(Event):
    """It holds until a day, or, where none is said, was a mistake and never held."""

    number: str
    party: str
    until: date | None
