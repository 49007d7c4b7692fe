"""Orders: the list, one order with its clocks, steps and possible moves, a form for each move."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import Actor, may
from mingchu.accounts.naming import actors_said, posts_said
from mingchu.alerts import words
from mingchu.alerts.asking import orders_asked
from mingchu.alerts.domain.states import (
    ASSIGN,
    HANDLE,
    REVIEW,
    Move,
    OrderState,
    Way,
    possible,
    way_of,
)
from mingchu.alerts.models import Order, OrderStep
from mingchu.alerts.models.orders import OrderStateName
from mingchu.alerts.move_names import MOVE_NAMES, SEVERITY_NAMES
from mingchu.alerts.order_forms import MoveForm
from mingchu.alerts.order_rows import CHUNK, columns, out, rows
from mingchu.alerts.order_words import clock_words, kept_words, step_detail
from mingchu.alerts.performing import ACTS, Said, perform, takes_files
from mingchu.alerts.queries import orders as queries
from mingchu.alerts.queries.orders import READ, Page, Wanted
from mingchu.alerts.services import orders as services
from mingchu.alerts.words import kind_name
from mingchu.base import clock
from mingchu.base.slots import LOOPS, OFFERS, Offer
from mingchu.kit.files import keeping
from mingchu.kit.files import pages as kit
from mingchu.kit.files import queries as files
from mingchu.kit.models import Upload
from mingchu.registry.pages.common import attempt, exported, told
from mingchu.registry.places import district_name
from mingchu.registry.queries import COUNTED, area_names

EXPORT_TOP = 100_000
# Moves whose whole form is a button: nothing has to be said to them.
PLAIN = (Move.ACCEPT, Move.BEGIN, Move.REVIEW, Move.RESUME)
# What is offered last, and in a quieter way.
GRAVE = (Move.FALSE_ALARM, Move.ESCALATE_TO_CASE, Move.REFER_TO_POLICE, Move.TRANSFER)


@requires(READ)
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """The list; its filters and place stand in the address."""
    actor = actor_of(request)
    wanted, boxes = orders_asked(request.GET, actor)
    page = queries.page(actor, wanted, cursor=request.GET.get("cursor", ""))
    query = wanted.query()
    shown = {
        "boxes": boxes,
        "rows": rows(page.rows),
        "count": _count(page),
        "asked": urlencode(query),
        "chips": _chips(actor, query),
        "next": f"?{urlencode({**query, 'cursor': page.next})}" if page.next else "",
        "first": f"?{urlencode(query)}" if request.GET.get("cursor") else "",
        "can_assign": may(actor, ASSIGN) and not wanted.is_ended,
        "can_hand_over": may(actor, HANDLE),
    }
    return render(request, "alerts/orders/orders.html", shown)


def _count(page: Page) -> str:
    if page.count > COUNTED:
        return _("%s+ 张") % f"{COUNTED:,}"
    return _("%s 张") % f"{page.count:,}"


def _chips(actor: Actor, asked: dict[str, str]) -> list[dict[str, Any]]:
    """The questions asked most, one step away."""
    known = [
        (_("全部在办"), Wanted(), READ),
        (_("我承办的"), Wanted(whose="mine"), HANDLE),
        (_("已逾期"), Wanted(due="overdue"), READ),
        (_("今天截止"), Wanted(due="today"), READ),
        (_("待签收"), Wanted(due="untaken"), READ),
        (_("待核查"), Wanted(state=OrderState.SUBMITTED), REVIEW),
        (_("已了结"), Wanted(due="ended"), READ),
    ]
    return [
        {
            "label": label,
            "query": urlencode(wanted.query()),
            "here": wanted.query() == asked,
        }
        for label, wanted, action in known
        if may(actor, action)
    ]


@requires(READ)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The same list, all of it, as a file."""
    actor = actor_of(request)
    wanted = orders_asked(request.GET, actor).wanted
    found = queries.matching(actor, wanted).select_related("business", "assignee")
    listed = found[:EXPORT_TOP].iterator(CHUNK)
    return exported(request, "orders", _("工单"), columns(), out(listed))


def found(request: HttpRequest, pk: int, action: str = READ) -> Order:
    """The order where the actor may do the action; elsewhere there is no such page."""
    known = queries.one(actor_of(request).scopes_for(action), pk)
    if known is None:
        raise Http404
    return known


@requires(READ)
@require_safe
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """What it is about, by when and why, what was done, what can be done now."""
    known = found(request, pk)
    actor = actor_of(request)
    steps = services.steps_of(known)
    alerts = queries.alerts_of(known)
    things = words.things(actor, alerts)
    shown = {
        "order": known,
        "row": rows([known])[0],
        "district": district_name(known.district) if known.district else "",
        "station": area_names([known.station]).get(known.station, known.station),
        "clocks": [
            *clock_words(services.read_clocks(steps), clock.now()),
            *kept_words(actor, queries.subjects_of(known, alerts)),
        ],
        "alerts": [{**_alert(one), "thing": things.get(one.pk)} for one in alerts],
        "offers": _offers(actor, known, queries.subjects_of(known, alerts)),
        "merged": queries.merged_with(known),
        "steps": _steps(actor, known, steps),
        "loops": [
            drawn
            for draw in LOOPS
            if (drawn := draw(request, [one.entry for one in steps if one.entry]))
        ],
        **_moves(actor, known, steps),
    }
    return render(request, "alerts/orders/order.html", shown)


def _offers(actor: Actor, known: Order, subjects: Sequence[str]) -> list[Offer]:
    """What other contexts can do about it, while it is open."""
    if known.ended_at:
        return []
    about = [f"order:{known.pk}", *subjects]
    return [
        one
        for offer in OFFERS
        for subject in about
        for one in offer(actor, subject, known.business_id)
    ]


def _alert(one: Any) -> dict[str, Any]:
    return {
        "row": one,
        "kind": kind_name(one.kind),
        "severity_name": SEVERITY_NAMES.get(one.severity, one.severity),
        "end": one.get_end_display() if one.end else "",
    }


def _steps(actor: Actor, known: Order, steps: Sequence[OrderStep]) -> list[dict[str, Any]]:
    """Every step with who, when and evidence, the latest first; names are asked once."""
    users = {one.user_id for one in steps} | {one.data.get("person") for one in steps}
    names = actors_said({f"user:{user}" for user in users if user})
    by_number = {user: names[f"user:{user}"] for user in users if user}
    posts = posts_said({one.post for one in steps})
    papers = {str(one.pk): one for one in files.of_subject(actor, f"order:{known.pk}")}
    states = {code: str(label) for code, label in OrderStateName.choices}
    return [
        {
            "step": one,
            "move": MOVE_NAMES[Move(one.move)],
            "before": states.get(one.before, ""),
            "after": states[one.after],
            "who": by_number.get(one.user_id or 0, _("系统")),
            "post": posts[one.post],
            "detail": step_detail(one.data, by_number),
            "files": [papers[pk] for pk in one.files if pk in papers],
        }
        for one in reversed(steps)
    ]


def _moves(
    actor: Actor, known: Order, steps: Sequence[OrderStep]
) -> dict[str, list[dict[str, Any]]]:
    """What this reader may do now: buttons where nothing has to be said, else a way to the form;
    what is seldom right apart from the rest."""
    place = services.place_of(known)
    standing = services.standing(known, steps)
    ways = possible(standing, actor.user_id or 0, lambda action: may(actor, action, place))
    offered = [
        {"move": way.move.value, "name": MOVE_NAMES[way.move], "plain": way.move in PLAIN}
        for way in ways
        if way.move in ACTS and way.move is not Move.ANSWER
    ]
    usual = [one for one in offered if one["move"] not in GRAVE]
    return {
        "moves": sorted(usual, key=lambda one: not one["plain"]),
        "grave": [one for one in offered if one["move"] in GRAVE],
    }


def takes_moves(view: Any) -> Any:
    return kit.takes_files(services.FILES_TOP)(view)


@takes_moves
@requires(READ)
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, pk: int, move: str) -> HttpResponse:
    """One move: its form, or done and back to the order. The service says who may."""
    known = found(request, pk)
    way = _way(known, move)
    if way is None:
        messages.error(request, told(services.not_possible(known, Move(move))))
        return redirect("alerts:order", pk)
    form = MoveForm(
        request.POST or None,
        request.FILES or None,
        order=known,
        way=way,
        actor=actor_of(request),
    )
    if request.method == "POST" and form.is_valid():
        done = attempt(form, lambda: _perform(request, known, way, form.cleaned_data))
        if done:
            said = _("已办理：%(move)s") % {"move": MOVE_NAMES[way.move]}
            messages.success(request, said)
            return redirect("alerts:order", pk)
        if way.move in PLAIN:
            # A button of the order's own page: why not is said there.
            messages.error(request, " ".join(map(str, form.non_field_errors())))
            return redirect("alerts:order", pk)
    shown = {
        "form": form,
        "order": known,
        "row": rows([known])[0],
        "move": MOVE_NAMES[way.move],
        "grave": way.move in GRAVE,
        "upload": takes_files(way.move),
    }
    return render(request, "alerts/orders/act.html", shown)


def _way(known: Order, said: str) -> Way | None:
    """The way the move would take; 404 for what is no move of people."""
    if said not in {move.value for move in ACTS}:
        raise Http404
    return way_of(Move(said), OrderState(known.state))


def _perform(request: HttpRequest, known: Order, way: Way, said: dict[str, Any]) -> None:
    actor = actor_of(request)
    perform(
        known,
        way.move,
        Said(
            note=said.get("note", ""),
            files=kept(request, said.get("papers", ())),
            ground=said.get("ground", ""),
            day=said.get("day"),
            person=_person(said.get("person")),
            target=_target(actor, said.get("target", "")),
            authority=said.get("authority", ""),
            receipt=said.get("receipt", ""),
            severity=int(said.get("severity") or 0),
            revision=said["revision"],
        ),
        by=actor,
    )


def _person(said: str | None) -> Any:
    return queries.person(int(said)) if said else None


def _target(actor: Actor, said: str) -> Order | None:
    return queries.by_number(actor.scopes_for(READ), said) if said else None


def kept(request: HttpRequest, sent: Sequence[Any]) -> list[Upload]:
    """Files of a form, in the house before the act that refers to them begins."""
    by = actor_of(request)
    return [keeping.keep(file=one.file, claimed=one.content_type or "", by=by) for one in sent]
