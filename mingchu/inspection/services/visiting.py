"""Visiting 检查任务: planned, approved by another, notified, given to a pair; one or very many.

No inspection without approval; whoever is to be inspected is told, but for the unannounced.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.base.slots import ENTRIES
from mingchu.inspection import events, rules
from mingchu.inspection.domain.months import last_day
from mingchu.inspection.models import (
    READY,
    WAITING,
    Batch,
    Level,
    Task,
    Visit,
    VisitState,
    VisitType,
)
from mingchu.inspection.queries.causes import planned_for
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
            told.append(events.VisitMoved(**_told(one), before=before, after=VisitState.VOID))
        one.save()
    record_many(told)


def _type_of(batch: Batch) -> str:
    if batch.campaign:
        return VisitType.JOINT
    return VisitType.SPECIAL if rules.is_narrow(batch.matter, clock.today()) else VisitType.ROUTINE


# ── Approval ──


@transaction.atomic
def approve_visits(*, visits: Collection[Visit], by: Actor) -> list[Visit]:
    """May be made from now on; by another person than who asked, and with a pair that may go."""
    held = _held(visits, (VisitState.PLANNED,))
    pairs = Pairs([(one.lead_id, one.second_id) for one in held], [one.business_id for one in held])
    for one in held:
        if by.user_id is not None and by.user_id == one.planned_by:
            raise Refusal(
                "approved_by_its_writer",
                _noop("拟定人不能审批自己安排的检查"),
                fix=_noop("请由另一位负责人审批"),
                status=409,
            )
        if len(one.pair) < rules.inspectors_min(one.day):
            raise Refusal(
                "no_pair",
                _noop("{number}还没有安排两名检查人员"),
                fix=_noop("请先派定带队和同行人员，再审批"),
                status=409,
                number=one.number,
            )
        pairs.check(one.business_id, one.lead_id, one.second_id, one.day)
        one.approved_by, one.approved_at, one.returned_why = by.user_id, clock.now(), ""
    return _moved(held, VisitState.APPROVED)


@transaction.atomic
def send_back_visit(*, visit: Visit, why: str, by: Actor | None = None) -> Visit:
    """Back to who asked, with the reason; an approval is taken back so, too, until it begins."""
    [held] = _held([visit], (VisitState.PLANNED, *READY))
    _not_begun(held)
    held.returned_why, held.approved_by, held.approved_at = _reason(why), None, None
    held.notified_at = None
    return _moved([held], VisitState.PLANNED, held.returned_why)[0]


@transaction.atomic
def notify_visits(*, visits: Collection[Visit], by: Actor | None = None) -> list[Visit]:
    """The notice goes out; who is visited unannounced gets none."""
    held = _held(visits, (VisitState.APPROVED,))
    for one in held:
        if one.type == VisitType.UNANNOUNCED:
            raise Refusal(
                "unannounced_is_not_notified",
                _noop("飞行检查不事先通知"),
                fix=_noop("请直接前往；其余的检查可以照常通知"),
                status=409,
            )
        one.notified_at = clock.now()
    return _moved(held, VisitState.NOTIFIED)


@transaction.atomic
def call_off(*, visit: Visit, why: str, by: Actor | None = None) -> Visit:
    """Nobody goes there after all; a record that comes all the same waits for a person."""
    [held] = _held([visit], WAITING)
    held.void_why = _reason(why)
    return _moved([held], VisitState.VOID, held.void_why)[0]


@transaction.atomic
def reassign(
    *,
    visit: Visit,
    lead_id: int | None,
    second_id: int | None,
    day: date | None = None,
    due: date | None = None,
    why: str = "",
    by: Actor | None = None,
) -> Visit:
    """Another pair or another day. Whom chance sent is changed only for a reason."""
    [held] = _held([visit], WAITING)
    _not_begun(held)
    before = (held.lead_id, held.second_id, held.day, held.due)
    if held.task_id is not None and held.lead_id is not None and (lead_id, second_id) != before[:2]:
        _reason(why)
    held.lead_id, held.second_id = lead_id, second_id
    held.day, held.due = day or held.day, due or held.due
    check_days(held.day, held.due)
    Pairs([(lead_id, second_id)], [held.business_id]).check(
        held.business_id, lead_id, second_id, held.day
    )
    after = (held.lead_id, held.second_id, held.day, held.due)
    names = ("lead_id", "second_id", "day", "due")
    changed = tuple(n for n, was, now in zip(names, before, after, strict=True) if was != now)
    if changed:
        held.save()
        said = "" if held.is_hidden else why.strip()[:REASON_TOP]
        record_many([events.VisitReassigned(**_told(held), fields=changed, reason=said)])
    return held


@transaction.atomic
def assign_visits(
    *,
    visits: Collection[Visit],
    lead_id: int,
    second_id: int,
    why: str = "",
    by: Actor | None = None,
) -> list[Visit]:
    """One pair for several visits, all of them or none."""
    return [
        reassign(visit=one, lead_id=lead_id, second_id=second_id, why=why, by=by)
        for one in sorted(visits, key=lambda one: one.pk)
    ]


@transaction.atomic
def begin(*, visit: Visit, at: Any = None) -> Visit:
    """The pair is at the door: from now on the visit is no secret any more."""
    [held] = _held([visit], READY)
    if held.started_at is None:
        held.started_at = at or clock.now()
        held.save(update_fields=["started_at"])
        record_many([events.VisitMoved(**_told(held), before=held.state, after="begun")])
    return held


@transaction.atomic
def follow_business(*, business_id: int, district: str, station: str) -> None:
    """Visits that wait go where the business goes; who was to make them is decided anew there."""
    rows = Visit.objects.select_for_update().filter(business=business_id, state__in=WAITING)
    moved = [one for one in rows if (one.district, one.station) != (district, station)]
    for one in moved:
        one.district, one.station = district, station
    Visit.objects.bulk_update(moved, ["district", "station"])
    record_many(
        [events.VisitReassigned(**_told(one), fields=("district",), reason="") for one in moved]
    )


@transaction.atomic
def follow_merge(*, gone: int, kept: int) -> None:
    """Of two files that became one the kept one has the visits that wait."""
    Visit.objects.filter(business=gone, state__in=WAITING).update(business=kept)


@transaction.atomic
def follow_unmerge(*, gone: int, kept: int) -> None:
    """They are two again: what was planned for the other goes back to it."""
    Visit.objects.filter(business=kept, state__in=WAITING, pk__in=list(planned_for(gone))).update(
        business=gone
    )


# ── Helpers ──


def _held(visits: Collection[Visit], states: Sequence[str]) -> list[Visit]:
    """The visits, locked in the order of their numbers, in a state that the act begins in."""
    rows = Visit.objects.select_for_update(of=("self",)).filter(pk__in=[one.pk for one in visits])
    held = list(rows.order_by("pk"))
    for one in held:
        if one.state not in states:
            raise Refusal(
                "visit_state",
                _noop("{number}现在是“{state}”，不能这样做"),
                fix=_noop("请刷新页面，看它现在的状态"),
                status=409,
                number=one.number,
                state=VisitState(one.state).label,
            )
    return held


def _not_begun(visit: Visit) -> None:
    if visit.started_at is not None:
        raise Refusal(
            "visit_begun",
            _noop("{number}已经开始检查"),
            fix=_noop("请等检查记录到达后再处理"),
            status=409,
            number=visit.number,
        )


def _moved(held: list[Visit], after: VisitState, reason: str = "") -> list[Visit]:
    told = []
    for one in held:
        before, one.state = one.state, after
        one.save()
        said = "" if one.is_hidden else reason
        told.append(events.VisitMoved(**_told(one), before=before, after=str(after), reason=said))
    record_many(told)
    return held


def _told(one: Visit) -> Mapping[str, Any]:
    """Whom an event is about: a visit that is hidden names only itself."""
    if one.is_hidden:
        return {"subject": f"inspection:{one.pk}", "business_id": None, "visit_id": one.pk}
    return {
        "subject": registry.subject(one.business_id),
        "business_id": one.business_id,
        "visit_id": one.pk,
    }


def _planned(one: Visit) -> events.VisitPlanned:
    return events.VisitPlanned(
        **_told(one),
        type=one.type,
        department=one.department,
        day=None if one.is_hidden else one.day,
        # What called for it would lead to whom it is about.
        origin="" if one.is_hidden else one.origin,
    )


def _reason(why: str) -> str:
    if not why.strip():
        raise Refusal(
            "no_reason", _noop("没有写明原因"), fix=_noop("请写明原因，它会留在记录里"), status=422
        )
    return why.strip()[:REASON_TOP]
