"""Giving 派单: who gets an order by itself, now; asked once for as many as there are.

In office hours an officer of the station it came to. Outside of them only what is urgent is given
to anybody: to whoever is on duty for the district, else for the city, if he may handle it there;
where nobody such is on the roster, to an officer of the station all the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from mingchu.accounts.domain import may
from mingchu.accounts.models import User
from mingchu.accounts.queries import actor_for
from mingchu.alerts import limits
from mingchu.alerts.domain.desk import Rota
from mingchu.alerts.domain.states import HANDLE, Level
from mingchu.alerts.domain.terms import URGENT
from mingchu.alerts.models import Order
from mingchu.alerts.queries import desks
from mingchu.alerts.services.orders.moving import place_of
from mingchu.base import clock


class Giving:
    """Takers for these orders, each to whoever has the fewest at that moment."""

    def __init__(self, orders: Sequence[Order]):
        now = clock.now()
        self._is_open = limits.office().is_open(now)
        given = [one for one in orders if self._is_given(one)]
        self._rota = Rota(desks.officers_at({one.station for one in given if _at_station(one)}))
        districts = set() if self._is_open else {one.district for one in given}
        self._guards = _Guards(desks.on_duty(districts, now) if districts else {})

    def taker(self, order: Order) -> int | None:
        """Whose it shall be; None: it lies on its desk."""
        if not self._is_given(order):
            return None
        guard = self._guards.give(order)
        if guard is None and _at_station(order):
            return self._rota.give(order.station)
        return guard

    def _is_given(self, order: Order) -> bool:
        return order.severity == URGENT if not self._is_open else _at_station(order)


def _at_station(order: Order) -> bool:
    return order.level == Level.STATION and bool(order.station)


class _Guards:
    """Who is on duty, by district."""

    def __init__(self, on_duty: dict[str, list[User]]):
        self._on_duty = on_duty
        people = {one.pk: one for each in on_duty.values() for one in each}
        self._actors = {pk: actor_for(one) for pk, one in people.items()}
        self._loads = dict.fromkeys(people, 0) | desks.loads_of(people)

    def give(self, order: Order) -> int | None:
        there = [one.pk for one in self._on_duty.get(order.district, ())]
        fit = [pk for pk in there if may(self._actors[pk], HANDLE, place_of(order))]
        if not fit:
            return None
        found = min(fit, key=lambda pk: (self._loads[pk], pk))
        self._loads[found] += 1
        return found
