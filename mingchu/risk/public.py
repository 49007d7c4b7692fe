"""What anybody may know of grades: decided here and nowhere else.

The quantified hygiene grade of a caterer is public. The risk grade is as soon as a dated rule of
the city says so, with the line that it says how often we visit. The credit-risk class never is:
nothing here reads it, and nothing that rests on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mingchu.base import clock
from mingchu.risk import rules, words
from mingchu.risk.models import HygieneGrade
from mingchu.risk.queries import grades as queries
from mingchu.risk.queries.hygiene import present
from mingchu.rulebook.store import rule

RISK_PUBLIC = "disclosure.risk_grade_public"


@dataclass(frozen=True)
class PublicHygiene:
    """A caterer's hygiene grade as everybody reads it."""

    letter: str
    name: str
    since: date
    last_day: date
    last_visit: str
    rule_since: date


@dataclass(frozen=True)
class PublicRisk:
    """A risk grade where the city shows it: the letter, and how often it has us visit."""

    letter: str
    name: str
    often: str


def hygiene(number: int) -> PublicHygiene | None:
    """Of one business; None of whoever has none, as of whoever is no caterer."""
    one = present(number)
    return told(one) if one else None


def told(one: HygieneGrade) -> PublicHygiene:
    return PublicHygiene(
        letter=one.letter,
        name=words.hygiene_name(one.letter),
        since=one.since,
        last_day=one.last_day,
        last_visit=words.hygiene_visit(one),
        rule_since=one.rule_since,
    )


def is_risk_public(day: date) -> bool:
    """Whether the city has decided to show risk grades."""
    return rule(RISK_PUBLIC).on(day).value is True


def risk(number: int) -> PublicRisk | None:
    """None unless the city has decided so; and then no points, no reasons, no history."""
    if not is_risk_public(clock.today()):
        return None
    one = queries.grade_on(number, clock.today())
    if one is None or not one.letter:
        return None
    return PublicRisk(one.letter, words.letter_name(one.letter), words.often(one))


HYGIENE_RULE = rules.HYGIENE_YEAR
