"""The registry's figures of the law, each asked of the rulebook in one place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from mingchu.base import clock
from mingchu.registry.duties import Basis, Norms
from mingchu.rulebook.domain import Ruling
from mingchu.rulebook.store import calendar, rule

NORMS = (
    "director_scales",
    "director_head_offices",
    "director_diners",
    "officer_kinds",
    "firm_forms",
    "training_hours",
    "health_years",
    "health_kinds",
    "health_warn_days",
)


def _ruling(name: str, day: date | None = None) -> Ruling:
    return rule(name).on(day or clock.today())


# Licences


def ladder(day: date | None = None) -> tuple[int, ...]:
    """Days before its end at which a licence is planned for, the longest first."""
    return tuple(_ruling("registry.expiry_ladder", day).value)


def licence_years(kind: str, day: date) -> int | None:
    """How long a licence of the kind is given for; None for filings, which do not run out."""
    years: Mapping[str, int] = _ruling("registry.licence_years", day).value
    return years.get(kind)


def next_term(kind: str, day: date) -> date | None:
    """The last day of a term that begins on the day."""
    if licence_years(kind, day) is None:
        return None
    ended = _ruling("registry.licence_years", day).due(day, calendar(), kind).day
    return ended - timedelta(days=1)


def may_commit(kind: str, day: date) -> bool:
    """Whether a licence of the kind is given on notice and commitment 告知承诺."""
    return kind in _ruling("registry.commitment_kinds", day).value


def follow_up_due(day: date) -> date:
    """By when a licence given on commitment on the day has to be visited."""
    return _ruling("registry.follow_up_days", day).due(day, calendar()).day


def catalogue(day: date) -> tuple[str, Mapping[str, Sequence[str]]]:
    """The catalogue of business items in force on the day: its version and items by kind."""
    found = _ruling("registry.business_catalogue", day)
    return found.since.isoformat(), found.value


def dormant_until(since: date) -> date:
    """How long a business that rests since the day may rest."""
    return _ruling("registry.dormant_years", since).due(since, calendar()).day


# States and kinds


def states_counted(purpose: str, day: date | None = None) -> tuple[str, ...]:
    """Which operating states a kind of work counts."""
    return tuple(_ruling("registry.states_counted", day).choice(purpose))


def kinds_without_licence(day: date | None = None) -> tuple[str, ...]:
    return tuple(_ruling("registry.kinds_without_licence", day).value)


# People


def training_hours(day: date) -> int:
    """Hours a principal, director or officer trains in a year."""
    return int(_ruling("duties.training_hours", day).value)


def health_expires(issued: date, day: date) -> date:
    """The last day of a health certificate issued then."""
    return _ruling("duties.health_years", day).due(issued, calendar()).day


def health_warn_days(day: date) -> int:
    return int(_ruling("duties.health_warn_days", day).value)


@lru_cache(maxsize=64)
def norms(day: date) -> Norms:
    """What the rules of a day demand of a business in people and papers."""
    said = {name: _ruling(f"duties.{name}", day) for name in NORMS}
    value: dict[str, Any] = {name: ruling.value for name, ruling in said.items()}
    return Norms(
        director_scales=value["director_scales"],
        director_diners=value["director_diners"],
        head_office_kinds=value["director_head_offices"],
        officer_kinds=value["officer_kinds"],
        firm_forms=value["firm_forms"],
        health_kinds=value["health_kinds"],
        health_warn_days=value["health_warn_days"],
        training_hours=value["training_hours"],
        basis={name: Basis(ruling.id, ruling.since) for name, ruling in said.items()},
    )
