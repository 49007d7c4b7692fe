"""Duties 主体责任: what a business lacks in people and papers, derived from what is known of it.

Pure: the norms come in as values, each with the rule it stands on, so that every lack says why
and an old day is answered by the rules of that day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from mingchu.registry.domain import Duty


class LackCode(StrEnum):
    """What can be missing."""

    PRINCIPAL = "principal"
    DIRECTOR = "director"
    OFFICER = "officer"
    HEALTH_MISSING = "health_missing"
    HEALTH_EXPIRED = "health_expired"
    HEALTH_ENDING = "health_ending"
    TRAINING = "training"
    EXAM = "exam"


@dataclass(frozen=True)
class Basis:
    """The rule something is demanded by, in the version of the day."""

    rule: str
    since: date


@dataclass(frozen=True)
class Norms:
    """What the rules of a day demand.

    `director_scales` names per kind the size classes that need a director, `director_diners` per
    sort of canteen from how many diners on; duties of firms hold for `firm_forms` only.
    """

    director_scales: Mapping[str, Collection[str]]
    director_diners: Mapping[str, int]
    head_office_kinds: Collection[str]
    officer_kinds: Collection[str]
    firm_forms: Collection[str]
    health_kinds: Collection[str]
    health_warn_days: int
    training_hours: int
    basis: Mapping[str, Basis]


@dataclass(frozen=True)
class Facts:
    """What duties depend on in a business."""

    kind: str
    legal_form: str = "company"
    scale: str = ""
    serves: str = ""
    diners: int | None = None
    branches: int = 0


@dataclass(frozen=True)
class Staff:
    """Somebody at work, with the papers shown."""

    key: int
    duties: Collection[str]
    since: date | None = None
    health_until: date | None = None
    hours: Decimal = Decimal(0)
    passed: bool | None = None


@dataclass(frozen=True)
class Lack:
    """Something missing; `who` is the person it is about, None for the business itself."""

    code: LackCode
    basis: Basis
    who: int | None = None
    day: date | None = None
    have: Decimal | None = None
    need: int | None = None


def needs_director(facts: Facts, norms: Norms) -> Basis | None:
    """By which rule a business needs a food-safety director 食品安全总监; None if by none.

    The figure of a threshold is included: 以上 counts it.
    """
    if facts.legal_form not in norms.firm_forms:
        return None
    least = norms.director_diners.get(facts.serves)
    if least is not None and facts.diners is not None and facts.diners >= least:
        return norms.basis["director_canteen_people"]
    if facts.scale in norms.director_scales.get(facts.kind, ()):
        return norms.basis["director_required"]
    if facts.branches and facts.kind in norms.head_office_kinds:
        return norms.basis["director_required"]
    return None


def leads_firm(legal_form: str, held: Collection[str], norms: Norms) -> bool:
    """Of whom hours and assessments are demanded: firms' leading people, as officers are."""
    leads = not {Duty.PRINCIPAL, Duty.DIRECTOR, Duty.OFFICER}.isdisjoint(held)
    return leads and legal_form in norms.firm_forms


def lacking(facts: Facts, people: Collection[Staff], norms: Norms, day: date) -> list[Lack]:
    """All that is missing on the day, of the business first."""
    return [
        *_of_business(facts, people, norms),
        *(lack for one in people for lack in _of_person(facts, one, norms, day)),
    ]


def _of_business(facts: Facts, people: Collection[Staff], norms: Norms) -> Iterator[Lack]:
    held = {duty for one in people for duty in one.duties}
    if facts.kind in norms.officer_kinds and facts.legal_form in norms.firm_forms:
        if Duty.PRINCIPAL not in held:
            yield Lack(LackCode.PRINCIPAL, norms.basis["officer_kinds"])
        if Duty.OFFICER not in held:
            yield Lack(LackCode.OFFICER, norms.basis["officer_kinds"])
    basis = needs_director(facts, norms)
    if basis and Duty.DIRECTOR not in held:
        yield Lack(LackCode.DIRECTOR, basis)


def _of_person(facts: Facts, one: Staff, norms: Norms, day: date) -> Iterator[Lack]:
    if Duty.HANDLER in one.duties and facts.kind in norms.health_kinds:
        yield from _of_health(one, norms, day)
    if leads_firm(facts.legal_form, one.duties, norms):
        if one.hours < norms.training_hours:
            yield Lack(
                LackCode.TRAINING,
                norms.basis["training_hours"],
                one.key,
                day=date(day.year, 12, 31),
                have=one.hours,
                need=norms.training_hours,
            )
        if one.passed is False:
            yield Lack(LackCode.EXAM, norms.basis["training_hours"], one.key)


def _of_health(one: Staff, norms: Norms, day: date) -> Iterator[Lack]:
    basis, until = norms.basis["health_years"], one.health_until
    if until is None:
        yield Lack(LackCode.HEALTH_MISSING, basis, one.key)
    elif until < day:
        yield Lack(LackCode.HEALTH_EXPIRED, basis, one.key, day=until)
    elif until <= day + timedelta(days=norms.health_warn_days):
        yield Lack(LackCode.HEALTH_ENDING, basis, one.key, day=until)
