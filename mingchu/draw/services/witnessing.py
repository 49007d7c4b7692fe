"""Witnessing 见证: whoever was there signs a step, with his own account; the ledger is the paper.

A signature names the entry of the act and its digest. A step that is done anew is another entry,
and has to be signed anew.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.base.errors import Refusal
from mingchu.draw import events
from mingchu.draw.models import Draw
from mingchu.draw.queries import room
from mingchu.ledger.models import Entry
from mingchu.ledger.services import current_actor, record


@transaction.atomic
def sign(*, draw: Draw, step: UUID) -> Entry:
    """Raises Refusal if there is no such step, it is signed already, or the signer has acted in
    this draw himself: he would be his own witness."""
    Draw.objects.select_for_update().get(pk=draw.pk)
    me, steps = room.person(current_actor().actor), room.steps(draw)
    signed = next((one for one in steps if one.entry == step), None)
    if signed is None:
        raise Refusal(
            "no_step",
            _noop("这次抽取没有这一步"),
            fix=_noop("请刷新页面再签"),
            status=404,
        )
    if me in {one.person for one in steps}:
        raise Refusal(
            "own_witness",
            _noop("您经办过这次抽取，不能为它作见证"),
            fix=_noop("请由没有经办过的人见证"),
        )
    if me in {one.person for one in signed.signatures}:
        raise Refusal(
            "signed_already",
            _noop("这一步您已经签过"),
            fix=_noop("不必再签"),
            status=409,
        )
    return record(
        events.DrawWitnessed(
            subject=f"draw:{draw.pk}",
            number=draw.number,
            step=str(step),
            act=signed.act,
            digest=signed.digest,
        )
    )
