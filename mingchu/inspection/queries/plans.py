"""Plans, their batches and changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Q, QuerySet

from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.inspection.models import Batch, BatchState, Plan, PlanChange, PlanState

# What stands for all to read.
PUBLIC = (PlanState.PUBLISHED,)
DONE = (BatchState.DRAWN, BatchState.REVEALED)
# Batches that share the year of a matter out between them.
SHARING = Q(batches__isnull=False)


def within(scopes: Iterable[Scope]) -> Q:
    """Plans of the scopes: the city has all, a district its own, and everybody reads the city's."""
    scopes = tuple(scopes)
    if any(scope.kind is ScopeKind.CITY for scope in scopes):
        return Q()
    mine = {scope.code for scope in scopes if scope.kind is ScopeKind.DISTRICT}
    mine |= {scope.code[:6] for scope in scopes if scope.kind is ScopeKind.STATION}
    return Q(district__in=[*mine, ""]) if mine else Q(pk__in=[])


def runs(scopes: Iterable[Scope]) -> Q:
    """Plans that the scopes may work on: the city all, a district its own."""
    scopes = tuple(scopes)
    if any(scope.kind is ScopeKind.CITY for scope in scopes):
        return Q()
    mine = [scope.code for scope in scopes if scope.kind is ScopeKind.DISTRICT]
    return Q(district__in=mine) & ~Q(district="")


def plans(scopes: Iterable[Scope]) -> QuerySet[Plan]:
    """The newest year first, the city before its districts."""
    return Plan.objects.filter(within(scopes)).order_by("-year", "district", "-pk")


def plan(scopes: Iterable[Scope], pk: int) -> Plan | None:
    return Plan.objects.filter(within(scopes), pk=pk).first()


def own_plan(scopes: Iterable[Scope], pk: int) -> Plan | None:
    """A plan that the scopes may work on."""
    return Plan.objects.filter(runs(scopes), pk=pk).first()


def batches(plans: Sequence[Plan]) -> list[Batch]:
    rows = Batch.objects.filter(plan__in=plans).select_related("plan", "draw")
    return list(rows.order_by("plan_id", "month", "number"))


def batch(scopes: Iterable[Scope], pk: int) -> Batch | None:
    return _batch(within(scopes), pk)


def own_batch(scopes: Iterable[Scope], pk: int) -> Batch | None:
    return _batch(runs(scopes), pk)


def _batch(wanted: Q, pk: int) -> Batch | None:
    mine = Plan.objects.filter(wanted)
    rows = Batch.objects.select_related("plan", "draw")
    return rows.filter(plan__in=mine, pk=pk).first()


def batch_of_draw(draw: int) -> Batch | None:
    return Batch.objects.select_related("plan").filter(draw=draw).first()


def batch_of_number(number: str) -> Batch | None:
    """By the number of its draw in the register."""
    rows = Batch.objects.select_related("plan", "draw")
    return rows.filter(draw__number=number).first() if number else None


def due_batches(scopes: Iterable[Scope], month: date) -> QuerySet[Batch]:
    """Batches of published plans that are to be drawn by the end of a month and are not yet."""
    mine = Plan.objects.filter(runs(scopes), state=PlanState.PUBLISHED)
    waiting = (BatchState.PLANNED, BatchState.CHECKED)
    rows = Batch.objects.filter(plan__in=mine, state__in=waiting, month__lte=month)
    return rows.select_related("plan").order_by("month", "number")


def changes(plan: Plan) -> list[PlanChange]:
    return list(plan.changes.select_related("batch").order_by("-at", "-pk"))


def published() -> list[Plan]:
    """For everybody."""
    return list(Plan.objects.filter(state__in=PUBLIC).order_by("-year", "district", "-pk"))


def published_plan(pk: int) -> Plan | None:
    return Plan.objects.filter(state__in=PUBLIC, pk=pk).first()


def parts(batch: Batch, districts: Sequence[str]) -> dict[str, int]:
    """Over how many batches of its year the matter is dealt out, district by district."""
    counted: Counter[str] = Counter()
    rows = batch.plan.batches.filter(matter=batch.matter).exclude(state=BatchState.VOID)
    for own in rows.values_list("districts", flat=True):
        counted.update(own or districts)
    return {code: max(counted[code], 1) for code in districts}


def batches_to_count(plan: Plan) -> int:
    return plan.batches.exclude(state=BatchState.VOID).count()
