"""Draws for programs: the register for readers, the acts for whoever runs a draw.

Nothing of a result is told to readers before it is revealed; whoever runs the draw reads it by
`result` once chance has spoken, since somebody has to send the inspectors.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from mingchu.accounts.access import actor_of, api_auth, check, requires
from mingchu.accounts.domain import Place
from mingchu.base import clock, paging
from mingchu.base.errors import Refusal
from mingchu.draw import queries, services
from mingchu.draw.domain.assigning import Terms
from mingchu.draw.domain.lists import Inspector, Recusal, Subject
from mingchu.draw.models import Draw, DrawState
from mingchu.draw.queries import room
from mingchu.draw.services import terms_of_city
from mingchu.kit.bodies import described, read

READ, RUN, WITNESS = "draw.read", "draw.run", "draw.witness"
router = Router(auth=api_auth, tags=["draws"])


class Strict(Schema):
    model_config = ConfigDict(extra="forbid")


class DrawIn(Strict):
    """`district` names whose draw it is; without it, the city's. `lead` is the number of a draw
    that waits for its chance: the new one is joint, and drawn by its seed."""

    title: str = Field(max_length=120)
    campaign: str = Field("", max_length=60)
    district: str = ""
    about: dict[str, Any] = {}
    lead: str = ""


class SubjectIn(Strict):
    """`id` is a pseudonym; `standing` is empty, `certain`, or why the row is left out."""

    id: str
    district: str
    kind: str
    tier: str
    balls: int = 1
    standing: str = ""


class InspectorIn(Strict):
    id: str
    districts: list[str]
    kinds: list[str]
    leads: bool = False
    load: int = 0
    absent: str = ""


class RecusalIn(Strict):
    subject: str
    inspector: str
    reason: str
    with_whom: str = ""


class RateIn(Strict):
    """Parts per million of a stratum."""

    district: str
    kind: str
    tier: str
    ppm: int = Field(ge=0, le=1_000_000)


class PairsIn(Strict):
    bucket: int = Field(ge=1, le=1_000)
    cap: int = Field(0, ge=0, le=100_000)


class FrameIn(Strict):
    """`beacons` are announced sources as docs/fsdraw.md has them."""

    subjects: list[SubjectIn]
    inspectors: list[InspectorIn]
    recusals: list[RecusalIn] = []
    rates: list[RateIn]
    beacons: list[dict[str, Any]]
    pairs: PairsIn | None = None
    total: int | None = None
    algorithm: str = "sha256"
    reveal_by: date


class FoundIn(Strict):
    """What chance gave, source by source, in the order of the plan."""

    found: list[dict[str, Any]]


class ReasonIn(Strict):
    reason: str = Field(max_length=200)


class StandInIn(Strict):
    """`out` is the pseudonym of somebody who was drawn."""

    out: str = Field(max_length=64)
    reason: str = Field(max_length=40)


class SignIn(Strict):
    """`step` is the entry of the act that was witnessed, as `steps` names it."""

    step: UUID


@router.get("/draws", operation_id="list_draws")
@requires(READ)
def list_draws(
    request: HttpRequest,
    state: str = "",
    cursor: str = "",
    limit: int = paging.LIMIT_DEFAULT,
) -> dict[str, Any]:
    """The register, the newest first, and drafts of one's own."""
    scopes = actor_of(request).scopes_for(READ)
    page = queries.page(scopes, state=state, cursor=cursor, limit=paging.limited(limit))
    return paging.page([_said(one) for one in page.rows], page.next)


@router.post("/draws", operation_id="open_draw", openapi_extra=described(DrawIn))
@requires(RUN)
def open_draw(request: HttpRequest) -> dict[str, Any]:
    """A draft: `no` is `draft-12` until the lists are frozen."""
    said = read(request, DrawIn)
    check(request, RUN, Place(district=said.district))
    lead = _lead(request, said.lead) if said.lead else None
    return _said(services.open_draw(**said.model_dump(exclude={"lead"}), lead=lead))


def _lead(request: HttpRequest, no: str) -> Draw:
    offered = queries.leads(actor_of(request).scopes_for(RUN))
    found = next((one for one in offered if one.number == no), None)
    if found is None:
        raise Http404
    return found


@router.get("/draws/{no}", operation_id="one_draw")
@requires(READ)
def one_draw(request: HttpRequest, no: str) -> dict[str, Any]:
    found = queries.visible(actor_of(request).scopes_for(READ), no)
    if found is None:
        raise Http404
    return _whole(found)


@router.post("/draws/{no}/freeze", operation_id="freeze_draw", openapi_extra=described(FrameIn))
@requires(RUN)
def freeze_draw(request: HttpRequest, no: str) -> dict[str, Any]:
    """Plan and lists become files; the answer has the number in the register."""
    draw, said = _run(request, no), read(request, FrameIn)
    pairs = Terms(said.pairs.bucket, said.pairs.cap) if said.pairs else terms_of_city()
    frozen = services.freeze(
        draw=draw,
        subjects=[Subject(**row.model_dump()) for row in said.subjects],
        inspectors=[_inspector(row) for row in said.inspectors],
        recusals=[Recusal(**row.model_dump()) for row in said.recusals],
        rates={(row.district, row.kind, row.tier): row.ppm for row in said.rates},
        announced=said.beacons,
        terms=pairs,
        reveal_by=said.reveal_by,
        total=said.total,
        algorithm=said.algorithm,
    )
    return _whole(frozen)


def _inspector(row: InspectorIn) -> Inspector:
    return Inspector(
        row.id,
        tuple(sorted(set(row.districts))),
        tuple(sorted(set(row.kinds))),
        row.leads,
        row.load,
        row.absent,
    )


@router.post("/draws/{no}/thaw", operation_id="thaw_draw", openapi_extra=described(ReasonIn))
@requires(RUN)
def thaw_draw(request: HttpRequest, no: str) -> dict[str, Any]:
    """Back to preparation, while nothing is committed; the number stays the draw's."""
    draw = _run(request, no)
    return _whole(services.thaw(draw=draw, reason=read(request, ReasonIn).reason))


@router.post("/draws/{no}/commit", operation_id="commit_draw")
@requires(RUN)
def commit_draw(request: HttpRequest, no: str) -> dict[str, Any]:
    """From here on nothing can be altered."""
    return _whole(services.commit(draw=_run(request, no)))


@router.post("/draws/{no}/beacon", operation_id="conclude_draw", openapi_extra=described(FoundIn))
@requires(RUN)
def conclude_draw(request: HttpRequest, no: str) -> dict[str, Any]:
    """What the announced sources gave: the result follows."""
    draw = _run(request, no)
    return _whole(services.conclude(draw=draw, found=read(request, FoundIn).found))


@router.get("/draws/{no}/result", operation_id="draw_result")
@requires(RUN)
def draw_result(request: HttpRequest, no: str) -> dict[str, Any]:
    """Who was drawn and who goes, for whoever runs the draw, before it is public."""
    draw = _run(request, no)
    told = queries.result_file(draw)
    if told is None:
        raise Refusal(
            "not_drawn_yet",
            "这次抽取还没有结果",
            fix="随机源产生以后再来",
            status=409,
        )
    return {"no": queries.name_of(draw), **json.loads(told)}


@router.post("/draws/{no}/reveal", operation_id="reveal_draw")
@requires(RUN)
def reveal_draw(request: HttpRequest, no: str) -> dict[str, Any]:
    """The nonce and everything else become public."""
    return _whole(services.reveal(draw=_run(request, no)))


@router.post("/draws/{no}/stand-in", operation_id="stand_in", openapi_extra=described(StandInIn))
@requires(RUN)
def stand_in(request: HttpRequest, no: str) -> dict[str, Any]:
    """Somebody who was drawn is closed, moved or gone: the next ticket of the stratum goes in."""
    draw = _run(request, no)
    stand = services.stand_in(draw=draw, **read(request, StandInIn).model_dump())
    return {"out": stand.out, "in": stand.into, "reason": stand.reason}


@router.post("/draws/{no}/close", operation_id="close_draw")
@requires(RUN)
def close_draw(request: HttpRequest, no: str) -> dict[str, Any]:
    """Its tasks are done."""
    return _whole(services.close(draw=_run(request, no)))


@router.get("/draws/{no}/steps", operation_id="draw_steps")
@requires(READ)
def draw_steps(request: HttpRequest, no: str) -> dict[str, Any]:
    """Every act on a draw with what it fixed, and who signed it as a witness."""
    draw = _within(request, no, READ)
    return {"items": [_step(one) for one in room.steps(draw)], "next": None}


def _step(one: room.Step) -> dict[str, Any]:
    return {
        "step": str(one.entry),
        "act": one.act,
        "at": clock.city(one.at),
        "by": one.actor,
        "digest": one.digest,
        "data": dict(one.data),
        "signed": [{"by": each.actor, "at": clock.city(each.at)} for each in one.signatures],
    }


@router.post("/draws/{no}/sign", operation_id="sign_draw", openapi_extra=described(SignIn))
@requires(WITNESS)
def sign_draw(request: HttpRequest, no: str) -> dict[str, Any]:
    """A witness signs a step, by an account that acted in none."""
    draw = _within(request, no, WITNESS)
    entry = services.sign(draw=draw, step=read(request, SignIn).step)
    return {"signed": str(entry.id)}


@router.post("/draws/{no}/void", operation_id="void_draw", openapi_extra=described(ReasonIn))
@requires(RUN)
def void_draw(request: HttpRequest, no: str) -> dict[str, Any]:
    """Given up; number and reason stay."""
    return _whole(services.void(draw=_run(request, no), reason=read(request, ReasonIn).reason))


def _run(request: HttpRequest, no: str) -> Draw:
    """A draw of the caller's own scope, or none."""
    return _within(request, no, RUN)


def _within(request: HttpRequest, no: str, action: str) -> Draw:
    found = queries.run_by(actor_of(request).scopes_for(action), no)
    if found is None:
        raise Http404
    return found


def _said(draw: Draw) -> dict[str, Any]:
    return {
        "no": queries.name_of(draw),
        "title": draw.title,
        "state": draw.state,
        "district": draw.district or None,
        "campaign": draw.campaign or None,
        "lead": draw.lead.number if draw.lead else None,
        "commitment": draw.commitment or None,
        "committed_at": clock.city(draw.committed_at) if draw.committed_at else None,
        "drawn_at": clock.city(draw.drawn_at) if draw.drawn_at else None,
        "reveal_by": draw.reveal_by,
        "revealed_at": clock.city(draw.revealed_at) if draw.revealed_at else None,
        "void_reason": draw.void_reason or None,
    }


def _whole(draw: Draw) -> dict[str, Any]:
    """`beacon` has what was announced and, once it is public, what was found."""
    opened = queries.is_open(draw)
    told = queries.result_file(draw) if opened else None
    result: dict[str, Any] = json.loads(told) if told else {}
    drawn = [
        *(row[3] for row in result.get("drawn", [])),
        *(c[0] for c in result.get("certain", [])),
    ]
    return {
        **_said(draw),
        "beacon": {
            "announced": queries.announced(draw) if draw.commitment else None,
            "found": draw.found if draw.state != DrawState.COMMITTED else None,
        },
        "files": queries.digests(draw),
        "seed": draw.seed if opened else None,
        "selected": sorted(drawn) if opened else None,
        "pairs": result.get("tasks") if opened else None,
    }
