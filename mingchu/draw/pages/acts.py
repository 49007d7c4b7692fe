"""Acts of the draw room: each a button or a small form, and the room again."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mingchu.accounts.access import requires
from mingchu.draw import queries, services
from mingchu.draw.forms import ListsForm, ReasonForm
from mingchu.draw.models import DrawState
from mingchu.draw.pages.common import RUN, WITNESS, attempt, complain, do, within
from mingchu.draw.pages.room import beacon_form, page


@requires(RUN)
@require_http_methods(["GET", "HEAD", "POST"])
def freeze(request: HttpRequest, no: str) -> HttpResponse:
    """Lists from files, where no other part of the house prepares them."""
    draw = within(request, no, RUN)
    if draw.state != DrawState.DRAFT:
        return redirect("draw:room", no)
    form = ListsForm(request.POST or None, request.FILES or None, joint=draw.lead is not None)
    terms = services.terms_of_city()

    def act() -> None:
        services.freeze(draw=draw, terms=terms, **form.said)

    if form.is_valid() and attempt(form, act):
        messages.success(request, _("名单已锁定"))
        draw.refresh_from_db()
        return redirect("draw:room", queries.name_of(draw))
    shown = {"form": form, "draw": draw, "no": no, "title": _("锁定名单")}
    shown |= {"does": _("锁定名单"), "shares": draw.lead is None}
    return render(request, "draw/form.html", shown)


@requires(RUN)
@require_POST
def commit(request: HttpRequest, no: str) -> HttpResponse:
    draw = within(request, no, RUN)
    return do(request, draw, lambda: services.commit(draw=draw), _("承诺已公布"))


@requires(RUN)
@require_POST
def beacon(request: HttpRequest, no: str) -> HttpResponse:
    """What was read out in the room, or the form again with what is wrong."""
    draw = within(request, no, RUN)
    form = beacon_form(draw, request.POST)
    if form is None:
        return redirect("draw:room", no)

    def act() -> None:
        services.conclude(draw=draw, found=form.found)

    if form.is_valid() and attempt(form, act):
        messages.success(request, _("结果已得出"))
        return redirect("draw:room", no)
    return page(request, draw, form)


@requires(RUN)
@require_POST
def reveal(request: HttpRequest, no: str) -> HttpResponse:
    draw = within(request, no, RUN)
    return do(request, draw, lambda: services.reveal(draw=draw), _("已公开"))


@requires(RUN)
@require_POST
def close(request: HttpRequest, no: str) -> HttpResponse:
    draw = within(request, no, RUN)
    return do(request, draw, lambda: services.close(draw=draw), _("已办结"))


@requires(RUN)
@require_POST
def thaw(request: HttpRequest, no: str) -> HttpResponse:
    draw, form = within(request, no, RUN), ReasonForm(request.POST)
    if not form.is_valid():
        return complain(request, draw, form)
    reason = form.cleaned_data["reason"]
    return do(request, draw, lambda: services.thaw(draw=draw, reason=reason), _("已退回重拟"))


@requires(RUN)
@require_POST
def void(request: HttpRequest, no: str) -> HttpResponse:
    draw, form = within(request, no, RUN), ReasonForm(request.POST)
    if not form.is_valid():
        return complain(request, draw, form)
    reason = form.cleaned_data["reason"]
    return do(request, draw, lambda: services.void(draw=draw, reason=reason), _("已作废"))


class SignForm(forms.Form):
    step = forms.UUIDField()


@requires(WITNESS)
@require_POST
def sign(request: HttpRequest, no: str) -> HttpResponse:
    """A witness signs with his own account."""
    draw, form = within(request, no, WITNESS), SignForm(request.POST)
    if not form.is_valid():
        return complain(request, draw, form)
    step: UUID = form.cleaned_data["step"]
    return do(request, draw, lambda: services.sign(draw=draw, step=step), _("已签字见证"))
