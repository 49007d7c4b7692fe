"""How every move of an order is made: the row locked, the move checked against the table of ways,
the step and its entry written, the index of its clock rebuilt from the steps.

A person's move answers the step before it, so the entries of an order are one chain from the alert
that opened it to its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor, Place, may
from mingchu.alerts import events, limits
from mingchu.alerts.domain.clock import Beat, Clocks, clocks
from mingchu.alerts.domain.states import (
    ENDS,
    WORKING,
    Level,
    Move,
    Need,
    No,
    OrderState,
    Outcome,
    Standing,
    Way,
    refused,
    way_of,
)
from mingchu.alerts.models import Order, OrderStep
from mingchu.alerts.models.orders import OrderStateName
from mingchu.alerts.move_names import MOVE_NAMES, NEED_NAMES
from mingchu.base import clock, ids
from mingchu.base.errors import Refusal
from mingchu.base.event import Event, canonical
from mingchu.kit.files import keeping
from mingchu.kit.models import Attachment, Upload
from mingchu.ledger.services import caused_by, current_actor, current_cause, record
from mingchu.registry import domain as registry

NOTE_TOP = 2_000
FILES_TOP = 10
EVIDENCE = "evidence"


def beats(steps: Sequence[OrderStep]) -> list[Beat]:
    """The steps as the clock hears them."""
    return [Beat(one.at, Move(one.move), OrderState(one.after), one.data) for one in steps]


def read_clocks(steps: Sequence[OrderStep]) -> Clocks:
    """All clocks of an order by its steps and the calendar as it is known now."""
    return clocks(beats(steps), limits.office())


def index(order: Order, read: Clocks) -> None:
    """Copies into the row what lists ask by; nothing else may."""
    accept, handle = read.accept, read.handle
    order.accept_due_at = accept.due if accept and accept.is_running else None
    order.due_at = handle.due if handle else None
    order.provisional, order.paused = read.provisional, read.paused


def steps_of(order: Order) -> list[OrderStep]:
    return list(order.steps.order_by("number"))


def place_of(order: Order) -> Place:
    """Where an order lies, for whoever asks whether he may."""
    code = registry.public_id(order.business_id) if order.business_id else ""
    return Place(district=order.district, station=order.station, business=code)


def standing(order: Order, steps: Sequence[OrderStep]) -> Standing:
    """All of it that decides which moves are possible."""
    workers = {one.user_id for one in steps if one.move in WORKING and one.user_id}
    return Standing(
        OrderState(order.state),
        order.paused,
        order.assignee_id,
        order.reporter,
        frozenset(workers),
        order.business_id is not None,
        Level(order.level),
    )


@dataclass
class Act:
    """One move while it is made: what it changes of the order, and what its step will say.

    `outcome` is set by a move that ends it, `event` by one that has an event of its own, made of
    what every event of an order says.
    """

    order: Order
    way: Way
    steps: list[OrderStep]
    by: Actor | None
    note: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    papers: list[Attachment] = field(default_factory=list)
    outcome: Outcome | None = None
    rule: tuple[str, str] = ("", "")
    event: Callable[[dict[str, Any]], Event] | None = None
    step: OrderStep | None = None

    @property
    def after(self) -> OrderState:
        return self.way.after or OrderState(self.order.state)

    def demand(self, given: Mapping[Need, object]) -> None:
        """Raises Refusal `order_needs` for the first need that nothing was given for."""
        for need in self.way.needs:
            if self.by is not None and need in given and not given[need]:
                raise lacking(self.way, need)


@contextmanager
def moving(
    order: Order | int,
    move: Move,
    *,
    by: Actor | None,
    revision: int | None = None,
    note: str = "",
    files: Sequence[Upload] = (),
    role: str = EVIDENCE,
) -> Iterator[Act]:
    """Inside the block the order is this act's alone; at its end the step is written.

    Raises Refusal `no_such_order`, `changed_meanwhile` and whatever speaks against the move.
    """
    with transaction.atomic():
        act = _opened(held(order, revision), move, by)
        act.note = note.strip()
        if len(act.note) > NOTE_TOP:
            raise Refusal(
                "note_too_long",
                _noop("说明有{n}个字"),
                fix=_noop("最多{top}个字，其余请放进附件"),
                status=422,
                n=len(act.note),
                top=NOTE_TOP,
            )
        act.papers = papers(act.order, files, role, by)
        act.demand({Need.NOTE: act.note, Need.EVIDENCE: _shown(act)})
        yield act
        _write(act)


def held(order: Order | int, revision: int | None = None) -> Order:
    """The row, locked; a Refusal if somebody moved it since `revision`."""
    number = order if isinstance(order, int) else order.pk
    found = Order.objects.select_for_update(of=("self",)).filter(pk=number).first()
    if found is None:
        raise Refusal(
            "no_such_order",
            _noop("没有这张工单"),
            fix=_noop("请从清单里重新查找"),
            status=404,
        )
    if revision is not None and found.revision != revision:
        raise Refusal(
            "changed_meanwhile",
            _noop("这张工单在您打开之后已有新的办理，现在是“{state}”"),
            fix=_noop("请刷新页面，看过新的步骤后再办"),
            state=OrderStateName(found.state).label,
        )
    return found


def _opened(order: Order, move: Move, by: Actor | None) -> Act:
    steps = steps_of(order)
    way = way_of(move, OrderState(order.state), house=by is None)
    place = place_of(order)
    no = refused(
        way,
        standing(order, steps),
        None if by is None else by.user_id or 0,
        lambda action: by is not None and may(by, action, place),
    )
    if no is not None or way is None:
        raise why_not(no or No.STATE, move, order)
    return Act(order, way, steps, by)


def _shown(act: Act) -> bool:
    """Whether what was done is shown by a file, or no rule asks for one."""
    return bool(act.papers) or not limits.wants_files(act.order.severity)


def papers(order: Order, files: Sequence[Upload], role: str, by: Actor | None) -> list[Attachment]:
    """The files of a step, as they will be attached to the order."""
    if len(files) > FILES_TOP:
        raise Refusal(
            "too_many_files",
            _noop("一次最多{top}个文件"),
            fix=_noop("请分几次提交"),
            status=422,
            top=FILES_TOP,
        )
    return [
        keeping.evidence(
            upload=one,
            subject=f"order:{order.pk}",
            role=role,
            name=f"{order.number}-{place}",
            by=by,
        )
        for place, one in enumerate(files, 1)
    ]


def _write(act: Act) -> None:
    """The step, the row, then the entry, so that what reacts to it finds all as it is now."""
    order, before = act.order, act.order.state
    order.state = act.after
    step = OrderStep(
        order=order,
        number=len(act.steps) + 1,
        move=act.way.move,
        before=before,
        after=order.state,
        at=_moment(act.steps),
        user_id=act.by.user_id if act.by else None,
        post=current_actor().post,
        note=act.note,
        data=act.data,
        files=[str(one.pk) for one in act.papers],
    )
    act.step = step
    read = read_clocks([*act.steps, step])
    index(order, read)
    _end(act, step)
    order.revision += 1
    order.save()
    step.save(force_insert=True)
    late = bool(read.handle and read.handle.is_late(step.at))
    with caused_by(current_cause() or last_entry(act.steps)):
        step.entry = record(_event(act, step, late=late)).pk
    OrderStep.objects.filter(pk=step.pk).update(entry=step.entry)
    with caused_by(step.entry):
        keeping.attach_many(act.papers)


def _moment(steps: Sequence[OrderStep]) -> Any:
    """Now; never before the step before, also where the machine's clock was put back."""
    now = clock.now()
    return max(now, steps[-1].at) if steps else now


def _end(act: Act, step: OrderStep) -> None:
    if act.after in ENDS:
        act.order.ended_at = step.at
        act.order.outcome = act.outcome or Outcome.HANDLED
    else:
        act.order.ended_at, act.order.outcome = None, ""


def last_entry(steps: Sequence[OrderStep]) -> UUID | None:
    return next((one.entry for one in reversed(steps) if one.entry), None)


def facts(order: Order, step: OrderStep, evidence: Sequence[Attachment] = ()) -> dict[str, Any]:
    """What every event of an order says."""
    return {
        "subject": order.ledger_subject,
        "order_id": order.pk,
        "number": order.number,
        "step": step.number,
        "kind_of": order.kind,
        "severity": order.severity,
        "business_id": order.business_id,
        "district": order.district,
        "station": order.station,
        "level": order.level,
        "assignee": order.assignee_id,
        "said": commitment(step),
        "attachments": tuple(str(one.pk) for one in evidence),
        "commitments": tuple(map(keeping.commitment_of, evidence)),
    }


def commitment(step: OrderStep) -> str:
    """What the ledger holds of what was written: it proves the text to whoever has the salt."""
    return ids.digest(bytes(step.salt) + canonical({"note": step.note, "data": step.data}))


def _event(act: Act, step: OrderStep, *, late: bool) -> Event:
    known = facts(act.order, step, act.papers)
    if act.event is not None:
        return act.event(known)
    known |= {"move": step.move, "before": step.before, "after": step.after}
    known["due"] = act.order.due_at
    if act.after in ENDS:
        return events.OrderEnded(**known, outcome=act.order.outcome, late=late)
    rule, since = act.rule
    return events.OrderMoved(**known, rule=rule, since=since)


def not_possible(order: Order, move: Move) -> Refusal:
    """That the move cannot be made from the state the order is in."""
    return why_not(No.STATE, move, order)


def why_not(no: No, move: Move, order: Order) -> Refusal:
    """The refusal of a move, with what stands against it."""
    name = MOVE_NAMES[move]
    return {
        No.STATE: _not_from_here,
        No.RIGHT: _not_allowed,
        No.TAKEN: _taken,
        No.NOT_HANDLER: _not_his,
        No.OWN_WORK: _own_work,
        No.OWN_REPORT: _own_report,
        No.PAUSED: _paused,
        No.NOT_PAUSED: _not_paused,
        No.NO_BUSINESS: _no_business,
        No.TOP: _top,
    }[no](name, OrderStateName(order.state).label)


def _not_from_here(move: Any, state: Any) -> Refusal:
    return Refusal(
        "move_not_possible",
        _noop("工单现在是“{state}”，不能“{move}”"),
        fix=_noop("请刷新页面，按现在的状态办理"),
        state=state,
        move=move,
    )


def _not_allowed(move: Any, state: Any) -> Refusal:
    return Refusal(
        "not_yours_to_move",
        _noop("您的岗位不能在这里办理“{move}”"),
        fix=_noop("请交由有权限的人员办理"),
        status=403,
        move=move,
    )


def _taken(move: Any, state: Any) -> Refusal:
    return Refusal(
        "order_taken",
        _noop("这张工单已派给他人"),
        fix=_noop("要由您承办的，请先办理移交"),
    )


def _not_his(move: Any, state: Any) -> Refusal:
    return Refusal(
        "not_the_handler",
        _noop("“{move}”由承办人办理，这张工单不由您承办"),
        fix=_noop("要由您承办的，请先办理移交"),
        move=move,
    )


def _own_work(move: Any, state: Any) -> Refusal:
    return Refusal(
        "needs_another_person",
        _noop("“{move}”须由没有承办过这张工单的人办理"),
        fix=_noop("请由本所其他有核查权限的人员或上级办理"),
        move=move,
    )


def _own_report(move: Any, state: Any) -> Refusal:
    return Refusal(
        "reporter_cannot",
        _noop("提出人不能自己认定误报"),
        fix=_noop("请由其他有核查权限的人员办理"),
    )


def _paused(move: Any, state: Any) -> Refusal:
    return Refusal(
        "order_paused",
        _noop("计时已中止，不能“{move}”"),
        fix=_noop("请先恢复计时"),
        move=move,
    )


def _not_paused(move: Any, state: Any) -> Refusal:
    return Refusal("order_not_paused", _noop("计时没有中止"), fix=_noop("无需恢复"))


def _no_business(move: Any, state: Any) -> Refusal:
    return Refusal(
        "order_of_no_business",
        _noop("这张工单没有关联经营者，不能“{move}”"),
        fix=_noop("请改用其他办理方式"),
        move=move,
    )


def _top(move: Any, state: Any) -> Refusal:
    return Refusal("top_level", _noop("工单已在市局"), fix=_noop("不能再上报"))


def lacking(way: Way, need: Need) -> Refusal:
    return Refusal(
        "order_needs",
        _noop("“{move}”还缺：{what}"),
        fix=_noop("请补齐后再提交"),
        status=422,
        move=MOVE_NAMES[way.move],
        what=NEED_NAMES[need],
    )
