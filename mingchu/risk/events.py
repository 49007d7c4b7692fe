"""What happened in risk: ids, kinds and days. A credit-risk class is in none of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mingchu.base.event import Event


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
