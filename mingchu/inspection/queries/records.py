"""Records and findings: of an office, of a business, of an officer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from mingchu.accounts.domain import Scope
from mingchu.inspection.models import (
    Conflict,
    Finding,
    FindingState,
    Instrument,
    Record,
    RecordState,
    Reply,
    Visit,
)
from mingchu.inspection.queries.visits import NUMBER
from mingchu.registry.models import Business, Person
from mingchu.registry.queries import Wanted, within

SEEN = (RecordState.ACCEPTED, RecordState.CONFLICT, RecordState.SET_ASIDE)
EQUAL = ("word", "outcome", "state", "district")
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


def matching(scopes: Iterable[Scope], asked: Mapping[str, str]) -> QuerySet[Record]:
    """Those of a question: `q`, `type`, `word`, `outcome`, `state`, `district`, `since`, `until`;
    what is not there is not asked."""
    equal = {
        name: asked[name] for name in ("word", "outcome", "state", "district") if asked.get(name)
    }
    if asked.get("type"):
        equal["visit__type"] = asked["type"]
    rows = records(scopes).filter(**equal)
    if asked.get("since"):
        rows = rows.filter(day__gte=date.fromisoformat(asked["since"]))
    if asked.get("until"):
        rows = rows.filter(day__lte=date.fromisoformat(asked["until"]))
    return _named(rows, asked.get("q", ""))


def _named(rows: QuerySet[Record], said: str) -> QuerySet[Record]:
    if number := NUMBER.fullmatch(said.strip()):
        return rows.filter(visit=int(number[1]))
    for fragment in Wanted(q=said).fragments:
        hits = Business.objects.filter(search_text__holds=fragment)
        rows = rows.filter(business__in=hits.values("pk"))
    return rows


def record(scopes: Iterable[Scope], pk: int) -> Record | None:
    rows = Record.objects.select_related(
        "visit__recheck_of", "visit__business", "business", "sheet"
    )
    return within(rows, scopes, "business__").filter(pk=pk).first()


def counted(scopes: Iterable[Scope]) -> QuerySet[Record]:
    """Records that count, without what the phone sent."""
    return records(scopes).filter(state=RecordState.ACCEPTED)


def of_visit(visit: int) -> Record | None:
    """The record of a visit that counts, with its list."""
    rows = Record.objects.filter(visit=visit, state=RecordState.ACCEPTED)
    return rows.select_related("visit__business", "business", "sheet").first()


def doubtful(scopes: Iterable[Scope]) -> QuerySet[Record]:
    rows = Record.objects.filter(state=RecordState.CONFLICT).select_related("visit", "business")
    return within(rows, scopes, "business__").order_by("day", "pk")


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


def open_replies(scopes: Iterable[Scope]) -> QuerySet[Reply]:
    rows = Reply.objects.filter(answered_at=None).select_related(
        "record__visit", "record__business"
    )
    return within(rows, scopes, "record__business__").order_by("at", "pk")


def reply(scopes: Iterable[Scope], pk: int) -> Reply | None:
    rows = Reply.objects.select_related("record__visit", "record__business")
    return within(rows, scopes, "record__business__").filter(pk=pk).first()


# ── One record ──


def instruments_used(one: Record) -> dict[str, Instrument]:
    """Instruments that its measures name, as far as they are kept."""
    used = {
        answer["measure"]["instrument"]
        for answer in one.body.get("answers", {}).values()
        if answer.get("measure") and answer["measure"].get("instrument")
    }
    return {found.number: found for found in Instrument.objects.filter(number__in=used)}


def names_of_people(one: Record) -> dict[int, str]:
    """Names of the business's people who were examined."""
    numbers = [row["person"] for row in one.body.get("exam", ()) if row.get("person")]
    rows = Person.objects.filter(pk__in=numbers, business=one.business_id)
    return dict(rows.values_list("pk", "name"))


def earlier(one: Record) -> list[tuple[Finding, dict[str, Any]]]:
    """Open defects of earlier visits that were looked at again, as they were found."""
    told = {row["finding"]: row for row in one.body.get("earlier", ())}
    rows = Finding.objects.filter(pk__in=told, business=one.business_id)
    found = rows.select_related("record__visit", "record__sheet").order_by("pk")
    return [(row, told[row.pk]) for row in found]


def rechecks_of(one: Record) -> list[Visit]:
    """Visits that look again at what it found."""
    rows = Visit.objects.filter(rechecked__record=one).select_related("business").distinct()
    return list(rows.defer("business__search_text").order_by("pk"))


def in_doubt(scopes: Iterable[Scope], pk: int) -> Record | None:
    """A record that waits for a person."""
    rows = Record.objects.filter(state=RecordState.CONFLICT)
    rows = rows.select_related("visit", "business", "sheet")
    return within(rows, scopes, "business__").filter(pk=pk).first()


def other_of(one: Record) -> Record | None:
    """The other record of the same visit that came whole."""
    rows = Record.objects.filter(visit=one.visit_id, state__in=SEEN).exclude(pk=one.pk)
    return rows.select_related("visit", "business", "sheet").order_by("pk").first()


# ── Instruments ──


def instruments(districts: Iterable[str] | None) -> QuerySet[Instrument]:
    """Those in use of some districts and the whole city's, the first to lapse first; None: all."""
    rows = Instrument.objects.order_by("-in_use", "calibrated_until", "pk")
    return rows if districts is None else rows.filter(district__in=["", *districts])
