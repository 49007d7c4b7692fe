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


@transaction.atomic
def withdraw_many(numbers: Collection[int], *, why: str) -> None:
    """Takes businesses out again with their places, licences and people."""
    held = sorted(
        Business.objects.select_for_update().filter(pk__in=numbers).values_list("pk", flat=True)
    )
    if used := queries.in_use(held):
        raise _in_use(len(used))
    for model in (Licence, Person, Premises, Past):
        model.objects.filter(business__in=held).delete()
    Business.objects.filter(pk__in=held).delete()
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
