"""The draw room 抽取现场: one page where a draw happens step by step, before witnesses.

Nothing on it tells whom the draw met: it may hang on a wall. Whoever runs the draw reads that on a
page of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import Actor, Place, ScopeKind, may
from mingchu.accounts.naming import actors_said, posts_said
from mingchu.draw import queries, room_words, services, words
from mingchu.draw.forms import (
    BeaconForm,
    OpenForm,
    ReasonForm,
    offered_districts,
)
from mingchu.draw.models import Draw, DrawState
from mingchu.draw.pages.common import (
    READ,
    RUN,
    WITNESS,
    attempt,
    reached,
    within,
)
from mingchu.draw.queries import room as reading
from mingchu.draw.queries import showing
from mingchu.draw.queries.room import Pool, Signature, Step
from mingchu.draw.record import record_of
from mingchu.identifiers.divisions import REPORTING

PAGE = 50


@requires(READ)
@require_safe
def rooms(request: HttpRequest) -> HttpResponse:
    """Draws of one's own place, drafts too."""
    actor, cursor = actor_of(request), request.GET.get("cursor", "")
    page = queries.rooms(actor.scopes_for(READ), cursor=cursor, limit=PAGE)
    shown = {
        "rows": [(one, queries.name_of(one), showing.is_late(one)) for one in page.rows],
        "next": f"?{urlencode({'cursor': page.next})}" if page.next else "",
        "first": "?" if cursor else "",
        "can_run": may(actor, RUN),
    }
    return render(request, "draw/rooms.html", shown)


@requires(RUN)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A draft of one's own place."""
    actor = actor_of(request)
    scopes = actor.scopes_for(RUN)
    is_city = any(scope.kind is ScopeKind.CITY for scope in scopes)
    codes = [one.code for one in REPORTING if may(actor, RUN, Place(district=one.code))]
    form = OpenForm(
        request.POST or None,
        districts=offered_districts(codes, city=is_city),
        leads=queries.leads(scopes),
    )
    made: list[Draw] = []
    if form.is_valid() and attempt(form, lambda: made.append(services.open_draw(**form.said))):
        return redirect("draw:room", queries.name_of(made[0]))
    shown = {"form": form, "title": _("拟定一次抽取"), "does": _("拟定")}
    return render(request, "draw/form.html", shown)


@requires(READ)
@require_safe
@never_cache
def room(request: HttpRequest, no: str) -> HttpResponse:
    """What was done, each step with who, when, what it fixed and who signed; what comes next."""
    draw = within(request, no, READ)
    return page(request, draw, beacon_form(draw))


def page(request: HttpRequest, draw: Draw, beacon: BeaconForm | None) -> HttpResponse:
    actor, pool = actor_of(request), reading.pool(draw)
    steps = reading.steps(draw)
    runs = reached(request, queries.name_of(draw), RUN) is not None
    shown = {
        "draw": draw,
        "no": queries.name_of(draw),
        "late": showing.is_late(draw),
        "entry": services.entry_of(draw),
        "stages": room_words.stages(draw),
        "next": room_words.next_of(draw),
        "pool": pool,
        "announced": room_words.announced(pool.plan["beacons"]) if pool else [],
        "labels": _labels(pool),
        "steps": _said(actor, draw, steps),
        "can_run": runs,
        "form": beacon if runs else None,
        "reason": ReasonForm(auto_id=False),
        "thaws": runs and draw.state == DrawState.FROZEN,
        "voids": runs and draw.state in VOIDED,
        "joined": list(draw.joined.order_by("pk")),
        "counts": queries.counts(draw),
    }
    return render(request, "draw/room.html", shown)


VOIDED = (DrawState.DRAFT, DrawState.FROZEN, DrawState.COMMITTED, DrawState.DRAWN)


def _labels(pool: Pool | None) -> Any:
    plan = pool.plan if pool else {}
    return lambda code: words.said(code, plan)


def beacon_form(draw: Draw, said: Any = None) -> BeaconForm | None:
    if draw.state != DrawState.COMMITTED or draw.lead:
        return None
    return BeaconForm(said, announced=queries.announced(draw))


def _said(actor: Actor, draw: Draw, steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Steps in words; names are asked once."""
    there: list[Step | Signature] = [*steps, *(one for step in steps for one in step.signatures)]
    names = actors_said({one.actor for one in there})
    posts = posts_said({one.post for one in there})
    me = f"user:{actor.user_id}"
    witness = may(actor, WITNESS, Place(district=draw.district))
    free = witness and me not in {one.person for one in steps}
    return [
        {
            "entry": step.entry,
            "title": room_words.ACTS[step.act],
            "at": step.at,
            "who": names[step.actor],
            "post": posts[step.post],
            "digest": step.digest,
            "facts": list(room_words.facts(step, draw)),
            "signed": [(names[one.actor], posts[one.post], one.at) for one in step.signatures],
            "can_sign": free and me not in {one.person for one in step.signatures},
        }
        for step in steps
    ]


@requires(READ)
@require_safe
@never_cache
def record(request: HttpRequest, no: str) -> HttpResponse:
    """The record as a PDF for the file, with lines to sign by hand."""
    draw, actor = within(request, no, READ), actor_of(request)
    link = (
        request.build_absolute_uri(reverse("draw:one", args=[draw.number])) if draw.number else ""
    )
    steps = _said(actor, draw, reading.steps(draw))
    paper = record_of(draw, steps, reading.pool(draw), link=link, by=actor.name).print()
    answer = HttpResponse(paper.pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="draw-{no}.pdf"'
    return answer
