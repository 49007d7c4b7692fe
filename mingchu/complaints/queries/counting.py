"""Counts for publication 统计公布 (article 34): letters by kind, matter, place and outcome; nobody
can be told from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, QuerySet

from mingchu.accounts.domain import Scope
from mingchu.base import clock
from mingchu.complaints import rules
from mingchu.complaints.domain.clocks import Standing, Term
from mingchu.complaints.models import Complaint
from mingchu.complaints.queries.working import steps_of_many
from mingchu.registry.queries import within

BY = ("kind", "category", "district", "channel", "state")
AT_ONCE = 1_000


@dataclass(frozen=True)
class Row:
    """How many letters of a value of one column."""

    by: str
    value: str
    complaints: int
    reports: int


def _between(scopes: Iterable[Scope], since: date, until: date) -> QuerySet[Complaint]:
    """Letters that came in these days; the halves of one count as two, since they are answered
    as two."""
    found = Complaint.objects.filter(
        received_at__gte=clock.midnight(since),
        received_at__lt=clock.midnight(until + timedelta(days=1)),
    )
    return within(found, scopes)


def counts(scopes: Iterable[Scope], since: date, until: date) -> list[Row]:
    """Letters by each column, the fullest value first."""
    found = _between(scopes, since, until).order_by()
    return [row for by in BY for row in _rows(found, by)]


def _rows(found: QuerySet[Complaint], by: str) -> list[Row]:
    counted: dict[str, dict[str, int]] = {}
    for said in found.values(by, "kind").annotate(n=Count("pk")):
        counted.setdefault(said[by], {})[said["kind"]] = said["n"]
    rows = [
        Row(by, value, kinds.get("complaint", 0), kinds.get("report", 0))
        for value, kinds in counted.items()
    ]
    return sorted(rows, key=lambda row: (-(row.complaints + row.reports), row.value))


def answered_on_time(
    scopes: Iterable[Scope], since: date, until: date
) -> dict[str, tuple[int, int]]:
    """By term: how many were met in time, of how many that were met or have passed."""
    found: dict[str, list[int]] = {term: [0, 0] for term in Term}
    today = clock.today()
    letters = _between(scopes, since, until).order_by("pk")
    for start in range(0, letters.count(), AT_ONCE):
        some = list(letters[start : start + AT_ONCE])
        steps = steps_of_many(some)
        for one in some:
            for ran in rules.clocks_of(one, steps[one.pk]):
                standing = ran.standing(today)
                found[ran.term][0] += standing is Standing.MET
                found[ran.term][1] += standing in (Standing.MET, Standing.LATE, Standing.OVERDUE)
    return {term: (good, all_) for term, (good, all_) in found.items()}
