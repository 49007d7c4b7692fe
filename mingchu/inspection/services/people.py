"""People 检查人员: what an officer is able to inspect, when he is away, whom he keeps away from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor
from mingchu.accounts.models import User
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.inspection import events
from mingchu.inspection.models import Expertise, Leave, Recusal
from mingchu.inspection.models.people import Absence, Ground
from mingchu.ledger.services import record
from mingchu.registry.models import Business, Kind


@transaction.atomic
def set_expertise(*, user: User, kinds: Sequence[str], leads: bool) -> None:
    """Into the pool with these kinds, or out of it without any."""
    if unknown := sorted(set(kinds) - set(Kind.values)):
        raise Refusal(
            "unknown_kind", _noop("没有业态“{kind}”"), fix=_noop("请从名单里选"), status=422,
            kind=unknown[0],
        )  # fmt: skip
    known = sorted(set(kinds))
    if known:
        Expertise.objects.update_or_create(user=user, defaults={"kinds": known, "leads": leads})
    else:
        Expertise.objects.filter(user=user).delete()
    record(
        events.ExpertiseSet(
            subject=f"user:{user.pk}", user_id=user.pk, kinds=tuple(known),
            leads=leads and bool(known),
        )
    )  # fmt: skip


@transaction.atomic
def note_leave(*, user: User, why: str, first: date, last: date) -> Leave:
    """Away from a day to a day: draws of these days send him nowhere."""
    if why not in Absence.values or last < first:
        raise Refusal(
            "bad_leave",
            _noop("请假的起止或原因不对"),
            fix=_noop("最后一天不早于第一天，原因从所列的里选"),
            status=422,
        )
    made = Leave.objects.create(user=user, why=why, first=first, last=last)
    record(events.LeaveNoted(subject=f"user:{user.pk}", user_id=user.pk, first=first, last=last))
    return made


@transaction.atomic
def take_back_leave(*, leave: Leave) -> None:
    """He is there after all."""
    record(
        events.LeaveNoted(
            subject=f"user:{leave.user_id}", user_id=leave.user_id, first=leave.first,
            last=leave.last, gone=True,
        )
    )  # fmt: skip
    leave.delete()


@transaction.atomic
def recuse(*, user: User, business: Business, ground: str, note: str, by: Actor | None) -> Recusal:
    """He does not inspect this business until it is ended."""
    if ground not in Ground.values:
        raise Refusal(
            "unknown_ground", _noop("没有这种回避情形"), fix=_noop("请从名单里选"), status=422
        )
    if Recusal.objects.filter(user=user, business=business, ended__isnull=True).exists():
        raise Refusal(
            "recused_already", _noop("已经登记过对这一户的回避"), fix=_noop("无需重复登记"),
            status=409,
        )  # fmt: skip
    made = Recusal.objects.create(
        user=user, business=business, ground=ground, note=note.strip(),
        decided_by=by.user_id if by else None,
    )  # fmt: skip
    record(
        events.InspectorRecused(
            subject=f"user:{user.pk}", user_id=user.pk, business_id=business.pk, ground=ground
        )
    )
    return made


@transaction.atomic
def end_recusal(*, recusal: Recusal) -> None:
    """From today on he may again; draws that are frozen keep what they have."""
    recusal.ended = clock.today()
    recusal.save(update_fields=["ended"])
    record(
        events.RecusalEnded(
            subject=f"user:{recusal.user_id}", user_id=recusal.user_id,
            business_id=recusal.business_id,
        )
    )  # fmt: skip
