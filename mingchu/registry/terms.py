"""Terms 期限: what the registry takes from the rulebook, on a day, in this city."""

from __future__ import annotations

from datetime import date

from mingchu.registry import domain
from mingchu.rulebook import store

EXPIRY_STEPS = "licence.expiry_steps"
SMALL_OPERATOR_PATTERN = "identifiers.small_operator_pattern"


def expiring_days(day: date) -> int:
    """How many days ahead of its end a licence counts as expiring: the first step of warning."""
    return int(max(store.rule(EXPIRY_STEPS).on(day).value))


def standing(state: str, expires: date | None, day: date) -> domain.Standing:
    return domain.standing(state, expires, day, expiring_days(day))


def small_operator_pattern(day: date) -> str | None:
    """How the region numbers its small operators; None where it says nothing."""
    if SMALL_OPERATOR_PATTERN not in store.rulebook().ids_in(store.here()):
        return None
    return str(store.rule(SMALL_OPERATOR_PATTERN).on(day).value)
