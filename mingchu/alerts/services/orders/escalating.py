"""Escalation 逾期上报: what is overdue goes up, station to district to city, once for each level.

In office hours, at any time where it is urgent. Each order goes up in a transaction of its own:
whatever ends a run in the middle, the next one goes on with the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from django.db import transaction
from django.db.models import Q

from mingchu.alerts import limits
from mingchu.alerts.domain.desk import Ladder, level_due
from mingchu.alerts.domain.states import LADDER, Level
from mingchu.alerts.domain.terms import URGENT
from mingchu.alerts.models import Order
from mingchu.alerts.models.orders import UNDONE
from mingchu.alerts.services.orders.handling import escalate
from mingchu.alerts.services.orders.moving import read_clocks, steps_of
from mingchu.base import clock

CHUNK = 200


def escalate_overdue() -> int:
    """All that should be on a higher desk by now: how many went up. Run again, none goes twice."""
    now, ladder = clock.now(), limits.ladder()
    return sum(_go_up(pk, now, ladder) for chunk in _candidates(now, ladder) for pk in chunk)


def _candidates(now: datetime, ladder: Ladder) -> Iterator[Sequence[int]]:
    """Numbers of orders that may have to go up, by their index; their steps decide."""
    wanted = Q(pk__in=[])
    for below, level in pairwise(LADDER):
        late = Q(level=below) & (
            _due(now - timedelta(days=ladder.days[level]))
            | (Q(severity=URGENT) & _due(now - timedelta(hours=ladder.hours[level])))
        )
        wanted |= late
    rows = Order.objects.filter(UNDONE, wanted)
    if not limits.office().is_open(now):
        rows = rows.filter(severity=URGENT)
    found = list(rows.order_by("due_at", "pk").values_list("pk", flat=True))
    for at in range(0, len(found), CHUNK):
        yield found[at : at + CHUNK]


def _due(before: datetime) -> Q:
    return Q(due_at__lte=before) | Q(accept_due_at__lte=before)


@transaction.atomic
def _go_up(pk: int, now: datetime, ladder: Ladder) -> int:
    """One order, unless somebody is at it: then the next run sees it as it is by then."""
    rows = Order.objects.select_for_update(skip_locked=True, of=("self",))
    order = rows.filter(UNDONE, pk=pk).first()
    if order is None:
        return 0
    read = read_clocks(steps_of(order))
    level = level_due(read, order.severity, now, ladder, limits.office())
    if LADDER.index(level) <= LADDER.index(Level(order.level)):
        return 0
    escalate(order=order, note="", by=None, level=level)
    return 1
