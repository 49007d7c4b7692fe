"""The pool of a batch: what is known of each business before it is weighed, and rows afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from mingchu.inspection.domain.balance import Clash, Why
from mingchu.inspection.models import Batch, BatchState, PoolRow, RegionalSubject, Task
from mingchu.registry.models import Business
from mingchu.registry.queries import LISTED

CLOSED, OPEN = "closed", "open"
# Who is looked after beside the draw 重点监管计划: by his grounds, or since his grade asks it.
BESIDE = Q(standing=Why.KEY) | Q(clash__in=[Clash.FLOOR_BEYOND, Clash.FLOOR_OR_CEILING])


@dataclass(frozen=True, slots=True)
class Subject:
    """A business of the registry as a batch looks at it."""

    pk: int
    code: str
    kind: str
    district: str
    is_open: bool


def subjects(kinds: Sequence[str], districts: Sequence[str]) -> list[Subject]:
    """Everybody of the kinds in the districts who is not closed, open or not."""
    rows = Business.objects.filter(LISTED, kind__in=kinds, district__in=districts)
    found = rows.exclude(state=CLOSED).order_by("pk")
    return [
        Subject(pk, code, kind, district, state == OPEN)
        for pk, code, kind, district, state in found.values_list(
            "pk", "code", "kind", "district", "state"
        )
    ]


def regional_in(first: date, last: date) -> set[int]:
    """Who stands in a regional task of these days that is not done there yet."""
    rows = RegionalSubject.objects.filter(
        task__first__lte=last, task__last__gte=first, done_on__isnull=True
    )
    return set(rows.values_list("business_id", flat=True))


def inspected_above(batch: Batch, since: date) -> set[int]:
    """Whom a higher office inspected since a day: by a regional task, and for a district's plan
    by a draw of the city."""
    found = set(
        RegionalSubject.objects.filter(done_on__gt=since).values_list("business_id", flat=True)
    )
    if batch.plan.district:
        rows = _standing(batch).filter(batch__plan__district="", batch__drawn_on__gt=since)
        found |= set(rows.values_list("business_id", flat=True))
    return found


def drawn_before(batch: Batch) -> set[int]:
    """Whom the same matter drew in this plan already: nobody twice in a year."""
    rows = _standing(batch).filter(batch__plan=batch.plan_id, batch__matter=batch.matter)
    return set(rows.values_list("business_id", flat=True))


def drawn_elsewhere(batch: Batch, month: date) -> set[int]:
    """Whom another draw of the same month sends somebody to: one visit is enough."""
    rows = _standing(batch).filter(batch__month=month)
    return set(rows.values_list("business_id", flat=True))


def drawn_this_year(batch: Batch) -> dict[int, list[date]]:
    """Days on which draws of this year took a business, whatever the matter."""
    rows = _standing(batch).filter(batch__month__year=batch.month.year)
    found: dict[int, list[date]] = {}
    for number, day in rows.values_list("business_id", "batch__drawn_on"):
        if day is not None:
            found.setdefault(number, []).append(day)
    return found


def _standing(batch: Batch) -> QuerySet[Task]:
    """Tasks of other batches that still hold."""
    rows = Task.objects.filter(replaced=False, batch__drawn_on__isnull=False)
    return rows.exclude(batch=batch.pk).exclude(batch__state=BatchState.VOID)


# ── Rows afterwards ──


def rows(batch: Batch, *, standing: str | None = None, clash: str = "") -> QuerySet[PoolRow]:
    """The pool of a batch, those of one standing or clash."""
    found = batch.pool.select_related("business").defer("business__search_text").order_by("pk")
    if standing is not None:
        found = found.filter(standing=standing)
    return found.filter(clash=clash) if clash else found


def beside(batch: Batch) -> QuerySet[PoolRow]:
    """Who has to be visited beside the draw, the first to be due first."""
    found = batch.pool.filter(BESIDE, ~Q(standing=Why.NOT_OPEN))
    return found.select_related("business").defer("business__search_text").order_by("due", "pk")


def strata(batch: Batch) -> Counter[tuple[str, str, int]]:
    """How many may be drawn, by district, kind and rate."""
    found = batch.pool.filter(standing=Why.DRAWN_FOR).values_list("district", "kind", "rate")
    return Counter(found)


def tasks(batch: Batch) -> QuerySet[Task]:
    found = batch.tasks.select_related("business", "stands_for").order_by("place", "pk")
    return found.defer("business__search_text", "stands_for__search_text")


def of_pseudonyms(batch: Batch, ids: Collection[str]) -> list[PoolRow]:
    found = batch.pool.filter(pseudonym__in=list(ids)).select_related("business")
    return list(found.defer("business__search_text"))
