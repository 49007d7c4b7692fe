"""Mending 整改: what a business does so that what an order is about is so no more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from mingchu.alerts.models import Order
from mingchu.base import clock
from mingchu.demo import registry
from mingchu.demo.plan import plan
from mingchu.identifiers import health
from mingchu.registry import services
from mingchu.registry.domain import Duty, LicenceState
from mingchu.registry.models import Business, Licence, Person

# Said in the ledger; people read it there in Chinese.
CERTIFIED, NAMED = "按要求补交健康证明", "按要求明确食品安全职责"


def mend(order: Order) -> None:
    """Papers renewed, duties given, the file of who has long closed put right; of what only
    people can see, nothing."""
    if act := ACTS.get(order.kind):
        open_now = order.alerts.filter(ended_at__isnull=True).order_by("pk")
        said = (one.partition(":")[2] for one in open_now.values_list("subject", flat=True))
        act(order, [int(number) for number in said if number.isdecimal()])


def _certify(order: Order, people: Sequence[int]) -> None:
    until = health.expires(clock.today(), plan().health_years)
    found = Person.objects.filter(pk__in=people, until=None).order_by("pk")
    services.correct_people([(one, {"health_until": until}) for one in found], why=CERTIFIED)


def _renew(order: Order, licences: Sequence[int]) -> None:
    found = Licence.objects.filter(pk__in=licences, state=LicenceState.VALID)
    for licence in found.order_by("pk"):
        registry.renew(licence, plan(), since=clock.today())


def _name_director(order: Order, _numbers: Sequence[int]) -> None:
    _give_duty(order, Duty.DIRECTOR)


def _name_officer(order: Order, _numbers: Sequence[int]) -> None:
    _give_duty(order, Duty.OFFICER)


def _give_duty(order: Order, duty: Duty) -> None:
    """Whoever came last takes it on beside what he does."""
    known = Person.objects.filter(business=order.business_id, until=None)
    if person := known.order_by("-pk").first():
        duties = [*person.duties, duty.value]
        services.correct_people([(person, {"duties": duties})], why=NAMED)


def _close(order: Order, _numbers: Sequence[int]) -> None:
    if business := Business.objects.filter(pk=order.business_id or 0).first():
        registry.close(business, clock.today())


ACTS: Mapping[str, Callable[[Order, Sequence[int]], None]] = {
    "health_expired": _certify,
    "licence_expired": _renew,
    "director_missing": _name_director,
    "officer_missing": _name_officer,
    "dormant_too_long": _close,
}
