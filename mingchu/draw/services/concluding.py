"""Concluding 抽取: chance has spoken, the names follow; later everything is laid open."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as _noop

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.draw import events
from mingchu.draw.domain.beacons import NotFound
from mingchu.draw.domain.frame import Frame, Lead, Result
from mingchu.draw.models import Draw, DrawFile, DrawState, Stand
from mingchu.draw.outside import drand
from mingchu.draw.services import joining
from mingchu.draw.services.committing import NONCES
from mingchu.draw.services.holding import frame_of, held
from mingchu.ledger.services import record

RESULT = "result.json"
RESERVE = 50  # of a stratum, computed anew whenever somebody has to stand in


@transaction.atomic
def conclude(*, draw: Draw, found: Sequence[Mapping[str, Any]]) -> Draw:
    """Takes in what the announced sources gave; the result follows and cannot be another.

    Joint draws that are committed are drawn by the same chance. Raises Refusal where a source is
    not the announced one or a round is not signed by its chain.
    """
    taken = held(draw, DrawState.COMMITTED)
    joining.refuse_joint(taken)
    frame = frame_of(taken)
    for plan, seen in zip(frame.plan.announced, found, strict=False):
        if plan["kind"] == "drand":
            _check_signed(plan, seen)
    for each in joining.waiting(taken):
        _conclude(each, frame_of(each), found)
    return _conclude(taken, frame, found)


def _conclude(taken: Draw, frame: Frame, found: Sequence[Mapping[str, Any]]) -> Draw:
    result = _drawn(frame, taken, found)
    told = result.file()
    DrawFile.objects.create(draw=taken, name=RESULT, data=told)
    taken.found, taken.seed = [dict(one) for one in found], result.seed.hex()
    taken.state, taken.drawn_at = DrawState.DRAWN, clock.now()
    taken.save()
    record(
        events.DrawConcluded(
            subject=f"draw:{taken.pk}",
            number=taken.number,
            result=frame.plan.hashing.digest(told).hex(),
            drawn=len(result.chosen.in_order()),
        )
    )
    return taken


@transaction.atomic
def reveal(*, draw: Draw) -> Draw:
    """The nonce is published: from here on everybody replays the draw, and the joint ones with it,
    since their seed is known now."""
    found = held(draw, DrawState.DRAWN)
    joining.refuse_joint(found)
    for each in (*joining.together(found), found):
        each.state, each.revealed_at = DrawState.REVEALED, clock.now()
        each.save(update_fields=["state", "revealed_at"])
        late = each.reveal_by is not None and clock.today() > each.reveal_by
        record(events.DrawRevealed(subject=f"draw:{each.pk}", number=each.number, late=late))
    return found


@transaction.atomic
def close(*, draw: Draw) -> Draw:
    found = held(draw, DrawState.REVEALED)
    found.state, found.closed_at = DrawState.CLOSED, clock.now()
    found.save(update_fields=["state", "closed_at"])
    record(events.DrawClosed(subject=f"draw:{found.pk}", number=found.number))
    return found


@transaction.atomic
def stand_in(*, draw: Draw, out: str, reason: str) -> Stand:
    """The next ticket of the stratum takes somebody's place, who is closed, moved or gone.

    Raises Refusal if he was not drawn or the stratum has nobody left.
    """
    found = held(draw, DrawState.DRAWN)
    if not reason.strip():
        raise Refusal("no_reason", _noop("没有写明原因"), fix=_noop("请写明原因，它会一并公开"))
    into = _next_of(found, out)
    stand = Stand.objects.create(
        draw=found, out=out, into=into, reason=reason.strip(), at=clock.now()
    )
    record(
        events.StoodIn(
            subject=f"draw:{found.pk}",
            number=found.number,
            out=out,
            into=into,
            reason=stand.reason,
        )
    )
    return stand


def nonce_of(draw: Draw) -> bytes:
    return bytes.fromhex(NONCES.unseal(draw.secret))


def result_of(draw: Draw, *, reserve: int = 0) -> Result:
    """The result once more out of what was committed and found."""
    return frame_of(draw).draw(
        nonce_of(draw), draw.found or [], reserve=reserve, lead=_lead_of(draw)
    )


# What was filled in is not what the plan announced: which part of it.
UNFIT = {
    "count": _("随机源的个数不对"),
    "kind": _("种类不同"),
    "round": _("轮次不同"),
    "signature": _("签名不是96位十六进制"),
    "throws": _("掷出的位数不对，或者有0至9以外的字"),
    "results": _("期数不对，或者号码里有数字以外的字"),
    "shares": _("各方的数没有填齐"),
    "share": _("密封数不是64位十六进制"),
    "seal": _("与锁定时公布的摘要对不上"),
}


def _lead_of(draw: Draw) -> Lead | None:
    """What a joint draw makes its seed of."""
    lead = draw.lead
    return Lead(bytes.fromhex(lead.commitment), nonce_of(lead)) if lead else None


def _drawn(frame: Frame, draw: Draw, found: Sequence[Mapping[str, Any]]) -> Result:
    try:
        return frame.draw(nonce_of(draw), found, lead=_lead_of(draw))
    except NotFound as error:
        raise Refusal(
            "not_announced",
            _noop("第{place}个随机源与公布的不符（{fault}）"),
            fix=_noop("请按方案里公布的随机源填写"),
            place=error.place,
            fault=UNFIT.get(error.code, error.code),
        ) from error


def _check_signed(plan: Mapping[str, Any], seen: Mapping[str, Any]) -> None:
    """By the very program that outsiders run, in a process of its own."""
    program = [sys.executable, "-I", str(drand.__file__)]
    told = [str(plan["round"]), str(seen.get("signature", "")), str(plan["chain"])]
    done = subprocess.run([*program, *told], capture_output=True, timeout=60, check=False)  # noqa: S603 our own file
    if done.returncode:
        raise Refusal(
            "not_signed",
            _noop("第{round}轮随机数的签名不属于公布的链"),
            fix=_noop("请核对轮次和签名"),
            round=plan["round"],
        )


def _next_of(draw: Draw, out: str) -> str:
    """Who comes next in the stratum of somebody who was drawn or already stands in."""
    chosen = result_of(draw, reserve=RESERVE).chosen
    gone = dict(draw.stands.values_list("out", "into"))
    for stratum, drawn in chosen.drawn.items():
        within = [*(one for _ticket, one in drawn), *(one for _t, one in chosen.reserve[stratum])]
        taken = {one for _ticket, one in drawn} | set(gone.values())
        if out in taken and out in within and out not in gone:
            for one in within:
                if one not in taken:
                    return one
            raise Refusal(
                "stratum_is_empty",
                _noop("这一层已经没有可以递补的"),
                fix=_noop("请在说明里写明，不再递补"),
            )
    raise Refusal("not_drawn", _noop("没有抽中它"), fix=_noop("请核对编号"), status=404)
