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
class FactTakenBack(Event):
    """A fact that came with a wrong list went with it; `fact` is its sort and number."""

    business_id: int
    fact: str


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
    """A run over the whole city, or over a few businesses of which something changed.

    `digest` is over every grade it wrote; a letter that moved has an entry of its own besides.
    """

    run_id: int
    as_of: date
    occasion: str
    whole: bool
    subjects: int
    graded: int
    moved: int
    digest: str


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


# ── Credit: a class stands in none of them ──


@dataclass(frozen=True, kw_only=True)
class FactNoted(Event):
    """Something is held against a business from a day on; `kind_of` says what."""

    business_id: int
    fact_id: int
    kind_of: str
    day: date
    origin: str


@dataclass(frozen=True, kw_only=True)
class FactStruck(Event):
    """It was wrong, or its ground fell away: the row stays, struck out."""

    business_id: int
    fact_id: int
    kind_of: str


@dataclass(frozen=True, kw_only=True)
class ListEntered(Event):
    """A business came on a list 名录, by a decision; `rule` and `rule_since` are its ground."""

    business_id: int
    listing_id: int
    roll: str
    ground: str
    since: date
    ends: date | None
    late: bool
    rule: str
    rule_since: date


@dataclass(frozen=True, kw_only=True)
class ExitAsked(Event):
    """The business asks to be taken off; by when that is decided."""

    business_id: int
    listing_id: int
    roll: str
    asked: date
    due: date


@dataclass(frozen=True, kw_only=True)
class ListLeft(Event):
    """It is off the list since the day after `until`; `exit` says why."""

    business_id: int
    listing_id: int
    roll: str
    until: date
    exit: str


@dataclass(frozen=True, kw_only=True)
class ListingStruck(Event):
    """The entry should never have been made, and counts no more."""

    business_id: int
    listing_id: int
    roll: str


@dataclass(frozen=True, kw_only=True)
class CreditReckoned(Event):
    """The classes of a day were reckoned; `digest` is the salted digest of what they are.

    Neither a letter nor a business stands here: the salt stays in the run.
    """

    run_id: int
    day: date
    whole: bool
    firms: int
    rules: dict[str, str]
    digest: str
