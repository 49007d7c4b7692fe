"""Duty 值班: who is on duty at night and on days off, for each part of the city."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Scope
from mingchu.accounts.models import User
from mingchu.base.errors import Refusal
from mingchu.kit import events
from mingchu.kit.models import Duty
from mingchu.ledger.services import record


@transaction.atomic
def set_duty(*, user: User, scope: Scope, begins: datetime, ends: datetime) -> Duty:
    """Puts somebody on the roster; said twice it is there once."""
    if ends <= begins:
        raise Refusal(
            "duty_ends_before_it_begins",
            _noop("值班的结束时间不晚于开始时间"),
            fix=_noop("请核对起止时间，跨夜的填次日"),
            status=422,
        )
    duty, is_new = Duty.objects.get_or_create(
        user=user, scope_kind=scope.kind.value, scope_code=scope.code, begins=begins, ends=ends
    )
    if is_new:
        record(events.DutySet(**_facts(duty)))
    return duty


@transaction.atomic
def drop_duty(*, duty: Duty) -> None:
    """Takes it off the roster."""
    facts = _facts(duty)
    duty.delete()
    record(events.DutyDropped(**facts))


def _facts(duty: Duty) -> dict[str, Any]:
    return {
        "subject": f"duty:{duty.pk}",
        "duty_id": duty.pk,
        "user_id": duty.user_id,
        "scope": str(duty.scope),
        "begins": duty.begins,
        "ends": duty.ends,
    }
