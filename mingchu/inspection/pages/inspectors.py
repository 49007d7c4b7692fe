"""The pool of inspectors: certificates, fields, leave, whom somebody keeps away from."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.inspection import services, words
from mingchu.inspection.forms import ExpertiseForm, LeaveForm, RecusalForm
from mingchu.inspection.pages.common import ASSIGN, READ, attempt, done, form_page, rooms
from mingchu.inspection.queries import people as queries
from mingchu.inspection.queries.people import Able
from mingchu.registry import domain as registry
from mingchu.registry import queries as registered
from mingchu.registry.models import Business
from mingchu.registry.places import DISTRICTS, district_name
from mingchu.registry.words import words as registry_words


def _told(one: Able) -> dict[str, Any]:
    kinds = registry_words().kinds
    every = len(one.districts) == len(DISTRICTS)
    return {
        "one": one,
        "places": words.office("") if every else _("、").join(map(district_name, one.districts)),
        "kinds": _("、").join(kinds.get(kind, kind) for kind in one.kinds),
        "absent": words.absent_name(one.absent),
    }


@requires(READ)
@require_safe
def inspectors(request: HttpRequest) -> HttpResponse:
    """Everybody with the post of an inspector, in the pool or not."""
    actor, day = actor_of(request), clock.today()
    found = queries.inspectors(actor.scopes_for(READ), day)
    shown = {
        "rows": [_told(one) for one in found],
        "ready": sum(one.is_in_pool and not one.absent for one in found),
        **rooms(request),
    }
    return render(request, "inspection/inspectors.html", shown)


def _one(request: HttpRequest, user: int, action: str) -> Able:
    found = queries.inspector(actor_of(request).scopes_for(action), user, clock.today())
    if found is None:
        raise Http404
    return found


@requires(ASSIGN)
@require_http_methods(["GET", "POST"])
def inspector(request: HttpRequest, user: int) -> HttpResponse:
    """One inspector: fields and whether he leads; leave and recusals beside it."""
    one = _one(request, user, ASSIGN)
    initial = {"kinds": list(one.kinds), "leads": one.leads}
    # With nothing chosen a form may be empty, and is one all the same.
    given = request.POST if request.method == "POST" else None
    form = ExpertiseForm(given, initial=initial)
    if form.is_valid() and attempt(
        form, lambda: services.set_expertise(user=one.user, **form.cleaned_data)
    ):
        messages.success(request, _("已保存"))
        return redirect("inspection:inspector", user)
    shown = {
        **_told(one),
        "form": form,
        "recusals": queries.recusals_of(user),
        **rooms(request),
    }
    return render(request, "inspection/inspector.html", shown)


def _up(one: Able) -> tuple[str, str]:
    return reverse("inspection:inspector", args=[one.user.pk]), one.user.name


@requires(ASSIGN)
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, user: int) -> HttpResponse:
    """Away from a day to a day."""
    one = _one(request, user, ASSIGN)
    today = clock.today()
    form = LeaveForm(request.POST or None, initial={"first": today, "last": today})
    if form.is_valid() and attempt(
        form, lambda: services.note_leave(user=one.user, **form.cleaned_data)
    ):
        messages.success(request, _("已登记"))
        return redirect("inspection:inspector", user)
    return form_page(request, form, _("登记请假"), _("登记"), _up(one))


@requires(ASSIGN)
@require_POST
def take_back_leave(request: HttpRequest, user: int, pk: int) -> HttpResponse:
    _one(request, user, ASSIGN)
    known = queries.leave(pk, user)
    if known is None:
        raise Http404
    done(request, lambda: services.take_back_leave(leave=known), _("已销假"))
    return redirect("inspection:inspector", user)


@requires(ASSIGN)
@require_http_methods(["GET", "POST"])
def recuse(request: HttpRequest, user: int) -> HttpResponse:
    """Whom he keeps away from, and why."""
    one, actor = _one(request, user, ASSIGN), actor_of(request)
    form = RecusalForm(request.POST or None)

    def act() -> None:
        given = form.cleaned_data
        services.recuse(
            user=one.user,
            business=_business(request, given["business"]),
            ground=given["ground"],
            note=given["note"],
            by=actor,
        )

    if form.is_valid() and attempt(form, act):
        messages.success(request, _("已登记"))
        return redirect("inspection:inspector", user)
    return form_page(request, form, _("登记回避"), _("登记"), _up(one))


def _business(request: HttpRequest, said: str) -> Business:
    """By file number or credit code, inside one's own area."""
    typed, scopes = said.strip(), actor_of(request).scopes_for(ASSIGN)
    number = registry.number_of(typed) if len(typed) == registry.ID_LENGTH else None
    if number is None:
        listed, _gone = registered.of_codes([typed.upper()])
        number = listed.values_list("pk", flat=True).first()
    known = registered.business(scopes, number) if number else None
    if known is None:
        raise Refusal(
            "unknown_business_code",
            "您的辖区里没有主体“{code_said}”",
            fix="请核对档案编号或统一社会信用代码",
            status=404,
            code_said=typed,
        )
    return known


@requires(ASSIGN)
@require_POST
def end_recusal(request: HttpRequest, user: int, pk: int) -> HttpResponse:
    _one(request, user, ASSIGN)
    known = queries.recusal(pk, user)
    if known is None:
        raise Http404
    done(request, lambda: services.end_recusal(recusal=known), _("已解除"))
    return redirect("inspection:inspector", user)
