"""Orders for programs: lists, one order with its clocks and steps, and every move on it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema
from pydantic import ConfigDict

from mingchu.accounts.access import actor_of, api_auth, requires
from mingchu.accounts.domain import Actor, may
from mingchu.alerts.domain.clock import Reading
from mingchu.alerts.domain.states import ANSWER, REPORT, Move, possible
from mingchu.alerts.models import Order, OrderStep
from mingchu.alerts.order_words import kept_clocks
from mingchu.alerts.performing import ACTS, Said, perform
from mingchu.alerts.queries import orders as queries
from mingchu.alerts.queries.orders import READ, Wanted
from mingchu.alerts.services import orders as services
from mingchu.base import clock, paging
from mingchu.base.slots import KeptClock
from mingchu.kit.bodies import described, read
from mingchu.kit.files import uploads
from mingchu.registry import domain as registry
from mingchu.registry import queries as businesses

router = Router(auth=api_auth, tags=["orders"])


class Exact(Schema):
    """A body in which an unknown field is a mistake, not a wish that is ignored."""

    model_config = ConfigDict(extra="forbid")


class Question(Schema):
    """As the page asks; `due` is overdue, in_time, today, untaken, paused or ended.

    Of those that have ended: `outcome` (or unmerged), `ended_from`, `ended_until`, `repeated` (yes
    or no). `age` is a band of days such as 4-7; `-` is no district, or no station.
    """

    whose: str = ""
    due: str = ""
    state: str = ""
    kind: str = ""
    severity: str = ""
    level: str = ""
    district: str = ""
    station: str = ""
    age: str = ""
    outcome: str = ""
    repeated: str = ""
    ended_from: date | None = None
    ended_until: date | None = None

    @property
    def wanted(self) -> Wanted:
        return Wanted(**{name: str(said) for name, said in self.model_dump().items() if said})


class MoveIn(Exact):
    """What is said to a move; each takes what it needs. `files` are the SHA-256 of uploads,
    `person` the number of a person, `into` that of an order."""

    revision: int | None = None
    note: str = ""
    files: list[str] = []
    ground: str = ""
    day: date | None = None
    person: int | None = None
    into: int | None = None
    authority: str = ""
    receipt: str = ""
    severity: int = 0


class ReportIn(Exact):
    """Something somebody saw, at a business or in the area of a station."""

    note: str
    business: str = ""
    station: str = ""
    files: list[str] = []


@router.get("/orders", operation_id="list_orders")
@requires(READ)
def list_orders(
    request: HttpRequest, asked: Query[Question], cursor: str = "", limit: int = 30
) -> dict[str, Any]:
    """Open orders in the scopes, the most pressing first."""
    found = queries.page(
        actor_of(request),
        asked.wanted,
        cursor=cursor,
        limit=paging.limited(limit),
    )
    return paging.page([short(one) for one in found.rows], found.next)


def short(one: Order) -> dict[str, Any]:
    """An order as a list tells it: no person's name, ids only."""
    return {
        "id": one.pk,
        "number": one.number,
        "kind": one.kind,
        "business": registry.public_id(one.business_id) if one.business_id else None,
        "district": one.district,
        "station": one.station,
        "level": one.level,
        "severity": one.severity,
        "state": one.state,
        "assignee": one.assignee_id,
        "opened_at": one.opened_at.isoformat(),
        "accept_due_at": _iso(one.accept_due_at),
        "due_at": _iso(one.due_at),
        "provisional": one.provisional,
        "paused": one.paused,
        "ended_at": _iso(one.ended_at),
        "outcome": one.outcome,
        "revision": one.revision,
    }


def _iso(at: Any) -> str | None:
    return at.isoformat() if at else None


@router.post("/orders", operation_id="report_order", openapi_extra=described(ReportIn))
@requires(REPORT)
def report_order(request: HttpRequest) -> dict[str, Any]:
    """Opens an order on the station's desk, of which the caller is the reporter."""
    actor = actor_of(request)
    said = read(request, ReportIn)
    number = registry.number_of(said.business) if said.business else 0
    known = businesses.business(actor.scopes_for(REPORT), number) if number else None
    if said.business and known is None:
        raise Http404
    made = services.report(
        note=said.note,
        by=actor,
        business_id=known.pk if known else None,
        district=known.district if known else said.station[:6],
        station=known.station if known else said.station,
        files=[uploads.whole(actor, one) for one in said.files],
    )
    return whole(made, actor)


@router.get("/orders/{int:pk}", operation_id="one_order")
@requires(READ)
def one_order(request: HttpRequest, pk: int) -> dict[str, Any]:
    """All of it: clocks with their reasons, steps, and the moves that are possible now."""
    return whole(_found(request, pk, READ), actor_of(request))


def _found(request: HttpRequest, pk: int, action: str) -> Order:
    known = queries.one(actor_of(request).scopes_for(action), pk)
    if known is None:
        raise Http404
    return known


def whole(known: Order, actor: Actor) -> dict[str, Any]:
    steps = services.steps_of(known)
    read_now = services.read_clocks(steps)
    place = services.place_of(known)
    ways = possible(
        services.standing(known, steps),
        actor.user_id or 0,
        lambda action: may(actor, action, place),
    )
    named = {"accept": read_now.accept, "handle": read_now.handle, "correct": read_now.correct}
    every = {**named, **read_now.others}
    alerts = queries.alerts_of(known)
    return {
        **short(known),
        "merged_into": known.merged_into_id,
        "alerts": [one.pk for one in alerts],
        "clocks": {name: _clock(one) for name, one in every.items() if one},
        "kept_clocks": [
            _kept(one)
            for subject in queries.subjects_of(known, alerts)
            for one in kept_clocks(actor, subject)
        ],
        "moves": [way.move.value for way in ways if way.move in ACTS],
        "steps": [_step(one) for one in steps],
    }


def _clock(one: Reading) -> dict[str, Any]:
    return {
        "started": one.started.isoformat(),
        "due": _iso(one.due),
        "day": _iso(one.day),
        "met": _iso(one.met),
        "paused": _iso(one.paused),
        "left": one.left,
        "late": one.is_late(clock.now()),
        "provisional": one.provisional,
        "term": one.term.plain(),
        "because": [
            {"cause": why.cause.value, "at": why.at.isoformat(), "until": _iso(why.until)}
            for why in one.because
        ],
    }


def _kept(one: KeptClock) -> dict[str, Any]:
    """A term that another context keeps on what the order is about."""
    return {
        "key": one.key,
        "began": one.began,
        "due": one.due,
        "met": one.met,
        "standing": one.standing,
        "provisional": one.provisional,
        "rule": {"id": one.rule, "since": one.since},
    }


def _step(one: OrderStep) -> dict[str, Any]:
    return {
        "number": one.number,
        "move": one.move,
        "before": one.before,
        "after": one.after,
        "at": one.at.isoformat(),
        "user": one.user_id,
        "note": one.note,
        "data": one.data,
        "files": one.files,
        "entry": str(one.entry) if one.entry else None,
    }


@router.post(
    "/orders/{int:pk}/answer", operation_id="answer_order", openapi_extra=described(MoveIn)
)
@requires(ANSWER)
def answer_order(request: HttpRequest, pk: int) -> dict[str, Any]:
    """What the business says it has corrected, from its own system."""
    known = _found(request, pk, ANSWER)
    said = read(request, MoveIn)
    done = perform(known, Move.ANSWER, _said(request, said), by=actor_of(request))
    return {"id": done.pk, "state": done.state, "revision": done.revision}


@router.post("/orders/{int:pk}/{move}", operation_id="move_order", openapi_extra=described(MoveIn))
@requires(READ)
def move_order(request: HttpRequest, pk: int, move: str) -> dict[str, Any]:
    """Makes a move; 409 if it is not possible, or if `revision` is not the newest any more."""
    known = _found(request, pk, READ)
    if move not in {one.value for one in ACTS}:
        raise Http404
    said = read(request, MoveIn)
    actor = actor_of(request)
    return whole(perform(known, Move(move), _said(request, said), by=actor), actor)


def _said(request: HttpRequest, said: MoveIn) -> Said:
    actor = actor_of(request)
    scopes = actor.scopes_for(READ)
    return Said(
        note=said.note,
        files=[uploads.whole(actor, one) for one in said.files],
        ground=said.ground,
        day=said.day,
        person=queries.person(said.person) if said.person else None,
        target=queries.one(scopes, said.into) if said.into else None,
        authority=said.authority,
        receipt=said.receipt,
        severity=said.severity,
        revision=said.revision,
    )
