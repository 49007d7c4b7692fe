"""What happened in risk grading: ids, letters, days and codes, never a person's data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mingchu.base.event import Event


@dataclass(frozen=True, kw_only=True)
class ProfileRecorded(Event):
    """What a business is like from a day on, by the factors of a static sheet."""

    business_id: int
    profile_id: int
    sheet: str
    since: date
    source: str


@dataclass(frozen=True, kw_only=True)
class VisitRecorded(Event):
    """Officers were there; `failed` and `applicable` count items, none of another department's."""

    business_id: int
    visit_id: int
    day: date
    department: str
    purpose: str
    failed: int
    applicable: int
    source: str


@dataclass(frozen=True, kw_only=True)
class GroundRecorded(Event):
    """A case in which the grade may be raised or lowered is known; nobody has decided yet."""

    business_id: int
    ground_id: int
    direction: str
    ground: str
    day: date
    source: str


@dataclass(frozen=True, kw_only=True)
class GroundDecided(Event):
    """A person decided by how many levels, 0 for none."""

    business_id: int
    ground_id: int
    direction: str
    levels: int


@dataclass(frozen=True, kw_only=True)
class Regraded(Event):
    """The risk letter of a business moved; "" is none, and `missing` says what is lacking."""

    business_id: int
    grade_id: int
    run_id: int
    before: str
    letter: str
    missing: str
    since: date


@dataclass(frozen=True, kw_only=True)
class GradesRun(Event):
    """A run over the whole city, or over a few businesses of which something changed."""

    run_id: int
    as_of: date
    occasion: str
    whole: bool
    subjects: int
    graded: int
    moved: int


@dataclass(frozen=True, kw_only=True)
class OverrideSet(Event):
    """A person set a letter aside until a day."""

    business_id: int
    override_id: int
    letter: str
    until: date


@dataclass(frozen=True, kw_only=True)
class OverrideEnded(Event):
    """An override was taken back before its time."""

    business_id: int
    override_id: int


@dataclass(frozen=True, kw_only=True)
class ObjectionMade(Event):
    """A business objects to its grade."""

    business_id: int
    objection_id: int
    grade_id: int
    item: str


@dataclass(frozen=True, kw_only=True)
class ObjectionAnswered(Event):
    """It got its answer: upheld or not."""

    business_id: int
    objection_id: int
    state: str


@dataclass(frozen=True, kw_only=True)
class ObjectionWithdrawn(Event):
    """The business took it back."""

    business_id: int
    objection_id: int


@dataclass(frozen=True, kw_only=True)
class HygieneGraded(Event):
    """The quantified hygiene letter of a caterer moved; "" is none."""

    business_id: int
    before: str
    letter: str
    since: date
