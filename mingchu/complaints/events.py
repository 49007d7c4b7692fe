"""What happened to complaints and reports: ids, words and days, nothing of whoever wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mingchu.base.event import Event


@dataclass(frozen=True, kw_only=True)
class ComplaintRegistered(Event):
    """A letter came in; `part_of` is the letter it was parted from or found in."""

    complaint_id: int
    letter: str
    channel: str
    category: str
    business_id: int | None
    district: str
    station: str
    received: date
    part_of: int | None = None


@dataclass(frozen=True, kw_only=True)
class ComplaintMoved(Event):
    """Something was done with a letter; `ground` is the legal one, `other` the letter it
    concerns too."""

    complaint_id: int
    letter: str
    move: str
    before: str
    after: str
    business_id: int | None
    district: str
    station: str
    ground: str = ""
    other: int | None = None


@dataclass(frozen=True, kw_only=True)
class ComplaintCorrected(Event):
    """A newer sheet of the platform said something else of the letter."""

    complaint_id: int
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ComplaintTakenBack(Event):
    """A letter that an import had brought was taken back with it."""

    complaint_id: int


@dataclass(frozen=True, kw_only=True)
class ReportersForgotten(Event):
    """Personal data of writers were erased when their term had run."""

    count: int
    until: date
