"""Records and findings: of an office, of a business, of an officer."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from mingchu.accounts.domain import Scope
from mingchu.inspection.models import (
    Conflict,
    Finding,
    FindingState,
    Record,
    RecordState,
    Reply,
)
from mingchu.registry.queries import within

SEEN = (RecordState.ACCEPTED, RecordState.CONFLICT, RecordState.SET_ASIDE)
UNMENDED = (FindingState.OPEN, FindingState.ANSWERED)


def own(user: int | None, client_id: UUID) -> Record | None:
    if user is None:
        return None
    rows = Record.objects.select_related("visit").prefetch_related("conflicts")
    return rows.filter(client_id=client_id, user_id=user).first()


def records(scopes: Iterable[Scope]) -> QuerySet[Record]:
    """What came whole, the newest first."""
    rows = Record.objects.filter(state__in=SEEN).select_related("visit", "business")
    rows = rows.defer("business__search_text", "body")
    return within(rows, scopes, "business__").order_by("-day", "-pk")


def record(scopes: Iterable[Scope], pk: int) -> Record | None:
    rows = Record.objects.select_related("visit__recheck_of", "business", "sheet")
    return within(rows, scopes, "business__").filter(pk=pk).first()


def of_desk(business: int) -> QuerySet[Record]:
    """What a business sees of itself: records that count, the newest first."""
    rows = Record.objects.filter(business=business, state=RecordState.ACCEPTED)
    return rows.select_related("visit", "sheet").order_by("-day", "-pk")


def doubtful(scopes: Iterable[Scope]) -> QuerySet[Record]:
    rows = Record.objects.filter(state=RecordState.CONFLICT).select_related("visit", "business")
    return within(rows, scopes, "business__").order_by("received_at", "pk")


def conflict(scopes: Iterable[Scope], pk: int) -> Conflict | None:
    rows = Conflict.objects.select_related("record__visit", "record__business")
    return within(rows, scopes, "record__business__").filter(pk=pk).first()


def findings(scopes: Iterable[Scope]) -> QuerySet[Finding]:
    """What is not mended yet, the first to be due first."""
    rows = Finding.objects.filter(state__in=UNMENDED).select_related("record__visit", "business")
    return within(rows, scopes, "business__").order_by("due", "pk")


def finding(scopes: Iterable[Scope], pk: int) -> Finding | None:
    rows = Finding.objects.select_related("record__visit", "record__sheet", "business")
    return within(rows, scopes, "business__").filter(pk=pk).first()


def unpublished(scopes: Iterable[Scope]) -> QuerySet[Record]:
    """Results that are not public yet, the first to be due first."""
    rows = Record.objects.filter(state=RecordState.ACCEPTED, released_at=None)
    return within(rows.select_related("visit", "business"), scopes, "business__").order_by(
        "publish_by", "pk"
    )


def open_replies(scopes: Iterable[Scope]) -> QuerySet[Reply]:
    rows = Reply.objects.filter(answered_at=None).select_related(
        "record__visit", "record__business"
    )
    return within(rows, scopes, "record__business__").order_by("at", "pk")


def reply(scopes: Iterable[Scope], pk: int) -> Reply | None:
    rows = Reply.objects.select_related("record__visit", "record__business")
    return within(rows, scopes, "record__business__").filter(pk=pk).first()
