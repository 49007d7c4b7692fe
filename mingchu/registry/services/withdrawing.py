"""Withdrawing: what was entered by mistake goes, as long as nothing refers to it.

The ledger keeps that it was entered and withdrawn; a business that has lived is closed instead.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from mingchu.base.errors import Refusal
from mingchu.ledger.services import record_many
from mingchu.registry import domain, events, queries
from mingchu.registry.models import Business, Licence, Past, Person, Premises
from mingchu.registry.services import storing
from mingchu.registry.services.many import of_numbers


@transaction.atomic
def withdraw_many(numbers: Collection[int], *, why: str) -> None:
    """Takes businesses out again with their places, licences and people."""
    rows = of_numbers(numbers).select_for_update(of=("self",)).order_by("pk")
    held = list(rows.values_list("pk", flat=True))
    if used := queries.in_use(held):
        raise _in_use(len(used))
    placed = Licence.places.through
    placed.objects.filter(licence__business__in=of_numbers(held)).delete()
    for model in (Licence, Person, Premises, Past):
        storing.delete(model, "business_id", held)
    storing.delete(Business, "id", held)
    record_many(
        [
            events.BusinessWithdrawn(subject=domain.subject(number), business_id=number, why=why)
            for number in held
        ]
    )


def _in_use(count: int) -> Refusal:
    return Refusal(
        "business_in_use",
        "有{count}个主体已经办理过业务，不能撤销建档",
        fix="请改为关闭这些主体",
        count=count,
    )
