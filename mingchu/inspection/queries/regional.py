"""Tasks of the regional platform, as far as the scopes reach."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet

from mingchu.accounts.domain import Scope
from mingchu.inspection.models import RegionalSubject, RegionalTask
from mingchu.registry.queries import within


def subjects(scopes: Iterable[Scope], task: int | None = None) -> QuerySet[RegionalSubject]:
    """Businesses of regional tasks inside the scopes."""
    rows = within(RegionalSubject.objects.all(), scopes, "business__")
    if task is not None:
        rows = rows.filter(task=task)
    return rows.select_related("task", "business").defer("business__search_text").order_by("pk")


def tasks(scopes: Iterable[Scope]) -> QuerySet[RegionalTask]:
    """Tasks with somebody in the scopes, the newest first, each with `count` and `done`."""
    mine = subjects(scopes)
    found = RegionalTask.objects.filter(subjects__in=mine.values("pk"))
    return found.annotate(
        count=Count("subjects"), done=Count("subjects", filter=Q(subjects__done_on__isnull=False))
    ).order_by("-first", "-pk")


def task(scopes: Iterable[Scope], pk: int) -> RegionalTask | None:
    return tasks(scopes).filter(pk=pk).first()
