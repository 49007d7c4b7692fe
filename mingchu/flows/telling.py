"""Telling 通知: who hears of which step of an order, in his inbox and by the ways he has chosen.

Yellow orders that open by themselves are not told one by one: they wait on the desk, which counts
them. What is told is what somebody else did to one's own work, and what cannot wait.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.alerts import events as alerts
from mingchu.alerts.domain.states import ANSWER, ASSIGN, HANDLE, REVIEW, Level, Move
from mingchu.kit.messages.domain import News, Severity, To
from mingchu.kit.messages.telling import tell_many
from mingchu.ledger.services import Entry, caused_by
from mingchu.registry.domain import public_id

Pairs = Sequence[tuple[Any, Entry]]
OPENED = _noop("新工单 {number}，请签收")
GIVEN = _noop("工单 {number} 派给了您")
TO_REVIEW = _noop("工单 {number} 已提交，请核查")
SENT_BACK = _noop("工单 {number} 被退回，请继续处置")
RISEN = _noop("工单 {number} 已升级，请督办")
TO_CORRECT = _noop("监管部门要求您整改，请在期限内答复")


def urgent_order_is_told(event: alerts.OrderOpened, entry: Entry) -> None:
    """Red and orange ones call whoever has them, or the desk they came to."""
    urgent_orders_are_told([(event, entry)])


def urgent_orders_are_told(pairs: Pairs) -> None:
    _tell(pairs, _opened)


def step_is_told(event: alerts.OrderMoved, entry: Entry) -> None:
    """Who has to do something now that somebody else has moved the order."""
    steps_are_told([(event, entry)])


def steps_are_told(pairs: Pairs) -> None:
    _tell(pairs, _moved)


def rise_is_told(event: alerts.OrderEscalated, entry: Entry) -> None:
    """The desk that has it now."""
    _tell([(event, entry)], _risen)


def _tell(pairs: Pairs, news: Any) -> None:
    """Each message names the act it speaks of."""
    for event, entry in pairs:
        if found := list(news(event)):
            with caused_by(entry.id):
                tell_many(found)


def _opened(event: alerts.OrderOpened) -> Iterator[News]:
    if event.severity <= Severity.PRESSING:
        yield _news(event, OPENED, _holder(event) or _desk(event, HANDLE))


def _moved(event: alerts.OrderMoved) -> Iterator[News]:
    if event.move in (Move.ASSIGN, Move.HAND_OVER) and event.assignee:
        yield _news(event, GIVEN, _holder(event))
    elif event.move in (Move.SUBMIT, Move.ANSWER):
        yield _news(event, TO_REVIEW, _desk(event, REVIEW))
    elif event.move == Move.SEND_BACK:
        yield _news(event, SENT_BACK, _holder(event))
    elif event.move == Move.AWAIT_BUSINESS and event.business_id:
        scope = Scope(ScopeKind.BUSINESS, public_id(event.business_id))
        link = reverse("alerts:answer_order", args=[event.order_id])
        yield _news(event, TO_CORRECT, [To(scope=scope, action=ANSWER)], link)


def _risen(event: alerts.OrderEscalated) -> Iterator[News]:
    yield _news(event, RISEN, _desk(event, ASSIGN))


def _news(event: Any, what: str, to: Sequence[To], link: str = "") -> News:
    return News(
        subject=f"order:{event.order_id}",
        what=what,
        to=to,
        severity=Severity(event.severity),
        link=link or reverse("alerts:order", args=[event.order_id]),
        facts={"number": event.number},
        district=event.district,
    )


def _holder(event: Any) -> list[To]:
    return [To(user=event.assignee)] if event.assignee else []


def _desk(event: Any, action: str) -> list[To]:
    """Everybody of the desk the order is on who may do what comes next."""
    if event.level == Level.CITY or not event.district:
        return [To(scope=CITY, action=action)]
    if event.level == Level.STATION and event.station:
        return [To(scope=Scope(ScopeKind.STATION, event.station), action=action)]
    return [To(scope=Scope(ScopeKind.DISTRICT, event.district), action=action)]
