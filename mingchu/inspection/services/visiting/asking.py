"""Asking for visits: planned by an officer or a program, or by a draw; they wait for approval."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.base.slots import ENTRIES
from mingchu.inspection import events, rules
from mingchu.inspection.domain.checklists import known_all
from mingchu.inspection.domain.months import last_day
from mingchu.inspection.models import WAITING, Batch, Level, Task, Visit, VisitState, VisitType
from mingchu.inspection.queries.checklists import list_for
from mingchu.inspection.services.visiting.telling import about
from mingchu.inspection.services.weighing import (
    NewVisit,
    Pairs,
    check_ceiling,
    check_days,
    check_list,
    inspected_above,
    repeated,
)
from mingchu.ledger.services import current_cause, record_many
from mingchu.registry import domain as registry
from mingchu.registry.models import Business
from mingchu.registry.services import storing

REASON_TOP = 200


def plan_visit(*, new: NewVisit, by: Actor | None = None) -> Visit:
    """One visit; it waits for approval."""
    return plan_visits(news=[new], by=by)[0]


@transaction.atomic
def plan_visits(*, news: Sequence[NewVisit], by: Actor | None = None) -> list[Visit]:
    """Visits that wait for approval. Refuses a pair that may not go, a list too short for its
    type, and what a higher office has inspected within the months of the rule."""
    places = _places(news)
    pairs = Pairs([(one.lead_id, one.second_id) for one in news], [one.business_id for one in news])
    barred = inspected_above(news)
    made = []
    numbers = storing.numbers(Visit, len(news))
    for number, new in zip(numbers, news, strict=True):
        day = new.day or clock.today()
        check_list(new, day)
        if new.items and new.recheck_of is None:  # of a recheck they are of the list it began with
            place = places[new.business_id]
            known_all(list_for(place.pk, place.kind, new.matter, day), new.items)
        check_days(day, new.due)
        if new.business_id in barred and not new.reason.strip():
            raise repeated(barred[new.business_id])
        check_ceiling(new, day)
        if new.task is None:  # of whom chance sent, the approval looks at papers and recusal
            pairs.check(new.business_id, new.lead_id, new.second_id, day)
        made.append(_visit(number, new, day, places[new.business_id], by))
    Visit.objects.bulk_create(made)
    led = {new.origin: _led_by(new.origin) for new in news}
    record_many([_planned(one) for one in made], causes=[led[one.origin] for one in made])
    return made


def _led_by(origin: str) -> UUID | None:
    """The entry that called for a visit: of an order the newest on it."""
    what, _colon, number = origin.partition(":")
    find = ENTRIES.get(what)
    found = find(int(number)) if find and number.isdecimal() else None
    return current_cause() or found


def _places(news: Sequence[NewVisit]) -> dict[int, Business]:
    rows = Business.objects.only("pk", "district", "station", "kind", "state")
    found = rows.in_bulk([one.business_id for one in news])
    if lost := {one.business_id for one in news} - found.keys():
        raise Refusal(
            "no_such_business", _noop("没有这个主体：{ids}"), fix=_noop("请从档案里选"),
            status=422, ids=[registry.public_id(one) for one in sorted(lost)],
        )  # fmt: skip
    return found


def _visit(number: int, new: NewVisit, day: date, place: Business, by: Actor | None) -> Visit:
    return Visit(
        pk=number,
        business_id=new.business_id,
        planned_for_id=new.business_id,
        district=place.district,
        station=place.station,
        level=new.level,
        type=new.type,
        department=new.department,
        matter=new.matter,
        joint=new.joint,
        task=new.task,
        origin=new.origin,
        recheck_of=new.recheck_of,
        reason=new.reason.strip()[:REASON_TOP],
        items=list(new.items),
        day=day,
        due=new.due,
        lead_id=new.lead_id,
        second_id=new.second_id,
        planned_by=by.user_id if by else None,
    )


def _planned(one: Visit) -> events.VisitPlanned:
    return events.VisitPlanned(
        **about(one),
        type=one.type,
        department=one.department,
        day=None if one.is_hidden else one.day,
        # What called for it would lead to whom it is about.
        origin="" if one.is_hidden else one.origin,
    )


# ── From a draw ──


@transaction.atomic
def visits_of_draw(*, batch: Batch, tasks: Sequence[Task]) -> list[Visit]:
    """A visit for each task of a batch that was drawn; of a joint campaign by its departments."""
    kind = _type_of(batch)
    level = Level.DISTRICT if batch.plan.district else Level.CITY
    first, last = max(batch.month, clock.today()), max(last_day(batch.month), clock.today())
    news = [
        NewVisit(
            business_id=task.business_id,
            type=kind,
            day=first,
            due=last,
            lead_id=task.lead_id,
            second_id=task.second_id,
            level=level,
            matter=batch.matter,
            joint=batch.campaign,
            task=task,
        )
        for task in tasks
    ]
    return plan_visits(news=news)


def drop_draw(*, batch: Batch) -> None:
    """The draw is void: nobody goes by it any more; what was inspected stays."""
    _drop(Visit.objects.select_for_update().filter(task__batch=batch))


def drop_task(*, task: Task) -> None:
    """Another stands in for this one."""
    _drop(Visit.objects.select_for_update().filter(task=task))


def _drop(rows: Iterable[Visit]) -> None:
    told = []
    for one in rows:
        before = one.state
        one.task = None
        if one.state in WAITING and one.started_at is None:
            one.state, one.void_why = VisitState.VOID, "draw"
            told.append(events.VisitMoved(**about(one), before=before, after=VisitState.VOID))
        one.save()
    record_many(told)


def _type_of(batch: Batch) -> str:
    if batch.campaign:
        return VisitType.JOINT
    return VisitType.SPECIAL if rules.is_narrow(batch.matter, clock.today()) else VisitType.ROUTINE
