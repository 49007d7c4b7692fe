"""Corrections and licences of many known businesses at once: the same checks, set by set.

What `correct` and `grant_licence` do for one, in a handful of statements for thousands; all of it
or nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Prefetch, prefetch_related_objects
from psycopg.types.json import Json

from mingchu.base import clock
from mingchu.base.event import Event
from mingchu.ledger.services import reacting_afterwards, record_many
from mingchu.registry import history, queries
from mingchu.registry.domain import Channel
from mingchu.registry.models import Business, Licence, Past, Premises
from mingchu.registry.services import checking, storing
from mingchu.registry.services.correcting import (
    CORRECTABLE,
    head_circle,
    put,
    tell_corrected,
)
from mingchu.registry.services.editing import Edit, checked, past_of, refresh
from mingchu.registry.services.licensing import (
    granted,
    told_granted,
    told_withdrawn,
)
from mingchu.registry.values import NewLicence

BATCH = 2_000
# A list also says which head office a business belongs to.
LISTED = (*CORRECTABLE, "head_id")
# All that an edit may come to change in the row itself.
EDITED = (
    *LISTED, "sort_key", "former_names", "expires", "licensed_until", "sources", "changed_at",
    "revision", "search_text",
)  # fmt: skip
LICENCE = (
    "kind", "items", "state", "issued", "expires", "number_check", "number_evidence", "catalogue",
    "committed", "follow_up_due", "followed_up",
)  # fmt: skip
NEW_LICENCE = ("id", "business_id", "number", *LICENCE)
PAST = ("business_id", "revision", "until", "fields", "why", "channel", "actor", "file")
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Correction:
    """What one business should be; `beside` puts back what is told beside its fields (`sources`,
    `former_names`) where an undoing says what was known before."""

    number: int
    changes: Mapping[str, Any]
    revision: int | None = None
    beside: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def correct_many(
    corrections: Iterable[Correction], *, why: str, channel: str = Channel.FORM
) -> None:
    """`correct`, and for a head office `set_head`, of each, none of them twice."""
    known = list(corrections)
    _check_heads({one.number: one.changes["head_id"] for one in known if "head_id" in one.changes})
    waiting = iter(known)
    while batch := list(islice(waiting, BATCH)):
        with editing_many({one.number: one.revision for one in batch}, channel) as edits:
            record_many(list(_corrected(list(zip(edits, batch, strict=True)), why)))


def _check_heads(heads: Mapping[int, int | None]) -> None:
    """As all of them will stand: nobody is above himself."""
    if not heads:
        return
    branches = Business.objects.filter(head__isnull=False).values_list("pk", "head_id")
    above: dict[int, int | None] = {**dict(branches), **heads}
    for number, head in heads.items():
        seen: set[int] = set()
        office = head
        while office is not None and office not in seen:
            if office == number:
                raise head_circle(Business.objects.get(pk=head or number).name)
            seen.add(office)
            office = above.get(office)


def _corrected(pairs: Sequence[tuple[Edit, Correction]], why: str) -> Iterator[Event]:
    places: list[Premises] = []
    for edit, one in pairs:
        edit.why = why
        done = put(edit, one.changes, LISTED)
        for name, value in one.beside.items():
            setattr(edit.business, name, value)
        if done.is_moved:
            places += _moved(edit.business)
        yield from tell_corrected(done, edit, why)
    storing.update(Premises, ("district", "station"), places)


def _moved(business: Business) -> Iterator[Premises]:
    for place in business.premises.all():
        if place.is_main:
            place.district, place.station = business.district, business.station
            yield place


@transaction.atomic
def grant_licences(
    grants: Sequence[tuple[int, NewLicence]], *, channel: str = Channel.FORM
) -> None:
    """`grant_licence` of each, in their order; several of one business make several versions."""
    left = [(number, checking.checked_licence(new)) for number, new in grants]
    while left:
        now, left = _once_each(left)
        with editing_many(dict.fromkeys((number for number, _new in now)), channel) as edits:
            _grant(edits, [new for _number, new in now])


def _once_each(grants: Sequence[tuple[int, T]]) -> tuple[list[tuple[int, T]], list[tuple[int, T]]]:
    """The first of each business, as many as go at once, and all that is left, in its order."""
    seen: set[int] = set()
    now, left = [], []
    for number, what in grants:
        if number in seen or len(seen) == BATCH:
            left.append((number, what))
        else:
            seen.add(number)
            now.append((number, what))
    return now, left


def _grant(edits: Sequence[Edit], news: Sequence[NewLicence]) -> None:
    """The parts of a file are changed in memory, so that its versions are drawn from there."""
    known = {one.number: one for edit in edits for one in history.parts(edit.business, "licences")}
    others = Licence.objects.filter(number__in=[one.number for one in news])
    known |= {one.number: one for one in others.exclude(pk__in=[o.pk for o in known.values()])}
    fresh: list[Licence] = []
    renewed: list[Licence] = []
    for edit, new in zip(edits, news, strict=True):
        licence = granted(edit.business, known.get(new.number), new)
        known[new.number] = licence
        (renewed if licence.pk else fresh).append(licence)
    for licence, pk in zip(fresh, storing.numbers(Licence, len(fresh)), strict=True):
        licence.pk = pk
        history.parts(licence.business, "licences").append(licence)
    storing.copy(Licence, NEW_LICENCE, (_values(one, NEW_LICENCE) for one in fresh))
    prefetch_related_objects(fresh, history.PLACES)
    storing.update(Licence, LICENCE, renewed)
    record_many([told_granted(known[new.number]) for new in news])


@transaction.atomic
def withdraw_licences(licences: Iterable[Licence], *, why: str) -> None:
    """`withdraw_licence` of each: what was entered by mistake, before anything refers to it."""
    left = [(one.business_id, one) for one in licences]
    while left:
        now, left = _once_each(left)
        gone = [one for _number, one in now]
        with editing_many(dict.fromkeys((number for number, _one in now)), Channel.FORM) as edits:
            Licence.places.through.objects.filter(licence__in=gone).delete()
            storing.delete(Licence, "id", [one.pk for one in gone])
            for edit, one in zip(edits, gone, strict=True):
                edit.why = why
                history.parts(edit.business, "licences").remove(one)
            record_many([told_withdrawn(one, why) for one in gone])


def _values(row: Any, names: Sequence[str]) -> list[Any]:
    return [getattr(row, name) for name in names]


@contextmanager
def editing_many(asked: Mapping[int, int | None], channel: str) -> Iterator[list[Edit]]:
    """As `editing`, of many files at the revisions asked for; an act says its `why` in each."""
    with transaction.atomic(), reacting_afterwards():
        rows = of_numbers(asked).select_for_update(of=("self",)).order_by("pk")
        parts = ("premises", "licences", Prefetch("licences__places", history.PLACES.queryset))
        known = {one.pk: one for one in rows.prefetch_related(*parts)}
        edits = [Edit(checked(known.get(key), rev), channel) for key, rev in asked.items()]
        yield edits
        _keep(edits)


def of_numbers(numbers: Iterable[int]) -> Any:
    """Businesses of many numbers, asked for in one value."""
    return Business.objects.filter(pk__in=queries.any_number(numbers))


def _keep(edits: Sequence[Edit]) -> None:
    now = clock.now()
    for edit in edits:
        refresh(edit.business)
    pasts = [past for edit in edits if (past := past_of(edit, edit.why))]
    storing.copy(Past, PAST, (_past(one) for one in pasts))
    for edit in edits:
        edit.business.revision += 1
        edit.business.changed_at = now
    storing.update(Business, EDITED, [edit.business for edit in edits])


def _past(one: Past) -> list[Any]:
    return [*_values(one, PAST[:-1]), Json(one.file)]
