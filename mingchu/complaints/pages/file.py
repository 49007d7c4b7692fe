"""One letter: its facts and clocks, what can be done with it, who wrote, what may be the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import Actor, may
from mingchu.accounts.naming import actors_said
from mingchu.base import clock
from mingchu.complaints import queries, rules, services
from mingchu.complaints.acts import ACTS, offered
from mingchu.complaints.domain.clocks import Clock
from mingchu.complaints.domain.numbers import grouped
from mingchu.complaints.domain.states import OPEN, ways
from mingchu.complaints.models import Channel, Complaint, ComplaintStep
from mingchu.complaints.services import HANDLE, place_of
from mingchu.complaints.words import LOOKS, MOVES, STANDINGS, TERMS, ground_name
from mingchu.kit.files import queries as files
from mingchu.registry import domain as registry
from mingchu.registry import queries as businesses
from mingchu.registry.pages.common import attempt
from mingchu.registry.places import district_name

READ = "complaints.read"
FOUND_TOP = 20


def found(request: HttpRequest, pk: int, action: str) -> Complaint:
    """The letter where the actor may do the action; elsewhere there is no such page."""
    letter = queries.one(actor_of(request).scopes_for(action), pk)
    if letter is None:
        raise Http404
    return letter


@requires(READ)
@never_cache
@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole file but for who wrote it, which has a page of its own."""
    letter, actor = found(request, pk, READ), actor_of(request)
    steps = queries.steps_of(letter)
    is_mine = letter.handler_id == actor.user_id
    moves = {way.move for way in ways(letter.kind, letter.state)}
    shown = {
        "letter": letter,
        "number": _number(letter, is_mine),
        "received": clock.city(letter.received_at),
        "district": district_name(letter.district) if letter.district else "",
        "clocks": [_clock(each) for each in rules.clocks_of(letter, steps)],
        "too_old": rules.too_old(letter),
        "acts": list(offered(letter, actor)),
        "can_bind": is_mine and "bind" in moves,
        "steps": _steps(steps),
        "is_mine": is_mine,
        "photos": files.of_subject(actor, f"complaint:{letter.pk}") if is_mine else (),
        "parts": queries.parts_of(letter),
        "merged": queries.merged_into(letter),
        "similar": _similar(letter, actor),
        "can_merge": is_mine and "merge" in moves,
    }
    return render(request, "complaints/one.html", shown)


def _number(letter: Complaint, is_mine: bool) -> str:
    """A number of ours opens the writer's page: its handler alone needs to read it out."""
    return grouped(letter.number) if is_mine or letter.channel == Channel.SHEET else ""


def _similar(letter: Complaint, actor: Actor) -> list[queries.Suggestion]:
    if letter.state not in OPEN or not may(actor, HANDLE, place_of(letter)):
        return []
    return queries.similar(actor.scopes_for(HANDLE), letter)


def _clock(each: Clock) -> dict[str, Any]:
    standing = each.standing(clock.today())
    return {
        "clock": each,
        "title": TERMS[each.term],
        "standing": STANDINGS[standing],
        "look": LOOKS[standing],
        "left": (each.due - clock.today()).days if each.due and each.runs else None,
    }


def _steps(steps: Sequence[ComplaintStep]) -> list[dict[str, Any]]:
    """The newest first, with who did it and the ground in words."""
    who = actors_said({f"user:{step.user_id}" for step in steps if step.user_id})
    grounds = {
        "refuse": rules.refusal_grounds(clock.today()),
        "end_mediation": rules.end_grounds(clock.today()),
    }
    return [
        {
            "step": step,
            "title": MOVES[step.move],
            "who": who.get(f"user:{step.user_id}", _("系统")),
            "ground": ground_name(grounds[step.move], step.ground) if step.ground else "",
        }
        for step in reversed(steps)
    ]


@requires(HANDLE)
@never_cache
@require_safe
def reporter(request: HttpRequest, pk: int) -> HttpResponse:
    """Who wrote, for the handler; every look stands in the access log."""
    letter = found(request, pk, HANDLE)
    contact = services.see_reporter(complaint=letter, by=actor_of(request))
    return render(request, "complaints/reporter.html", {"letter": letter, "contact": contact})


@requires(HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, pk: int, move: str) -> HttpResponse:
    """One act: its form, or done and back to the file."""
    letter, actor = found(request, pk, HANDLE), actor_of(request)
    known = ACTS.get(move.replace("-", "_"))
    if known is None:
        raise Http404
    data = request.POST if request.method == "POST" else None
    form = known.form(data, letter=letter, actor=actor, initial=_opening(request, letter))
    known.offer(form)
    if form.is_valid() and attempt(form, lambda: known.run(letter, form.cleaned_data, actor)):
        messages.success(request, _("已办理：%(act)s") % {"act": known.title})
        # What was forwarded may lie elsewhere now.
        still = queries.one(actor.scopes_for(READ), letter.pk)
        return redirect("complaints:one", pk) if still else redirect("complaints:list")
    return render(request, "complaints/act.html", {"form": form, "act": known, "letter": letter})


def _opening(request: HttpRequest, letter: Complaint) -> dict[str, Any]:
    return {
        "number": request.GET.get("into", ""),
        "district": letter.district,
        "station": letter.station,
    }


@requires(HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
def bind(request: HttpRequest, pk: int) -> HttpResponse:
    """Says which business a place described in words is; found as in the list of businesses."""
    letter, actor = found(request, pk, HANDLE), actor_of(request)
    if request.method == "POST":
        number = registry.number_of(request.POST.get("business", ""))
        business = businesses.business(actor.scopes_for("registry.read"), number)
        if business is None:
            raise Http404
        services.bind(complaint=letter, business=business, by=actor)
        messages.success(request, _("已认定经营者"))
        return redirect("complaints:one", pk)
    words = request.GET.get("q", "").strip()[:60]
    rows = _businesses(actor, words) if words else ()
    return render(request, "complaints/bind.html", {"letter": letter, "q": words, "rows": rows})


def _businesses(actor: Actor, words: str) -> list[dict[str, Any]]:
    scopes, wanted = actor.scopes_for("registry.read"), businesses.Wanted(q=words)
    page = businesses.page(scopes, wanted, limit=FOUND_TOP)
    return [
        {
            "id": each.public_id,
            "name": each.name,
            "sign": each.sign,
            "address": each.address,
            "district": district_name(each.district),
            "state": each.get_state_display(),
        }
        for each in page.rows
    ]
