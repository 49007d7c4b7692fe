"""Settling 落实: what level each business has and which cadre it falls to, set by set.

The rows of the registry are locked first, in the order of their numbers, as every act on a file
does; so two rounds at once, or a round and a move, come one after the other. What is already so
writes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from uuid import UUID

from django.db import transaction

from mingchu.base import clock
from mingchu.ledger.services import current_cause, record_many
from mingchu.registry import domain as registry
from mingchu.registry.models import Business
from mingchu.registry.queries import any_number
from mingchu.registry.services import storing
from mingchu.territory import events, rules
from mingchu.territory.models import Assignment, Visit
from mingchu.territory.services.following import follow
from mingchu.territory.services.wanting import FACTS, Row, Wanted, ranges_for, wanted_of

BATCH = 2_000
CHANGED = ("level", "ground", "rule_since", "cadre_id", "named", "until")
NEW = ("business_id", "since", *CHANGED)


@dataclass(frozen=True)
class Why:
    """What a settling answers: who comes after whom, and of a business the entry it follows."""

    heirs: Mapping[int, int] = field(default_factory=dict)
    causes: Mapping[int, UUID] = field(default_factory=dict)

    def record(self, told: Collection[events.DutyAssigned]) -> None:
        by = current_cause()
        record_many(told, causes=[self.causes.get(one.business_id, by) for one in told])


def settle(
    numbers: Iterable[int],
    *,
    heirs: Mapping[int, int] | None = None,
    causes: Mapping[int, UUID] | None = None,
) -> int:
    """Puts these businesses right; how many changed."""
    waiting, changed, why = iter(sorted(set(numbers))), 0, Why(heirs or {}, causes or {})
    while batch := list(islice(waiting, BATCH)):
        changed += _settle(batch, why)
    return changed


def settle_all() -> int:
    """The whole registry, batch by batch, each in a transaction of its own."""
    last, changed = 0, 0
    while True:
        later = Business.objects.filter(pk__gt=last).order_by("pk")
        batch = list(later.values_list("pk", flat=True)[:BATCH])
        if not batch:
            return changed
        changed += _settle(batch, Why())
        last = batch[-1]


@transaction.atomic
def _settle(numbers: list[int], why: Why) -> int:
    known = _locked(numbers)
    present = Assignment.objects.filter(business__in=any_number(numbers), until__isnull=True)
    held = {one.business_id: one for one in present}
    ranges, changes, today = ranges_for(known), _Changes(), clock.today()
    wanted: dict[int, Wanted | None] = {}
    for row in known:
        now = held.get(row["pk"])
        target = wanted_of(row, now, ranges, why.heirs, today)
        wanted[row["pk"]] = target
        if changes.note(row["pk"], now, target, today):
            ranges.pass_on(now.cadre_id if now else None, target.cadre if target else None)
    changes.write()
    why.record(changes.told)
    follow(known, wanted, why.causes)
    return len(changes.told)


def _locked(numbers: list[int]) -> list[Row]:
    """The facts of each, locked in the order every act on files locks them."""
    rows = Business.objects.select_for_update(of=("self",), no_key=True)
    return list(rows.filter(pk__in=any_number(numbers)).order_by("pk").values(*FACTS))


@dataclass
class _Changes:
    """What a batch comes to: rows to change, to add, to take away, and what is told of them."""

    changed: list[Assignment] = field(default_factory=list)
    fresh: list[Assignment] = field(default_factory=list)
    gone: list[Assignment] = field(default_factory=list)
    told: list[events.DutyAssigned] = field(default_factory=list)

    def note(self, number: int, now: Assignment | None, wanted: Wanted | None, day: date) -> bool:
        """Whether the business changes; another ground of the same level is noted, and is none."""
        if now and wanted and _is_same(now, wanted):
            if now.ground != wanted.ground.number:
                self.changed.append(_put(now, wanted, day))
            return False
        if now is None and wanted is None:
            return False
        self.told.append(_told(number, now, wanted))
        if now is not None and now.since >= day:
            self._put_right(now, wanted, day)
            return True
        if now is not None:
            now.until = day - timedelta(days=1)
            self.changed.append(now)
        if wanted is not None:
            self.fresh.append(_put(Assignment(business_id=number, since=day), wanted, day))
        return True

    def _put_right(self, now: Assignment, wanted: Wanted | None, day: date) -> None:
        """What began today has no past to keep."""
        if wanted is None:
            self.gone.append(now)
        else:
            self.changed.append(_put(now, wanted, day))

    def write(self) -> None:
        """What ends makes room before what comes."""
        storing.delete(Assignment, "id", [one.pk for one in self.gone])
        storing.update(Assignment, CHANGED, self.changed)
        rows = ([getattr(one, name) for name in NEW] for one in self.fresh)
        storing.copy(Assignment, NEW, rows)


def _is_same(now: Assignment, wanted: Wanted) -> bool:
    then = (now.level, now.cadre_id, now.named)
    return then == (wanted.ground.level, wanted.cadre, wanted.named)


def _put(one: Assignment, wanted: Wanted, day: date) -> Assignment:
    one.level, one.ground = wanted.ground.level.value, wanted.ground.number
    one.rule_since = rules.grounds(day).since
    one.cadre_id, one.named = wanted.cadre, wanted.named
    return one


def _told(business: int, now: Assignment | None, wanted: Wanted | None) -> events.DutyAssigned:
    return events.DutyAssigned(
        subject=registry.subject(business),
        business_id=business,
        before=now.level if now else "",
        level=wanted.ground.level.value if wanted else "",
        cadre_before=now.cadre_id if now else None,
        cadre_id=wanted.cadre if wanted else None,
    )


def forget(numbers: Collection[int]) -> None:
    """Businesses that should never have been enrolled: what followed from them goes with them.

    Nothing is recorded beside the withdrawal itself: none of them was ever visited.
    """
    Visit.objects.filter(Visit.FOLLOWS, business__in=any_number(numbers)).delete()
    Assignment.objects.filter(business__in=any_number(numbers)).delete()
