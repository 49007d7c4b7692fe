"""Handling 处置: what the handler does, and what the business answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor
from mingchu.alerts import events, limits
from mingchu.alerts.domain.states import Level, Move, Need, above
from mingchu.alerts.models import Order
from mingchu.alerts.move_names import AUTHORITIES
from mingchu.alerts.services.orders.moving import Act, moving
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.kit.models import Upload

ANSWER_ROLE, MINUTES_ROLE, NOTICE_ROLE = "answer", "minutes", "notice"


def begin(*, order: Order, by: Actor, note: str = "", revision: int | None = None) -> Order:
    """Work begins; whoever begins has taken it."""
    with moving(order, Move.BEGIN, by=by, note=note, revision=revision) as act:
        pass
    return act.order


def await_business(
    *,
    order: Order,
    note: str,
    correct_by: date | None,
    by: Actor,
    files: Sequence[Upload] = (),
    revision: int | None = None,
) -> Order:
    """Tells the business what to correct until when; the order's own clock runs on."""
    with moving(
        order, Move.AWAIT_BUSINESS, by=by, note=note, files=files, role=NOTICE_ROLE,
        revision=revision,
    ) as act:  # fmt: skip
        act.demand({Need.DAY: correct_by})
        if correct_by and correct_by < clock.today():
            raise _day_passed(correct_by)
        act.data = {"correct_by": correct_by.isoformat() if correct_by else ""}
    return act.order


def _day_passed(day: date) -> Refusal:
    return Refusal(
        "due_passed",
        _noop("期限{day}已经过去"),
        fix=_noop("请给出今天或以后的日期"),
        status=422,
        day=day,
    )


def answer(
    *, order: Order, note: str, by: Actor, files: Sequence[Upload] = (), revision: int | None = None
) -> Order:
    """What the business says it has corrected, with what shows it; once each time it is told."""
    with moving(
        order, Move.ANSWER, by=by, note=note, files=files, role=ANSWER_ROLE, revision=revision
    ) as act:
        pass
    return act.order


def submit(
    *, order: Order, note: str, by: Actor, files: Sequence[Upload] = (), revision: int | None = None
) -> Order:
    """What was found and done, with evidence, for another person to look at."""
    with moving(order, Move.SUBMIT, by=by, note=note, files=files, revision=revision) as act:
        pass
    return act.order


def pause(*, order: Order, ground: str, note: str, by: Actor, revision: int | None = None) -> Order:
    """The clock stands still on a ground of the law, for as long as that lasts."""
    with moving(order, Move.PAUSE, by=by, note=note, revision=revision) as act:
        act.demand({Need.GROUND: ground})
        ruling = limits.pause_grounds()
        if ground not in ruling.value:
            raise Refusal(
                "no_legal_ground",
                _noop("“{ground}”不是可以中止计时的法定事由"),
                fix=_noop("可用的：{known}"),
                status=422,
                ground=ground,
                known=list(ruling.value),
            )
        act.data = {"ground": ground, "rule": ruling.id, "since": ruling.since.isoformat()}
        act.rule = (ruling.id, ruling.since.isoformat())
    return act.order


def resume(*, order: Order, by: Actor, note: str = "", revision: int | None = None) -> Order:
    """The ground is over; what was left of the term runs on."""
    with moving(order, Move.RESUME, by=by, note=note, revision=revision) as act:
        pass
    return act.order


def talk(
    *,
    order: Order,
    day: date | None,
    note: str,
    by: Actor,
    files: Sequence[Upload] = (),
    revision: int | None = None,
) -> Order:
    """A responsibility talk 约谈 with the business was held; the note is its minutes."""
    with moving(
        order, Move.TALK, by=by, note=note, files=files, role=MINUTES_ROLE, revision=revision
    ) as act:
        act.demand({Need.DAY: day})
        if day is None or day > clock.today():
            raise Refusal(
                "talk_in_future",
                _noop("约谈日期在今天之后"),
                fix=_noop("约谈之后再登记"),
                status=422,
            )
        act.data = {"day": day.isoformat()}
        act.event = lambda known: events.TalkHeld(**known, day=day)
    return act.order


def join_forces(
    *, order: Order, authority: str, note: str, by: Actor, revision: int | None = None
) -> Order:
    """Another authority takes part; the order stays here."""
    with moving(order, Move.JOIN_FORCES, by=by, note=note, revision=revision) as act:
        check_authority(act, authority)
        act.data = {"authority": authority}
    return act.order


def check_authority(act: Act, authority: str, known: Collection[str] = AUTHORITIES) -> None:
    act.demand({Need.AUTHORITY: authority})
    if authority not in known:
        raise Refusal(
            "unknown_authority",
            _noop("没有代码为“{authority}”的部门"),
            fix=_noop("请从列出的部门里选择"),
            status=422,
            authority=authority,
        )


def escalate(
    *, order: Order, note: str, by: Actor | None, level: Level | None = None,
    revision: int | None = None,
) -> Order:  # fmt: skip
    """Up to the next desk, or by the house to the one that its being overdue calls for."""
    with moving(order, Move.ESCALATE, by=by, note=note, revision=revision) as act:
        before = act.order.level
        act.order.level = level or above(Level(before))
        act.data = {"from_level": before, "level": act.order.level}
        act.event = lambda known: events.OrderEscalated(**known, overdue=by is None)
    return act.order
