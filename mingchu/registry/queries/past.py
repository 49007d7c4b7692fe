"""The past of a file: as it stood on a day, and version by version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from mingchu.base import clock
from mingchu.ledger.rows import Question, Rows
from mingchu.registry import history
from mingchu.registry.history import Snapshot
from mingchu.registry.models import Business, Merge, Past, Person

_everybody = Rows(Person, "WHERE business_id = %s ORDER BY until, name, id")


@dataclass(frozen=True)
class Dated:
    """A file as it stood at the end of a day, with who worked there then.

    `business` is today's row: what never changes, such as its number, is asked there.
    """

    business: Business
    day: date
    file: Snapshot
    people: Sequence[Person]


def file_on(number: int, day: date) -> Dated | None:
    """The file of a day; None before it was enrolled, and for a number nobody has."""
    business = Business.objects.defer("search_text").filter(pk=number).first()
    end = clock.midnight(day + timedelta(days=1))
    if business is None or business.enrolled_at >= end:
        return None
    older = Past.objects.filter(business=number, until__gte=end).order_by("revision").first()
    file = older.file if older else history.snapshot(business)
    return Dated(business, day, file, people_on(business, day))


def file_now(business: Business) -> Dated:
    """The file as it stands, with those who left as well."""
    return Dated(business, clock.today(), history.snapshot(business), _everybody(business.pk))


def now_asked(number: int) -> tuple[Question, ...]:
    """What `file_now` asks."""
    return *history.snapshot_asked(number), _everybody.asked(number)


def people_on(business: Business, day: date) -> list[Person]:
    """Who worked there on the day, by the days of coming and leaving."""
    there = Person.objects.filter(_of(business, day)).filter(
        Q(since__isnull=True) | Q(since__lte=day), Q(until__isnull=True) | Q(until__gte=day)
    )
    return list(there.order_by("name", "pk"))


def _of(business: Business, day: date) -> Q:
    """Whose row was in this file at the end of the day: merges since are thought away."""
    numbers = set(Person.objects.filter(business=business).values_list("pk", flat=True))
    for came, went in _handed(business, clock.midnight(day + timedelta(days=1))):
        numbers = (numbers - came) | went
    return Q(pk__in=numbers)


def _handed(business: Business, end: datetime) -> list[tuple[set[int], set[int]]]:
    """People that merges and their undoing brought and took since, the latest first."""
    merges = Merge.objects.filter(Q(kept=business) | Q(gone=business)).filter(
        Q(at__gte=end) | Q(undone_at__gte=end)
    )
    found = []
    for merge in merges:
        people, empty = set(merge.moved.get("people", ())), set[int]()
        brought, took = (people, empty), (empty, people)
        if merge.kept_id != business.pk:
            brought, took = took, brought
        if merge.undone_at and merge.undone_at >= end:
            found.append((merge.undone_at, merge.pk, 1, took))
        if merge.at >= end:
            found.append((merge.at, merge.pk, 0, brought))
    # Of one moment the earlier merge was undone before the later one was made.
    found.sort(key=lambda one: one[:3], reverse=True)
    return [handed for *_when, handed in found]


@dataclass(frozen=True)
class Version:
    """One change of a file: the row that kept what was before, and both sides of it."""

    past: Past
    before: Snapshot
    after: Snapshot


def versions(business: Business, *, before: int | None = None, limit: int) -> list[Version]:
    """Changes from the newest back, older than revision `before`."""
    rows = business.past.order_by("-revision")
    found = list((rows.filter(revision__lt=before) if before else rows)[:limit])
    if not found:
        return []
    newer = business.past.filter(revision__gt=found[0].revision).order_by("revision").first()
    after = newer.file if newer else history.snapshot(business)
    made = []
    for past in found:
        made.append(Version(past, past.file, after))
        after = past.file
    return made


def file_at(business: Business, revision: int) -> Snapshot:
    """The file as it stood at a revision, for whoever opened a form at it."""
    older = business.past.filter(revision__gte=revision).order_by("revision").first()
    return older.file if older else history.snapshot(business)
