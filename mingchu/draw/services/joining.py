"""Joining 联合抽取: several draws of one campaign by one seed, so that overlapping visits merge.

One draw leads: it is committed first. The others name its commitment in their plans, have its
sources of chance, and are committed while chance is still unknown. Then tickets coincide, since a
business has one pseudonym in all of them. They are drawn by one beacon and laid open together: who
knows the seed of one knows that of all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop as _noop

from mingchu.base.errors import Refusal
from mingchu.draw.domain.frame import Plan
from mingchu.draw.models import Draw, DrawState
from mingchu.draw.services.holding import frame_of, held


@dataclass(frozen=True)
class JointTerms:
    """What a joint draw takes over from its lead."""

    announced: Sequence[Mapping[str, Any]]
    algorithm: str
    named: Mapping[str, str]


def campaign_of(lead: Draw) -> str:
    """The campaign that a draw leads."""
    if lead.lead_id or not lead.campaign:
        raise Refusal(
            "no_lead",
            _noop("这次抽取不能被其他抽取共用种子"),
            fix=_noop("请选联合任务里第一个公布承诺的抽取"),
        )
    return lead.campaign


def terms_of(lead: Draw) -> JointTerms:
    """Raises Refusal while the lead is not committed, or once chance has spoken."""
    found = held_open(lead)
    plan = frame_of(found).plan
    return JointTerms(
        plan.announced,
        plan.algorithm,
        {"commitment": found.commitment, "number": found.number},
    )


def hold_open(lead: Draw, plan: Plan) -> None:
    """At the commitment of a joint draw: its plan still names the lead, whose chance is unknown."""
    if dict(plan.joint or {}) != dict(terms_of(lead).named):
        raise Refusal(
            "joint_differs",
            _noop("方案里写的不是共用种子的那次抽取"),
            fix=_noop("请退回重拟，再锁定一次"),
            status=409,
        )


def held_open(lead: Draw) -> Draw:
    """The lead, locked: so that its chance cannot come between."""
    found = Draw.objects.select_for_update().get(pk=lead.pk)
    if found.state != DrawState.COMMITTED:
        raise Refusal(
            "lead_not_waiting",
            _noop("共用种子的抽取 {number} 现在是“{state}”，不能再加入"),
            fix=_noop("它公布承诺以后、随机源产生以前，才能加入"),
            status=409,
            number=found.number or found.title,
            state=DrawState(found.state).label,
        )
    return found


def waiting(lead: Draw) -> list[Draw]:
    """Joint draws that are committed: they are drawn with their lead."""
    return _joined(lead, DrawState.COMMITTED)


def together(lead: Draw) -> list[Draw]:
    """Joint draws that were drawn: they are laid open with their lead."""
    return _joined(lead, DrawState.DRAWN)


def hanging_on(lead: Draw) -> list[Draw]:
    """Joint draws that cannot go on without a lead that is given up before it was drawn."""
    if lead.seed:
        return []
    return _joined(lead, DrawState.DRAFT, DrawState.FROZEN, DrawState.COMMITTED)


def refuse_joint(draw: Draw) -> None:
    """A joint draw follows its lead: nobody takes in its chance or lays it open by itself."""
    if draw.lead and draw.lead.state != DrawState.VOID:
        raise Refusal(
            "joint_follows",
            _noop("这次抽取与 {number} 共用种子，随它一起办理"),
            fix=_noop("请到 {number} 去办"),
            status=409,
            number=draw.lead.number,
        )


def _joined(lead: Draw, *states: DrawState) -> list[Draw]:
    found = lead.joined.select_for_update().filter(state__in=states).order_by("pk")
    return [held(one, *states) for one in found]
