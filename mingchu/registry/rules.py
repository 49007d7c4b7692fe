"""The registry's figures of the law, each asked of the rulebook in one place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.registry import domain
from mingchu.registry.domain import Kind, LicenceKind, Scale
from mingchu.registry.duties import Basis, Norms
from mingchu.rulebook.domain import Ruling
from mingchu.rulebook.store import by_book, calendar, rule

# Which size classes the words of the rule mean.
LARGE_AND_MEDIUM = (Scale.LARGE, Scale.MEDIUM)
BY_SCALE = {
    Kind.PRODUCER: "large_medium_producer",
    Kind.SELLER: "large_medium_seller",
    Kind.CATERER: "large_medium_caterer",
}
CHAINS = (Kind.SELLER, Kind.CATERER)


def _ruling(name: str, day: date | None = None) -> Ruling:
    return rule(name).on(day or clock.today())


def _held(name: str, day: date) -> Ruling | None:
    """The ruling of a day, None while there was none: what nobody demanded is not missing."""
    try:
        return _ruling(name, day)
    except Refusal as refusal:
        if refusal.code in ("rule_not_in_force", "rule_repealed"):
            return None
        raise


# Licences


def ladder(day: date | None = None) -> tuple[int, ...]:
    """Days before its end at which a licence is planned for, the longest first."""
    return tuple(_ruling("licence.expiry_steps", day).value)


@by_book(maxsize=64)
def expiring_days(day: date) -> int:
    """From how many days before its end a licence counts as expiring."""
    return max(ladder(day))


def standing(state: str, expires: date | None, day: date) -> domain.Standing:
    """How a licence stands, by the steps of that day."""
    return domain.standing(state, expires, day, expiring_days(day))


def small_operator_pattern(day: date) -> str:
    """How numbers of registrations and filings look here."""
    return str(_ruling("identifiers.small_operator_pattern", day).value)


def _term(kind: str, day: date) -> Ruling | None:
    name = {LicenceKind.SC: "licence.sc_validity", LicenceKind.JY: "licence.jy_validity"}
    known = name.get(LicenceKind(kind))
    return _held(known, day) if known else None


def next_term(kind: str, day: date) -> date | None:
    """The last day of a term that begins on the day."""
    found = _term(kind, day)
    return found.due(day, calendar()).day - timedelta(days=1) if found else None


def may_commit(kind: str, day: date) -> bool:
    """Whether a licence of the kind is given on notice and commitment 告知承诺."""
    return kind in _ruling("registry.commitment_kinds", day).value


def follow_up_due(day: date) -> date:
    """By when a licence given on commitment on the day has to be visited."""
    return _ruling("licence.follow_up_days", day).due(day, calendar()).day


def catalogue(day: date) -> tuple[str, Mapping[str, Sequence[str]]]:
    """The catalogue of business items in force on the day: its version and items by kind."""
    found = _ruling("registry.business_catalogue", day)
    return found.since.isoformat(), found.value


def dormant_until(since: date) -> date:
    """How long a business that rests since the day may rest, by the rule of today: before there
    was one, some had begun."""
    return _ruling("licence.dormant_years_max").due(since, calendar()).day


# States and kinds


def states_counted(purpose: str, day: date | None = None) -> tuple[str, ...]:
    """Which operating states a kind of work counts."""
    return tuple(_ruling("registry.states_counted", day).choice(purpose))


def kinds_without_licence(day: date | None = None) -> tuple[str, ...]:
    return tuple(_ruling("registry.kinds_without_licence", day).value)


# People


def training_hours(day: date) -> int:
    """Hours a director or officer trains in a year; 0 while no rule said so."""
    found = _held("duty.training_hours", day)
    return int(found.number()) if found else 0


def health_expires(issued: date, day: date) -> date:
    """The last day of a health certificate issued then."""
    return _ruling("duty.health_years", day).due(issued, calendar()).day


def health_warn_days(day: date) -> int:
    return int(max(_ruling("duty.health_steps", day).value))


@by_book(maxsize=64)
def norms(day: date) -> Norms:
    """What the rules of a day demand of a business in people and papers."""
    required = _held("duty.director_required", day)
    demanded: Mapping[str, bool] = required.value if required else {}
    diners = _held("duty.director_canteen_people", day)
    return Norms(
        director_scales={
            kind: LARGE_AND_MEDIUM for kind, word in BY_SCALE.items() if demanded.get(word)
        },
        director_diners=diners.value if diners else {},
        head_office_kinds=CHAINS if demanded.get("chain_headquarters") else (),
        officer_kinds=_listed("duty.officer_kinds", day),
        firm_forms=_listed("duty.firm_forms", day),
        health_kinds=_listed("duty.health_kinds", day),
        health_warn_days=health_warn_days(day),
        training_hours=training_hours(day),
        basis={name: Basis(found.id, found.since) for name, found in _rulings(day)},
    )


def _listed(name: str, day: date) -> tuple[str, ...]:
    found = _held(name, day)
    return tuple(found.value) if found else ()


def _rulings(day: date) -> Iterator[tuple[str, Ruling]]:
    """What each demand stands on."""
    for name in (
        "director_required",
        "director_canteen_people",
        "officer_kinds",
        "training_hours",
        "health_years",
    ):
        if found := _held(f"duty.{name}", day):
            yield name, found
