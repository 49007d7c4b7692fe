"""Holding 归入与静默: what keeps an alert from calling anybody, and what lets it call again.

A held alert keeps its own record and its own deadline, and is shown as held.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from mingchu.alerts import events, rules
from mingchu.alerts.domain.covering import Thing, covering
from mingchu.alerts.domain.folding import Line
from mingchu.alerts.domain.kinds import OWN_MARKS, Kind, marks
from mingchu.alerts.models import OPEN, Alert, Silence
from mingchu.alerts.services import telling
from mingchu.base import clock

_SET = """
UPDATE alerts_alert a SET covered_by_id = u.above
  FROM unnest(%s::bigint[], %s::bigint[]) AS u (id, above) WHERE a.id = u.id
"""


@dataclass(frozen=True)
class Held:
    """By alert: which alert covers it, which silence holds it."""

    covered: Mapping[int, int] = field(default_factory=dict)
    silenced: Mapping[int, int] = field(default_factory=dict)

    def by(self, pk: int | None) -> str:
        """As events say it; a cover goes before a silence."""
        number = pk or 0
        if number in self.covered:
            return f"alert:{self.covered[number]}"
        return f"silence:{self.silenced[number]}" if number in self.silenced else ""


# ── New alerts ──


def found_for(lines: Sequence[Line], kinds: Mapping[str, Kind]) -> Held:
    """What holds alerts that are about to open: those that are open, and one another."""
    covers = {code: kind.covered for code, kind in kinds.items() if kind.covered}
    things = [_thing(line, line.business) for line in lines]
    wanting = [one for one in things if one.kind in covers]
    above = [*things, *_candidates(_sought(wanting, covers))] if wanting else []
    covered = covering(wanting, above, covers)
    return Held(covered, _silenced(lines))


def _thing(one: Any, business: int | None) -> Thing:
    own = {"business": business, "district": one.district, "station": one.station}
    return Thing(one.id, one.kind, marks(one.labels, subject=one.subject, **own))


def _sought(things: Iterable[Thing], covers: Mapping[str, Any]) -> dict[tuple[str, str], set[str]]:
    """Of which kind, by which mark with which words, alerts could cover these."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in things:
        for cover in covers[one.kind]:
            if word := one.marks.get(cover.equal[0]):
                found[cover.by, cover.equal[0]].add(word)
    return found


def _candidates(sought: Mapping[tuple[str, str], Collection[str]], **more: Any) -> list[Thing]:
    """Open alerts of the kinds with one of the words under the mark."""
    return [
        _thing(one, one.business_id)
        for (kind, mark), words in sought.items()
        for one in _marked(Alert.objects.filter(OPEN, kind=kind, **more), mark, words)
    ]


def _marked(rows: QuerySet[Alert], mark: str, words: Collection[str]) -> QuerySet[Alert]:
    if mark == "business":
        numbers = "{" + ",".join(words) + "}"
        return rows.filter(business__in=RawSQL("SELECT unnest(%s::bigint[])", [numbers]))
    if mark in OWN_MARKS:
        return rows.filter(**{f"{mark}__in": list(words)})
    return rows.filter(**{f"labels__{mark}__in": list(words)})


def _silenced(lines: Sequence[Line]) -> dict[int, int]:
    """The first silence in force that fits each."""
    made = list(in_force(clock.now()))
    found = {}
    for line in lines if made else ():
        fits = (one.pk for one in made if _fits(one, line))
        if line.id and (pk := next(fits, None)):
            found[line.id] = pk
    return found


def in_force(now: datetime) -> QuerySet[Silence]:
    return Silence.objects.filter(lifted_at__isnull=True, until__gt=now).order_by("pk")


def _fits(silence: Silence, line: Line) -> bool:
    return silence.kind == line.kind and all(
        not asked or asked == had
        for asked, had in (
            (silence.business_id, line.business),
            (silence.subject, line.subject),
            (silence.district, line.district),
            (silence.station, line.station),
        )
    )


# ── Alerts that stand ──


def cover_others(lines: Sequence[Line], entries: Mapping[int, UUID]) -> None:
    """New alerts speak for smaller ones that were open before them."""
    things = [_thing(line, line.business) for line in lines]
    covers = _covers_by({one.kind for one in things})
    sought: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in things:
        for code, every in covers.items():
            for cover in every:
                if cover.by == one.kind and (word := one.marks.get(cover.equal[0])):
                    sought[code, cover.equal[0]].add(word)
    if sought:
        smaller = _candidates(sought, covered_by__isnull=True)
        found = covering(smaller, things, covers)
        _cover(found, {one: entries[above] for one, above in found.items()})


def _covers_by(kinds: Collection[str]) -> dict[str, tuple[Any, ...]]:
    """The covers of every kind, as far as these kinds give them."""
    table = rules.kinds_on(clock.today())
    found = {
        code: tuple(one for one in kind.covered if one.by in kinds) for code, kind in table.items()
    }
    return {code: covers for code, covers in found.items() if covers}


def _cover(found: Mapping[int, int], causes: Mapping[int, UUID | None]) -> None:
    if not found:
        return
    with connection.cursor() as db:
        db.execute(_SET, [list(found), list(found.values())])
    rows = Alert.objects.filter(pk__in=found).order_by("pk")
    telling.followed(
        [
            (
                events.AlertHeld(
                    **telling.said(one, one.business_id), held_by=f"alert:{found[one.pk]}"
                ),
                causes[one.pk],
            )
            for one in rows
        ]
    )


def release_covered(ended: Collection[int], causes: Mapping[int, UUID]) -> None:
    """What these alerts spoke for speaks for itself again, unless another covers it."""
    rows = list(Alert.objects.filter(OPEN, covered_by__in=ended).order_by("pk"))
    if not rows:
        return
    before = {one.pk: one.covered_by_id or 0 for one in rows}
    covers = {
        code: kind.covered for code, kind in rules.kinds_on(clock.today()).items() if kind.covered
    }
    things = [_thing(one, one.business_id) for one in rows if one.kind in covers]
    again = covering(things, _candidates(_sought(things, covers)), covers)
    Alert.objects.filter(pk__in=before).exclude(pk__in=again).update(covered_by=None)
    free = [one for one in rows if one.pk not in again]
    told = [(one, f"alert:{before[one.pk]}", causes[before[one.pk]]) for one in free]
    _tell_released(told)
    _cover(again, {pk: causes[before[pk]] for pk in again})


def release_silenced(silences: Mapping[int, UUID | None]) -> int:
    """Alerts that these silences held call again; how many. The entry that lifted each is known,
    or the silence has run out."""
    rows = list(Alert.objects.filter(OPEN, silence__in=list(silences)).order_by("pk"))
    told = [(one, f"silence:{one.silence_id}", silences[one.silence_id or 0]) for one in rows]
    Alert.objects.filter(pk__in=[one.pk for one in rows]).update(silence=None)
    _tell_released(told)
    return len(rows)


def _tell_released(told: Sequence[tuple[Alert, str, UUID | None]]) -> None:
    if told:
        telling.followed(
            [
                (events.AlertReleased(**telling.said(one, one.business_id), held_by=by), cause)
                for one, by, cause in told
            ]
        )


def silence_standing(silence: Silence) -> int:
    """Holds the open alerts a new silence fits; how many."""
    rows = list(_silent_by(silence))
    Alert.objects.filter(pk__in=[one.pk for one in rows]).update(silence=silence)
    if rows:
        telling.followed(list(_held_by(silence, rows)))
    return len(rows)


def _silent_by(silence: Silence) -> QuerySet[Alert]:
    asked = {
        name: value
        for name in ("business_id", "subject", "district", "station")
        if (value := getattr(silence, name))
    }
    rows = Alert.objects.filter(OPEN, Q(silence__isnull=True), kind=silence.kind, **asked)
    return rows.order_by("pk").select_for_update()


def _held_by(silence: Silence, rows: Iterable[Alert]) -> Iterator[tuple[Any, UUID | None]]:
    for one in rows:
        said = telling.said(one, one.business_id)
        yield events.AlertHeld(**said, held_by=f"silence:{silence.pk}"), silence.entry
