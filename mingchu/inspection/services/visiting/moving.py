"""Moving visits on: approved by another, notified, given to a pair, begun, called off."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.inspection import events, rules
from mingchu.inspection.models import READY, WAITING, Visit, VisitState, VisitType
from mingchu.inspection.services.visiting.asking import REASON_TOP
from mingchu.inspection.services.visiting.telling import about
from mingchu.inspection.services.weighing import Pairs, check_days, check_other_pair
from mingchu.ledger.services import record_many


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
    if held.recheck_of is not None:
        check_other_pair(held.recheck_of, held.rechecked.all(), (lead_id, second_id))
    after = (held.lead_id, held.second_id, held.day, held.due)
    names = ("lead_id", "second_id", "day", "due")
    changed = tuple(n for n, was, now in zip(names, before, after, strict=True) if was != now)
    if changed:
        held.save()
        said = "" if held.is_hidden else why.strip()[:REASON_TOP]
        left = tuple(one for one in before[:2] if one and one not in after[:2])
        record_many([events.VisitReassigned(**about(held), fields=changed, reason=said, left=left)])
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
def begin(*, visit: Visit, at: datetime | None = None) -> Visit:
    """The pair is at the door: from now on the visit is no secret any more."""
    [held] = _held([visit], READY)
    if held.started_at is None:
        held.started_at = at or clock.now()
        held.save(update_fields=["started_at"])
        record_many([events.VisitMoved(**about(held), before=held.state, after="begun")])
    return held


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
        told.append(events.VisitMoved(**about(one), before=before, after=str(after), reason=said))
    record_many(told)
    return held


def _reason(why: str) -> str:
    if not why.strip():
        raise Refusal(
            "no_reason", _noop("没有写明原因"), fix=_noop("请写明原因，它会留在记录里"), status=422
        )
    return why.strip()[:REASON_TOP]
