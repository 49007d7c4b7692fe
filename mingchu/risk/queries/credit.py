"""Credit files: what is held against a business, the lists it is on, its class and why.

What tells a class asks for scopes of the action that may see one; the rest is every officer's.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, QuerySet

from mingchu.accounts.domain import Scope
from mingchu.ledger.rows import Rows
from mingchu.registry.models import Business
from mingchu.registry.queries import within
from mingchu.risk import credit_sql
from mingchu.risk.credit_rules import Basis
from mingchu.risk.models import CreditClass, CreditRun, Fact, Listing

_facts = Rows(Fact, "WHERE business_id = %s ORDER BY day DESC, id DESC")
_listings = Rows(Listing, "WHERE business_id = %s ORDER BY since DESC, id DESC")
_classes = Rows(CreditClass, "WHERE business_id = %s ORDER BY since DESC, id DESC")


def facts_of(number: int) -> list[Fact]:
    """The newest first, struck ones too."""
    return _facts(number)


def listings_of(number: int) -> list[Listing]:
    return _listings(number)


def classes_of(number: int) -> list[CreditClass]:
    """The present one first, where there is one."""
    return _classes(number)


def exits_waiting(scopes: Iterable[Scope]) -> QuerySet[Listing]:
    """Who asked to be taken off a list and has no answer yet."""
    rows = Listing.objects.filter(asked__isnull=False, until__isnull=True, struck_at__isnull=True)
    return within(rows, scopes, "business__")


def fact(scopes: Iterable[Scope], pk: int) -> Fact | None:
    rows = within(Fact.objects.select_related("business"), scopes, "business__")
    return rows.filter(pk=pk).first()


def listing(scopes: Iterable[Scope], pk: int) -> Listing | None:
    rows = within(Listing.objects.select_related("business"), scopes, "business__")
    return rows.filter(pk=pk).first()


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a list of classes or of a roll is asked for."""

    district: str = ""
    credit: str = ""
    roll: str = ""

    @classmethod
    def read(cls, said: Mapping[str, str]) -> Asked:
        return cls(**{one.name: said.get(one.name, "") for one in fields(cls)})

    def query(self) -> dict[str, str]:
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in said.items() if value}


def classes(scopes: Iterable[Scope], asked: Asked) -> QuerySet[CreditClass]:
    """Present classes, in the order they were written."""
    rows = within(CreditClass.objects.filter(until__isnull=True), scopes, "business__")
    equal = {"business__district": asked.district, "credit": asked.credit}
    rows = rows.filter(**{name: value for name, value in equal.items() if value})
    return rows.select_related("business").order_by("pk")


def counted(scopes: Iterable[Scope]) -> dict[tuple[str, str], int]:
    """How many firms of each district and class."""
    rows = within(CreditClass.objects.filter(until__isnull=True), scopes, "business__").order_by()
    found = rows.values_list("business__district", "credit").annotate(n=Count("pk"))
    return {(district, credit): n for district, credit, n in found}


def standing(scopes: Iterable[Scope], asked: Asked) -> QuerySet[Listing]:
    """Who is on a list today, by when the term ends, then in the order of entry."""
    rows = Listing.objects.filter(until__isnull=True, struck_at__isnull=True)
    rows = within(rows, scopes, "business__")
    equal = {"business__district": asked.district, "roll": asked.roll}
    rows = rows.filter(**{name: value for name, value in equal.items() if value})
    return rows.select_related("business").order_by("since", "pk")


def newest_run() -> CreditRun | None:
    """The newest reckoning of the whole city."""
    return CreditRun.objects.filter(whole=True).order_by("-day", "-pk").first()


def last_run_id() -> int:
    """The number of the last reckoning, of the city or of a few."""
    return CreditRun.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def runs(limit: int) -> list[CreditRun]:
    return list(CreditRun.objects.filter(whole=True).order_by("-day", "-pk")[:limit])


def run_of(one: CreditClass) -> CreditRun:
    return CreditRun.objects.get(pk=one.run_id)


# ── As the indicators measure it ──


@dataclass(frozen=True)
class Known:
    """What is known of a firm on a day, as the indicators measure it, and its lists."""

    answers: Mapping[str, Any]
    on_abnormal: bool
    on_serious: bool


def known_of(basis: Basis, day: date, numbers: Collection[int]) -> dict[int, Known]:
    """The indicators of these firms on a day, not scored; who is no firm is left out."""
    sql = f"""WITH {credit_sql.measured()}
      SELECT id, answers, on_abnormal, on_serious FROM measured"""  # noqa: S608 no value
    with connection.cursor() as db:
        db.execute(sql, credit_sql.params(basis, day, sorted(set(numbers))))
        return {
            number: Known(json.loads(answers), abnormal, serious)
            for number, answers, abnormal, serious in db.fetchall()
        }


def letters_on(basis: Basis, day: date, numbers: Collection[int] | None = None) -> dict[int, str]:
    """The letters as they would be reckoned for a day, written nowhere."""
    only = sorted(set(numbers)) if numbers is not None else None
    sql = f"WITH {credit_sql.reckoned(basis)} SELECT id, letter FROM reckoned"  # noqa: S608 no value
    with transaction.atomic(), connection.cursor() as db:
        db.execute(credit_sql.NESTED, ["off" if only is None else "on"])
        db.execute(sql, credit_sql.params(basis, day, only))
        found = dict(db.fetchall())
        db.execute(credit_sql.NESTED, ["on"])
    return found


def present_letters() -> dict[int, str]:
    """The letter of every firm that has a class."""
    rows = CreditClass.objects.filter(until__isnull=True)
    return dict(rows.values_list("business_id", "credit"))


def names_of(numbers: Collection[int]) -> dict[int, str]:
    return dict(Business.objects.filter(pk__in=numbers).values_list("pk", "name"))
