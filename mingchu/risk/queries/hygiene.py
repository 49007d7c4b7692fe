"""Hygiene grades as they stand: of one caterer, and the list that everybody may search."""

from __future__ import annotations

from django.db.models import QuerySet

from mingchu.accounts.domain import CITY
from mingchu.ledger.rows import Question, Rows
from mingchu.registry import queries as registered
from mingchu.registry.queries import Wanted
from mingchu.risk.models import HygieneGrade, HygieneLetter

UNGRADED = "none"


_present = Rows(HygieneGrade, "WHERE business_id = %s AND until IS NULL")


def present(number: int) -> HygieneGrade | None:
    return next(iter(_present(number)), None)


def present_asked(number: int) -> Question:
    return _present.asked(number)


def graded(*, q: str = "", district: str = "", letter: str = "") -> QuerySet[HygieneGrade]:
    """Present grades by any fragment of a name or address, district and letter."""
    rows = HygieneGrade.objects.filter(until__isnull=True)
    if letter in HygieneLetter.values or letter == UNGRADED:
        rows = rows.filter(letter="" if letter == UNGRADED else letter)
    if district:
        rows = rows.filter(business__district=district)
    if q:
        hits = registered.matching((CITY,), Wanted(q=q, district=district)).order_by()
        rows = rows.filter(business__in=hits.values("pk")[: registered.COUNTED])
    return rows.select_related("business").defer("business__search_text").order_by("pk")
