"""Reviewing 核查: somebody who did not work on it looks at what was done and ends it, or not."""

from __future__ import annotations

from collections.abc import Sequence

from mingchu.accounts.domain import Actor
from mingchu.alerts.domain.states import Move, Outcome
from mingchu.alerts.models import Alert, AlertEnd, Order
from mingchu.alerts.services.orders.ending import ending
from mingchu.alerts.services.orders.moving import moving
from mingchu.kit.models import Upload


def review(*, order: Order, by: Actor, note: str = "", revision: int | None = None) -> Order:
    """Takes what was submitted to look at it."""
    with moving(order, Move.REVIEW, by=by, note=note, revision=revision) as act:
        pass
    return act.order


def close(
    *, order: Order, note: str, by: Actor, files: Sequence[Upload] = (), revision: int | None = None
) -> Order:
    """What was to be done is done; its alerts end as handled."""
    with ending(
        order, Move.CLOSE, Outcome.HANDLED, AlertEnd.HANDLED, by=by, note=note, files=files,
        revision=revision,
    ) as act:  # fmt: skip
        pass
    return act.order


def send_back(*, order: Order, note: str, by: Actor, revision: int | None = None) -> Order:
    """It is not done yet: back to the handler, with what is missing."""
    with moving(order, Move.SEND_BACK, by=by, note=note, revision=revision) as act:
        pass
    return act.order


def false_alarm(*, order: Order, note: str, by: Actor, revision: int | None = None) -> Order:
    """There was nothing to it, says somebody who neither reported it nor works on it."""
    with ending(
        order, Move.FALSE_ALARM, Outcome.FALSE, AlertEnd.FALSE, by=by, note=note, revision=revision
    ) as act:
        pass
    return act.order


def reopen(*, order: Order, note: str, by: Actor, revision: int | None = None) -> Order:
    """Its end was wrong, or not the end: a new life with a new term; its history stays.

    A merged one takes its alerts back. It joins no group again: that may have an order by now.
    """
    with moving(order, Move.REOPEN, by=by, note=note, revision=revision) as act:
        known = act.order
        if known.merged_into_id:
            last = next(one for one in reversed(act.steps) if one.move == Move.MERGE)
            own = Alert.objects.filter(pk__in=last.data["alerts"], order=known.merged_into_id)
            own.filter(ended_at__isnull=True).update(order=known)
        known.group_key, known.merged_into = "", None
    return act.order
